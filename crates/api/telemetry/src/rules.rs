use milepost_access::ReadGrant;
use milepost_types::Did;

use crate::{
    authority::Caller,
    error::{Code, GraphError},
    selection::{Scope, Selected},
};

/// Who may have a field of `Query` answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldRule {
    /// Field of `Query`.
    pub field: &'static str,
    /// In words: what is checked for the whole field, and what for its parts.
    pub auth: &'static str,
}

/// One rule for every field of `Query`; a test compares it with the schema, and a field without a rule is denied.
pub const QUERY_RULES: &[FieldRule] = &[
    FieldRule {
        field: "signals",
        auth: "vehicle token of the vehicle asked for; each signal by its privilege, filters included",
    },
    FieldRule {
        field: "signalsLatest",
        auth: "vehicle token of the vehicle asked for; each signal by its privilege",
    },
    FieldRule {
        field: "availableSignals",
        auth: "vehicle token of the vehicle asked for; names only of signals whose privilege is held",
    },
    FieldRule {
        field: "signalsSnapshot",
        auth: "vehicle token of the vehicle asked for; only signals whose privilege is held",
    },
    FieldRule {
        field: "dataSummary",
        auth: "vehicle token of the vehicle asked for; totals and lists only over what may be read",
    },
];

/// Decides whether `caller` may have the root field `selected` answered for the vehicle it names.
///
/// The token is looked at first, so that without one nothing is learnt from argument errors.
pub(crate) fn check<'c>(
    caller: &'c Caller,
    scope: &Scope<'_>,
    selected: &Selected<'_>,
) -> Result<&'c ReadGrant, GraphError> {
    if !QUERY_RULES.iter().any(|rule| rule.field == selected.name()) {
        return Err(selected.error(
            Code::Forbidden,
            "unauthorized: no access rule for this field",
        ));
    }
    let grant = match caller {
        Caller::Anonymous => {
            return Err(selected.error(Code::Unauthorized, "unauthorized: jwt missing"));
        }
        Caller::Refused(reason) => {
            return Err(selected.error(Code::Forbidden, format!("unauthorized: {reason}")));
        }
        Caller::Granted(grant) => grant,
    };
    check_vehicle(grant, scope, selected)?;
    Ok(grant)
}

fn check_vehicle(
    grant: &ReadGrant,
    scope: &Scope<'_>,
    selected: &Selected<'_>,
) -> Result<(), GraphError> {
    let arguments = selected.arguments(scope);
    let token_id = arguments.whole_number("tokenId")?;
    let dids = [
        ("subject", arguments.text("subject")?),
        ("did", arguments.text("did")?),
    ];
    let given: Vec<&str> = token_id
        .map(|_| "tokenId")
        .into_iter()
        .chain(
            dids.iter()
                .filter(|(_, text)| text.is_some())
                .map(|(name, _)| *name),
        )
        .collect();
    if given.len() != 1 {
        let got = if given.is_empty() {
            "none".to_owned()
        } else {
            given.join(" and ")
        };
        return Err(arguments.bad(format!(
            "exactly one of tokenId, subject and did is required, got {got}"
        )));
    }
    if let Some(token_id) = token_id {
        let same = grant
            .asset
            .token()
            .is_some_and(|token| token == milepost_types::U256::from(token_id));
        return if same {
            Ok(())
        } else {
            Err(selected.error(Code::Forbidden, "unauthorized: token id does not match"))
        };
    }
    for (name, text) in dids {
        let Some(text) = text else { continue };
        let did: Did = text
            .parse()
            .map_err(|error| arguments.bad(format!("{name}: {error}")))?;
        if did != grant.asset {
            let message = "unauthorized: DID in query does not match token claim";
            return Err(selected.error(Code::Forbidden, message));
        }
    }
    Ok(())
}
