//! Decides what stands in for the data registry, the distributor, tokens of all kinds and contracts
//! that take licences: programs that do just what the market asks of them, or worse.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue, sol};
use datacoop_kit::{Account, Uint, host, storage::Place, word::Word};
use stylus_sdk::{ArbResult, host::VM};

sol! {
    interface IRegistry {
        function setEdition(uint256 edition, uint8 status, uint8 dataClass, uint8 purposes,
            uint64 records, uint64 liveFrom) external;
        function setRecord(uint256 edition, bytes32 recordId, address owner, uint8 dataClass,
            uint8 status) external;
        function editionOf(uint256 edition) external view returns (uint8 status, uint8 dataClass,
            uint8 purposes, uint64 records, uint64 contributors, uint64 liveFrom);
        function isLive(uint256 edition) external view returns (bool);
        function recordOf(bytes32 recordId) external view
            returns (address owner, uint8 dataClass, uint8 status);
        function contains(uint256 edition, bytes32 recordId, bytes32[] calldata proof)
            external view returns (bool);
    }

    interface IDistributor {
        function deposit(uint256 edition, address token, uint256 amount, bytes32 tag)
            external returns (uint256 received);
        function depositShared(bytes32 pool, address token, uint256 amount, bytes32 tag)
            external returns (uint256 received);
        function deposited(bytes32 what, address token) external view returns (uint256);
        function setClosed(bool closed) external;
    }

    interface IToken {
        function setMode(uint8 mode) external;
        function setHook(address target, bytes calldata data) external;
        function mint(address to, uint256 amount) external;
        function balanceOf(address account) external view returns (uint256);
        function approve(address spender, uint256 amount) external returns (bool);
        function transfer(address to, uint256 amount) external returns (bool);
        function transferFrom(address from, address to, uint256 amount) external returns (bool);
    }

    interface ITaker {
        function setMode(uint8 mode) external;
        function onERC1155Received(address operator, address from, uint256 id, uint256 value,
            bytes calldata data) external returns (bytes4);
        function onERC1155BatchReceived(address operator, address from, uint256[] calldata ids,
            uint256[] calldata values, bytes calldata data) external returns (bytes4);
        function relay(address target, bytes calldata data) external;
    }
}

/// Modes of a token.
pub(crate) const HONEST: u8 = 0;
/// Keeps a hundredth of what it moves.
pub(crate) const KEEPS_A_FEE: u8 = 1;
/// Says `false` and moves nothing.
pub(crate) const SAYS_FALSE: u8 = 2;
/// Moves and says nothing.
pub(crate) const SAYS_NOTHING: u8 = 3;
/// Says `true` and moves nothing.
pub(crate) const LIES: u8 = 4;
/// Calls another contract before it moves, and requires that this succeeds.
pub(crate) const CALLS_BACK: u8 = 5;
/// Moves all but what it sends out, of which it loses a unit.
pub(crate) const LOSES_A_UNIT: u8 = 6;

/// Modes of a taker: takes, answers something else, reverts with a text.
pub(crate) const TAKES: u8 = 0;
pub(crate) const ANSWERS_WRONGLY: u8 = 1;
pub(crate) const REVERTS: u8 = 2;

fn place(of: impl SolValue) -> Place<Uint> {
    Place::at(keccak256(of.abi_encode()))
}

fn read(vm: &VM, of: impl SolValue) -> U256 {
    U256::from_be_bytes(place(of).get(vm).word().0)
}

fn write(vm: &mut VM, of: impl SolValue, value: U256) {
    place(of).set(vm, &Uint::new(value.into()));
}

fn decode<C: SolCall>(input: &[u8]) -> C {
    C::abi_decode(input).expect("it decodes")
}

/// The proof that a record belongs to an edition.
pub(crate) fn proof(edition: U256, record: B256) -> Vec<B256> {
    vec![edition.into(), record]
}

