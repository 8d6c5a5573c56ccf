//! The moments at which something changes by itself: there, one second decides.

use milepost_economics::{Key, calendar};
use milepost_ledger::EscrowState;

use crate::World;

impl World {
    /// Deadlines and ends of windows, past and to come.
    pub(crate) fn moments(&self) -> Vec<u64> {
        let ledger = &self.ledger;
        let p = ledger.parameters();
        let mut moments = Vec::new();
        for (id, license) in ledger.licenses() {
            moments.extend(license.burns.first().map(|burn| burn.due_at));
            moments.extend([
                license.grace_until,
                ledger.release_at(id),
                ledger.vault(id).loan_due_at,
            ]);
            if license.suspended_at != 0 {
                moments.push(license.suspended_at + p.number(Key::LicenseRevokeWindow));
            }
        }
        for (_, case) in ledger.cases() {
            moments.extend(case.deadline());
            moments.push(case.claims_close_at());
        }
        for (_, escrow) in ledger.escrows() {
            let Some(bond) = escrow.bond.filter(|_| escrow.state != EscrowState::Closed) else {
                continue;
            };
            let next = calendar::months_elapsed(bond.start, self.chain.time()) + 1;
            moments.push(calendar::add_months(bond.start, next));
            moments.push(calendar::add_months(bond.start, 24));
            if escrow.state == EscrowState::Reported {
                moments.push(escrow.since + p.number(Key::EscrowDisputeWindow));
            }
        }
        for id in (1..).map(milepost_ledger::RootId) {
            let Some(root) = ledger.root(id) else { break };
            moments.push(root.final_at);
        }
        moments
    }
}
