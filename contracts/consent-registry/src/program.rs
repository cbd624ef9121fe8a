//! Decides what runs when the program is called: the registry.

use crate::ConsentRegistry;

datacoop_kit::program!(ConsentRegistry);
