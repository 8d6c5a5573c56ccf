//! Journeys through the whole program.

mod kill;
mod start;
mod world;
