//! One module for each rule that breaks it, and one that breaks none.

