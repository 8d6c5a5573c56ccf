use std::{fs, path::Path};

use milepost_lake::{LakeError, LakeSettings};

use crate::support::{Item, Model, SECOND, START, World, record, signal, vehicle};

const DAY: i64 = 86_400 * SECOND;

/// Data files by table and day.
fn files(lake: &Path, table: &str) -> Vec<(String, usize, u64)> {
    let mut days = Vec::new();
    for day in fs::read_dir(lake.join(table))
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let name = day.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("date=") {
            continue;
        }
        let parquet = fs::read_dir(&day)
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "parquet"));
        let sizes: Vec<u64> = parquet.map(|path| path.metadata().unwrap().len()).collect();
        days.push((name, sizes.len(), sizes.iter().sum()));
    }
    days
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_weeks_replayed_at_full_speed_leave_few_files_and_bounded_memory() {
    let mut world = World::new();
    world.settings = LakeSettings {
        flush_rows_max: 400,
        merge_settled_ms: 0,
        vacuum_grace_ms: 0,
        ..LakeSettings::default()
    };
    let mut model = Model::default();
    for day in 0..14 {
        for vehicle in 0..3 {
            for hour in 0..24 {
                let at = START + day * DAY + hour * 3_600 * SECOND;
                let items: Vec<Item<'_>> = (0..4)
                    .map(|i| ("speed", at + i * SECOND, (hour + i).to_string()))
                    .collect();
                model.records.push(record(
                    vehicle,
                    1,
                    &format!("{day}-{hour}"),
                    at + 9 * SECOND,
                    &items,
                ));
            }
        }
    }
    world.append(&model.records).await;
    let lake = world.start().await;
    lake.wait_for(model.records.len() as u64).await.unwrap();
    lake.flush().await.unwrap();
    // Merging goes on in the background; wait for it as an operator would, by what is on disk.
    while files(&world.lake_dir(), "signals")
        .iter()
        .any(|(_, count, _)| *count > 8)
    {
        lake.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    let window = (START, START + 15 * DAY);
    model.compare(&lake, &[vehicle(0), vehicle(2)], &[signal("speed")], window);
    lake.shutdown().await.unwrap();
    drop(lake);
    let report = world.verified().await;
    assert!(report.is_sound(), "{:?}", report.differences);
    assert_eq!(report.signals, 14 * 3 * 24 * 4);
    assert!(files(&world.lake_dir(), "signals").len() <= 15);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn regular_data_takes_less_than_three_bytes_for_a_signal() {
    let world = World::new();
    let lake = world.start().await;
    let names = [
        "speed",
        "powertrainCombustionEngineSpeed",
        "obdEngineLoad",
        "obdThrottlePosition",
        "powertrainRange",
        "powertrainFuelSystemRelativeLevel",
        "lowVoltageBatteryCurrentVoltage",
        "exteriorAirTemperature",
        "isIgnitionOn",
        "obdRunTime",
    ];
    let mut seed = 7u64;
    let mut random = move |n: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    let (vehicles, steps) = (10u64, 1_000i64);
    let mut state = vec![[50i64; 10]; 10];
    for chunk in 0..steps / 100 {
        let mut records = Vec::new();
        for step in chunk * 100..(chunk + 1) * 100 {
            for token in 0..vehicles {
                let at = START + step * 10 * SECOND;
                let values = &mut state[usize::try_from(token).unwrap()];
                let items: Vec<Item<'_>> = names
                    .iter()
                    .zip(values.iter_mut())
                    .map(|(name, value)| {
                        *value = (*value + i64::try_from(random(5)).unwrap() - 2).clamp(0, 200);
                        (*name, at, value.to_string())
                    })
                    .collect();
                records.push(record(token, 1, &format!("trip/{step}"), at, &items));
            }
        }
        lake.wait_for(world.append(&records).await).await.unwrap();
    }
    lake.flush().await.unwrap();
    let bytes: u64 = files(&world.lake_dir(), "signals")
        .iter()
        .map(|(_, _, bytes)| bytes)
        .sum();
    let per_signal = bytes as f64 / (vehicles as f64 * steps as f64 * 10.0);
    println!("{per_signal:.2} bytes a signal");
    assert!(per_signal <= 3.0, "{per_signal}");
}

#[test]
fn settings_out_of_range_name_the_field() {
    let settings = LakeSettings {
        flush_bytes_max: 0,
        ..LakeSettings::default()
    };
    assert!(matches!(
        settings.check(),
        Err(LakeError::Setting {
            field: "flush_bytes_max",
            ..
        })
    ));
    assert!(LakeSettings::default().check().is_ok());
    let read: LakeSettings = serde_json::from_str(r#"{"flush_rows_max":5}"#).unwrap();
    assert_eq!(
        read,
        LakeSettings {
            flush_rows_max: 5,
            ..LakeSettings::default()
        }
    );
    assert!(serde_json::from_str::<LakeSettings>(r#"{"flush_rows":5}"#).is_err());
}
