//! Decides the host functions that look at other accounts.

use alloy_primitives::{Address, Bytes};

use super::{Hook, len_u32, overlap};
use crate::{
    frame::Escape,
    prices::{
        CODE_READ_GAS, COLD_ACCOUNT_GAS, EVM_API_INK, HOSTIO_INK, PTR_INK, WARM_ACCESS_GAS,
        write_ink,
    },
    units::Gas,
};

impl Hook<'_> {
    /// Writes an account's balance.
    pub(super) fn account_balance(&mut self, address: u32, dest: u32) -> Result<(), Escape> {
        let address = self.account_argument(address, PTR_INK * 2)?;
        let gas = self.touch_gas(address);
        self.buy_gas(gas)?;
        let balance = self.env().chain.state.balance(address);
        self.write(dest, &balance.to_be_bytes::<32>())
    }

    /// Writes a part of an account's code, unlike `EXTCODECOPY` not padded with zeros, and returns
    /// how much there was.
    pub(super) fn account_code(
        &mut self,
        address: u32,
        offset: u32,
        size: u32,
        dest: u32,
    ) -> Result<u32, Escape> {
        let code = self.code_argument(address)?;
        self.buy_ink(write_ink(len_u32(&code)))?;
        let part = overlap(&code, offset, size);
        self.write(dest, part)?;
        Ok(len_u32(part))
    }

    /// Returns the size of an account's code.
    pub(super) fn account_code_size(&mut self, address: u32) -> Result<u32, Escape> {
        Ok(len_u32(&self.code_argument(address)?))
    }

    /// Writes the hash of an account's code.
    pub(super) fn account_codehash(&mut self, address: u32, dest: u32) -> Result<(), Escape> {
        let address = self.account_argument(address, PTR_INK * 2)?;
        let gas = self.touch_gas(address);
        self.buy_gas(gas)?;
        let hash = self.env().chain.state.code_hash(address);
        self.write(dest, hash.as_slice())
    }

    fn account_argument(
        &mut self,
        address: u32,
        pointers: crate::units::Ink,
    ) -> Result<Address, Escape> {
        self.buy_ink(HOSTIO_INK + pointers + EVM_API_INK)?;
        self.require_gas(COLD_ACCOUNT_GAS)?;
        Ok(Address::from(self.read_array(address)?))
    }

    /// Returns an account's code, charging for it unless it is the one last asked for.
    fn code_argument(&mut self, address: u32) -> Result<Bytes, Escape> {
        let address = self.account_argument(address, crate::units::Ink(0))?;
        if let Some((last, code)) = &self.env().frame.last_code
            && *last == address
        {
            return Ok(code.clone());
        }
        let gas = CODE_READ_GAS + self.touch_gas(address);
        self.buy_gas(gas)?;
        let env = self.env();
        let code = env.chain.state.code(address).bytes;
        if !code.is_empty() {
            env.frame.last_code = Some((address, code.clone()));
        }
        Ok(code)
    }

    /// Touches an account and returns the gas of it (EIP-2929).
    fn touch_gas(&mut self, address: Address) -> Gas {
        match self.env().chain.state.warm_account(address) {
            true => COLD_ACCOUNT_GAS,
            false => WARM_ACCESS_GAS,
        }
    }
}
