//! Profiles, vectors of the texts and properties that hold for every profile.

mod examples;
mod generated;
