use milepost_simulation::{MODEL_VERSION, Report, run, run_in_chunks};

use super::{options, rough, seed};

#[test]
fn equal_inputs_give_equal_bytes() {
    let first = run(&seed(), &options(20_000, 3)).unwrap();
    let second = run(&seed(), &options(20_000, 3)).unwrap();
    assert!(first == second);
    assert!(Report::from(&first).files() == Report::from(&second).files());
    assert_eq!(
        Report::from(&first).terminal(),
        Report::from(&second).terminal()
    );
}

#[test]
fn the_outcome_does_not_depend_on_chunks() {
    let options = rough(3_000, 4);
    let whole = run(&seed(), &options).unwrap();
    for chunk in [1, 7, 1_000, 2_999, 3_000, 1 << 40] {
        let mut played = Vec::new();
        let cut = run_in_chunks(&seed(), &options, chunk, &mut |done| played.push(done)).unwrap();
        assert!(whole == cut, "chunks of {chunk}");
        assert_eq!(played.last(), Some(&3_000));
    }
}

#[test]
fn every_input_changes_the_run_id() {
    let base = run(&seed(), &options(100, 1)).unwrap().run_id;
    let mut others = vec![
        run(&seed(), &options(101, 1)).unwrap().run_id,
        run(&seed(), &options(100, 2)).unwrap().run_id,
        run(
            &milepost_economics::Profile::load("dip4").unwrap(),
            &options(100, 1),
        )
        .unwrap()
        .run_id,
    ];
    let mut changed = options(100, 1);
    changed.seed = 43;
    others.push(run(&seed(), &changed).unwrap().run_id);
    let mut changed = options(100, 1);
    changed.assumptions.life_gap += 1;
    others.push(run(&seed(), &changed).unwrap().run_id);
    assert!(!others.contains(&base));
    others.sort();
    others.dedup();
    assert_eq!(others.len(), 5);
}

#[test]
fn another_seed_leads_another_life() {
    let one = run(&seed(), &options(5_000, 3)).unwrap();
    let mut other = options(5_000, 3);
    other.seed = 7;
    let other = run(&seed(), &other).unwrap();
    assert_ne!(one.total(), other.total());
}

#[test]
fn options_out_of_bounds_are_refused() {
    for (devices, years) in [(0, 1), (1, 0), (1, 51), (100_000_001, 1)] {
        assert!(run(&seed(), &options(devices, years)).is_err());
    }
    let mut wrong = options(1, 1);
    wrong.assumptions.life_gap = 2_000_000;
    assert!(run(&seed(), &wrong).is_err());
}

#[test]
fn lives_are_the_same_on_every_machine() {
    // Whoever changes these numbers raises MODEL_VERSION: equal options must give equal runs within a version.
    assert_eq!(MODEL_VERSION, 1);
    let total = run(&seed(), &options(10_000, 3)).unwrap().total();
    let lives = [
        total.sold,
        total.bonded,
        total.connected,
        total.failed,
        total.disconnected,
    ];
    assert_eq!(lives, [10000, 9507, 134115, 239, 1249]);
}
