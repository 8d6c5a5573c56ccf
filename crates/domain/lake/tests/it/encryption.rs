use std::fs;

use milepost_lake::{Lake, LakeError};
use milepost_service::Secret;
use milepost_signals::SignalStore as _;

use crate::support::{Model, SECOND, START, World, record, signal, vehicle};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_key_no_file_of_the_lake_tells_a_subject_a_position_or_a_name() {
    let mut world = World::new();
    world.key = Some(Secret::new([9; 32]));
    let lake = world.start().await;
    let mut model = Model::default();
    let place = r#"{"latitude":48.123456,"longitude":11.5}"#;
    for number in 0..50 {
        let at = START + number * SECOND;
        let items = [
            ("currentLocationCoordinates", at, place.to_owned()),
            ("powertrainType", at, "\"HYBRIDWORD\"".into()),
        ];
        model
            .records
            .push(record(700, 1, &format!("secret-id-{number}"), at, &items));
    }
    lake.wait_for(world.append(&model.records).await)
        .await
        .unwrap();
    lake.flush().await.unwrap();
    lake.shutdown().await.unwrap();
    drop(lake);
    let lake = world.start().await;
    let signals = ["currentLocationCoordinates", "powertrainType"].map(signal);
    model.compare(
        &lake,
        &[vehicle(700)],
        &signals,
        (START, START + 60 * SECOND),
    );
    lake.shutdown().await.unwrap();
    drop(lake);
    assert!(world.verified().await.is_sound());

    let subject = vehicle(700).to_string();
    let latitude = 48.123_456f64.to_le_bytes();
    let secrets: [&[u8]; 5] = [
        subject.as_bytes(),
        &latitude,
        b"HYBRIDWORD",
        b"secret-id-",
        b"48.123456",
    ];
    let mut folders = vec![world.lake_dir()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            for secret in secrets {
                assert!(
                    !bytes.windows(secret.len()).any(|w| w == secret),
                    "{} in {}",
                    String::from_utf8_lossy(secret),
                    path.display()
                );
            }
        }
    }
    for wrong in [None, Some(Secret::new([8; 32]))] {
        world.key = wrong;
        let refused =
            Lake::start(world.settings.clone(), world.store(), world.journal.clone()).await;
        assert!(
            matches!(refused, Err(LakeError::HotEntry(_))),
            "{refused:?}"
        );
    }
    world.key = Some(Secret::new([9; 32]));
    let lake = world.start().await;
    assert_eq!(lake.latest(&vehicle(700), None).signals.len(), 2);
}
