//! Decides what runs when the program is called: the governor, which its own proposals call back.

use crate::Governor;

datacoop_kit::program!(Governor, reentrant);
