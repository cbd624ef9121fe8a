//! The translator's tests, one binary: behaviour of operators and host functions, rejections,
//! disassembly and random modules.

mod fuzz;
mod numeric;
mod support;
