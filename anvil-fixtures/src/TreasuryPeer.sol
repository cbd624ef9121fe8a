// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Safe} from "@safe-global/safe-smart-account/contracts/Safe.sol";

/// @title The Solidity peer of the treasury
/// @notice Safe 1.5.0's own code, set up by its constructor instead of behind a proxy: the treasury must behave the same,
/// down to the bytes of every result, event and error, as long as nothing beyond Safe is switched on.
contract TreasuryPeer is Safe {
    constructor(address[] memory owners_, uint256 threshold_, address fallbackHandler) {
        // Safe's constructor locks the contract for use as a singleton; this one is used itself. What follows is `setup`
        // without its delegate call and payment.
        threshold = 0;
        emit SafeSetup(msg.sender, owners_, threshold_, address(0), fallbackHandler);
        setupOwners(owners_, threshold_);
        if (fallbackHandler != address(0)) internalSetFallbackHandler(fallbackHandler);
        setupModules(address(0), "");
    }
}
