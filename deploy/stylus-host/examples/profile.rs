//! Runs calls on a program and prints what they cost and, by function, where the ink went.
//!
//! ```sh
//! cargo run -p stylus-host --example profile -- program.wasm [constructor=0x…] 0x<calldata>…
//! ```
//! The calls come from one sender, in order. Names come from the module's name section, so give
//! the wasm from before it is stripped.

use std::{error::Error, io::Write};

use alloy_primitives::{Address, hex};
use stylus_host::{Host, Metering, Outcome, Transaction};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("give the path of a wasm file")?;
    let wasm = std::fs::read(path)?;
    let mut out = std::io::stdout().lock();
    let alice = Address::with_last_byte(0xa1);
    let mut host = Host::new().with_metering(Metering::Profiled);
    let mut calls: Vec<String> = arguments.collect();
    let constructor = match calls.first().and_then(|first| first.strip_prefix("constructor=")) {
        Some(data) => {
            let data = hex::decode(data)?;
            calls.remove(0);
            Some(data)
        }
        None => None,
    };
    let deployed = host.deploy(alice, &wasm, constructor.as_deref())?;
    if constructor.is_some() {
        report(&mut out, "constructor", &deployed.outcome)?;
    }
    for call in calls {
        let data = hex::decode(&call)?;
        let outcome = host.call(&Transaction::new(alice, deployed.address, data));
        report(&mut out, &call, &outcome)?;
    }
    Ok(())
}

fn report(out: &mut impl Write, call: &str, outcome: &Outcome) -> std::io::Result<()> {
    let (gas, status) = (outcome.gas, &outcome.status);
    writeln!(out, "{call}\n  {status:?} {}", outcome.output)?;
    writeln!(out, "  cached {} gas, not cached {} gas", gas.cached(), gas.uncached())?;
    writeln!(out, "  {gas:?}\n{}", outcome.profile)
}
