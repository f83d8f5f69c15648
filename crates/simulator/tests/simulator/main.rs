//! The simulation: thousands of seeds, and proof that its auditor sees what it is there to see.

mod auditor;
mod mutants;
mod seeds;
