// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title What governors of tests stand on and act on
/// @notice OpenZeppelin's votes token counting seconds, and anybody may mint.
contract GovernorWorldToken is ERC20, ERC20Permit, ERC20Votes {
    constructor() ERC20("World", "WLD") ERC20Permit("World") {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }
}

/// @notice A votes token that counts blocks.
contract GovernorBlockToken is ERC20, ERC20Permit, ERC20Votes {
    constructor() ERC20("Blocks", "BLK") ERC20Permit("Blocks") {}

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }
}

/// @notice OpenZeppelin's timelock as it is.
contract GovernorWorldTimelock is TimelockController {
    constructor(uint256 minDelay, address[] memory proposers, address[] memory executors, address admin)
        TimelockController(minDelay, proposers, executors, admin)
    {}
}

/// @notice What proposals act on.
contract GovernorWorldTarget {
    event Changed(uint256 oldValue, uint256 newValue);

    error Refused(uint256 value);

    uint256 public value;

    function set(uint256 newValue) external payable {
        if (newValue % 13 == 7) revert Refused(newValue);
        // A revert without a word.
        require(newValue % 13 != 11);
        emit Changed(value, newValue);
        value = newValue;
    }

    function mirror(bytes calldata data) external payable returns (bytes memory) {
        return data;
    }

    receive() external payable {}
}

/// @notice A wallet that votes by ERC-1271: its owner's signatures are its own.
contract GovernorWorldWallet is IERC1271 {
    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        // It reverts when the signature is malformed.
        return ECDSA.recover(hash, signature) == owner ? this.isValidSignature.selector : bytes4(0xffffffff);
    }

    /// Delegates its votes, or does whatever else its owner wants.
    function execute(address target, bytes calldata data) external {
        (bool success,) = target.call(data);
        require(success);
    }
}
