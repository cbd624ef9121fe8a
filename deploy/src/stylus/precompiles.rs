//! Decides by which names and at which addresses a Stylus chain is asked about its programs.
//!
//! The interfaces have what is needed here and no more. They are those of Nitro's precompiles
//! (`precompiles/ArbWasm.go`, `ArbWasmCache.go`, the virtual `NodeInterface`) and of nitro-contracts'
//! `CacheManager.sol` and `StylusDeployer.sol`.
#![allow(
    missing_docs,
    clippy::missing_const_for_fn,
    clippy::too_many_arguments,
    clippy::use_self,
    reason = "the macro generates these items; they are those of the chain's own interfaces"
)]

use alloy::{
    primitives::{Address, address},
    sol,
};

/// Manages programs: activates them and keeps them alive.
pub const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");

/// Knows which programs are cached, and by whom.
pub const ARB_WASM_CACHE: Address = address!("0000000000000000000000000000000000000072");

/// Tells what only the node knows. It is not there in transactions.
pub const NODE_INTERFACE: Address = address!("00000000000000000000000000000000000000C8");

sol! {
    #[sol(all_derives)]
    interface ArbWasm {
        event ProgramActivated(bytes32 indexed codehash, bytes32 moduleHash, address program, uint256 dataFee, uint16 version);
        event ProgramLifetimeExtended(bytes32 indexed codehash, uint256 dataFee);

        error ProgramNotWasm();
        error ProgramNotActivated();
        error ProgramNeedsUpgrade(uint16 version, uint16 stylusVersion);
        error ProgramExpired(uint64 ageInSeconds);
        error ProgramUpToDate();
        error ProgramKeepaliveTooSoon(uint64 ageInSeconds);
        error ProgramInsufficientValue(uint256 have, uint256 want);

        function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
        function codehashKeepalive(bytes32 codehash) external payable;
        function stylusVersion() external view returns (uint16 version);
        function codehashVersion(bytes32 codehash) external view returns (uint16 version);
        function programVersion(address program) external view returns (uint16 version);
        function programTimeLeft(address program) external view returns (uint64 secs);
        function programInitGas(address program) external view returns (uint64 gas, uint64 gasWhenCached);
        function expiryDays() external view returns (uint16 days);
        function keepaliveDays() external view returns (uint16 days);
        function activationGas() external view returns (uint64 gas);
    }

    #[sol(all_derives)]
    interface ArbWasmCache {
        function allCacheManagers() external view returns (address[] managers);
        function codehashIsCached(bytes32 codehash) external view returns (bool cached);
    }

    #[sol(all_derives)]
    interface CacheManager {
        error AsmTooLarge(uint256 asm, uint256 queueSize, uint256 cacheSize);
        error AlreadyCached(bytes32 codehash);
        error BidTooSmall(uint192 bid, uint192 min);
        error BidsArePaused();
        error ProgramNotActivated();

        function placeBid(address program) external payable;
        function getMinBid(address program) external view returns (uint192 min);
        function getMinBid(uint64 size) external view returns (uint192 min);
        function isPaused() external view returns (bool paused);
        function cacheSize() external view returns (uint64 bytes);
        function queueSize() external view returns (uint64 bytes);
    }

    #[sol(all_derives)]
    interface NodeInterface {
        function gasEstimateL1Component(address to, bool contractCreation, bytes data)
            external
            payable
            returns (uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate);
    }

    #[sol(all_derives)]
    interface StylusDeployer {
        event ContractDeployed(address deployedContract);

        error ContractDeploymentError(bytes bytecode);
        error ContractInitializationError(address newContract, bytes data);
        error RefundExcessValueError(uint256 excessValue);
        error EmptyBytecode();
        error InitValueButNotInitData();

        function deploy(bytes bytecode, bytes initData, uint256 initValue, bytes32 salt)
            external
            payable
            returns (address deployed);
    }

    /// An error of the first `StylusDeployer`s, whose later ones say why.
    #[sol(all_derives)]
    interface EarlyStylusDeployer {
        error ContractInitializationError(address newContract);
    }

    /// What the SDK names every constructor, whatever its arguments.
    #[sol(all_derives)]
    function stylus_constructor();
}
