//! Decides what DATA is: which components it is made of, where their storage lies, and which
//! function of the interface runs what.

use alloy_primitives::B256;
use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::Constant,
    access_control::{AccessControl, AccessControlStorage, DEFAULT_ADMIN_ROLE},
    contract,
    dynamic::Text,
    eip712::{Eip712, hash_of},
    erc20::{Erc20, Erc20Storage, valid_receiver},
    nonces::{Nonces, NoncesStorage},
    pausable::{Pausable, PausableStorage},
    permit::{Approval, Permit, Signature},
    routes, word,
};
use stylus_sdk::host::VM;

use crate::emission::EmissionStorage;

sol!("IDataToken.sol");

/// The token's symbol.
const SYMBOL: Text = Text::new("DATA");

/// Who may mint: `keccak256("MINTER_ROLE")`.
pub const MINTER_ROLE: B256 = hash_of("MINTER_ROLE");

/// Who may pause: `keccak256("PAUSER_ROLE")`.
pub const PAUSER_ROLE: B256 = hash_of("PAUSER_ROLE");

/// The DATA token.
#[derive(Debug)]
pub struct DataToken {
    vm: VM,
}

impl DataToken {
    /// Makes the token: `admin` gets the admin role, `recipient` the supply.
    ///
    /// # Errors
    ///
    /// - as [`EmissionStorage::set_terms`],
    /// - `ERC20InvalidReceiver` when the recipient is the zero address.
    ///
    /// # Events
    ///
    /// `EmissionCapChanged`, `RoleGranted`, `Transfer`.
    fn construct(
        &mut self,
        admin: &Account,
        recipient: &Account,
        supply: &Uint,
        (floor, bps): (&Uint, &Uint),
    ) -> Result<()> {
        EMISSION.start(&mut self.vm, supply, floor, bps)?;
        self.grant(&DEFAULT_ADMIN_ROLE, admin);
        // Past `before_move`: the genesis supply does not count as emission.
        valid_receiver(recipient)?;
        self.move_tokens(&Account::ZERO, recipient, supply)
    }

    /// Mints inside the emission cap.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not a minter,
    /// - as [`Erc20::mint_to`].
    ///
    /// # Events
    ///
    /// `Transfer` from the zero address.
    pub fn mint(&mut self, to: &Account, amount: &Uint) -> Result<()> {
        self.only_role(&word::constant(MINTER_ROLE))?;
        self.mint_to(to, amount)
    }

    /// Returns what may be minted now, in wei.
    #[must_use]
    pub fn mintable(&self) -> u128 {
        EMISSION.available(&self.vm, &self.total_supply())
    }

    /// Returns everything that was ever burned, in wei.
    #[must_use]
    pub fn total_burned(&self) -> Uint {
        let mut burned = EMISSION.created(&self.vm);
        // What was created is either burned or part of the supply.
        burned.wrapping_sub(&self.total_supply());
        burned
    }

    /// Changes the emission cap.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not an admin,
    /// - as `EmissionStorage::set_terms`.
    ///
    /// # Events
    ///
    /// `EmissionCapChanged`.
    pub fn set_emission_cap(&mut self, floor: &Uint, bps: &Uint) -> Result<()> {
        self.only_role(&DEFAULT_ADMIN_ROLE)?;
        EMISSION.set_terms(&mut self.vm, floor, bps)
    }

    /// Stops every transfer, mint and burn.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not a pauser,
    /// - as [`Pausable::pause`].
    ///
    /// # Events
    ///
    /// `Paused`.
    pub fn pause_by_role(&mut self) -> Result<()> {
        self.only_role(&word::constant(PAUSER_ROLE))?;
        self.pause()
    }

    /// Allows transfers, mints and burns again.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not a pauser,
    /// - as [`Pausable::unpause`].
    ///
    /// # Events
    ///
    /// `Unpaused`.
    pub fn unpause_by_role(&mut self) -> Result<()> {
        self.only_role(&word::constant(PAUSER_ROLE))?;
        self.unpause()
    }
}

contract!(DataToken);

// The layout: append only, never reorder. `tests/layout.txt` is its snapshot.

