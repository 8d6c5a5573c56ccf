//! What devices did and what was paid for them, by month and type.

use std::ops::AddAssign;

use serde::Serialize;

macro_rules! flows {
    ($($(#[doc = $doc:literal])* $field:ident: $kind:ty,)*) => {
        /// Counts and amounts of one month and type, or sums of them.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
        pub struct Flows {
            $($(#[doc = $doc])* pub $field: $kind,)*
        }

        impl AddAssign for Flows {
            fn add_assign(&mut self, other: Self) {
                $(self.$field += other.$field;)*
            }
        }
    };
}

flows! {
    /// Devices asked for that the supply cap did not let through.
    unmet: u64,
    /// Vouchers sold.
    sold: u64,
    /// Devices first connected.
    bonded: u64,
    /// Devices that were connected in the month.
    connected: u64,
    /// Devices that failed for good.
    failed: u64,
    /// Voluntary disconnects.
    disconnected: u64,
    /// Escrows whose last tranche was paid.
    completed: u64,
    /// Escrows closed before their last tranche.
    closed: u64,
    /// Wei paid for vouchers.
    price: u128,
    /// Wei burned when devices were bonded.
    burned: u128,
    /// Wei of rebates to providers.
    provider: u128,
    /// Wei to the licensing team.
    team: u128,
    /// Wei of the treasury's own tranches.
    treasury_share: u128,
    /// Wei that nobody earned and that went to the treasury.
    treasury_unpaid: u128,
    /// Wei of tranches of providers that were suspended or revoked, to the treasury.
    treasury_standing: u128,
    /// Wei streamed to owners after a malfunction.
    user_malfunction: u128,
    /// Wei streamed to owners after a disconnect.
    user_disconnect: u128,
    /// Wei of tranches of providers that were suspended or revoked, to owners.
    user_standing: u128,
    /// Wei of royalties on resold vouchers, to the treasury; not out of escrow.
    royalties: u128,
}

impl Flows {
    /// Wei that went out of escrow to the treasury.
    #[must_use]
    pub const fn treasury(&self) -> u128 {
        self.treasury_share + self.treasury_unpaid + self.treasury_standing
    }

    /// Wei that went out of escrow to owners.
    #[must_use]
    pub const fn user(&self) -> u128 {
        self.user_malfunction + self.user_disconnect + self.user_standing
    }

    /// Wei that left the escrow, burned included.
    #[must_use]
    pub const fn paid_out(&self) -> u128 {
        self.burned + self.provider + self.team + self.treasury() + self.user()
    }
}

/// All months and types, with what single providers earned and what is still held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Books {
    months: usize,
    flows: Vec<Flows>,
    pub(crate) providers: Vec<ProviderFlows>,
    /// Still in escrow at the end of the run, added up device by device from what is unpaid, by type.
    pub(crate) held: [u128; crate::TYPES],
}

/// What devices of one provider brought over the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ProviderFlows {
    /// Vouchers sold with its devices.
    pub sold: u64,
    /// Devices first connected.
    pub bonded: u64,
    /// Months its devices were connected.
    pub connected_months: u64,
    /// Devices that failed for good.
    pub failed: u64,
    /// Wei of rebates.
    pub rebates: u128,
    /// Wei of rebates that it lost while suspended or revoked.
    pub lost: u128,
}

impl AddAssign for ProviderFlows {
    fn add_assign(&mut self, other: Self) {
        self.sold += other.sold;
        self.bonded += other.bonded;
        self.connected_months += other.connected_months;
        self.failed += other.failed;
        self.rebates += other.rebates;
        self.lost += other.lost;
    }
}

impl Books {
    pub(crate) fn new(months: usize, providers: usize) -> Self {
        Self {
            months,
            flows: vec![Flows::default(); months * crate::TYPES],
            providers: vec![ProviderFlows::default(); providers],
            held: [0; crate::TYPES],
        }
    }

    pub(crate) fn at(&mut self, month: usize, kind: usize) -> &mut Flows {
        &mut self.flows[month * crate::TYPES + kind]
    }

    pub(crate) fn get(&self, month: usize, kind: usize) -> &Flows {
        &self.flows[month * crate::TYPES + kind]
    }

    pub(crate) fn absorb(&mut self, other: &Self) {
        debug_assert_eq!(self.months, other.months);
        for (mine, theirs) in self.flows.iter_mut().zip(&other.flows) {
            *mine += *theirs;
        }
        for (mine, theirs) in self.providers.iter_mut().zip(&other.providers) {
            *mine += *theirs;
        }
        for (mine, theirs) in self.held.iter_mut().zip(&other.held) {
            *mine += theirs;
        }
    }
}
