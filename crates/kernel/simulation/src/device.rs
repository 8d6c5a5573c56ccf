//! One device from sale to its last tranche.
//!
//! What happens to the device (its months, gaps, failures) is drawn; what it costs and pays follows from the rules.
//! Period p is the p-th month after bonding; a connected period is settled in the month after it. A close that
//! anybody may call is called in the first month it is possible.

use crate::{
    Assumptions, TYPES,
    books::Books,
    licence::{Life, Standing},
    market::{Demand, Ranks},
    random::{Draws, Subject, Triple, threshold},
    rules::{Rules, Terms},
};

/// Everything a device looks at; the same for all devices.
#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) assumptions: &'a Assumptions,
    pub(crate) seed: u64,
    pub(crate) months: usize,
    pub(crate) demand: Demand,
    pub(crate) ranks: Ranks,
    pub(crate) providers: &'a [Life],
    gap: u64,
    gap_goes_on: u64,
    disconnect: [u64; TYPES],
    failure: [u64; TYPES],
}

/// Slots of a device's draws: 0 type, 1 provider, 2 never bonded, 3 delay, 4 resale; then one draw a month, and rarer ones.
const MONTH_SLOT: u64 = 16;
const RARE_SLOT: u64 = 1_024;

/// Decisions in a month's draw.
const GAP: u32 = 0;
const DISCONNECT: u32 = 1;
const FAILURE: u32 = 2;

/// Why an owner is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Malfunction,
    Disconnect,
}

impl<'a> World<'a> {
    pub(crate) fn new(
        rules: &'a Rules,
        assumptions: &'a Assumptions,
        seed: u64,
        devices: u64,
        months: usize,
        providers: &'a [Life],
    ) -> Self {
        Self {
            rules,
            assumptions,
            seed,
            months,
            demand: Demand::new(assumptions, devices, months),
            ranks: Ranks::new(assumptions.providers_count),
            providers,
            gap: threshold(assumptions.life_gap),
            gap_goes_on: threshold(assumptions.life_gap_goes_on),
            disconnect: assumptions.disconnect().map(threshold),
            failure: assumptions.failure().map(threshold),
        }
    }

    pub(crate) fn draws(&self, device: u64) -> Draws {
        Draws::new(self.seed, Subject::Device, device)
    }

    /// Devices of each type among some that could be sold: what the counters are before a later chunk.
    pub(crate) fn count(&self, devices: std::ops::Range<u64>) -> [u64; TYPES] {
        let mut counts = [0; TYPES];
        for device in devices {
            let draws = self.draws(device);
            if self.maker(draws, self.demand.month(device)).is_some() {
                counts[self.demand.kind(draws)] += 1;
            }
        }
        counts
    }

    /// Plays some devices; `asked` is how many of each type could be sold before the first of them.
    pub(crate) fn play(&self, devices: std::ops::Range<u64>, mut asked: [u64; TYPES]) -> Books {
        let mut books = Books::new(self.months, self.providers.len());
        for device in devices {
            let draws = self.draws(device);
            let kind = self.demand.kind(draws);
            let month = self.demand.month(device);
            // Nobody licensed to make it: nobody to sell it.
            let Some(maker) = self.maker(draws, month) else {
                books.at(month, kind).unmet += 1;
                continue;
            };
            asked[kind] += 1;
            if self.rules.caps[kind] != 0 && asked[kind] > self.rules.caps[kind] {
                books.at(month, kind).unmet += 1;
                continue;
            }
            self.sell(&mut books, draws, kind, maker, month, asked[kind]);
        }
        books
    }

    /// The maker: by rank, the next one when the licence does not stand in the month of sale.
    fn maker(&self, draws: Draws, month: usize) -> Option<usize> {
        let first = self.ranks.pick(draws, 1)?;
        (0..self.providers.len())
            .map(|step| (first + step) % self.providers.len())
            .find(|maker| self.providers[*maker].standing[month] == Standing::Approved)
    }

