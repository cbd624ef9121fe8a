// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {CompatibilityFallbackHandler} from
    "@safe-global/safe-smart-account/contracts/handler/CompatibilityFallbackHandler.sol";

/// @title Contracts that take part in governance
/// @notice A wallet with one key: it calls what its key's account tells it to, and its signatures are its key's
/// (ERC-1271). The key can be changed, and what the old one signed is void then.
contract KeyWallet is IERC1271 {
    address public key;

    constructor(address key_) {
        key = key_;
    }

    receive() external payable {}

    function forward(address to, uint256 value, bytes calldata data) external returns (bytes memory) {
        require(msg.sender == key, "not the key");
        (bool success, bytes memory returned) = to.call{value: value}(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(returned, 0x20), mload(returned))
            }
        }
        return returned;
    }

    function setKey(address newKey) external {
        require(msg.sender == key, "not the key");
        key = newKey;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError error,) = ECDSA.tryRecover(hash, signature);
        bool good = error == ECDSA.RecoverError.NoError && signer == key;
        return good ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice Makes many calls in one transaction, whatever comes of them, and tells how each ended: at once, or when
/// somebody calls it.
contract Attacker {
    struct Attempt {
        address to;
        bytes data;
    }

    event Attempted(uint256 indexed index, bool success, bytes output);

    Attempt[] private planned;
    bool private attempting;

    /// Makes calls.
    function attempt(Attempt[] memory attempts) public {
        for (uint256 i = 0; i < attempts.length; ++i) {
            (bool success, bytes memory output) = attempts[i].to.call(attempts[i].data);
            emit Attempted(i, success, output);
        }
    }

    /// Has the calls made when somebody calls.
    function plan(Attempt[] calldata attempts) external {
        delete planned;
        for (uint256 i = 0; i < attempts.length; ++i) {
            Attempt storage next = planned.push();
            (next.to, next.data) = (attempts[i].to, attempts[i].data);
        }
    }

    receive() external payable {
        called();
    }

    fallback() external payable {
        called();
    }

    function called() private {
        if (attempting) return;
        attempting = true;
        attempt(planned);
        attempting = false;
    }
}

/// @notice Safe's own fallback handler, which makes a Safe sign as ERC-1271 has it.
contract SafeHandlerPeer is CompatibilityFallbackHandler {}
