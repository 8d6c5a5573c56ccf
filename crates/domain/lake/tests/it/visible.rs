use milepost_signals::{Points, RangeQuery, SignalStore as _};

use crate::support::{
    Model, SECOND, START, World, micros, raw_record, record, signal, source, vehicle,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledged_event_is_visible_before_and_after_it_is_written() {
    let world = World::new();
    let lake = world.start().await;
    assert_eq!(lake.watermark(), 0);
    let items = [
        ("speed", START, "31.5".to_owned()),
        ("isIgnitionOn", START, "1".to_owned()),
        ("powertrainType", START, "\"ELECTRIC\"".to_owned()),
        (
            "currentLocationCoordinates",
            START,
            r#"{"latitude":48.1,"longitude":11.5,"hdop":0.9}"#.to_owned(),
        ),
    ];
    let mut model = Model::default();
    model.records.push(record(700, 1, "a", START, &items));
    let seq = world.append(&model.records).await;
    lake.wait_for(seq).await.unwrap();
    assert_eq!(lake.watermark(), seq);
    let signals = [
        "speed",
        "isIgnitionOn",
        "powertrainType",
        "currentLocationCoordinates",
        "obdRunTime",
    ]
    .map(signal);
    let window = (START - SECOND, START + SECOND);
    model.compare(&lake, &[vehicle(700), vehicle(701)], &signals, window);
    lake.flush().await.unwrap();
    model.compare(&lake, &[vehicle(700), vehicle(701)], &signals, window);
    lake.shutdown().await.unwrap();
    lake.shutdown().await.unwrap();
    drop(lake);
    let lake = world.start().await;
    assert_eq!(lake.watermark(), seq);
    model.compare(&lake, &[vehicle(700), vehicle(701)], &signals, window);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_values_of_one_time_the_lower_event_id_counts_wherever_they_are() {
    let world = World::new();
    let mut model = Model::default();
    let lake = world.start().await;
    let steps = [
        ("m", 1, "5"),
        ("b", 2, "6"),
        ("z", 1, "7"),
        ("a", 2, "8"),
        ("0", 1, "8"),
    ];
    for (step, (id, from, value)) in steps.into_iter().enumerate() {
        let items = [("speed", START, value.to_owned())];
        model.records.push(record(
            1,
            from,
            id,
            START + i64::try_from(step).unwrap(),
            &items,
        ));
        let seq = world.append(&model.records[step..]).await;
        lake.wait_for(seq).await.unwrap();
        model.compare(&lake, &[vehicle(1)], &[signal("speed")], (START, START + 1));
        if step % 2 == 0 {
            lake.flush().await.unwrap();
            model.compare(&lake, &[vehicle(1)], &[signal("speed")], (START, START + 1));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn null_island_is_in_ranges_and_counts_but_is_no_latest_position() {
    let world = World::new();
    let lake = world.start().await;
    let place = |at, latitude: f64| {
        (
            "currentLocationCoordinates",
            at,
            format!(r#"{{"latitude":{latitude},"longitude":{latitude}}}"#),
        )
    };
    let mut model = Model::default();
    model.records.push(record(
        1,
        1,
        "a",
        START + 9 * SECOND,
        &[place(START, 48.0), place(START + SECOND, 0.0)],
    ));
    lake.wait_for(world.append(&model.records).await)
        .await
        .unwrap();
    for _ in ["memory", "tables"] {
        let set = lake.latest(&vehicle(1), Some(source(1)));
        assert_eq!(
            (set.signals[0].at, set.last_seen),
            (micros(START), Some(micros(START + SECOND)))
        );
        model.compare(
            &lake,
            &[vehicle(1)],
            &[signal("currentLocationCoordinates")],
            (START, START + 9 * SECOND),
        );
        lake.flush().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vehicle_events_are_summarised_by_name_and_source() {
    let world = World::new();
    let lake = world.start().await;
    let event =
        |name: &str, at: i64| format!(r#"{{"name":"{name}","timestamp":"{}"}}"#, micros(at));
    let json = |events: &[String]| format!(r#"{{"events":[{}]}}"#, events.join(","));
    let first = json(&[
        event("safety.collision", START),
        event("behavior.harshBraking", START),
    ]);
    let second = json(&[
        event("safety.collision", START),
        event("safety.collision", START + SECOND),
    ]);
    let records = [
        raw_record(1, 1, "a", START + SECOND, first),
        raw_record(1, 2, "b", START + SECOND, second),
    ];
    lake.wait_for(world.append(&records).await).await.unwrap();
    for _ in ["memory", "tables"] {
        let of = |from: Option<u8>| {
            let events = lake.summary(&vehicle(1), from.map(source)).unwrap().events;
            events
                .into_iter()
                .map(|e| (e.name.to_string(), e.count))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(None),
            [
                ("behavior.harshBraking".to_owned(), 1),
                ("safety.collision".to_owned(), 2)
            ]
        );
        assert_eq!(of(Some(2)), [("safety.collision".to_owned(), 2)]);
        assert_eq!(of(Some(3)), []);
        lake.flush().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_question_has_an_empty_answer() {
    let world = World::new();
    let lake = world.start().await;
    let subject = vehicle(1);
    let signals = [signal("speed"), signal("powertrainType")];
    let query = RangeQuery {
        subject: &subject,
        signals: &signals,
        from: micros(5),
        to_exclusive: micros(5),
        source: None,
    };
    assert_eq!(
        lake.range(&query).unwrap(),
        [Points::Numbers(Vec::new()), Points::Texts(Vec::new())]
    );
    let nothing = RangeQuery {
        signals: &[],
        to_exclusive: micros(9),
        ..query
    };
    assert_eq!(lake.range(&nothing).unwrap(), []);
}
