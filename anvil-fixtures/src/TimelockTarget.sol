// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// What a timelock's operations call: a contract that notes, fails in every way, and calls back.
contract TimelockTarget {
    event Noted(uint256 value, bytes data);
    event CalledBack(bool success, bytes output);

    error Refused(uint256 code, string reason);

    /// Whether it runs because it called back, for each timelock.
    mapping(address timelock => bool) private busy;

    function note(bytes calldata data) external payable {
        emit Noted(msg.value, data);
    }

    function refuse(uint256 code) external payable {
        revert Refused(code, "no");
    }

    function refuseSilently() external payable {
        assembly {
            revert(0, 0)
        }
    }

    /// Calls the timelock while an operation runs, and swallows what comes of it.
    function callBack(bytes calldata data) external payable {
        back(data);
    }

    /// Executes the very operation that runs once more.
    function reexecute(bytes32 predecessor, bytes32 salt) external payable {
        back(abi.encodeCall(TimelockController.execute, (address(this), msg.value, msg.data, predecessor, salt)));
    }

    /// Cancels the very operation that runs.
    function cancelItself(bytes32 predecessor, bytes32 salt) external payable {
        bytes32 id = TimelockController(payable(msg.sender)).hashOperation(
            address(this), msg.value, msg.data, predecessor, salt
        );
        back(abi.encodeCall(TimelockController.cancel, (id)));
    }

    function back(bytes memory data) private {
        if (busy[msg.sender]) return;
        busy[msg.sender] = true;
        (bool success, bytes memory output) = msg.sender.call(data);
        busy[msg.sender] = false;
        emit CalledBack(success, output);
    }
}
