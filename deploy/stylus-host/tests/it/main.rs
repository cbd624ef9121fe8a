//! Integration tests of the reference host: one binary, one module per subject.

mod model;
