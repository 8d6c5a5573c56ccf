//! Runs a history on both sides, and cuts a failed one down to the steps that matter.

use std::fmt::Write as _;

use milepost_economics::Profile;

use crate::compare::{Difference, Touched};
use crate::generate::Generator;
use crate::{Step, World, bridge};

/// After so many steps everything is compared, not only what the last one touched.
const COMPARE_ALL_EVERY: usize = 50;

/// How many steps were accepted and refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Done on both sides.
    pub accepted: usize,
    /// Refused on both sides.
    pub refused: usize,
}

impl World {
    /// Does a step on both sides and compares what it touched.
    fn step(&mut self, step: &Step) -> Result<bool, Difference> {
        let now = self.chain.time() + step.wait;
        self.chain.set_time(now);
        let Step { caller, action, .. } = step;
        let contract = bridge::send(&mut self.chain, &self.contracts, *caller, action);
        let ledger = self.ledger.apply(now, *caller, action.clone());
        let effects = match (contract, ledger) {
            (Ok(_), Ok(effects)) => Some(effects),
            (Err(_), Err(_)) => None,
            (Ok(_), Err(refusal)) => {
                return Err(format!("contract accepts, ledger refuses: {refusal}"));
            }
            (Err(revert), Ok(_)) => {
                return Err(format!(
                    "contract reverts with {}, ledger accepts",
                    revert.0
                ));
            }
        };
        let touched = Touched::by(
            self,
            *caller,
            action,
            effects.as_deref().unwrap_or_default(),
        );
        self.compare(&touched)?;
        Ok(effects.is_some())
    }

    fn replay(&self, steps: &[Step]) -> Result<(), Difference> {
        let mut world = self.clone();
        for step in steps {
            world.step(step)?;
        }
        world.compare_everything()
    }

    /// Runs a random history from this state.
    ///
    /// # Errors
    /// A report with the seed, the difference and the fewest steps that still show one.
    pub fn run(
        &self,
        profile: &Profile,
        seed: u64,
        length: usize,
        log: &mut Tallies,
    ) -> Result<(), String> {
        let mut world = self.clone();
        let mut generator = Generator::new(seed);
        let mut steps = Vec::with_capacity(length);
        for i in 1..=length {
            let step = generator.step(&world);
            steps.push(step);
            let mut done = world.step(&steps[i - 1]);
            if let Ok(accepted) = done {
                log.count(&steps[i - 1], accepted);
                if i % COMPARE_ALL_EVERY == 0 || i == length {
                    done = world.compare_everything().map(|()| accepted);
                }
            }
            if let Err(difference) = done {
                return Err(self.report(profile, seed, steps, &difference));
            }
        }
        Ok(())
    }

    fn report(&self, profile: &Profile, seed: u64, steps: Vec<Step>, difference: &str) -> String {
        let count = steps.len();
        let (steps, smallest) = self.shrink(steps, difference.to_owned());
        let mut text = format!(
            "profile {}, seed {seed}, step {count}: {difference}\n",
            profile.name()
        );
        writeln!(text, "{} steps show: {smallest}", steps.len()).expect("strings grow");
        for step in &steps {
            writeln!(text, "  +{} s {} {:?}", step.wait, step.caller, step.action)
                .expect("strings grow");
        }
        text
    }

    /// Drops steps as long as some difference remains; the time of a dropped step is kept by the next one.
    fn shrink(&self, mut steps: Vec<Step>, mut difference: Difference) -> (Vec<Step>, Difference) {
        let mut size = steps.len().div_ceil(2);
        loop {
            let mut at = 0;
            while at < steps.len() {
                let end = (at + size).min(steps.len());
                let mut fewer = steps.clone();
                let dropped: u64 = fewer.drain(at..end).map(|step| step.wait).sum();
                if let Some(next) = fewer.get_mut(at) {
                    next.wait += dropped;
                }
                match self.replay(&fewer) {
                    Err(found) if !fewer.is_empty() => (steps, difference) = (fewer, found),
                    _ => at = end,
                }
            }
            if size == 1 {
                return (steps, difference);
            }
            size = size.div_ceil(2);
        }
    }
}

/// Tallies by the name of the action.
#[derive(Debug, Clone, Default)]
pub struct Tallies(pub std::collections::BTreeMap<String, Tally>);

impl Tallies {
    fn count(&mut self, step: &Step, accepted: bool) {
        let name = format!("{:?}", step.action);
        let end = name.find([' ', '(']).unwrap_or(name.len());
        let tally = self.0.entry(name[..end].to_owned()).or_default();
        if accepted {
            tally.accepted += 1;
        } else {
            tally.refused += 1;
        }
    }

    /// Adds the counts of another run.
    pub fn add(&mut self, other: &Self) {
        for (name, tally) in &other.0 {
            let sum = self.0.entry(name.clone()).or_default();
            sum.accepted += tally.accepted;
            sum.refused += tally.refused;
        }
    }
}
