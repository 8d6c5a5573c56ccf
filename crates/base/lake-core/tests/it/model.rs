use proptest::{collection::vec, prelude::*};

use crate::support::{DAY, Row, merge_all, one, open, parts, read_all, row, rows, sorted};

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<(u8, u8, i64)>),
    Merge,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => vec((0u8..4, 0u8..3, 0i64..3 * DAY), 1..60).prop_map(Step::Append),
        1 => Just(Step::Merge),
        1 => Just(Step::Reopen),
    ]
}

const WHO: [&str; 4] = ["ann", "bob", "cid", "dan"];
const NAMES: [&str; 3] = ["range", "soc", "speed"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_table_equals_the_plain_list_of_its_rows(
        steps in vec(step(), 1..10),
        questions in vec((0usize..4, 0usize..3, 0i64..3 * DAY, 0i64..2 * DAY), 1..8),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let mut table = open(dir.path()).await;
            let mut model: Vec<Row> = Vec::new();
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Append(items) => {
                        let base = i64::try_from(model.len()).unwrap();
                        let new: Vec<Row> = items.into_iter().zip(base..).map(|((w, n, time), seq)| {
                            row(WHO[usize::from(w)], NAMES[usize::from(n)], time, seq)
                        }).collect();
                        table.append(parts(&new), Some(u64::try_from(number).unwrap() + 1)).await.unwrap();
                        model.extend(new);
                    }
                    Step::Merge => for plan in merge_all().plan(&table.snapshot()) {
                        table.merge(plan).await.unwrap();
                    },
                    Step::Reopen => table = open(dir.path()).await,
                }
                assert_eq!(read_all(&table), sorted(model.clone()));
            }
            for (who, name, from, span) in questions {
                let wanted = [NAMES[name], NAMES[2]];
                let got = rows(&table.scan(&table.snapshot(), &one(WHO[who], &wanted, from, from + span)).unwrap());
                let kept = model.iter().filter(|r| {
                    r.who == WHO[who] && wanted.contains(&&*r.name) && (from..from + span).contains(&r.time)
                });
                assert_eq!(got, sorted(kept.cloned().collect()));
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_over_many_pages_and_row_groups_finds_exactly_its_rows() {
    let dir = tempfile::tempdir().unwrap();
    let table = open(dir.path()).await;
    let mut model = Vec::new();
    for seq in 0..200_000i64 {
        let pick = usize::try_from(seq).unwrap();
        model.push(row(
            WHO[pick % 4],
            NAMES[pick / 4 % 3],
            (seq * 7_919) % DAY,
            seq,
        ));
    }
    table.append(parts(&model), Some(1)).await.unwrap();
    assert_eq!(table.snapshot().files.len(), 1);
    let (from, to) = (DAY / 3, DAY / 2);
    let got = rows(
        &table
            .scan(&table.snapshot(), &one("cid", &["soc"], from, to))
            .unwrap(),
    );
    let kept = model
        .iter()
        .filter(|r| r.who == "cid" && r.name == "soc" && (from..to).contains(&r.time));
    assert_eq!(got, sorted(kept.cloned().collect()));
    let mut visited = 0;
    table
        .visit(&table.snapshot(), &crate::support::all(), |batch| {
            visited += batch.rows();
            assert!(batch.rows() <= 8_192);
            Ok::<_, milepost_lake_core::TableError>(())
        })
        .unwrap();
    assert_eq!(visited, 200_000);
}
