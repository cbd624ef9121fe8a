//! The host: what `vm_hooks` functions mean on the EVM, and the routines they share.

mod account;
mod calls;
mod environment;
mod input_output;
mod math;
pub(crate) mod memory;
pub(crate) mod routine;
mod storage;
pub(crate) mod table;

use crate::{
    ir::{Function, Origin, builder::Builder},
    program::Layout,
    wasm::module::{Signature, Type, text},
};
use routine::Routines;

pub(crate) use calls::calling_out_key;
pub(crate) use input_output::constructor_args;

/// A host function: a row of the table of imports.
#[derive(Debug)]
pub(crate) struct HostFunction {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Type],
    pub(crate) results: &'static [Type],
    build: fn(&mut HostBuilder<'_>),
}

impl HostFunction {
    pub(crate) fn has_type(&self, signature: &Signature) -> bool {
        signature.params == self.params && signature.results == self.results
    }

    /// The function's type as the text format writes it.
    pub(crate) fn type_text(&self) -> String {
        text(&Signature { params: self.params.to_vec(), results: self.results.to_vec() })
    }

    /// Builds the function's body.
    pub(crate) fn function(&self, layout: &Layout, routines: &Routines) -> Function {
        let name = format!("host::{}", self.name);
        let params = crate::lower::bits(self.params);
        let b = Builder::new(name, Origin::Own, &params, Some(self.results.len()));
        let mut host = HostBuilder { b, layout, routines };
        (self.build)(&mut host);
        host.b.function
    }
}

/// A host function under construction. Its parameters are clean words.
#[derive(Debug)]
pub(crate) struct HostBuilder<'a> {
    pub(crate) b: Builder,
    pub(crate) layout: &'a Layout,
    pub(crate) routines: &'a Routines,
}
