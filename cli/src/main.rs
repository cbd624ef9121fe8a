//! The `datacoop` binary.
fn main() {}
