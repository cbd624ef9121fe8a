// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// Asks many views in one call, all of the same block.
contract Views {
    struct Ask {
        address to;
        bytes data;
    }

    struct Answer {
        bool success;
        bytes output;
    }

    function ask(Ask[] calldata asks) external view returns (Answer[] memory answers) {
        answers = new Answer[](asks.length);
        for (uint256 i = 0; i < asks.length; ++i) {
            (answers[i].success, answers[i].output) = asks[i].to.staticcall(asks[i].data);
        }
    }
}
