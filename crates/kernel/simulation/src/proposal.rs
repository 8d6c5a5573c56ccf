//! Parameters set to other values, written as in profile files.

use milepost_economics::{Key, Profile, Unit, amount, display_value};
use milepost_types::U256;

use crate::{Change, SimulationError};

/// The profile with each `key=value` applied; all together must be consistent, single ones need not be.
pub(crate) fn with_sets(profile: &Profile, sets: &[String]) -> Result<Profile, SimulationError> {
    let mut values = Vec::new();
    for text in sets {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| SimulationError::Malformed { text: text.clone() })?;
        let (name, value) = (name.trim(), value.trim());
        let wrong = |reason: String| SimulationError::Parameter {
            key: name.to_owned(),
            reason,
        };
        let key: Key = name
            .parse()
            .map_err(|_| wrong("there is no parameter of this name".to_owned()))?;
        let value =
            read(key, value).ok_or_else(|| wrong(format!("'{value}' is not {}", form(key))))?;
        // What is set already keeps its citation.
        if profile.get(key) != value {
            values.push((key, value));
        }
    }
    Ok(profile.clone().with_all(&values)?)
}

fn read(key: Key, text: &str) -> Option<U256> {
    match key.unit() {
        Unit::Wei => amount::parse_units(text).ok(),
        Unit::Usd18 => amount::parse_units(text.trim_start_matches('$')).ok(),
        Unit::Choice(names) => names
            .iter()
            .position(|name| *name == text)
            .or_else(|| text.parse().ok().filter(|index| *index < names.len()))
            .map(U256::from),
        Unit::Flag => match text {
            "true" | "1" => Some(U256::from(1)),
            "false" | "0" => Some(U256::ZERO),
            _ => None,
        },
        Unit::Bps | Unit::Ppm | Unit::Seconds | Unit::Months | Unit::Count => {
            text.replace('_', "").parse::<u64>().ok().map(U256::from)
        }
    }
}

fn form(key: Key) -> String {
    match key.unit() {
        Unit::Wei => "an amount of tokens such as 12.5".to_owned(),
        Unit::Usd18 => "an amount of dollars such as 12.5".to_owned(),
        Unit::Choice(names) => format!("one of {}", names.join(", ")),
        Unit::Flag => "true or false".to_owned(),
        unit @ (Unit::Bps | Unit::Ppm | Unit::Seconds | Unit::Months | Unit::Count) => {
            format!("a whole number ({})", unit.name())
        }
    }
}

/// What differs, as people write it.
pub(crate) fn changes(today: &Profile, changed: &Profile) -> Vec<Change> {
    today
        .diff(changed)
        .into_iter()
        .map(|difference| Change {
            key: difference.key.name(),
            from: display_value(difference.key, difference.left.value),
            to: display_value(difference.key, difference.right.value),
        })
        .collect()
}

/// Every parameter with its value as people write it and the text it comes from.
pub(crate) fn parameters(profile: &Profile) -> Vec<(&'static str, String, String)> {
    profile
        .entries()
        .map(|(key, entry)| {
            let mut citation = entry.citation.clone();
            if let Some(parent) = &entry.inherited_from {
                citation.push_str(&format!(" (from {parent})"));
            }
            (key.name(), display_value(key, entry.value), citation)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Result<Profile, SimulationError> {
        with_sets(&Profile::load("seed").unwrap(), &[text.to_owned()])
    }

    #[test]
    fn values_are_written_as_in_profile_files() {
        let profile = set("voucher.price.dongle=12.5").unwrap();
        assert_eq!(
            profile.get(Key::VoucherPriceDongle),
            amount::parse_units("12.5").unwrap()
        );
        assert_eq!(
            set("burn.rounding=ceil").unwrap().number(Key::BurnRounding),
            2
        );
        assert_eq!(
            set("burn.rounding = 1").unwrap().number(Key::BurnRounding),
            1
        );
        assert_eq!(
            set("voucher.cap.ai=1_000")
                .unwrap()
                .number(Key::VoucherCapAi),
            1_000
        );
        assert!(
            !set("voucher.required=false")
                .unwrap()
                .flag(Key::VoucherRequired)
        );
    }

    #[test]
    fn wrong_texts_say_what_would_be_right() {
        for (text, expected) in [
            ("voucher.price.dongle", "is not key=value"),
            ("voucher.price.boat=1", "there is no parameter of this name"),
            (
                "voucher.price.dongle=-1",
                "an amount of tokens such as 12.5",
            ),
            ("burn.rounding=up", "one of floor, pro_rata, ceil"),
            ("escrow.months=x", "a whole number (months)"),
            ("voucher.required=yes", "true or false"),
        ] {
            let error = set(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(matches!(
            set("court.panel_size=4"),
            Err(SimulationError::Profile(_))
        ));
    }

    #[test]
    fn only_real_changes_are_listed() {
        let seed = Profile::load("seed").unwrap();
        assert!(changes(&seed, &set("escrow.months=24").unwrap()).is_empty());
        let changes = changes(&seed, &set("escrow.months=12").unwrap());
        assert_eq!(changes.len(), 1);
        assert_eq!(
            (changes[0].from.as_str(), changes[0].to.as_str()),
            ("24", "12")
        );
    }
}
