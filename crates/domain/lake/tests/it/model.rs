use proptest::{collection::vec, prelude::*};

use crate::support::{Item, Model, SECOND, START, World, record, signal, vehicle};

/// Vehicle, source, id, items (signal, second, value).
type Sent = (u64, u8, u8, Vec<(usize, i64, u8)>);

#[derive(Debug, Clone)]
enum Step {
    Send(Vec<Sent>),
    Flush,
    Restart,
    Crash,
}

const NAMES: [&str; 4] = [
    "speed",
    "isIgnitionOn",
    "powertrainType",
    "currentLocationCoordinates",
];

fn step() -> impl Strategy<Value = Step> {
    let items = vec((0usize..4, 0i64..12, 0u8..3), 1..8);
    prop_oneof![
        5 => vec((0u64..3, 1u8..3, 0u8..6, items), 1..6).prop_map(Step::Send),
        3 => Just(Step::Flush),
        1 => Just(Step::Restart),
        1 => Just(Step::Crash),
    ]
}

fn json(name: usize, value: u8) -> String {
    match name {
        2 => format!("\"T{value}\""),
        3 => format!(r#"{{"latitude":{value},"longitude":{value}}}"#),
        _ => value.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(14))]
    #[test]
    fn memory_and_tables_equal_the_plain_list_of_what_was_sent(steps in vec(step(), 1..14), from in 0i64..12, span in 1i64..12) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            world.settings.merge_files_max = 2;
            let mut lake = world.start().await;
            let mut model = Model::default();
            // Every third step also spreads over days, so that merges and partitions take part.
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Send(events) => {
                        let mut new = Vec::new();
                        for (index, (token, source, id, items)) in events.into_iter().enumerate() {
                            let day = if number % 3 == 0 { -86_400 } else { 0 };
                            let items: Vec<Item<'_>> = items
                                .into_iter()
                                .map(|(name, at, value)| (NAMES[name], START + (at + day) * SECOND, json(name, value)))
                                .collect();
                            // Ids order differently from arrival and are unique, as the tie rule needs.
                            let id = format!("{id}-{number}-{index}");
                            new.push(record(token, source, &id, START + 60 * SECOND, &items));
                        }
                        let seq = world.append(&new).await;
                        model.records.extend(new);
                        lake.wait_for(seq).await.unwrap();
                    }
                    Step::Flush => lake.flush().await.unwrap(),
                    Step::Restart => {
                        lake.shutdown().await.unwrap();
                        drop(lake);
                        lake = world.start().await;
                    }
                    Step::Crash => {
                        drop(lake);
                        lake = world.start().await;
                        lake.wait_for(model.records.len() as u64).await.unwrap();
                    }
                }
                let window = (START + (from - 86_400) * SECOND, START + (from + span) * SECOND);
                model.compare(&lake, &[vehicle(0), vehicle(2)], &NAMES.map(signal), window);
            }
            assert_eq!(lake.raw_count(), model.records.len() as u64);
            lake.shutdown().await.unwrap();
            drop(lake);
            let report = world.verified().await;
            assert!(report.is_sound(), "{:?}", report.differences);
            assert_eq!((report.raw_events, report.pending), (model.records.len() as u64, 0));
        });
    }
}