/// A registry whose editions and records are what they were set to.
pub(crate) fn registry(input: &[u8], mut vm: VM) -> ArbResult {
    let Some(selector) = input.first_chunk::<4>() else { return Err(Vec::new()) };
    match *selector {
        IRegistry::setEditionCall::SELECTOR => {
            let call: IRegistry::setEditionCall = decode(input);
            let parts = [
                U256::from(call.status),
                U256::from(call.dataClass),
                U256::from(call.purposes),
                U256::from(call.records),
                U256::from(7),
                U256::from(call.liveFrom),
            ];
            for (index, part) in parts.into_iter().enumerate() {
                write(&mut vm, (call.edition, U256::from(index)), part);
            }
        }
        IRegistry::setRecordCall::SELECTOR => {
            let call: IRegistry::setRecordCall = decode(input);
            write(&mut vm, (call.recordId, "owner"), call.owner.into_word().into());
            write(&mut vm, (call.recordId, "class"), U256::from(call.dataClass));
            write(&mut vm, (call.recordId, "status"), U256::from(call.status));
            write(&mut vm, (call.edition, call.recordId, "member"), U256::ONE);
        }
        IRegistry::editionOfCall::SELECTOR => {
            let edition = decode::<IRegistry::editionOfCall>(input).edition;
            let parts = (0..6_u8).map(|index| read(&vm, (edition, U256::from(index))));
            return Ok(parts.flat_map(|part| part.to_be_bytes::<32>()).collect());
        }
        IRegistry::isLiveCall::SELECTOR => {
            let edition = decode::<IRegistry::isLiveCall>(input).edition;
            let is_live = read(&vm, (edition, U256::ZERO)) == U256::ONE
                && read(&vm, (edition, U256::from(5))) <= U256::from(host::timestamp(&vm));
            return Ok(is_live.abi_encode());
        }
        IRegistry::recordOfCall::SELECTOR => {
            let record = decode::<IRegistry::recordOfCall>(input).recordId;
            let parts = ["owner", "class", "status"].map(|part| read(&vm, (record, part)));
            return Ok(parts.map(|part| part.to_be_bytes::<32>()).concat());
        }
        IRegistry::containsCall::SELECTOR => {
            let call: IRegistry::containsCall = decode(input);
            let is_member = read(&vm, (call.edition, call.recordId, "member")) == U256::ONE
                && call.proof == proof(call.edition, call.recordId);
            return Ok(is_member.abi_encode());
        }
        _ => {}
    }
    Ok(Vec::new())
}

/// A distributor that takes what it is allowed and notes it.
pub(crate) fn distributor(input: &[u8], mut vm: VM) -> ArbResult {
    let Some(selector) = input.first_chunk::<4>() else { return Err(Vec::new()) };
    let (what, token, amount) = match *selector {
        IDistributor::depositCall::SELECTOR => {
            let call: IDistributor::depositCall = decode(input);
            (B256::from(call.edition), call.token, call.amount)
        }
        IDistributor::depositSharedCall::SELECTOR => {
            let call: IDistributor::depositSharedCall = decode(input);
            if read(&vm, "closed") == U256::ONE {
                return Err(b"nobody has shares".to_vec());
            }
            (call.pool, call.token, call.amount)
        }
        IDistributor::depositedCall::SELECTOR => {
            let call: IDistributor::depositedCall = decode(input);
            return Ok(read(&vm, (call.what, call.token)).abi_encode());
        }
        IDistributor::setClosedCall::SELECTOR => {
            let closed = decode::<IDistributor::setClosedCall>(input).closed;
            write(&mut vm, "closed", U256::from(closed));
            return Ok(Vec::new());
        }
        _ => return Ok(Vec::new()),
    };
    let (from, to) = (*host::sender(&vm).address(), *host::this(&vm).address());
    let data = IToken::transferFromCall { from, to, amount }.abi_encode();
    if !host::call_raw(&mut vm, &Account::from(token), &Uint::ZERO, &data) {
        return Err(b"not paid".to_vec());
    }
    let sum = read(&vm, (what, token)) + amount;
    write(&mut vm, (what, token), sum);
    Ok(amount.abi_encode())
}