    fn sell(
        &self,
        books: &mut Books,
        draws: Draws,
        kind: usize,
        maker: usize,
        month: usize,
        number: u64,
    ) {
        let terms = self.rules.terms(kind, number);
        let flows = books.at(month, kind);
        flows.sold += 1;
        flows.price += terms.price;
        if draws.happens(4, self.assumptions.resale_share) {
            flows.royalties += self
                .rules
                .royalty(terms.price, self.assumptions.resale_price);
        }
        books.providers[maker].sold += 1;
        match self.bonding(draws, kind, month, maker) {
            Some(start) => Device::bond(self, draws, kind, maker, terms, start, books).live(books),
            None => books.held[kind] += terms.price,
        }
    }

    /// Month of first connection within the run: after its delay, and only with a maker that is approved.
    fn bonding(&self, draws: Draws, kind: usize, sold: usize, maker: usize) -> Option<usize> {
        if draws.happens(2, self.assumptions.bond_never) {
            return None;
        }
        let delay = if kind == 0 {
            0
        } else {
            draws.below(3, self.assumptions.bond_delay_max + 1)
        };
        let earliest = sold + usize::try_from(delay).expect("months fit in usize");
        (earliest..self.months)
            .find(|month| self.providers[maker].standing[*month] == Standing::Approved)
    }
}

/// A bonded device and its escrow.
struct Device<'w, 'a> {
    world: &'w World<'a>,
    draws: Draws,
    kind: usize,
    maker: usize,
    terms: Terms,
    start: usize,
    /// Tranches paid so far.
    paid: u32,
    /// Month in which the last settled period ended; the start when none was settled.
    last_end: usize,
    open: bool,
}

impl<'w, 'a> Device<'w, 'a> {
    fn bond(
        world: &'w World<'a>,
        draws: Draws,
        kind: usize,
        maker: usize,
        terms: Terms,
        start: usize,
        books: &mut Books,
    ) -> Self {
        let flows = books.at(start, kind);
        flows.bonded += 1;
        flows.burned += terms.burned;
        books.providers[maker].bonded += 1;
        Self {
            world,
            draws,
            kind,
            maker,
            terms,
            start,
            paid: 0,
            last_end: start,
            open: true,
        }
    }

    fn live(mut self, books: &mut Books) {
        let world = self.world;
        let (disconnect, failure) = (world.disconnect[self.kind], world.failure[self.kind]);
        let mut silent = false;
        // Unpaired until this month.
        let mut back: Option<usize> = None;
        for month in self.start..world.months {
            let age = (month - self.start) as u64;
            if let Some(until) = back {
                if month < until {
                    continue;
                }
                back = None;
            } else if age > 0 {
                let luck = Triple::new(self.draws.bits(MONTH_SLOT + age));
                if silent {
                    silent = luck.happens(GAP, world.gap_goes_on);
                } else if luck.happens(FAILURE, failure) {
                    let slot = RARE_SLOT + 4 * age;
                    if !self
                        .draws
                        .happens(slot, world.assumptions.life_false_report)
                    {
                        self.fail(books, month);
                        break;
                    }
                } else if luck.happens(DISCONNECT, disconnect) {
                    books.at(month, self.kind).disconnected += 1;
                    self.unpair(books, month);
                    let slot = RARE_SLOT + 4 * age;
                    if !self
                        .draws
                        .happens(slot + 1, world.assumptions.life_reconnect)
                    {
                        break;
                    }
                    let away = 1 + self
                        .draws
                        .below(slot + 2, world.assumptions.life_reconnect_max);
                    back = Some(month + usize::try_from(away).expect("months fit in usize"));
                    continue;
                } else {
                    silent = luck.happens(GAP, world.gap);
                }
            }
            if !silent {
                books.at(month, self.kind).connected += 1;
                books.providers[self.maker].connected_months += 1;
                self.settle(books, month);
            }
        }
        self.leave(books);
    }

