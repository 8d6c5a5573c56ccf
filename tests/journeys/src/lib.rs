//! Journeys through the whole program: its processes, started, killed and started again, as operators and machines
//! do it. The journeys are this package's tests; they run the `milepost` program that was built beside them.
