//! The tests of the treasury, on the kit's small chain.