impl Erc20 for DataToken {
    const ERC20: Erc20Storage = Erc20Storage::at(0);

    /// Nothing moves while the token is paused, and a mint stays inside the emission cap.
    fn before_move(&mut self, from: &Account, _to: &Account, value: &Uint) -> Result<()> {
        self.require_not_paused()?;
        if from.is_zero() {
            let supply = self.total_supply();
            // As in OpenZeppelin's token, overflow comes before any rule of our own.
            if !{ supply }.add(value) {
                return Err(Revert::overflow());
            }
            EMISSION.emit_within_cap(&mut self.vm, &supply, value)?;
        }
        Ok(())
    }
}

impl Pausable for DataToken {
    const PAUSABLE: PausableStorage = PausableStorage::at(3);
}

impl AccessControl for DataToken {
    const ROLES: AccessControlStorage = AccessControlStorage::at(4);
}

impl Nonces for DataToken {
    const NONCES: NoncesStorage = NoncesStorage::at(5);
}

impl Permit for DataToken {}

/// Where the emission cap keeps its storage.
const EMISSION: EmissionStorage = EmissionStorage::at(6);

impl Eip712 for DataToken {
    const NAME: &'static str = "Datacoop Data";
    const VERSION: &'static str = "1";
}

routes! {
    DataToken as IDataToken (IDataTokenCalls);

    constructor(
        sol_data::Address, sol_data::Address,
        sol_data::Uint<256>, sol_data::Uint<256>, sol_data::Uint<256>
    ) => |token, (admin, recipient, supply, floor, bps)| {
        token.construct(admin, recipient, supply, (floor, bps))
    };

    reads {
        nameCall => |_, ()| DataToken::NAME_TEXT;
        symbolCall => |_, ()| SYMBOL;
        decimalsCall => |_, ()| 18_u8;
        totalSupplyCall => |token, ()| token.total_supply();
        balanceOfCall => |token, (account,)| token.balance_of(account);
        allowanceCall => |token, (owner, spender)| token.allowance(owner, spender);
        noncesCall => |token, (owner,)| token.nonces(owner);
        DOMAIN_SEPARATORCall => |token, ()| token.domain_separator();
        eip712DomainCall => |token, ()| token.eip712_domain();
        pausedCall => |token, ()| token.paused();
        DEFAULT_ADMIN_ROLECall => |_, ()| Constant(DEFAULT_ADMIN_ROLE);
        MINTER_ROLECall => |_, ()| Constant(MINTER_ROLE);
        PAUSER_ROLECall => |_, ()| Constant(PAUSER_ROLE);
        hasRoleCall => |token, (role, account)| token.has_role(role, account);
        getRoleAdminCall => |token, (role,)| token.role_admin(role);
        supportsInterfaceCall => |token, (interface,)| token.supports_interface(interface);
        emissionFloorCall => |token, ()| EMISSION.floor(&token.vm);
        emissionBpsCall => |token, ()| EMISSION.bps(&token.vm);
        mintableCall => |token, ()| token.mintable();
        totalBurnedCall => |token, ()| token.total_burned();
    }

    acts {
        transferCall => |token, (to, value)| token.transfer(to, value);
        approveCall => |token, (spender, value)| token.approve(spender, value);
        transferFromCall => |token, (from, to, value)| token.transfer_from(from, to, value);
        mintCall => |token, (to, amount)| token.mint(to, amount);
        burnCall => |token, (value,)| token.burn(value);
        burnFromCall => |token, (account, value)| token.burn_from(account, value);
        permitCall => |token, (owner, spender, value, deadline, v, r, s)| {
            token.permit(Approval { owner, spender, value, deadline }, Signature { v, r, s })
        };
        pauseCall => |token, ()| token.pause_by_role();
        unpauseCall => |token, ()| token.unpause_by_role();
        grantRoleCall => |token, (role, account)| token.grant_role(role, account);
        revokeRoleCall => |token, (role, account)| token.revoke_role(role, account);
        renounceRoleCall => |token, (role, account)| token.renounce_role(role, account);
        setEmissionCapCall => |token, (floor, bps)| token.set_emission_cap(floor, bps);
    }
}
