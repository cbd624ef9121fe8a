//! Decides what runs when the program is called: the treasury, which is called back by what it
//! calls, itself among it.

use crate::Treasury;

datacoop_kit::program!(Treasury, reentrant);
