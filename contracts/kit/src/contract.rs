//! Decides what a contract is: something that owns its view of the host.

use stylus_sdk::host::VM;

/// A contract: the owner of the host's handle.
///
/// Reading takes `&self`, writing `&mut self`; a view cannot write, because the host writes only
/// through [`vm_mut`](Self::vm_mut).
pub trait Contract {
    /// Returns the host for reading.
    fn vm(&self) -> &VM;

    /// Returns the host for writing.
    fn vm_mut(&mut self) -> &mut VM;
}
