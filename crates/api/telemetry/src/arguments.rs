//! GraphQL values to the types of a query, strictly: validation lets custom scalars and some mistyped objects pass.

use std::{collections::HashMap, fmt::Display};

use async_graphql::{Pos, Value as Const};
use milepost_telemetry::{
    Circle, FloatAggregation, FloatFilter, Grid, Interval, Limits, LocationAggregation,
    LocationFilter, Polygon, QueryError, TextAggregation, Vertex, parse_source,
};
use milepost_types::{Address, Timestamp};

use crate::error::{Code, GraphError};

/// Arguments of one field. Null counts as not given.
#[derive(Debug)]
pub(crate) struct Arguments {
    values: HashMap<String, Const>,
    path: Vec<String>,
    pos: Pos,
}

impl Arguments {
    pub(crate) fn new(values: HashMap<String, Const>, key: &str, pos: Pos) -> Self {
        Self {
            values,
            path: vec![key.to_owned()],
            pos,
        }
    }

    /// The same under the key of the root field.
    pub(crate) fn below(mut self, root: &str) -> Self {
        self.path.insert(0, root.to_owned());
        self
    }

    /// A caller's mistake in these arguments.
    pub(crate) fn bad(&self, what: impl Display) -> GraphError {
        self.fail(format!("invalid argument: {what}"))
    }

    fn fail(&self, message: String) -> GraphError {
        let mut error = GraphError::new(Code::BadRequest, message).at(self.pos);
        error.path.clone_from(&self.path);
        error
    }

    fn query<T>(&self, result: Result<T, QueryError>) -> Result<T, GraphError> {
        result.map_err(|error| self.fail(error.to_string()))
    }

    fn get(&self, name: &str) -> Option<&Const> {
        self.values.get(name).filter(|value| **value != Const::Null)
    }

