//! The part that needs no waiting: parse, authenticate, admit, encode.

use std::sync::Arc;

use bytes::Bytes;
use milepost_cloudevent::{Authenticity, CloudEvent, EventKey, Incoming, Record, parse_body};
use milepost_crypto::{SignedFields, Verifier};
use milepost_policy::{AdmissionRequest, TwinView, admit};
use milepost_types::Timestamp;

use crate::{
    IngestRefusal, IngestRequest, RefusalKind, Rejection,
    dedup::{DedupIndex, Identity},
    rate::RateLimiter,
};

/// Everything that decides about an event before it is compared with stored ones.
#[derive(Debug)]
pub(crate) struct Checker {
    pub(crate) limits: milepost_cloudevent::BodyLimits,
    pub(crate) view: Arc<dyn TwinView>,
    pub(crate) verifier: Verifier,
    pub(crate) rate: Option<RateLimiter>,
    pub(crate) dedup: Arc<DedupIndex>,
}

/// An event that may be stored.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) index: usize,
    pub(crate) id: String,
    pub(crate) identity: Identity,
    /// For the journal.
    pub(crate) record: Bytes,
}

/// A request after the check.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Events in the request.
    pub(crate) events: usize,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) rejected: Vec<Rejection>,
}

/// An idempotency key becomes an id, so it has an id's alphabet.
const IDEMPOTENCY_KEY_BYTES_MAX: usize = 128;

impl Checker {
    pub(crate) fn check(&self, request: &IngestRequest) -> Result<Checked, IngestRefusal> {
        if let Some(key) = &request.idempotency_key {
            check_idempotency_key(key)?;
        }
        let parsed = parse_body(&request.body, request.content_type.as_deref(), &self.limits)?;
        let mut checked = Checked {
            events: parsed.len(),
            candidates: Vec::with_capacity(parsed.len()),
            rejected: Vec::new(),
        };
        for (index, event) in parsed.into_iter().enumerate() {
            let outcome = match event {
                Ok(event) => self.check_event(index, event, request),
                Err(error) => Err(Rejection::from_field(index, error)),
            };
            match outcome {
                Ok(candidate) => checked.candidates.push(candidate),
                Err(rejection) => checked.rejected.push(rejection),
            }
        }
        Ok(checked)
    }

    fn check_event(
        &self,
        index: usize,
        event: Incoming,
        request: &IngestRequest,
    ) -> Result<Candidate, Rejection> {
        event
            .check_device_port(request.received_at)
            .map_err(|error| Rejection::from_field(index, error))?;
        let id = || event.id().map(str::to_owned);
        let (producer, subject) = (event.producer(), event.subject());
        let admission = admit(
            self.view.as_ref(),
            AdmissionRequest {
                producer: &producer,
                subject: &subject,
                certificate: request.certificate,
                source: event.source(),
            },
        )
        .map_err(|refusal| Rejection::from_admission(index, id(), &refusal))?;
        let authenticity = if request.certificate.is_some() {
            Authenticity::Certificate
        } else {
            let signed = self
                .verifier
                .verify(&SignedFields::from(&event), Some(admission.device_key));
            signed
                .map_err(|error| Rejection::from_signature(index, id(), &error))?
                .1
        };
        // After the signature, so that nobody can use up the share of a device that is not theirs.
        if let Some(Err(secs)) = self
            .rate
            .as_ref()
            .map(|rate| rate.take(producer, request.received_at))
        {
            let detail = format!("device {producer} sends too many events");
            let rejection = Rejection::new(
                index,
                id(),
                RefusalKind::RateLimited,
                "rate_limited",
                detail,
            );
            return Err(Rejection {
                retry_after_secs: Some(secs),
                ..rejection
            });
        }
        let timeless = event.time().is_none();
        let record = Record {
            admitted_at_block: admission.block.number,
            received_at: request.received_at,
            authenticity,
            event: event.into_event(admission.source, request.received_at, ""),
        };
        Ok(self.candidate(index, record, timeless, request))
    }

    fn candidate(
        &self,
        index: usize,
        mut record: Record,
        timeless: bool,
        request: &IngestRequest,
    ) -> Candidate {
        let nameless = record.event.header.id.is_empty();
        if nameless {
            record.event.header.id = default_id(index, &mut record.event, timeless, request);
        }
        let identity =
            self.dedup
                .identity(&record.event, record.authenticity, nameless || timeless);
        let bytes = Bytes::from(record.encode());
        Candidate {
            index,
            id: record.event.header.id,
            identity,
            record: bytes,
        }
    }
}

/// An id that a retry of the same request gets again: a time that the node filled in does not count.
fn default_id(
    index: usize,
    event: &mut CloudEvent,
    timeless: bool,
    request: &IngestRequest,
) -> String {
    match &request.idempotency_key {
        Some(key) if index == 0 => key.clone(),
        Some(key) => format!("{key}-{index}"),
        None => {
            let time = event.header.time;
            if timeless {
                event.header.time = Timestamp::EPOCH;
            }
            let hash = event.content_hash();
            event.header.time = time;
            // The key type writes 16 bytes as hex digits.
            format!("auto-{}", EventKey(hash))
        }
    }
}

fn check_idempotency_key(key: &str) -> Result<(), IngestRefusal> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.:".contains(&b);
    if (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(allowed) {
        return Ok(());
    }
    let detail = "Idempotency-Key: must be 1 to 128 letters, digits or -_.:";
    let refusal = IngestRefusal::new(RefusalKind::Malformed, "invalid_field", detail);
    let limit =
        Some(format!("{IDEMPOTENCY_KEY_BYTES_MAX} bytes of letters, digits and -_.:").into());
    Err(IngestRefusal {
        field: Some("Idempotency-Key".into()),
        limit,
        ..refusal
    })
}