/// A token that anybody mints and that behaves as it was told to.
pub(crate) fn token(input: &[u8], mut vm: VM) -> ArbResult {
    let Some(selector) = input.first_chunk::<4>() else { return Err(Vec::new()) };
    let sender = *host::sender(&vm).address();
    match *selector {
        IToken::setModeCall::SELECTOR => {
            write(&mut vm, "mode", U256::from(decode::<IToken::setModeCall>(input).mode));
        }
        IToken::setHookCall::SELECTOR => {
            let call: IToken::setHookCall = decode(input);
            write(&mut vm, "target", call.target.into_word().into());
            write(&mut vm, "length", U256::from(call.data.len()));
            for (index, chunk) in call.data.chunks(32).enumerate() {
                write(&mut vm, ("data", U256::from(index)), B256::right_padding_from(chunk).into());
            }
        }
        IToken::mintCall::SELECTOR => {
            let call: IToken::mintCall = decode(input);
            let balance = read(&vm, call.to) + call.amount;
            write(&mut vm, call.to, balance);
        }
        IToken::balanceOfCall::SELECTOR => {
            return Ok(read(&vm, decode::<IToken::balanceOfCall>(input).account).abi_encode());
        }
        IToken::approveCall::SELECTOR => {
            let call: IToken::approveCall = decode(input);
            write(&mut vm, (sender, call.spender), call.amount);
            return Ok(true.abi_encode());
        }
        IToken::transferCall::SELECTOR => {
            let call: IToken::transferCall = decode(input);
            return shift(&mut vm, sender, call.to, call.amount);
        }
        IToken::transferFromCall::SELECTOR => {
            let call: IToken::transferFromCall = decode(input);
            let Some(rest) = read(&vm, (call.from, sender)).checked_sub(call.amount) else {
                return Err(b"not allowed".to_vec());
            };
            write(&mut vm, (call.from, sender), rest);
            return shift(&mut vm, call.from, call.to, call.amount);
        }
        _ => {}
    }
    Ok(Vec::new())
}

fn shift(vm: &mut VM, from: Address, to: Address, amount: U256) -> ArbResult {
    let mode = read(vm, "mode").to::<u8>();
    match mode {
        SAYS_FALSE => return Ok(false.abi_encode()),
        LIES => return Ok(true.abi_encode()),
        CALLS_BACK => call_back(vm)?,
        _ => {}
    }
    let Some(rest) = read(vm, from).checked_sub(amount) else { return Err(b"poor".to_vec()) };
    write(vm, from, rest);
    let lost = match mode {
        KEEPS_A_FEE => amount / U256::from(100),
        _ => U256::ZERO,
    };
    let balance = read(vm, to) + amount - lost;
    write(vm, to, balance);
    if mode == LOSES_A_UNIT && read(vm, from) > U256::ZERO {
        let less = read(vm, from) - U256::ONE;
        write(vm, from, less);
    }
    Ok(if mode == SAYS_NOTHING { Vec::new() } else { true.abi_encode() })
}

fn call_back(vm: &mut VM) -> Result<(), Vec<u8>> {
    let target = Account::from(Address::from_word(read(vm, "target").into()));
    let len = read(vm, "length").to::<usize>();
    let mut data: Vec<u8> = (0..len.div_ceil(32))
        .flat_map(|index| read(vm, ("data", U256::from(index))).to_be_bytes::<32>())
        .collect();
    data.truncate(len);
    if host::call_raw(vm, &target, &Uint::ZERO, &data) {
        Ok(())
    } else {
        Err(b"called back in vain".to_vec())
    }
}

/// A contract that takes licences, or does not, and does what anybody tells it to.
pub(crate) fn taker(input: &[u8], mut vm: VM) -> ArbResult {
    let Some(selector) = input.first_chunk::<4>() else { return Err(Vec::new()) };
    match *selector {
        ITaker::setModeCall::SELECTOR => {
            write(&mut vm, "mode", U256::from(decode::<ITaker::setModeCall>(input).mode));
        }
        ITaker::relayCall::SELECTOR => {
            let ITaker::relayCall { target, data }: ITaker::relayCall = decode(input);
            let target = Account::from(target);
            let succeeded = host::call_raw(&mut vm, &target, &Uint::ZERO, &data);
            let returned = returned(&vm);
            return if succeeded { Ok(returned) } else { Err(returned) };
        }
        ITaker::onERC1155ReceivedCall::SELECTOR | ITaker::onERC1155BatchReceivedCall::SELECTOR => {
            return match read(&vm, "mode").to::<u8>() {
                TAKES => Ok(B256::right_padding_from(selector).to_vec()),
                ANSWERS_WRONGLY => Ok(B256::repeat_byte(1).to_vec()),
                _ => Err(b"no licences here".to_vec()),
            };
        }
        _ => {}
    }
    Ok(Vec::new())
}

fn returned(vm: &VM) -> Vec<u8> {
    let start = datacoop_kit::output::len();
    host::returned(vm);
    datacoop_kit::output::take(start, <[u8]>::to_vec)
}

/// The calldata by which a taker calls another contract.
pub(crate) fn relay(target: Address, call: &impl SolCall) -> ITaker::relayCall {
    ITaker::relayCall { target, data: Bytes::from(call.abi_encode()) }
}
