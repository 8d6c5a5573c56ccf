use std::borrow::Cow;

use thiserror::Error;

/// What is wrong with one event, and which limit it broke.
///
/// Text form: `<field>: <reason>` followed by ` (limit: <limit>)` where there is one. It never contains payload.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {reason}{}", LimitSuffix(.limit.as_deref()))]
pub struct FieldError {
    /// Attribute name as sent, `tags[2]` for an element, `event` for the whole.
    pub field: Cow<'static, str>,
    /// What is wrong with it.
    pub reason: Cow<'static, str>,
    /// The bound that was broken, with its unit.
    pub limit: Option<Cow<'static, str>>,
    /// `id` of the event, when it could be read: answers to a batch name the event by it.
    pub event_id: Option<String>,
}

impl FieldError {
    /// A field that is wrong in itself.
    #[must_use]
    pub fn new(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
            limit: None,
            event_id: None,
        }
    }

    /// States the bound that was broken.
    #[must_use]
    pub fn with_limit(mut self, limit: impl Into<Cow<'static, str>>) -> Self {
        self.limit = Some(limit.into());
        self
    }

    /// Names the event the field belongs to.
    #[must_use]
    pub fn with_event_id(mut self, id: Option<&str>) -> Self {
        self.event_id = id.map(str::to_owned);
        self
    }
}

struct LimitSuffix<'a>(Option<&'a str>);

impl std::fmt::Display for LimitSuffix<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0
            .map_or(Ok(()), |limit| write!(f, " (limit: {limit})"))
    }
}
