//! Decides what runs when the program is called: the registry.

use crate::DataRegistry;

datacoop_kit::program!(DataRegistry);
