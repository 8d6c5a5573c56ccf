use axum::{
    Json,
    extract::rejection::BytesRejection,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use milepost_access::{ExchangeError, LoginError};
use serde_json::json;

/// Seconds after which a client that met a passing condition should try again.
const RETRY_AFTER_SECS: u16 = 5;

/// An error answer of the exchange: `{"code": 400, "message": "…"}`.
#[derive(Debug)]
pub(crate) struct ExchangeFailure {
    status: StatusCode,
    message: String,
}

impl ExchangeFailure {
    pub(crate) fn bad_request(message: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message,
        }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            message: message.into(),
        }
    }
}

impl From<BytesRejection> for ExchangeFailure {
    fn from(rejection: BytesRejection) -> Self {
        Self {
            status: rejection.status(),
            message: rejection.body_text(),
        }
    }
}

impl From<ExchangeError> for ExchangeFailure {
    fn from(error: ExchangeError) -> Self {
        let status = match &error {
            ExchangeError::Token(_) => StatusCode::UNAUTHORIZED,
            ExchangeError::Unlicensed(_)
            | ExchangeError::Lacks { .. }
            | ExchangeError::CloudEvents { .. } => StatusCode::FORBIDDEN,
            ExchangeError::Nothing
            | ExchangeError::Permission(_)
            | ExchangeError::AssetMissing
            | ExchangeError::Asset(_)
            | ExchangeError::AssetsDiffer
            | ExchangeError::ForeignAsset(_)
            | ExchangeError::Audience => StatusCode::BAD_REQUEST,
            ExchangeError::Internal(cause) => {
                tracing::error!(
                    error = cause as &dyn std::error::Error,
                    "token could not be signed"
                );
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self {
            status,
            message: error.to_string(),
        }
    }
}

impl IntoResponse for ExchangeFailure {
    fn into_response(self) -> Response {
        let body = json!({"code": self.status.as_u16(), "message": self.message});
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// An error answer of the log-in (RFC 6749 §5.2), with what the deployed clients read beside.
#[derive(Debug)]
pub(crate) struct LoginFailure {
    status: StatusCode,
    error: &'static str,
    message: String,
}

impl LoginFailure {
    pub(crate) fn invalid_request(message: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: "invalid_request",
            message,
        }
    }
}

impl From<BytesRejection> for LoginFailure {
    fn from(rejection: BytesRejection) -> Self {
        Self {
            status: rejection.status(),
            error: "invalid_request",
            message: rejection.body_text(),
        }
    }
}

impl From<LoginError> for LoginFailure {
    fn from(error: LoginError) -> Self {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        let (status, code) = match &error {
            LoginError::Parameter { .. } | LoginError::Domain => (BAD, "invalid_request"),
            LoginError::ResponseType => (BAD, "unsupported_response_type"),
            LoginError::GrantType => (BAD, "unsupported_grant_type"),
            LoginError::Scope => (BAD, "invalid_scope"),
            LoginError::Unlicensed(_) => (StatusCode::UNAUTHORIZED, "invalid_client"),
            LoginError::Address(_) => (StatusCode::FORBIDDEN, "unauthorized_client"),
            LoginError::UnknownState
            | LoginError::Expired
            | LoginError::OtherState(_)
            | LoginError::Reused => (BAD, "invalid_grant"),
            LoginError::Signature => (StatusCode::UNAUTHORIZED, "invalid_grant"),
            LoginError::Busy | LoginError::ChainTimeout => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
            }
            LoginError::Chain(cause) => {
                tracing::warn!(
                    error = cause as &dyn std::error::Error,
                    "contract signature not checked"
                );
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
            }
            LoginError::Internal(cause) => {
                tracing::error!(
                    error = cause as &dyn std::error::Error,
                    "token could not be signed"
                );
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error")
            }
        };
        Self {
            status,
            error: code,
            message: error.to_string(),
        }
    }
}

impl IntoResponse for LoginFailure {
    fn into_response(self) -> Response {
        let body = json!({
            "error": self.error,
            "error_description": self.message,
            "code": self.status.as_u16(),
            "message": self.message,
        });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECS));
        }
        response
    }
}
