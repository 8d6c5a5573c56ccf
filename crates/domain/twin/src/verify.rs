//! `milepost verify twin` (D2-23): the index file against the chain.

use std::{collections::BTreeMap, path::Path};

use milepost_chain_core::ChainSource;
use milepost_sql::OpenOptions;
use milepost_types::BlockRef;
use serde::Serialize;

use crate::{
    TwinError, TwinSettings, fetch,
    follow::check_identity,
    index::Decoder,
    repo::{Link, Repo},
    rows::Table,
    spot,
    state::State,
    value::Value,
};

/// Differences listed in full; more are only counted.
const LISTED_MAX: usize = 100;

/// Outcome of a verification.
#[derive(Debug, Clone, Serialize)]
pub struct TwinReport {
    /// Block both sides are compared at; none for an empty index.
    pub block: Option<BlockRef>,
    /// Rows of the index, by table.
    pub rows: BTreeMap<&'static str, usize>,
    /// Answers of contract views that were compared with rows.
    pub spot_checks: usize,
    /// Contract views that gave no answer, such as an old block on an endpoint without history.
    pub spot_unanswered: usize,
    /// All differences there are.
    pub difference_count: usize,
    /// The first of them, in words.
    pub differences: Vec<String>,
}

impl TwinReport {
    /// Whether the index equals the chain.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.difference_count == 0
    }

    fn add(&mut self, difference: String) {
        self.difference_count += 1;
        if self.differences.len() < LISTED_MAX {
            self.differences.push(difference);
        }
    }
}

/// Builds a second index from the chain, in memory, up to the block the file is at, compares all tables row by
/// row, and asks the contracts themselves about a sample of up to `samples_max` rows of each kind.
///
/// The file is only read; a node may be running on it.
///
/// # Errors
/// When the chain or the file cannot be read, or an event cannot be decoded. Differences are no error: see
/// [`TwinReport::is_clean`].
pub async fn verify(
    settings: &TwinSettings,
    source: &dyn ChainSource,
    index_file: &Path,
    samples_max: usize,
) -> Result<TwinReport, TwinError> {
    settings.check()?;
    let options = OpenOptions {
        read_only: true,
        connections_max: 1,
        ..OpenOptions::default()
    };
    let file = Repo::read_only(
        milepost_sql::open(index_file, &options).await?,
        &settings.fingerprint(),
    )
    .await?;
    let (stored, head) = file.dump_all().await?;
    let rows = stored
        .iter()
        .map(|(table, rows)| (table.name(), rows.len()))
        .collect();
    let mut report = TwinReport {
        block: head.map(|link| link.block_ref(settings.chain())),
        rows,
        spot_checks: 0,
        spot_unanswered: 0,
        difference_count: 0,
        differences: Vec::new(),
    };
    let Some(head) = head else { return Ok(report) };
    check_identity(source, settings, &file).await?;
    match source.block(head.number).await? {
        Some(now) if now.hash == head.hash => {}
        now => {
            let now = now.map_or_else(|| "nothing".to_owned(), |block| block.hash.to_string());
            report.add(format!(
                "block {}: the index has {}, the chain {now}",
                head.number, head.hash
            ));
            return Ok(report);
        }
    }
    let rebuilt = rebuild(settings, source, head).await?;
    for table in Table::ALL {
        let empty = Vec::new();
        compare(
            *table,
            stored.get(table).unwrap_or(&empty),
            rebuilt.get(table).unwrap_or(&empty),
            &mut report,
        );
    }
    let (state, _) = file.load(settings.chain()).await?;
    spot::check(
        settings,
        source,
        &state,
        head.number,
        samples_max,
        &mut report,
    )
    .await?;
    file.close().await;
    Ok(report)
}

impl TwinReport {
    pub(crate) fn spot(&mut self, outcome: Result<(), String>) {
        self.spot_checks += 1;
        if let Err(difference) = outcome {
            self.add(difference);
        }
    }
}

async fn rebuild(
    settings: &TwinSettings,
    source: &dyn ChainSource,
    head: Link,
) -> Result<BTreeMap<Table, Vec<Vec<Value>>>, TwinError> {
    let pool = milepost_sql::open_in_memory().await?;
    let repo = Repo::new(pool, &settings.fingerprint(), settings.first_block()).await?;
    let decoder = Decoder::new(settings.chain(), settings.by_address());
    let addresses = decoder.addresses();
    let mut state = State::default();
    let mut next = settings.first_block();
    let mut step = settings.range_blocks_max;
    while next <= head.number {
        let to = head.number.min(next.saturating_add(step - 1));
        let blocks = match fetch::blocks_with_logs(source, next, to, &addresses).await {
            Err(milepost_chain_core::ChainError::Rpc { .. }) if step > 1 => {
                step = (step / 2).max(1);
                continue;
            }
            other => other?,
        };
        let mut applied = Vec::with_capacity(blocks.len());
        for (header, logs) in blocks {
            applied.push(decoder.apply(&mut state, &header, &logs).map_err(|event| {
                TwinError::Halted(crate::Halt::Undecodable {
                    block: header.number,
                    log_index: event.log_index,
                    address: event.address,
                    error: event.error,
                })
            })?);
        }
        repo.commit(&applied, to, settings.reorg_window).await?;
        next = to + 1;
    }
    Ok(repo.dump_all().await?.0)
}

/// Both sides are in key order, so one pass finds rows that are missing, extra or different.
fn compare(table: Table, stored: &[Vec<Value>], rebuilt: &[Vec<Value>], report: &mut TwinReport) {
    let keys = table.key_columns().len();
    let index = |rows: &[Vec<Value>]| -> BTreeMap<Vec<Value>, Vec<Value>> {
        rows.iter()
            .map(|row| (row[..keys].to_vec(), row.clone()))
            .collect()
    };
    let (stored, mut rebuilt) = (index(stored), index(rebuilt));
    for (key, row) in stored {
        match rebuilt.remove(&key) {
            None => report.add(format!("{} {}: not on the chain", table.name(), text(&key))),
            Some(fresh) if fresh != row => report.add(format!(
                "{} {}: the index has {}, the chain {}",
                table.name(),
                text(&key),
                text(&row),
                text(&fresh)
            )),
            Some(_) => {}
        }
    }
    for key in rebuilt.keys() {
        report.add(format!(
            "{} {}: missing in the index",
            table.name(),
            text(key)
        ));
    }
}

fn text(values: &[Value]) -> String {
    let words: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("({})", words.join(", "))
}
