use serde::Deserialize;

use crate::DeliveryFailure;

/// What the node did with delivered events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Stored now.
    pub accepted: usize,
    /// Stored before; a retry whose first answer was lost.
    pub duplicates: usize,
    /// Refused for good, with the reason.
    pub rejected: Vec<Rejected>,
    /// Requests sent, retries included.
    pub requests: u32,
    /// Requests that were repeated.
    pub retries: u32,
    /// Body bytes sent, as compressed.
    pub bytes_sent: u64,
}

impl DeliveryReport {
    /// Events that the node answered for.
    #[must_use]
    pub fn events(&self) -> usize {
        self.accepted + self.duplicates + self.rejected.len()
    }
}

/// One event that the node refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rejected {
    /// Place in the delivered list.
    pub index: usize,
    /// Id of the event, when the node could read it.
    #[serde(default)]
    pub id: Option<String>,
    /// Machine-readable code.
    #[serde(default)]
    pub code: String,
    /// Field at fault, when named.
    #[serde(default)]
    pub field: Option<String>,
    /// Explanation.
    #[serde(default)]
    pub detail: String,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    accepted: Option<usize>,
    #[serde(default)]
    duplicates: usize,
    #[serde(default)]
    rejected: Vec<Rejected>,
}

#[derive(Deserialize, Default)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    detail: String,
}

/// Adds a 2xx answer about `sent` events, the first of which is number `offset` of the delivery.
pub(crate) fn settle(
    report: &mut DeliveryReport,
    body: &[u8],
    offset: usize,
    sent: usize,
) -> Result<(), DeliveryFailure> {
    let bad = |reason: String| DeliveryFailure::Answer { reason };
    if body.is_empty() {
        // The deployed ingest answers 200 without a body: every event was acknowledged.
        report.accepted += sent;
        return Ok(());
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|e| bad(e.to_string()))?;
    let Some(accepted) = answer.accepted else {
        return Err(bad("accepted is missing".to_owned()));
    };
    let counts = [accepted, answer.duplicates, answer.rejected.len()];
    if counts.iter().try_fold(0usize, |sum, n| sum.checked_add(*n)) != Some(sent) {
        return Err(bad(format!(
            "accepted, duplicates and rejected are {counts:?}, sent were {sent} events"
        )));
    }
    if let Some(foreign) = answer
        .rejected
        .iter()
        .find(|rejected| rejected.index >= sent)
    {
        return Err(bad(format!(
            "event {} is rejected, sent were {sent} events",
            foreign.index
        )));
    }
    report.accepted += accepted;
    report.duplicates += answer.duplicates;
    report
        .rejected
        .extend(answer.rejected.into_iter().map(|rejected| Rejected {
            index: offset + rejected.index,
            ..rejected
        }));
    Ok(())
}

/// Adds an answer that refuses every one of `sent` events and says why for each; false when the body does not.
pub(crate) fn settle_refused(
    report: &mut DeliveryReport,
    body: &[u8],
    offset: usize,
    sent: usize,
) -> bool {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        return false;
    };
    let mut indexes: Vec<usize> = answer.rejected.iter().map(|r| r.index).collect();
    indexes.sort_unstable();
    if sent == 0 || indexes != (0..sent).collect::<Vec<_>>() {
        return false;
    }
    let rejected = answer.rejected.into_iter();
    report.rejected.extend(rejected.map(|rejected| Rejected {
        index: offset + rejected.index,
        ..rejected
    }));
    true
}

/// A refusal of the whole request.
pub(crate) fn refusal(status: u16, body: &[u8]) -> DeliveryFailure {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    let detail = if problem.detail.is_empty() {
        String::from_utf8_lossy(body).into_owned()
    } else {
        problem.detail
    };
    DeliveryFailure::Refused {
        status,
        code: problem.code,
        field: problem.field,
        detail: detail.chars().take(1024).collect(),
    }
}
