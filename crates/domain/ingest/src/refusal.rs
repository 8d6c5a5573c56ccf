//! Every way to be turned away, with its code.

use std::borrow::Cow;

use milepost_cloudevent::{BodyError, FieldError};
use milepost_crypto::SignatureError;
use milepost_journal::{AppendError, FullReason};
use milepost_policy::Refusal;
use serde::Serialize;
use thiserror::Error;

/// What a client can do about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The event is wrong; sending it again does not help.
    Malformed,
    /// The sender did not prove who it is.
    Unauthenticated,
    /// The chain does not allow it now.
    Forbidden,
    /// It contradicts an event that is already stored.
    Conflict,
    /// Beyond a size limit.
    TooLarge,
    /// Slow down.
    RateLimited,
    /// Our fault; the same request may succeed later.
    Unavailable,
}

impl RefusalKind {
    /// HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::RateLimited => 429,
            Self::Unavailable => 503,
        }
    }
}

/// Why one event was not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Place in the request, from 0.
    pub index: usize,
    /// Its id, when it has one and it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Stable machine-readable code.
    pub code: &'static str,
    /// Attribute at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// Limit that was broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Cow<'static, str>>,
    /// Explanation.
    pub detail: String,
    /// Kind, which is the status when it is the only event.
    #[serde(skip)]
    pub kind: RefusalKind,
    /// When to try again, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_secs: Option<u32>,
}

/// Nothing of the request was stored by it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{detail}")]
pub struct IngestRefusal {
    /// Kind, which is the status.
    pub kind: RefusalKind,
    /// Stable machine-readable code.
    pub code: &'static str,
    /// Explanation.
    pub detail: String,
    /// Attribute at fault.
    pub field: Option<Cow<'static, str>>,
    /// Limit that was broken.
    pub limit: Option<Cow<'static, str>>,
    /// When to try again, seconds.
    pub retry_after_secs: Option<u32>,
    /// The single events, when it was for them that the request was refused.
    pub rejected: Vec<Rejection>,
}

impl IngestRefusal {
    pub(crate) fn new(kind: RefusalKind, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            detail: detail.into(),
            field: None,
            limit: None,
            retry_after_secs: None,
            rejected: Vec::new(),
        }
    }

    pub(crate) fn unavailable(
        code: &'static str,
        detail: impl Into<String>,
        retry_after_secs: u32,
    ) -> Self {
        Self {
            retry_after_secs: Some(retry_after_secs),
            ..Self::new(RefusalKind::Unavailable, code, detail)
        }
    }

    /// All events were rejected: the first one speaks for the request.
    pub(crate) fn of_events(rejected: Vec<Rejection>) -> Self {
        let Some(first) = rejected.first() else {
            return Self::new(RefusalKind::Malformed, "empty_body", "body holds no events");
        };
        Self {
            field: first.field.clone(),
            limit: first.limit.clone(),
            retry_after_secs: first.retry_after_secs,
            ..Self::new(first.kind, first.code, first.detail.clone())
        }
        .with_rejected(rejected)
    }

    fn with_rejected(mut self, rejected: Vec<Rejection>) -> Self {
        self.rejected = rejected;
        self
    }

    /// The journal did not take it.
    pub(crate) fn from_append(error: &AppendError, retry_after_secs: u32) -> Self {
        match error {
            AppendError::Full(FullReason::Unconsumed) => Self::unavailable(
                "journal_full",
                "events are not being processed fast enough",
                retry_after_secs,
            ),
            AppendError::Full(FullReason::DiskReserve) => {
                Self::unavailable("disk_full", "the node's disk is full", retry_after_secs)
            }
            // Storage needs an operator; clients need not knock every five seconds.
            AppendError::Failed(_) | AppendError::Empty => {
                Self::unavailable("storage_failed", "the node cannot store events now", 60)
            }
            AppendError::Closed => stopping(retry_after_secs),
            AppendError::TooLarge { limit, .. } => {
                let refusal = Self::new(
                    RefusalKind::TooLarge,
                    "too_large",
                    "an event is too large to be stored",
                );
                Self {
                    limit: Some(format!("{limit} bytes").into()),
                    ..refusal
                }
            }
        }
    }
}

