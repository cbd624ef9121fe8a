// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {MultiSendCallOnly} from "@safe-global/safe-smart-account/contracts/libraries/MultiSendCallOnly.sol";

/// @title Safe's own contract that makes one transaction of several calls
/// @notice Tests put it on chains that have not the canonical one.
contract MultiSendPeer is MultiSendCallOnly {}