    /// First month in which anybody may close the escrow.
    fn closable(&self) -> usize {
        let rules = self.world.rules;
        (self.last_end + rules.idle_months).min(self.start + rules.window_months)
    }

    /// Pays the tranche of the period that is `month`, in the month after it.
    fn settle(&mut self, books: &mut Books, month: usize) {
        if !self.open {
            return;
        }
        let due = month + 1;
        if due > self.closable() {
            self.close(books, self.closable());
            return;
        }
        if due >= self.world.months {
            return;
        }
        self.paid += 1;
        self.last_end = due;
        let rules = self.world.rules;
        let (provider, team, treasury) = self.terms.tranche(rules, self.paid);
        let live = matches!(
            self.world.providers[self.maker].standing[due],
            Standing::Approved | Standing::Renounced
        );
        let flows = books.at(due, self.kind);
        flows.team += team;
        flows.treasury_share += treasury;
        if live {
            flows.provider += provider;
        } else if rules.on_revoked_user {
            flows.user_standing += provider;
        } else {
            flows.treasury_standing += provider;
        }
        if self.paid == rules.escrow_months {
            flows.completed += 1;
            self.open = false;
        }
        let earned = &mut books.providers[self.maker];
        if live {
            earned.rebates += provider;
        } else {
            earned.lost += provider;
        }
    }

    fn fail(&mut self, books: &mut Books, month: usize) {
        books.at(month, self.kind).failed += 1;
        books.providers[self.maker].failed += 1;
        let rules = self.world.rules;
        if !self.open_at(books, month) || month - self.start >= rules.warranty_months {
            return;
        }
        if rules.on_malfunction_user {
            self.stream(books, month, Cause::Malfunction);
        } else {
            self.close(books, month);
        }
    }

    fn unpair(&mut self, books: &mut Books, month: usize) {
        let rules = self.world.rules;
        let in_warranty = month - self.start < rules.warranty_months;
        if rules.on_disconnect_user && in_warranty && self.open_at(books, month) {
            self.stream(books, month, Cause::Disconnect);
        }
    }

    /// Whether the escrow is open in a month, after whoever could close it did.
    fn open_at(&mut self, books: &mut Books, month: usize) -> bool {
        if self.open && month > self.closable() {
            self.close(books, self.closable());
        }
        self.open
    }

    /// All that is unpaid goes to the treasury.
    fn close(&mut self, books: &mut Books, month: usize) {
        let flows = books.at(month, self.kind);
        flows.treasury_unpaid += self.terms.unpaid(self.world.rules, self.paid);
        flows.closed += 1;
        self.open = false;
    }

    /// The unpaid tranches of provider and team go to the owner month by month, the treasury's at once.
    fn stream(&mut self, books: &mut Books, reported: usize, cause: Cause) {
        let rules = self.world.rules;
        let mut treasury = 0;
        for tranche in self.paid + 1..=rules.escrow_months {
            let (provider, team, to_treasury) = self.terms.tranche(rules, tranche);
            treasury += to_treasury;
            let due = reported + (tranche - self.paid) as usize;
            if due < self.world.months {
                let flows = books.at(due, self.kind);
                match cause {
                    Cause::Malfunction => flows.user_malfunction += provider + team,
                    Cause::Disconnect => flows.user_disconnect += provider + team,
                }
            } else {
                books.held[self.kind] += provider + team;
            }
        }
        let flows = books.at(reported, self.kind);
        flows.treasury_unpaid += treasury;
        flows.closed += 1;
        self.open = false;
    }

    /// The end of the run, or of the device: what is open is closed in time or still held.
    fn leave(mut self, books: &mut Books) {
        if !self.open {
            return;
        }
        if self.closable() < self.world.months {
            self.close(books, self.closable());
        } else {
            books.held[self.kind] += self.terms.unpaid(self.world.rules, self.paid);
        }
    }
}
