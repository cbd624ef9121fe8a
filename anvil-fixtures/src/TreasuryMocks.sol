// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ITransactionGuard} from "@safe-global/safe-smart-account/contracts/base/GuardManager.sol";
import {IModuleGuard} from "@safe-global/safe-smart-account/contracts/base/ModuleManager.sol";
import {Enum} from "@safe-global/safe-smart-account/contracts/libraries/Enum.sol";

/// @notice Somebody with code: calls for whoever asks, and signs as ERC-1271 has it, well or badly, as the first byte of
/// the signature says.
contract ActorMock {
    event Outcome(bool success, bytes data);
    event Seen(bool success, bytes data);

    receive() external payable {}

    /// Calls, tells how it ended, and then what `views` of the target say.
    function act(address target, uint256 value, bytes calldata data, bytes[] calldata views) external payable {
        (bool success, bytes memory returned) = target.call{value: value}(data);
        emit Outcome(success, returned);
        for (uint256 i = 0; i < views.length; ++i) {
            (success, returned) = target.staticcall(views[i]);
            emit Seen(success, returned);
        }
    }

    /// Calls and bubbles.
    function forward(address target, uint256 value, bytes calldata data) external payable returns (bytes memory) {
        (bool success, bytes memory returned) = target.call{value: value}(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(returned, 0x20), mload(returned))
            }
        }
        return returned;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external pure returns (bytes4) {
        bytes1 kind = signature.length == 0 ? bytes1(0) : signature[0];
        // One that signs for one hash alone.
        if (kind == 0x01) return hash == bytes32(signature[1:33]) ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
        if (kind == 0x02) revert("not signed");
        if (kind == 0x03) {
            assembly ("memory-safe") {
                return(0, 4)
            }
        }
        if (kind == 0x04) {
            assembly ("memory-safe") {
                mstore(0, not(0))
                return(0, 32)
            }
        }
        return 0x1626ba7e;
    }
}

/// @notice What a treasury might call: it notes who calls with what, answers, refuses, or calls back.
contract TargetMock {
    event Called(address sender, uint256 value, bytes data);

    uint256 public total;

    receive() external payable {
        emit Called(msg.sender, msg.value, "");
    }

    function record(bytes calldata data) external payable returns (bytes memory) {
        total += data.length;
        emit Called(msg.sender, msg.value, data);
        return data;
    }

    function refuse(bytes calldata data) external payable {
        bytes memory copy = data;
        assembly ("memory-safe") {
            revert(add(copy, 0x20), mload(copy))
        }
    }

    /// Calls the caller back and tells how that ended.
    function callBack(bytes calldata data) external payable {
        (bool success, bytes memory returned) = msg.sender.call(data);
        emit Called(msg.sender, success ? 1 : 0, returned);
    }
}

/// @notice What is called by delegation: it acts as the caller, on the caller's storage.
contract LibraryMock {
    event Delegated(address self, address sender, uint256 value, bytes data);

    function note(bytes calldata data) external payable returns (uint256) {
        emit Delegated(address(this), msg.sender, msg.value, data);
        return data.length;
    }

    function write(bytes32 slot, bytes32 value) external {
        assembly {
            sstore(slot, value)
        }
    }

    function refuse() external pure {
        revert("library refuses");
    }
}

/// @notice Guards transactions and module transactions: it logs all that it is told, and refuses what carries its mark.
contract GuardMock is ITransactionGuard, IModuleGuard {
    event Checked(bytes32 told, address sender);
    event CheckedAfter(bytes32 hash, bool success);

    bytes1 public immutable mark;

    error Marked(bytes data);

    constructor(bytes1 mark_) {
        mark = mark_;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(ITransactionGuard).interfaceId || id == type(IModuleGuard).interfaceId || id == 0x01ffc9a7;
    }

    function checkTransaction(
        address,
        uint256,
        bytes memory data,
        Enum.Operation,
        uint256,
        uint256,
        uint256,
        address,
        address payable,
        bytes memory,
        address
    ) external {
        check(data);
    }

    function checkModuleTransaction(address, uint256, bytes memory data, Enum.Operation, address)
        external
        returns (bytes32)
    {
        check(data);
        return keccak256(msg.data);
    }

    function checkAfterExecution(bytes32 hash, bool success) external {
        emit CheckedAfter(hash, success);
    }

    function checkAfterModuleExecution(bytes32 hash, bool success) external {
        emit CheckedAfter(hash, success);
    }

    function check(bytes memory data) private {
        if (data.length > 0 && data[data.length - 1] == mark) revert Marked(data);
        emit Checked(keccak256(msg.data), msg.sender);
    }
}

/// @notice A contract that says that it is a guard, and lies about it or stumbles, as its mode says.
contract BadGuardMock {
    uint256 private immutable mode;

    constructor(uint256 mode_) {
        mode = mode_;
    }

    /// 0: no. 1: a refusal. 2: too little. 3: no boolean. Else yes.
    function supportsInterface(bytes4) external view returns (bool) {
        if (mode == 0) return false;
        if (mode == 1) revert("no guard");
        uint256 size = mode == 2 ? 31 : 32;
        uint256 answer = mode == 3 ? 2 : 1;
        assembly ("memory-safe") {
            mstore(0, answer)
            return(0, size)
        }
    }
}

/// @notice A fallback handler: it answers with all that it got, or refuses.
contract HandlerMock {
    event Handled(address sender, bytes data);

    fallback(bytes calldata data) external returns (bytes memory) {
        if (data.length % 3 == 1) revert("handler refuses");
        emit Handled(msg.sender, data);
        return data;
    }
}

/// @notice Tokens with all manners of answering a transfer: 0 as ERC-20 says, 1 nothing, 2 false, 3 two words, 4 a
/// revert, 5 a number that is not a boolean, 6 calls the treasury back.
contract TreasuryTokenMock is ERC20 {
    uint256 private immutable manner;
    bytes private callBack;

    constructor(uint256 manner_) ERC20("Mock", "MOCK") {
        manner = manner_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setCallBack(bytes calldata data) external {
        callBack = data;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (manner == 2) return false;
        if (manner == 4) revert("token refuses");
        _transfer(msg.sender, to, amount);
        if (manner == 6) {
            (bool success, bytes memory returned) = msg.sender.call(callBack);
            if (!success) {
                assembly ("memory-safe") {
                    revert(add(returned, 0x20), mload(returned))
                }
            }
        }
        if (manner == 1 || manner == 3 || manner == 5) {
            uint256 size = manner == 1 ? 0 : manner == 3 ? 64 : 32;
            assembly ("memory-safe") {
                mstore(0, 7)
                return(0, size)
            }
        }
        return true;
    }
}
