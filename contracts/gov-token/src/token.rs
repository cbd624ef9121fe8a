//! Decides what GOV is: which components it is made of, where their storage lies, and which
//! function of the interface runs what.

use alloy_primitives::B256;
use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::{Constant, ToWord},
    access_control::{AccessControl, AccessControlStorage, DEFAULT_ADMIN_ROLE},
    checkpoints::{self, Checkpoint},
    contract,
    dynamic::{List, Text},
    eip712::{Eip712, hash_of},
    erc20::{Erc20, Erc20Storage},
    layout,
    nonces::{Nonces, NoncesStorage},
    output,
    permit::{Approval, Permit, Signature},
    routes,
    votes::{CLOCK_MODE, Delegation, Votes, VotesStorage},
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::{
    genesis::{Allocations, GenesisStorage},
    policy::PolicyStorage,
};
use IGovToken::{ERC20ExceededCap, ERC20ExceededSafeSupply, ERC20InvalidCap};

sol!("IGovToken.sol");

/// The token's symbol.
const SYMBOL: Text = Text::new("GOV");

/// Who may mint: `keccak256("MINTER_ROLE")`.
pub const MINTER_ROLE: B256 = hash_of("MINTER_ROLE");

layout! {
    /// The storage of the supply's cap.
    pub struct SupplyCapStorage {
        /// The most that the total supply can be, in wei. Written by the constructor.
        cap: Slot<Uint>,
    }
}

/// The GOV token.
#[derive(Debug)]
pub struct GovToken {
    vm: VM,
}

impl GovToken {
    /// Makes the token: `admin` gets the admin role, and each recipient its bucket.
    ///
    /// # Errors
    ///
    /// - `ERC20InvalidCap` when the cap is zero,
    /// - `GovInvalidMembership` when the membership contract is neither zero nor a contract,
    /// - as `Allocations::check`,
    /// - as [`Erc20::mint_to`] and `GenesisStorage::note` for each bucket.
    ///
    /// # Events
    ///
    /// `RoleGranted`, `TransferPolicyChanged`, `MembershipChanged`; `Transfer` and
    /// `GenesisAllocated` for each bucket.
    fn construct(
        &mut self,
        admin: &Account,
        cap: &Uint,
        membership: &Account,
        allocations: Allocations<'_>,
    ) -> Result<()> {
        if cap.is_zero() {
            return Err(Revert::new::<ERC20InvalidCap>((cap,)));
        }
        SUPPLY.cap.set(&mut self.vm, cap);
        self.grant(&DEFAULT_ADMIN_ROLE, admin);
        POLICY.start(&mut self.vm, membership)?;
        allocations.check()?;
        for (bucket, recipient, amount) in allocations.iter() {
            // As the decoder of a single address does.
            let Some(recipient) = Account::from_word(recipient) else {
                return Err(Revert::empty());
            };
            self.mint_to(recipient, amount)?;
            GENESIS.note(&mut self.vm, bucket, recipient, amount)?;
        }
        Ok(())
    }

    /// Returns the most that the total supply can be, in wei.
    #[must_use]
    pub fn cap(&self) -> Uint {
        SUPPLY.cap.get(&self.vm)
    }

    /// Mints inside the cap.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not a minter,
    /// - as [`Erc20::mint_to`].
    ///
    /// # Events
    ///
    /// `Transfer` from the zero address, `DelegateVotesChanged`.
    pub fn mint(&mut self, to: &Account, amount: &Uint) -> Result<()> {
        self.only_role(&word::constant(MINTER_ROLE))?;
        self.mint_to(to, amount)
    }

    /// Requires that a mint leaves the supply within its bounds.
    ///
    /// # Errors
    ///
    /// - `Panic(0x11)` when the supply would overflow,
    /// - `ERC20ExceededCap` when it would be above the cap,
    /// - `ERC20ExceededSafeSupply` when it would be more than a checkpoint holds.
    fn check_supply(&self, amount: &Uint) -> Result<()> {
        let mut supply = self.total_supply();
        if !supply.add(amount) {
            return Err(Revert::overflow());
        }
        let cap = self.cap();
        if cap < supply {
            return Err(Revert::new::<ERC20ExceededCap>((&supply, &cap)));
        }
        let safe = checkpoints::max_value();
        if safe < supply {
            return Err(Revert::new::<ERC20ExceededSafeSupply>((&supply, &safe)));
        }
        Ok(())
    }

    /// Does what governance alone may.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not an admin,
    /// - whatever `act` returns.
    fn govern(&mut self, act: impl FnOnce(&mut VM) -> Result<()>) -> Result<()> {
        self.only_role(&DEFAULT_ADMIN_ROLE)?;
        act(&mut self.vm)
    }
}

contract!(GovToken);

// The layout: append only, never reorder. `layout.txt` is its snapshot.

impl Erc20 for GovToken {
    const ERC20: Erc20Storage = Erc20Storage::at(0);

    /// A mint stays inside the cap, a transfer inside the policy, and a burn is free.
    fn before_move(&mut self, from: &Account, to: &Account, value: &Uint) -> Result<()> {
        if from.is_zero() {
            self.check_supply(value)
        } else if to.is_zero() {
            Ok(())
        } else {
            POLICY.check(&self.vm, from, to)
        }
    }

