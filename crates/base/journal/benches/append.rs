//! Group commit: records made durable per second by concurrent callers, each waiting for its own sync.

use bytes::Bytes;
use divan::{Bencher, counter::ItemsCount};
use milepost_journal::{Journal, JournalOptions};

fn main() {
    divan::main();
}

const RECORDS: usize = 2048;

#[divan::bench(args = [1, 32, 256], sample_count = 10)]
fn append_1700_bytes_by_callers(bencher: Bencher<'_, '_>, callers: usize) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    let options = JournalOptions {
        key: Some([7; 32]),
        retain_bytes: 0,
        ..JournalOptions::default()
    };
    let (journal, _) = Journal::open(dir.path(), options).expect("an empty journal opens");
    journal.register("bench").expect("a cursor");
    let record = Bytes::from(vec![b'x'; 1700]);
    // One caller waits 2 ms and more per record; fewer records keep the run short.
    let each = if callers == 1 { 64 } else { RECORDS / callers };
    bencher.counter(ItemsCount::new(each * callers)).bench(|| {
        runtime.block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..callers {
                let (journal, record) = (journal.clone(), record.clone());
                tasks.spawn(async move {
                    for _ in 0..each {
                        let range = journal.append(vec![record.clone()]).await.expect("room");
                        journal.release("bench", range.last_inclusive);
                    }
                });
            }
            while let Some(done) = tasks.join_next().await {
                done.expect("no panic");
            }
        });
    });
    runtime.block_on(journal.close());
}
