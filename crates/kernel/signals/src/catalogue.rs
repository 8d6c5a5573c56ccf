use std::fmt;

use crate::{
    SignalId,
    generated::{EVENTS, SIGNALS},
};

/// VSS data type of a signal, as the vehicle data model states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    /// Off or on, carried as 0 and 1.
    Boolean,
    /// −2⁷ to 2⁷−1.
    Int8,
    /// −2¹⁵ to 2¹⁵−1.
    Int16,
    /// −2³¹ to 2³¹−1.
    Int32,
    /// 0 to 2⁸−1.
    Uint8,
    /// 0 to 2¹⁶−1.
    Uint16,
    /// 0 to 2³²−1.
    Uint32,
    /// Single precision; carried in double precision.
    Float,
    /// Double precision.
    Double,
    /// Text.
    Text,
    /// Several texts, carried as one text that by convention is a JSON array.
    TextList,
    /// Latitude, longitude, HDOP and heading.
    Position,
}

/// How values of a signal are carried and stored; it decides the GraphQL type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// `f64`, always finite.
    Number,
    /// UTF-8 text.
    Text,
    /// [`crate::Location`].
    Location,
}

/// What a reader must hold to see a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Privilege {
    /// Everything that says nothing about where the vehicle is; permission 1.
    NonLocation,
    /// Where the vehicle is and was; permission 4.
    AllTimeLocation,
}

impl Privilege {
    /// Name in the GraphQL `Privilege` enum.
    #[must_use]
    pub const fn graphql_name(self) -> &'static str {
        match self {
            Self::NonLocation => "VEHICLE_NON_LOCATION_DATA",
            Self::AllTimeLocation => "VEHICLE_ALL_TIME_LOCATION",
        }
    }
}

/// What the catalogue says about a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignalDef {
    /// Name in payloads and APIs, such as `powertrainCombustionEngineSpeed`.
    pub name: &'static str,
    /// Path in the VSS tree, such as `Vehicle.Powertrain.CombustionEngine.Speed`.
    pub vss_path: &'static str,
    /// Unit as VSS writes it, such as `km/h` or `percent`.
    pub unit: Option<&'static str>,
    /// VSS data type.
    pub data_type: DataType,
    /// How values are carried.
    pub kind: ValueKind,
    /// Whether it is an on/off signal; its numbers are then 0 and 1.
    pub boolean: bool,
    /// Least value the model states, in `unit`. Not enforced: what a device sends is kept.
    pub min: Option<f64>,
    /// Greatest value the model states, in `unit`. Not enforced.
    pub max: Option<f64>,
    /// What reading it takes.
    pub privilege: Privilege,
}

impl SignalDef {
    /// One line for people: path, unit and range, such as `Vehicle.Speed, in km/h`.
    #[must_use]
    pub fn description(&self) -> String {
        let mut text = self.vss_path.to_owned();
        if let Some(unit) = self.unit {
            text.push_str(", in ");
            text.push_str(unit);
        }
        if self.boolean {
            text.push_str(", 0 or 1");
        }
        match (self.min, self.max) {
            (Some(min), Some(max)) => text.push_str(&format!(", {min} to {max}")),
            (Some(min), None) => text.push_str(&format!(", at least {min}")),
            (None, Some(max)) => text.push_str(&format!(", at most {max}")),
            (None, None) => {}
        }
        text
    }
}

/// What the catalogue says about a vehicle event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventDef {
    /// Name in payloads and APIs, such as `behavior.harshBraking`.
    pub name: &'static str,
    /// When a Ruptela device reports it by itself, if it does.
    pub hardware: Option<&'static str>,
    /// Whether that report carries `{"counterValue":n}` as metadata.
    pub counter: bool,
}

/// All vehicle events, in catalogue order. Others are refused.
#[must_use]
pub fn events() -> &'static [EventDef] {
    &EVENTS
}

/// The event with this name, letter case included.
#[must_use]
pub fn event_by_name(name: &str) -> Option<&'static EventDef> {
    EVENTS.iter().find(|event| event.name == name)
}

impl SignalId {
    /// All signals, ordered by id.
    pub const ALL: &'static [Self] = &ALL;

    /// What the catalogue says about this signal.
    ///
    /// # Panics
    /// For an id outside the catalogue. Ids from storage go through [`SignalId::from_index`] first.
    #[must_use]
    pub fn definition(self) -> &'static SignalDef {
        &SIGNALS[usize::from(self.0)]
    }

    /// The signal with this id, if the catalogue has it.
    #[must_use]
    pub fn from_index(index: u16) -> Option<Self> {
        (usize::from(index) < SIGNALS.len()).then_some(Self(index))
    }

    /// The signal with this API name, letter case included.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let mut slot = home_slot(name.as_bytes());
        loop {
            let index = SLOTS[slot];
            if index == VACANT {
                return None;
            }
            if SIGNALS[usize::from(index)].name == name {
                return Some(Self(index));
            }
            slot = (slot + 1) % SLOTS.len();
        }
    }

    /// Name in payloads and APIs.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.definition().name
    }
}

/// The API name.
impl fmt::Display for SignalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SIGNALS.get(usize::from(self.0)) {
            Some(definition) => f.write_str(definition.name),
            None => write!(f, "signal {}", self.0),
        }
    }
}

static ALL: [SignalId; SIGNALS.len()] = {
    let mut all = [SignalId(0); SIGNALS.len()];
    let mut index: u16 = 0;
    while (index as usize) < all.len() {
        all[index as usize] = SignalId(index);
        index += 1;
    }
    all
};

const VACANT: u16 = u16::MAX;

/// Open-addressed table from name to id, filled while compiling. At a quarter full a known name costs one or two
/// comparisons, which the decoder pays once for every signal it reads.
static SLOTS: [u16; 512] = {
    let mut slots = [VACANT; 512];
    assert!(
        SIGNALS.len() <= slots.len() / 4,
        "grow the table with the catalogue"
    );
    let mut index: u16 = 0;
    while (index as usize) < SIGNALS.len() {
        let mut slot = home_slot(SIGNALS[index as usize].name.as_bytes());
        while slots[slot] != VACANT {
            slot = (slot + 1) % slots.len();
        }
        slots[slot] = index;
        index += 1;
    }
    slots
};

/// Slot where the search for a name begins: its eight-byte words folded by multiplication.
const fn home_slot(name: &[u8]) -> usize {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15; // 2⁶⁴ divided by the golden ratio
    let mut hash = name.len() as u64;
    let mut rest = name;
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        hash = (hash ^ u64::from_le_bytes(*word))
            .wrapping_mul(ODD)
            .rotate_left(29);
        rest = tail;
    }
    let mut word = 0;
    while let Some((byte, tail)) = rest.split_first() {
        word = word << 8 | *byte as u64;
        rest = tail;
    }
    ((hash ^ word).wrapping_mul(ODD) >> 55) as usize // the top nine bits: 0 to 511
}

#[cfg(test)]
mod tests;
