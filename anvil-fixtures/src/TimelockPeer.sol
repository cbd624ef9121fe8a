// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// The Solidity contract that the timelock must be indistinguishable from: OpenZeppelin's own.
contract TimelockPeer is TimelockController {
    constructor(uint256 minDelay, address[] memory proposers, address[] memory executors, address admin)
        TimelockController(minDelay, proposers, executors, admin)
    {}
}
