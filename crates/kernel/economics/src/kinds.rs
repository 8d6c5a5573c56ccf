use thiserror::Error;

/// A name that is none of the listed ones.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{text}' is not one of {allowed}")]
pub struct UnknownName {
    /// What was given, cut to 64 characters.
    pub text: String,
    /// The names that are known, with commas.
    pub allowed: String,
}

macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[$vmeta:meta])* $variant:ident = $number:literal $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[repr(u8)]
        pub enum $type {
            $($(#[$vmeta])* #[serde(rename = $name)] $variant = $number,)+
        }

        impl $type {
            /// All of them, by number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Name in command lines and JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, $crate::UnknownName> {
                Self::ALL.iter().copied().find(|v| v.name() == text).ok_or_else(|| $crate::UnknownName {
                    text: text.chars().take(64).collect(),
                    allowed: [$($name),+].join(", "),
                })
            }
        }
    };
}

pub(crate) use named;

named! {
    /// Kind of a licence, with its number on chain (`ILicenseBook.Kind`).
    LicenseKind {
        /// Makes devices or software integrations (D3-01).
        Provider = 1 "provider",
        /// The user's interface to the protocol (D1-03).
        Client = 2 "client",
        /// Takes in, keeps and serves data (D1-04).
        Node = 3 "node",
        /// An app or data consumer (D1-05).
        App = 4 "app",
        /// Operates a data union (D5-11).
        Operator = 5 "operator",
        /// Sells data of unions to enterprises (D5-21).
        Broker = 6 "broker",
        /// A device type under a provider licence (D3-04).
        DeviceType = 7 "device-type",
    }
}

named! {
    /// Type of device a minting voucher is for (D3-54, D3-100).
    DeviceType {
        /// A connection to a maker's cloud, without hardware.
        Software = 0 "software",
        /// Standard dongle.
        Dongle = 1 "dongle",
        /// Hub with local storage.
        Hub = 2 "hub",
        /// Dash camera.
        DashCam = 3 "dash-cam",
        /// Fleet device.
        Fleet = 4 "fleet",
        /// AI device.
        Ai = 5 "ai",
    }
}

impl DeviceType {
    /// Its name inside parameter keys and on chain, such as `dash_cam`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::DashCam => "dash_cam",
            other => other.name(),
        }
    }
}

named! {
    /// Functionality that an operator or broker exposes; the number is that of `stake.class_bps.N` (D5-47).
    FunctionClass {
        /// Aggregates only.
        Aggregate = 0 "aggregate",
        /// Data without location.
        NonLocation = 1 "non-location",
        /// Location.
        Location = 2 "location",
        /// Raw, identifiable data.
        Raw = 3 "raw",
        /// Comfort commands.
        Comfort = 4 "comfort",
        /// Lock and unlock.
        Lock = 5 "lock",
        /// Drive.
        Drive = 6 "drive",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_wrong_ones_list_the_right_ones() {
        for kind in LicenseKind::ALL {
            assert_eq!(kind.name().parse(), Ok(*kind));
        }
        for device in DeviceType::ALL {
            assert_eq!(device.name().parse(), Ok(*device));
        }
        let error = "cam".parse::<DeviceType>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "'cam' is not one of software, dongle, hub, dash-cam, fleet, ai"
        );
    }
}
