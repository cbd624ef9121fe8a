// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// The part of the precompile at 0x71 that is needed here (Nitro, `precompiles/ArbWasm.go`).
interface IArbWasm {
    function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
    function stylusVersion() external view returns (uint16 version);
    function codehashVersion(bytes32 codehash) external view returns (uint16 version);
}

/// Puts a Stylus program on the chain, activates it and runs its constructor in one transaction, on
/// chains that have no StylusDeployer. It answers the same calls, with the same events and errors,
/// and puts the same code at an address that is derived in the same way.
///
/// Anybody may call it. It has no state and keeps no ether: what is left of the caller's is returned.
contract DatacoopDeployer {
    IArbWasm private constant ARB_WASM = IArbWasm(address(0x71));

    event ContractDeployed(address deployedContract);

    error ContractDeploymentError(bytes bytecode);
    error ContractInitializationError(address newContract, bytes data);
    error RefundExcessValueError(uint256 excessValue);
    error EmptyBytecode();
    error InitValueButNotInitData();

    /// Creates what `bytecode` returns, activates it unless code of its hash is active, and calls it
    /// with `initData` and `initValue`. The rest of the value pays for the activation.
    ///
    /// A salt that is not zero is hashed with the data and the value of that call, so that the address
    /// stands for them; with a zero salt the address depends on how many were created before.
    function deploy(bytes calldata bytecode, bytes calldata initData, uint256 initValue, bytes32 salt)
        external
        payable
        returns (address program)
    {
        // What is here already is nobody's; it is not the caller's either.
        uint256 before = address(this).balance - msg.value;
        bool salted = salt != 0;
        if (salted) salt = keccak256(abi.encodePacked(salt, initData, initValue));
        program = _create(bytecode, salted, salt);
        if (!_isActive(program)) ARB_WASM.activateProgram{value: msg.value - initValue}(program);
        if (initData.length != 0) {
            (bool done, bytes memory data) = program.call{value: initValue}(initData);
            if (!done) revert ContractInitializationError(program, data);
        } else if (initValue != 0) {
            revert InitValueButNotInitData();
        }
        uint256 excess = address(this).balance - before;
        if (excess != 0) {
            (bool sent,) = msg.sender.call{value: excess}("");
            if (!sent) revert RefundExcessValueError(excess);
        }
        emit ContractDeployed(program);
    }

    /// Whether code of the program's hash is active. The chain answers with an error when it is not.
    function _isActive(address program) private view returns (bool) {
        try ARB_WASM.codehashVersion(program.codehash) returns (uint16 version) {
            return version == ARB_WASM.stylusVersion();
        } catch {
            return false;
        }
    }

    function _create(bytes memory bytecode, bool salted, bytes32 salt) private returns (address program) {
        if (bytecode.length == 0) revert EmptyBytecode();
        assembly ("memory-safe") {
            switch salted
            case 0 { program := create(0, add(bytecode, 0x20), mload(bytecode)) }
            default { program := create2(0, add(bytecode, 0x20), mload(bytecode), salt) }
            if and(iszero(program), gt(returndatasize(), 0)) {
                let reason := mload(0x40)
                returndatacopy(reason, 0, returndatasize())
                revert(reason, returndatasize())
            }
        }
        if (program == address(0)) revert ContractDeploymentError(bytecode);
    }
}
