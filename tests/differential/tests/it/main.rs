//! Every profile, many seeds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use milepost_differential::{Tallies, World};
use milepost_economics::{PROFILE_NAMES, Profile};

/// Steps of a history.
const STEPS: usize = 220;

/// `MILEPOST_HISTORIES`, `MILEPOST_SEED` and `MILEPOST_PROFILE` choose another run than CI's.
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no other place for arguments"
)]
fn chosen(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn number(name: &str, default: u64) -> u64 {
    chosen(name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[test]
fn contracts_and_ledger_agree_to_the_wei() {
    let histories = number("MILEPOST_HISTORIES", 1_050);
    let first = number("MILEPOST_SEED", 1);
    let only = chosen("MILEPOST_PROFILE");
    let profiles: Vec<Profile> = PROFILE_NAMES
        .iter()
        .filter(|name| only.as_deref().is_none_or(|only| only == **name))
        .map(|name| Profile::load(name).unwrap())
        .collect();
    let next = AtomicU64::new(0);
    let failed = Mutex::new(Vec::new());
    let tallies = Mutex::new(Tallies::default());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let worlds: Vec<World> = profiles.iter().map(World::new).collect();
                let mut mine = Tallies::default();
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= histories || failed.lock().unwrap().len() >= 4 {
                        break;
                    }
                    let which = usize::try_from(i).unwrap() % profiles.len();
                    let done = worlds[which].run(&profiles[which], first + i, STEPS, &mut mine);
                    if let Err(report) = done {
                        failed.lock().unwrap().push(report);
                    }
                }
                tallies.lock().unwrap().add(&mine);
            });
        }
    });
    for (name, tally) in &tallies.lock().unwrap().0 {
        println!(
            "{name:24} {:8} accepted {:8} refused",
            tally.accepted, tally.refused
        );
    }
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
