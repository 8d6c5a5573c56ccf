use std::collections::BTreeMap;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    response::IntoResponse,
};
use http::header;
use milepost_access::{ChallengeRequest, SubmitRequest};

use crate::{Api, error::LoginFailure};

/// Answers that carry a state or a token are for one reader (RFC 6749 §5.1).
pub(crate) const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

pub(crate) async fn generate_challenge(
    State(api): State<Api>,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, LoginFailure> {
    let mut parameters = Parameters::read(query.as_deref(), &body?)?;
    let request = ChallengeRequest {
        client_id: parameters.take("client_id")?,
        domain: parameters.take("domain")?,
        scope: parameters.take("scope")?,
        response_type: parameters.take("response_type")?,
        address: parameters.take("address")?,
    };
    Ok((
        NO_STORE,
        Json(api.service.generate_challenge(&request, api.now())?),
    ))
}

pub(crate) async fn submit_challenge(
    State(api): State<Api>,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, LoginFailure> {
    let mut parameters = Parameters::read(query.as_deref(), &body?)?;
    let request = SubmitRequest {
        client_id: parameters.take("client_id")?,
        domain: parameters.take("domain")?,
        state: parameters.take("state")?,
        signature: parameters.take("signature")?,
        grant_type: parameters.take("grant_type")?,
    };
    Ok((
        NO_STORE,
        Json(api.service.submit_challenge(&request, api.now()).await?),
    ))
}

/// Parameters of the query string and the form body together.
#[derive(Debug)]
struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// A parameter that is given twice must be the same both times, so that no reader can be told another value
    /// than the one that is checked.
    fn read(query: Option<&str>, body: &[u8]) -> Result<Self, LoginFailure> {
        let mut parameters = BTreeMap::new();
        for source in [query.unwrap_or_default().as_bytes(), body] {
            let pairs: Vec<(String, String)> =
                serde_urlencoded::from_bytes(source).map_err(|_| {
                    LoginFailure::invalid_request(
                        "parameters are not form-urlencoded UTF-8".to_owned(),
                    )
                })?;
            for (name, value) in pairs {
                if parameters
                    .get(&name)
                    .is_some_and(|earlier| *earlier != value)
                {
                    let name: String = name.chars().take(32).collect();
                    let message =
                        format!("parameter '{name}' is given twice with different values");
                    return Err(LoginFailure::invalid_request(message));
                }
                parameters.insert(name, value);
            }
        }
        Ok(Self(parameters))
    }

    fn take(&mut self, name: &str) -> Result<String, LoginFailure> {
        self.0
            .remove(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| LoginFailure::invalid_request(format!("parameter '{name}' is missing")))
    }
}
