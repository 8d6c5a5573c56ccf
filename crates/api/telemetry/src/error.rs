use async_graphql::{Pos, ServerError};
use milepost_telemetry::QueryError;
use serde_json::{Map, Value, json};

/// `extensions.code` of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    BadRequest,
    Unauthorized,
    Forbidden,
    Internal,
    TooManyRequests,
    ServiceUnavailable,
    RequestCanceled,
    ParseFailed,
    ValidationFailed,
    TooComplex,
}

impl Code {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Forbidden => "FORBIDDEN",
            Self::Internal => "INTERNAL_SERVER_ERROR",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
            Self::RequestCanceled => "REQUEST_CANCELED",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::TooComplex => "COMPLEXITY_LIMIT_EXCEEDED",
        }
    }
}

/// One entry of `errors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub(crate) message: String,
    pub(crate) code: Code,
    pub(crate) locations: Vec<Pos>,
    /// Response keys from the root.
    pub(crate) path: Vec<String>,
}

impl GraphError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code,
            locations: Vec::new(),
            path: Vec::new(),
        }
    }

    pub(crate) fn at(mut self, pos: Pos) -> Self {
        self.locations.push(pos);
        self
    }

    pub(crate) fn under(mut self, path: &[&str]) -> Self {
        self.path = path.iter().map(|key| (*key).to_owned()).collect();
        self
    }

    pub(crate) fn from_server(error: ServerError, code: Code) -> Self {
        Self {
            message: error.message,
            code,
            locations: error.locations,
            path: Vec::new(),
        }
    }

    /// Answer to a failed read. What went wrong on our side is for the log, not for the caller.
    pub(crate) fn from_query(error: &QueryError) -> Self {
        let code = match error {
            QueryError::TimedOut => Code::ServiceUnavailable,
            QueryError::Cancelled => Code::RequestCanceled,
            error if error.is_callers() => Code::BadRequest,
            _ => return Self::new(Code::Internal, "internal server error"),
        };
        Self::new(code, error.to_string())
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("message".to_owned(), json!(self.message));
        if !self.locations.is_empty() {
            let locations = self
                .locations
                .iter()
                .map(|p| json!({"line": p.line, "column": p.column}));
            entry.insert("locations".to_owned(), locations.collect());
        }
        if !self.path.is_empty() {
            entry.insert("path".to_owned(), json!(self.path));
        }
        entry.insert("extensions".to_owned(), json!({"code": self.code.text()}));
        Value::Object(entry)
    }
}
