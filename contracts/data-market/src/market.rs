//! Decides what the market is: which components it is made of, where their storage lies, and who
//! has which role.

#![allow(clippy::too_many_arguments, reason = "`sol!` makes a function of all fields of an event")]

use alloy_primitives::B256;
use alloy_sol_types::sol;
use datacoop_kit::{
    Account, Result,
    access_control::{
        ACCESS_CONTROL_INTERFACE, AccessControl, AccessControlStorage, DEFAULT_ADMIN_ROLE,
        ERC165_INTERFACE,
    },
    contract,
    eip712::hash_of,
    pausable::{Pausable, PausableStorage},
    word,
};
use stylus_sdk::host::VM;

use crate::{
    auctions::AuctionsStorage,
    licences::LicencesStorage,
    neighbours::NeighboursStorage,
    prices::PricesStorage,
    sales::SalesStorage,
    split::{FIRST_SHARES, SplitStorage},
    stakes::StakesStorage,
    transfers::TransfersStorage,
    uri::UriStorage,
};

sol!("IDataMarket.sol");

/// Who lists editions and starts auctions: `keccak256("LISTER_ROLE")`.
pub const LISTER_ROLE: B256 = hash_of("LISTER_ROLE");

/// Who carries out rulings: `keccak256("RULING_ROLE")`.
pub const RULING_ROLE: B256 = hash_of("RULING_ROLE");

/// Who serves data, logs its use and releases keys: `keccak256("SERVER_ROLE")`.
pub const SERVER_ROLE: B256 = hash_of("SERVER_ROLE");

/// Who pauses sales: `keccak256("PAUSER_ROLE")`.
pub const PAUSER_ROLE: B256 = hash_of("PAUSER_ROLE");

/// The ERC-165 ids of ERC-1155 and of its metadata.
const INTERFACES: [u32; 2] = [0xd9b6_7a26, 0x0e89_341c];

// The layout: append only, never reorder. `layout.txt` is its snapshot.

impl AccessControl for DataMarket {
    const ROLES: AccessControlStorage = AccessControlStorage::at(0);

    fn supports_interface(&self, interface: u32) -> bool {
        interface == ACCESS_CONTROL_INTERFACE
            || interface == ERC165_INTERFACE
            || INTERFACES.contains(&interface)
    }
}

impl Pausable for DataMarket {
    const PAUSABLE: PausableStorage = PausableStorage::at(1);
}

pub(crate) const NEIGHBOURS: NeighboursStorage = NeighboursStorage::at(2);

pub(crate) const PRICES: PricesStorage = PricesStorage::at(7);

pub(crate) const SPLIT: SplitStorage = SplitStorage::at(9);

pub(crate) const STAKES: StakesStorage = StakesStorage::at(12);

pub(crate) const SALES: SalesStorage = SalesStorage::at(16);

pub(crate) const LICENCES: LicencesStorage = LicencesStorage::at(18);

pub(crate) const TRANSFERS: TransfersStorage = TransfersStorage::at(21);

pub(crate) const AUCTIONS: AuctionsStorage = AuctionsStorage::at(22);

pub(crate) const URI: UriStorage = UriStorage::at(25);

/// The market.
#[derive(Debug)]
pub struct DataMarket {
    pub(crate) vm: VM,
}

impl DataMarket {
    /// Makes the market: `admin` gets the admin role.
    ///
    /// # Errors
    ///
    /// `MarketInvalidContract` when a neighbour or the token of stakes is no contract.
    ///
    /// # Events
    ///
    /// `RoleGranted`, `SplitChanged`.
    pub(crate) fn construct(
        &mut self,
        admin: &Account,
        neighbours: [&Account; 5],
        stake_token: &Account,
    ) -> Result<()> {
        self.grant(&DEFAULT_ADMIN_ROLE, admin);
        NEIGHBOURS.construct(&mut self.vm, neighbours)?;
        STAKES.construct(&mut self.vm, stake_token)?;
        SPLIT.set(&mut self.vm, &FIRST_SHARES)
    }

    /// Requires that the admin calls, and returns the host for writing.
    pub(crate) fn admin(&mut self) -> Result<&mut VM> {
        self.only_role(&DEFAULT_ADMIN_ROLE)?;
        Ok(&mut self.vm)
    }

    /// Requires that a lister calls, and returns the host for writing.
    pub(crate) fn lister(&mut self) -> Result<&mut VM> {
        self.only_role(&word::constant(LISTER_ROLE))?;
        Ok(&mut self.vm)
    }

    /// Requires that somebody calls who carries out rulings, and returns the host for writing.
    pub(crate) fn ruling(&mut self) -> Result<&mut VM> {
        self.only_role(&word::constant(RULING_ROLE))?;
        Ok(&mut self.vm)
    }

    /// Requires that a server calls, and returns the host for writing.
    pub(crate) fn server(&mut self) -> Result<&mut VM> {
        self.only_role(&word::constant(SERVER_ROLE))?;
        Ok(&mut self.vm)
    }

    /// Requires that sales are not stopped, and returns the host for writing.
    pub(crate) fn trading(&mut self) -> Result<&mut VM> {
        self.require_not_paused()?;
        Ok(&mut self.vm)
    }
}

contract!(DataMarket);