pub(crate) fn stopping(retry_after_secs: u32) -> IngestRefusal {
    IngestRefusal::unavailable("stopping", "the node is stopping", retry_after_secs)
}

impl From<BodyError> for IngestRefusal {
    fn from(error: BodyError) -> Self {
        let (kind, code) = match &error {
            BodyError::Empty => (RefusalKind::Malformed, "empty_body"),
            BodyError::Utf8 { .. } => (RefusalKind::Malformed, "not_utf8"),
            BodyError::Syntax { .. } => (RefusalKind::Malformed, "not_json"),
            BodyError::Shape => (RefusalKind::Malformed, "not_an_event"),
            BodyError::TooMany { .. } => (RefusalKind::TooLarge, "too_many_events"),
        };
        let limit = if let BodyError::TooMany { max } = &error {
            Some(format!("{max} events").into())
        } else {
            None
        };
        Self {
            limit,
            field: Some("body".into()),
            ..Self::new(kind, code, error.to_string())
        }
    }
}

impl Rejection {
    pub(crate) fn new(
        index: usize,
        id: Option<String>,
        kind: RefusalKind,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            index,
            id,
            code,
            field: None,
            limit: None,
            detail: detail.into(),
            kind,
            retry_after_secs: None,
        }
    }

    pub(crate) fn field(mut self, field: &'static str) -> Self {
        self.field = Some(field.into());
        self
    }

    pub(crate) fn from_field(index: usize, error: FieldError) -> Self {
        let bytes = error
            .limit
            .as_deref()
            .is_some_and(|limit| limit.ends_with(" bytes"));
        let too_large = bytes && matches!(error.field.as_ref(), "event" | "data" | "data_base64");
        let (kind, code) = if too_large {
            (RefusalKind::TooLarge, "too_large")
        } else {
            (RefusalKind::Malformed, "invalid_field")
        };
        let detail = error.to_string();
        Self {
            field: Some(error.field),
            limit: error.limit,
            ..Self::new(index, error.event_id, kind, code, detail)
        }
    }

    pub(crate) fn from_admission(index: usize, id: Option<String>, refusal: &Refusal) -> Self {
        let (code, field) = match refusal {
            Refusal::UnknownDevice(_) => ("unknown_device", "producer"),
            Refusal::Unclaimed(_) => ("device_unclaimed", "producer"),
            Refusal::Banned(_) => ("device_banned", "producer"),
            Refusal::NotPaired { .. } => ("not_paired", "subject"),
            Refusal::ProviderUnlicensed(_) => ("provider_unlicensed", "source"),
            Refusal::UnknownConnection(_) => ("unknown_connection", "source"),
            Refusal::ForeignConnection { .. } => ("foreign_connection", "source"),
            Refusal::ForeignSource(_) => ("foreign_source", "source"),
            Refusal::ConsentRequired(_) => ("consent_required", "subject"),
        };
        Self::new(index, id, RefusalKind::Forbidden, code, refusal.to_string()).field(field)
    }

    pub(crate) fn from_signature(index: usize, id: Option<String>, error: &SignatureError) -> Self {
        use SignatureError as E;
        let (kind, code, field) = match error {
            E::Missing => (
                RefusalKind::Unauthenticated,
                "signature_missing",
                "signature",
            ),
            E::OtherSigner { .. } | E::Unrecoverable => {
                (RefusalKind::Unauthenticated, "wrong_signature", "signature")
            }
            E::Form { .. } | E::Length { .. } | E::RecoveryByte(_) | E::HighS | E::Proof { .. } => {
                (
                    RefusalKind::Unauthenticated,
                    "signature_malformed",
                    "signature",
                )
            }
            E::LegacyRefused => (
                RefusalKind::Unauthenticated,
                "legacy_signature_refused",
                "signature",
            ),
            E::LegacyWithoutData => (RefusalKind::Malformed, "invalid_field", "data"),
            E::FieldMissing { field } => (RefusalKind::Malformed, "invalid_field", *field),
        };
        Self::new(index, id, kind, code, error.to_string()).field(field)
    }
}
