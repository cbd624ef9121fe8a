// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// A caller with an address of its own that does what its driver says.
contract TwinActor {
    address private immutable DRIVER = msg.sender;

    receive() external payable {}

    function forward(address to, uint256 value, bytes calldata data) external returns (bool success, bytes memory output) {
        require(msg.sender == DRIVER, "not the driver");
        return to.call{value: value}(data);
    }
}

/// Sends the same calls, by the same callers and in the same block, to two contracts that nobody may be able to tell
/// apart, and logs how each call ended and what can be read afterwards.
contract TwinDriver {
    struct Step {
        /// Who calls.
        uint256 actor;
        /// Ether sent along, in wei, out of the actor's own.
        uint256 value;
        /// The calldata of each twin: that of the second is empty when it is the same.
        bytes[2] data;
    }

    /// How the call of a step ended for a twin; the logs since the last such event are its own.
    event Ended(uint256 indexed step, uint256 indexed twin, bool success, bytes output);
    /// The hash of everything that the probes read of a twin after a step.
    event Probed(uint256 indexed step, uint256 indexed twin, bytes32 state);

    TwinActor[] private actors;

    constructor(uint256 count) payable {
        for (uint256 i = 0; i < count; ++i) {
            TwinActor actor = new TwinActor();
            payable(actor).transfer(msg.value / count);
            actors.push(actor);
        }
    }

    function actor(uint256 index) external view returns (address) {
        return address(actors[index]);
    }

    /// Runs the steps; after each, reads both twins with every probe.
    function run(address[2] calldata twins, Step[] calldata steps, bytes[] calldata probes) external {
        for (uint256 i = 0; i < steps.length; ++i) {
            for (uint256 twin = 0; twin < 2; ++twin) {
                bytes calldata data = steps[i].data[twin];
                if (twin == 1 && data.length == 0) data = steps[i].data[0];
                (bool success, bytes memory output) =
                    actors[steps[i].actor].forward(twins[twin], steps[i].value, data);
                emit Ended(i, twin, success, output);
            }
            for (uint256 twin = 0; twin < 2; ++twin) {
                emit Probed(i, twin, probe(twins[twin], probes));
            }
        }
    }

    function probe(address twin, bytes[] calldata probes) private view returns (bytes32 state) {
        for (uint256 i = 0; i < probes.length; ++i) {
            (bool success, bytes memory output) = twin.staticcall(probes[i]);
            state = keccak256(abi.encode(state, success, output));
        }
    }
}