    /// Votes follow tokens.
    fn move_checked(&mut self, from: &Account, to: &Account, value: &Uint) -> Result<()> {
        self.before_move(from, to, value)?;
        self.move_tokens(from, to, value)?;
        self.transfer_voting_units(from, to, value)
    }
}

impl AccessControl for GovToken {
    const ROLES: AccessControlStorage = AccessControlStorage::at(3);
}

impl Nonces for GovToken {
    const NONCES: NoncesStorage = NoncesStorage::at(4);
}

impl Permit for GovToken {}

impl Votes for GovToken {
    const VOTES: VotesStorage = VotesStorage::at(5);

    fn voting_units(&self, account: &Account) -> Uint {
        self.balance_of(account)
    }
}

/// Where the cap is kept.
const SUPPLY: SupplyCapStorage = SupplyCapStorage::at(8);

/// Where the genesis allocation is kept.
const GENESIS: GenesisStorage = GenesisStorage::at(9);

/// Where the transfer policy is kept.
const POLICY: PolicyStorage = PolicyStorage::at(12);

impl Eip712 for GovToken {
    const NAME: &'static str = "Datacoop Governance";
    const VERSION: &'static str = "1";
}

/// A checkpoint as the interface has it: two words.
#[derive(Clone, Copy)]
struct Point(Checkpoint);

impl ToWord<IGovToken::Checkpoint208> for Point {
    #[inline(always)]
    fn push(self) {
        output::push_number(self.0.key);
        output::push(self.0.value.word());
    }
}

routes! {
    GovToken as IGovToken (IGovTokenCalls);

    constructor(
        sol_data::Address, sol_data::Uint<256>, sol_data::Address,
        sol_data::Array<sol_data::FixedBytes<32>>, sol_data::Array<sol_data::Address>,
        sol_data::Array<sol_data::Uint<256>>
    ) => |token, (admin, cap, membership, buckets, recipients, amounts)| {
        token.construct(admin, cap, membership, Allocations { buckets, recipients, amounts })
    };

    reads {
        nameCall => |_, ()| GovToken::NAME_TEXT;
        symbolCall => |_, ()| SYMBOL;
        decimalsCall => |_, ()| 18_u8;
        totalSupplyCall => |token, ()| token.total_supply();
        balanceOfCall => |token, (account,)| token.balance_of(account);
        allowanceCall => |token, (owner, spender)| token.allowance(owner, spender);
        capCall => |token, ()| token.cap();
        noncesCall => |token, (owner,)| token.nonces(owner);
        DOMAIN_SEPARATORCall => |token, ()| token.domain_separator();
        eip712DomainCall => |token, ()| token.eip712_domain();
        clockCall => |token, ()| token.clock();
        CLOCK_MODECall => |_, ()| CLOCK_MODE;
        delegatesCall => |token, (account,)| token.delegates(account);
        getVotesCall => |token, (account,)| token.votes(account);
        numCheckpointsCall => |token, (account,)| token.num_checkpoints(account);
        DEFAULT_ADMIN_ROLECall => |_, ()| Constant(DEFAULT_ADMIN_ROLE);
        MINTER_ROLECall => |_, ()| Constant(MINTER_ROLE);
        hasRoleCall => |token, (role, account)| token.has_role(role, account);
        getRoleAdminCall => |token, (role,)| token.role_admin(role);
        supportsInterfaceCall => |token, (interface,)| token.supports_interface(interface);
        genesisBucketsCall => |token, ()| List(GENESIS.buckets(&token.vm));
        genesisAllocationCall => |token, (bucket,)| GENESIS.allocation(&token.vm, bucket);
        transferPolicyCall => |token, ()| POLICY.terms(&token.vm).policy;
        membershipCall => |token, ()| POLICY.terms(&token.vm).membership;
        isTransferExemptCall => |token, (account,)| POLICY.is_exempt(&token.vm, account);
        canReceiveCall => |token, (account,)| POLICY.can_receive(&token.vm, account);
    }

    views {
        getPastVotesCall => |token, (account, timepoint)| token.past_votes(account, timepoint);
        getPastTotalSupplyCall => |token, (timepoint,)| token.past_total_supply(timepoint);
        checkpointsCall => |token, (account, index)| token.checkpoint(account, index).map(Point);
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
        delegateCall => |token, (delegatee,)| token.delegate(delegatee);
        delegateBySigCall => |token, (delegatee, nonce, expiry, v, r, s)| {
            token.delegate_by_sig(Delegation { delegatee, nonce, expiry }, Signature { v, r, s })
        };
        grantRoleCall => |token, (role, account)| token.grant_role(role, account);
        revokeRoleCall => |token, (role, account)| token.revoke_role(role, account);
        renounceRoleCall => |token, (role, account)| token.renounce_role(role, account);
        setTransferPolicyCall => |token, (policy,)| {
            token.govern(|vm| POLICY.set_policy(vm, policy))
        };
        setMembershipCall => |token, (membership,)| {
            token.govern(|vm| POLICY.set_membership(vm, membership))
        };
        setTransferExemptionCall => |token, (account, exempt)| {
            token.govern(|vm| { POLICY.set_exemption(vm, account, exempt); Ok(()) })
        };
    }
}
