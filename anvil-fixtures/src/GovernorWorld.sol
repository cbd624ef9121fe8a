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

/// @notice A caller with an address of its own that does what its driver says, and whose signatures are its owner's
/// (ERC-1271).
contract GovernorWorldActor is IERC1271 {
    address private immutable DRIVER = msg.sender;
    address private immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    receive() external payable {}

    function forward(address to, uint256 value, bytes calldata data) external returns (bool, bytes memory) {
        require(msg.sender == DRIVER);
        return to.call{value: value}(data);
    }

    /// It reverts when the signature is malformed.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recover(hash, signature) == OWNER ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice Makes many calls in one block, and logs how each ended and what can be read afterwards.
contract GovernorWorldDriver {
    struct Step {
        /// Who calls.
        uint256 actor;
        address to;
        /// Ether sent along, in wei, out of the actor's own.
        uint256 value;
        bytes data;
    }

    /// How the call of a step ended; the logs since the last such event are its own.
    event Ended(uint256 indexed step, bool success, bytes output);
    /// The hash of everything that the probes read after a step.
    event Probed(uint256 indexed step, bytes32 state);

    GovernorWorldActor[] public actors;

    constructor(address[] memory owners) payable {
        for (uint256 i = 0; i < owners.length; ++i) {
            GovernorWorldActor actor = new GovernorWorldActor(owners[i]);
            payable(actor).transfer(msg.value / owners.length);
            actors.push(actor);
        }
    }

    /// Runs the steps; after each, asks `probed` everything.
    function run(Step[] calldata steps, address probed, bytes[] calldata probes) external {
        for (uint256 i = 0; i < steps.length; ++i) {
            Step calldata step = steps[i];
            (bool success, bytes memory output) = actors[step.actor].forward(step.to, step.value, step.data);
            emit Ended(i, success, output);
            emit Probed(i, probe(probed, probes));
        }
    }

    function probe(address probed, bytes[] calldata probes) private view returns (bytes32 state) {
        for (uint256 i = 0; i < probes.length; ++i) {
            (bool success, bytes memory output) = probed.staticcall(probes[i]);
            state = keccak256(abi.encode(state, success, output));
        }
    }
}
