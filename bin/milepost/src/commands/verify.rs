//! `milepost verify journal|lake|twin`.

use anyhow::{Context as _, Result, bail};
use milepost_chain_core::{Rpc, RpcOptions};
use milepost_journal::Journal;
use milepost_lake::LakeStore;
use serde_json::{Value, json};

use crate::{
    cli::{Store, VerifyArgs},
    node::{Layout, NodeSettings, existing_key},
};

/// Rows of each kind that are compared with contract views.
const TWIN_SAMPLES_MAX: usize = 200;

/// What a check found.
struct Finding {
    differences: usize,
    report: Value,
}

pub(crate) async fn run(args: VerifyArgs) -> Result<()> {
    let settings = NodeSettings::load(Some(&args.config))?;
    let layout = Layout(settings.data_dir.clone());
    let found = match args.store {
        Store::Journal => journal(&settings, &layout).await?,
        Store::Lake => lake(&settings, &layout).await?,
        Store::Twin => twin(&settings, &layout).await?,
    };
    print(&found.report, args.json);
    if found.differences > 0 {
        bail!("{} differences", found.differences);
    }
    Ok(())
}

async fn journal(settings: &NodeSettings, layout: &Layout) -> Result<Finding> {
    let key = existing_key(&settings.data_dir)?;
    let dir = layout.journal();
    let report = tokio::task::spawn_blocking(move || {
        milepost_journal::verify(dir, key.as_ref().map(milepost_service::Secret::expose))
    })
    .await??;
    let differences = report.corrupt.len();
    let json = json!({
        "store": "journal",
        "records": report.records,
        "first": report.first_seq,
        "last": report.last_seq,
        "bytes": report.bytes,
        "corrupt": report.corrupt.iter().map(|c| format!("{c:?}")).collect::<Vec<_>>(),
        "differences": differences,
    });
    Ok(Finding {
        differences,
        report: json,
    })
}

async fn lake(settings: &NodeSettings, layout: &Layout) -> Result<Finding> {
    let key = existing_key(&settings.data_dir)?;
    let options = settings.journal.options(key.as_ref().map(|k| *k.expose()));
    let (journal, _) = Journal::open(layout.journal(), options)
        .context("open the journal: is the node stopped?")?;
    let report = milepost_lake::verify(
        &LakeStore {
            dir: layout.lake(),
            key,
        },
        &journal,
    )
    .await?;
    journal.close().await;
    let json = json!({
        "store": "lake",
        "journal_records": report.journal_records,
        "pending": report.pending,
        "raw_events": report.raw_events,
        "signals": report.signals,
        "events": report.events,
        "dead_letters": report.dead_letters,
        "subjects": report.subjects,
        "differences": report.differences_total,
        "listed": report.differences,
    });
    Ok(Finding {
        differences: usize::try_from(report.differences_total).unwrap_or(usize::MAX),
        report: json,
    })
}

async fn twin(settings: &NodeSettings, layout: &Layout) -> Result<Finding> {
    let source = Rpc::new(&settings.rpc, RpcOptions::default())?;
    let report =
        milepost_twin::verify(&settings.chain, &source, &layout.twin(), TWIN_SAMPLES_MAX).await?;
    let mut json = serde_json::to_value(&report)?;
    json["store"] = "twin".into();
    Ok(Finding {
        differences: report.difference_count,
        report: json,
    })
}

#[expect(clippy::print_stdout, reason = "prints the report")]
fn print(report: &Value, json: bool) {
    match report {
        Value::Object(figures) if !json => {
            for (name, figure) in figures {
                println!("{:<18} {}", name.replace('_', " "), plain(figure));
            }
        }
        whole => println!("{whole:#}"),
    }
}

/// One figure for people: text without quotes, lists by line.
fn plain(figure: &Value) -> String {
    match figure {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items
            .iter()
            .map(|item| format!("\n  {}", plain(item)))
            .collect(),
        other => other.to_string(),
    }
}