    /// A text argument.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, GraphError> {
        match self.get(name) {
            None => Ok(None),
            Some(Const::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.bad(format!("{name} must be a string"))),
        }
    }

    fn needed_text(&self, name: &str) -> Result<&str, GraphError> {
        self.text(name)?
            .ok_or_else(|| self.bad(format!("{name} is required")))
    }

    /// A whole number from 0.
    pub(crate) fn whole_number(&self, name: &str) -> Result<Option<u64>, GraphError> {
        match self.get(name) {
            None => Ok(None),
            Some(Const::Number(number)) if number.as_u64().is_some() => Ok(number.as_u64()),
            Some(_) => Err(self.bad(format!("{name} must be a whole number from 0"))),
        }
    }

    fn time(&self, name: &str) -> Result<Timestamp, GraphError> {
        let text = self.needed_text(name)?;
        Timestamp::parse_rfc3339(text).map_err(|error| self.bad(format!("{name}: {error}")))
    }

    /// `from`, `to` and `interval`.
    pub(crate) fn grid(&self, limits: &Limits) -> Result<Grid, GraphError> {
        let interval = self.needed_text("interval")?.parse::<Interval>();
        let interval = self.query(interval.map_err(QueryError::from))?;
        self.query(Grid::new(
            self.time("from")?,
            self.time("to")?,
            interval,
            limits,
        ))
    }

    /// `filter.source`.
    pub(crate) fn source(&self) -> Result<Option<Address>, GraphError> {
        let Some(filter) = self.get("filter") else {
            return Ok(None);
        };
        let filter = self.object("filter", filter, &["source"])?;
        match filter.get("source") {
            None => Ok(None),
            Some(Const::String(text)) => self.query(parse_source(text)).map(Some),
            Some(_) => Err(self.bad("filter.source must be a string")),
        }
    }

    fn word(&self, name: &str) -> Result<&str, GraphError> {
        match self.get(name) {
            Some(Const::Enum(word)) => Ok(word.as_str()),
            Some(Const::String(word)) => Ok(word), // from variables
            _ => Err(self.bad(format!("{name} is required"))),
        }
    }

    /// `agg` of a number signal.
    pub(crate) fn float_aggregation(&self) -> Result<FloatAggregation, GraphError> {
        Ok(match self.word("agg")? {
            "AVG" => FloatAggregation::Avg,
            "MED" => FloatAggregation::Med,
            "MAX" => FloatAggregation::Max,
            "MIN" => FloatAggregation::Min,
            "RAND" => FloatAggregation::Rand,
            "FIRST" => FloatAggregation::First,
            "LAST" => FloatAggregation::Last,
            _ => return Err(self.bad("agg must be one of AVG, MED, MAX, MIN, RAND, FIRST, LAST")),
        })
    }

    /// `agg` of a text signal.
    pub(crate) fn text_aggregation(&self) -> Result<TextAggregation, GraphError> {
        Ok(match self.word("agg")? {
            "RAND" => TextAggregation::Rand,
            "TOP" => TextAggregation::Top,
            "UNIQUE" => TextAggregation::Unique,
            "FIRST" => TextAggregation::First,
            "LAST" => TextAggregation::Last,
            _ => return Err(self.bad("agg must be one of RAND, TOP, UNIQUE, FIRST, LAST")),
        })
    }

    /// `agg` of a position signal.
    pub(crate) fn location_aggregation(&self) -> Result<LocationAggregation, GraphError> {
        Ok(match self.word("agg")? {
            "AVG" => LocationAggregation::Avg,
            "RAND" => LocationAggregation::Rand,
            "FIRST" => LocationAggregation::First,
            "LAST" => LocationAggregation::Last,
            _ => return Err(self.bad("agg must be one of AVG, RAND, FIRST, LAST")),
        })
    }

    /// `filter` of a number signal.
    pub(crate) fn float_filter(&self) -> Result<FloatFilter, GraphError> {
        let Some(filter) = self.get("filter") else {
            return Ok(FloatFilter::default());
        };
        let filter = self.float_conditions("filter", filter)?;
        self.query(filter.validate())?;
        Ok(filter)
    }

    fn float_conditions(&self, at: &str, value: &Const) -> Result<FloatFilter, GraphError> {
        const FIELDS: [&str; 9] = ["eq", "neq", "gt", "lt", "gte", "lte", "notIn", "in", "or"];
        let fields = self.object(at, value, &FIELDS)?;
        let number = |name: &str| match fields.get(name) {
            None => Ok(None),
            Some(value) => self.number(&format!("{at}.{name}"), value).map(Some),
        };
        let numbers = |name: &str| match fields.get(name) {
            None => Ok(Vec::new()),
            Some(value) => {
                let at = format!("{at}.{name}");
                list(value)
                    .iter()
                    .map(|item| self.number(&at, item))
                    .collect::<Result<Vec<_>, _>>()
            }
        };
        let or = match fields.get("or") {
            None => Vec::new(),
            Some(value) => {
                let at = format!("{at}.or");
                list(value)
                    .iter()
                    .map(|item| self.float_conditions(&at, item))
                    .collect::<Result<_, _>>()?
            }
        };
        Ok(FloatFilter {
            eq: number("eq")?,
            neq: number("neq")?,
            gt: number("gt")?,
            lt: number("lt")?,
            gte: number("gte")?,
            lte: number("lte")?,
            not_in: numbers("notIn")?,
            any_of: numbers("in")?,
            or,
        })
    }

    /// `filter` of the position signal.
    pub(crate) fn location_filter(&self) -> Result<LocationFilter, GraphError> {
        let Some(filter) = self.get("filter") else {
            return Ok(LocationFilter::default());
        };
        let fields = self.object("filter", filter, &["inPolygon", "inCircle"])?;
        let polygon = match fields.get("inPolygon") {
            None => None,
            Some(value) => {
                let vertex = |item: &Const| self.vertex("filter.inPolygon", item);
                let ring = list(value)
                    .iter()
                    .map(vertex)
                    .collect::<Result<Vec<_>, _>>()?;
                Some(self.query(Polygon::new(ring))?)
            }
        };
        let circle = match fields.get("inCircle") {
            None => None,
            Some(value) => {
                let circle = self.object("filter.inCircle", value, &["center", "radius"])?;
                let part = |name: &str| {
                    circle
                        .get(name)
                        .copied()
                        .ok_or_else(|| self.bad(format!("filter.inCircle.{name} is required")))
                };
                let center = self.vertex("filter.inCircle.center", part("center")?)?;
                let radius_km = self.number("filter.inCircle.radius", part("radius")?)?;
                Some(self.query(Circle::new(center, radius_km))?)
            }
        };
        Ok(LocationFilter { polygon, circle })
    }

    fn vertex(&self, at: &str, value: &Const) -> Result<Vertex, GraphError> {
        let fields = self.object(at, value, &["latitude", "longitude"])?;
        let part = |name: &str| match fields.get(name) {
            Some(value) => self.number(&format!("{at}.{name}"), value),
            None => Err(self.bad(format!("{at}.{name} is required"))),
        };
        Ok(Vertex {
            latitude: part("latitude")?,
            longitude: part("longitude")?,
        })
    }

    fn number(&self, at: &str, value: &Const) -> Result<f64, GraphError> {
        match value {
            Const::Number(number) => number
                .as_f64()
                .ok_or_else(|| self.bad(format!("{at} is out of range"))),
            _ => Err(self.bad(format!("{at} must be a number"))),
        }
    }

    /// Fields of an input object that are not null; only known ones may be there.
    fn object<'v>(
        &self,
        at: &str,
        value: &'v Const,
        known: &[&str],
    ) -> Result<HashMap<&'v str, &'v Const>, GraphError> {
        let Const::Object(fields) = value else {
            return Err(self.bad(format!("{at} must be an object")));
        };
        if let Some(unknown) = fields.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(self.bad(format!("{at}.{unknown} is not one of {}", known.join(", "))));
        }
        let given = fields.iter().filter(|(_, value)| **value != Const::Null);
        Ok(given.map(|(name, value)| (name.as_str(), value)).collect())
    }
}

/// A single value stands for a list of one.
fn list(value: &Const) -> &[Const] {
    match value {
        Const::List(items) => items,
        single => std::slice::from_ref(single),
    }
}
