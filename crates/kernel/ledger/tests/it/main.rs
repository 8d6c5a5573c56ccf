//! What holds after every action, whatever is done in whatever order.

mod properties;
mod rules;
mod world;
