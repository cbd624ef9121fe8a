// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

// Stand-ins for what a Stylus chain has and Anvil has not. They hold the chain's rules for programs
// (Nitro, `arbos/programs/programs.go`, `precompiles/ArbWasm.go`; nitro-contracts, `CacheManager.sol`,
// `StylusDeployer.sol`), and run nothing: the node in front of them puts EVM code where a program is.
//
// They are put at their addresses without a constructor, so whatever may be set has a default at zero.
// What only a test may do is named `test…`; what only the node and the stand-ins do, `standIn…`.

/// Gives ether without a call, as the chain itself does.
contract Repayment {
    constructor(address payable to) payable {
        selfdestruct(to);
    }
}

contract ArbWasmStandIn {
    struct Program {
        uint16 version;
        uint24 activatedAt; // hours since the beginning
        uint24 asmKb;
        bool cached;
    }

    struct Place {
        bytes32 codehash;
        uint32 size;
        bytes4 prefix;
    }

    event ProgramActivated(
        bytes32 indexed codehash, bytes32 moduleHash, address program, uint256 dataFee, uint16 version
    );
    event ProgramLifetimeExtended(bytes32 indexed codehash, uint256 dataFee);

    error ProgramNotWasm();
    error ProgramNotActivated();
    error ProgramNeedsUpgrade(uint16 version, uint16 stylusVersion);
    error ProgramExpired(uint64 ageInSeconds);
    error ProgramUpToDate();
    error ProgramKeepaliveTooSoon(uint64 ageInSeconds);
    error ProgramInsufficientValue(uint256 have, uint256 want);

    uint64 private constant START = 1421388000;
    uint256 private constant ACTIVATION_GAS = 1659168;
    address private constant CACHE = address(0x72);

    uint16 public constant expiryDays = 365;
    uint16 public constant keepaliveDays = 31;

    mapping(bytes32 codehash => Program) private programs;
    mapping(address program => Place) private places;
    mapping(bytes32 codehash => bool) private admitted;
    uint256 private activations;
    uint16 private setVersion;
    uint64 private setActivationGas;
    uint256 private setFeePerByte;

    function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee) {
        _burn(activationGas());
        bytes32 codehash = standInCodehash(program);
        Program storage known = programs[codehash];
        version = stylusVersion();
        if (known.version == version && _age(known) <= uint64(expiryDays) * 1 days) revert ProgramUpToDate();
        uint256 size = _checkCode(program, codehash);
        dataFee = _fee(size);
        activations += 1;
        known.version = version;
        known.activatedAt = _hour();
        known.asmKb = uint24((size * 4 + 1023) / 1024);
        _pay(dataFee);
        emit ProgramActivated(codehash, keccak256(abi.encode(codehash)), program, dataFee, version);
    }

    function codehashKeepalive(bytes32 codehash) external payable {
        Program storage program = _active(codehash);
        uint64 age = _age(program);
        if (age < uint64(keepaliveDays) * 1 days) revert ProgramKeepaliveTooSoon(age);
        uint256 dataFee = _fee(uint256(program.asmKb) * 256);
        activations += 1;
        program.activatedAt = _hour();
        _pay(dataFee);
        emit ProgramLifetimeExtended(codehash, dataFee);
    }

    function stylusVersion() public view returns (uint16) {
        return setVersion == 0 ? 2 : setVersion;
    }

    function activationGas() public view returns (uint64) {
        return setActivationGas == 0 ? uint64(ACTIVATION_GAS) : setActivationGas;
    }

    function codehashVersion(bytes32 codehash) public view returns (uint16) {
        return _active(codehash).version;
    }

    function codehashAsmSize(bytes32 codehash) external view returns (uint32) {
        return uint32(_active(codehash).asmKb) * 1024;
    }

    function programVersion(address program) external view returns (uint16) {
        return codehashVersion(standInCodehash(program));
    }

    function programTimeLeft(address program) external view returns (uint64) {
        return uint64(expiryDays) * 1 days - _age(_active(standInCodehash(program)));
    }

    function programInitGas(address program) external view returns (uint64 gas, uint64 gasWhenCached) {
        uint64 kb = _active(standInCodehash(program)).asmKb;
        gasWhenCached = 352 + 16 * kb;
        gas = gasWhenCached + 8832 + 128 * kb;
    }

    /// The hash of a program's code: of the payload where the node has put EVM code in its place.
    function standInCodehash(address program) public view returns (bytes32) {
        bytes32 codehash = places[program].codehash;
        return codehash == 0 ? program.codehash : codehash;
    }

    function standInPlaced(address program) external view returns (bytes32) {
        return places[program].codehash;
    }

    /// Notes the payload of which the node has put EVM code at an address.
    function standInPlace(address program, bytes calldata payload) external {
        require(program.code.length != 0, "the node does not know this program");
        places[program] = Place(keccak256(payload), uint32(payload.length), bytes4(payload[:4]));
    }

    function standInIsCached(bytes32 codehash) external view returns (bool) {
        return programs[codehash].cached;
    }

    function standInSetCached(bytes32 codehash, bool cached) external {
        require(msg.sender == CACHE);
        Program storage program = programs[codehash];
        if (cached) {
            if (program.version != stylusVersion()) revert ProgramNeedsUpgrade(program.version, stylusVersion());
            if (_age(program) > uint64(expiryDays) * 1 days) revert ProgramExpired(_age(program));
        }
        program.cached = cached;
    }

    function testVersion(uint16 version) external {
        setVersion = version;
    }

    function testActivationGas(uint64 gas) external {
        setActivationGas = gas;
    }

    function testFeePerByte(uint256 feeWei) external {
        setFeePerByte = feeWei;
    }

    /// Takes code of this hash for a program, whatever it is.
    function testAdmit(bytes32 codehash) external {
        admitted[codehash] = true;
    }

    /// Uses up gas, as the chain does before it compiles; all there is when there is less.
    function _burn(uint256 gas) private view {
        uint256 left = gasleft();
        uint256 until = left > gas ? left - gas : 0;
        while (gasleft() > until) {}
    }

    function _checkCode(address program, bytes32 codehash) private view returns (uint256 size) {
        bytes4 prefix = places[program].prefix;
        size = places[program].size;
        if (size == 0) {
            bytes memory code = program.code;
            size = code.length;
            if (size == 0) revert ProgramNotWasm();
            prefix = bytes4(code);
        }
        if (admitted[codehash]) return size;
        // The last byte is the dictionary of the compression: none, or the chain's own.
        require(bytes3(prefix) == 0xeff000 && uint8(prefix[3]) <= 1);
    }

    function _active(bytes32 codehash) private view returns (Program storage program) {
        program = programs[codehash];
        if (program.version == 0) revert ProgramNotActivated();
        if (program.version != stylusVersion()) revert ProgramNeedsUpgrade(program.version, stylusVersion());
        uint64 age = _age(program);
        if (age > uint64(expiryDays) * 1 days) revert ProgramExpired(age);
    }

    function _hour() private view returns (uint24) {
        return uint24((block.timestamp - START) / 1 hours);
    }

    function _age(Program storage program) private view returns (uint64) {
        return uint64(block.timestamp) - START - uint64(program.activatedAt) * 1 hours;
    }

    /// The price of storage rises with each activation.
    function _fee(uint256 size) private view returns (uint256) {
        uint256 perByte = setFeePerByte == 0 ? 10 gwei : setFeePerByte;
        return size * (perByte + perByte * activations / 100);
    }

    function _pay(uint256 fee) private {
        if (msg.value < fee) revert ProgramInsufficientValue(msg.value, fee);
        if (msg.value > fee) new Repayment{value: msg.value - fee}(payable(msg.sender));
    }
}

contract ArbWasmCacheStandIn {
    ArbWasmStandIn private constant ARB_WASM = ArbWasmStandIn(address(0x71));
    address private constant MANAGER = 0x000000000000000000000000000000000000CAC4;

    bool private withoutManager;

    function allCacheManagers() external view returns (address[] memory managers) {
        managers = new address[](withoutManager ? 0 : 1);
        if (!withoutManager) managers[0] = MANAGER;
    }

    function codehashIsCached(bytes32 codehash) external view returns (bool) {
        return ARB_WASM.standInIsCached(codehash);
    }

    function cacheProgram(address program) external {
        require(msg.sender == MANAGER);
        ARB_WASM.standInSetCached(ARB_WASM.standInCodehash(program), true);
    }

    function evictCodehash(bytes32 codehash) external {
        require(msg.sender == MANAGER);
        ARB_WASM.standInSetCached(codehash, false);
    }

    function testWithoutManager() external {
        withoutManager = true;
    }
}

contract CacheManagerStandIn {
    struct Entry {
        bytes32 codehash;
        uint64 size;
        uint192 bid;
    }

    ArbWasmStandIn private constant ARB_WASM = ArbWasmStandIn(address(0x71));
    ArbWasmCacheStandIn private constant ARB_WASM_CACHE = ArbWasmCacheStandIn(address(0x72));
    uint256 private constant DECAY = 1 gwei; // each second

    error AsmTooLarge(uint256 asm, uint256 queueSize, uint256 cacheSize);
    error AlreadyCached(bytes32 codehash);
    error BidTooSmall(uint192 bid, uint192 min);
    error BidsArePaused();

    event InsertBid(bytes32 indexed codehash, address program, uint192 bid, uint64 size);
    event DeleteBid(bytes32 indexed codehash, uint192 bid, uint64 size);

    Entry[] private entries;
    uint64 private setSize;
    uint64 public queueSize;
    bool public isPaused;

    function cacheSize() public view returns (uint64) {
        return setSize == 0 ? 4 * 1024 * 1024 : setSize;
    }

    function getMinBid(uint64 size) public view returns (uint192) {
        if (size > cacheSize()) revert AsmTooLarge(size, 0, cacheSize());
        uint192 min;
        uint256 free = cacheSize() > queueSize ? cacheSize() - queueSize : 0;
        uint256 last;
        // The lowest bids go first; equal ones in any order.
        while (free < size) {
            uint256 lowest = _lowestAbove(last);
            min = entries[lowest].bid;
            last = min;
            for (uint256 i = 0; i < entries.length; i++) {
                if (entries[i].bid == min) free += entries[i].size;
            }
        }
        uint256 decayed = block.timestamp * DECAY;
        return min < decayed ? 0 : uint192(min - decayed);
    }

    function getMinBid(address program) external view returns (uint192) {
        return getMinBid(_size(ARB_WASM.standInCodehash(program)));
    }

    function placeBid(address program) external payable {
        if (isPaused) revert BidsArePaused();
        bytes32 codehash = ARB_WASM.standInCodehash(program);
        if (ARB_WASM_CACHE.codehashIsCached(codehash)) revert AlreadyCached(codehash);
        uint64 size = _size(codehash);
        uint192 bid = uint192(msg.value + block.timestamp * DECAY);
        uint192 min;
        while (queueSize + size > cacheSize() && entries.length != 0) min = _evictLowest();
        if (bid < min) revert BidTooSmall(bid, min);
        if (queueSize + size > cacheSize()) revert AsmTooLarge(size, queueSize, cacheSize());
        ARB_WASM_CACHE.cacheProgram(program);
        entries.push(Entry(codehash, size, bid));
        queueSize += size;
        emit InsertBid(codehash, program, bid, size);
    }

    function testSize(uint64 size) external {
        setSize = size;
    }

    function testPause() external {
        isPaused = true;
    }

    function _size(bytes32 codehash) private view returns (uint64) {
        uint32 size = ARB_WASM.codehashAsmSize(codehash);
        return size >= 4096 ? size : 4096;
    }

    function _lowestAbove(uint256 bid) private view returns (uint256 lowest) {
        uint256 least = type(uint256).max;
        for (uint256 i = 0; i < entries.length; i++) {
            if (entries[i].bid > bid && entries[i].bid < least) (lowest, least) = (i, entries[i].bid);
        }
    }

    function _evictLowest() private returns (uint192) {
        uint256 lowest = _lowestAbove(0);
        Entry memory entry = entries[lowest];
        entries[lowest] = entries[entries.length - 1];
        entries.pop();
        queueSize -= entry.size;
        ARB_WASM_CACHE.evictCodehash(entry.codehash);
        emit DeleteBid(entry.codehash, entry.bid, entry.size);
        return entry.bid;
    }
}

contract NodeInterfaceStandIn {
    function gasEstimateL1Component(address, bool, bytes calldata data)
        external
        payable
        returns (uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate)
    {
        return (uint64(data.length) * 16, block.basefee, 1 gwei);
    }
}

/// Creates salted programs only, whose addresses the node can foretell.
contract StylusDeployerStandIn {
    ArbWasmStandIn private constant ARB_WASM = ArbWasmStandIn(address(0x71));
    uint256 private constant PRELUDE = 43;
    uint256 private constant CODE_LIMIT = 24576;

    event ContractDeployed(address deployedContract);

    error ContractDeploymentError(bytes bytecode);
    error ContractInitializationError(address newContract, bytes data);
    error RefundExcessValueError(uint256 excessValue);
    error EmptyBytecode();
    error InitValueButNotInitData();

    function deploy(bytes calldata bytecode, bytes calldata initData, uint256 initValue, bytes32 salt)
        external
        payable
        returns (address program)
    {
        require(salt != 0, "the stand-in creates salted programs only");
        program = _create(bytecode, keccak256(abi.encodePacked(salt, initData, initValue)));
        bool activates = _requiresActivation(program);
        if (activates) ARB_WASM.activateProgram{value: msg.value - initValue}(program);
        if (initData.length != 0) {
            (bool success, bytes memory data) = program.call{value: initValue}(initData);
            if (!success) revert ContractInitializationError(program, data);
        } else if (initValue != 0) {
            revert InitValueButNotInitData();
        }
        if (activates || msg.value != initValue) {
            uint256 balance = address(this).balance;
            if (balance != 0) {
                (bool sent,) = payable(msg.sender).call{value: balance}("");
                if (!sent) revert RefundExcessValueError(balance);
            }
        }
        emit ContractDeployed(program);
    }

    function _requiresActivation(address program) private view returns (bool) {
        try ARB_WASM.codehashVersion(ARB_WASM.standInCodehash(program)) returns (uint16 version) {
            return version != ARB_WASM.stylusVersion();
        } catch {
            return true;
        }
    }

    /// What CREATE2 does on a chain that takes the code of programs.
    function _create(bytes calldata bytecode, bytes32 salt) private returns (address program) {
        if (bytecode.length == 0) revert EmptyBytecode();
        bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, keccak256(bytecode)));
        program = address(uint160(uint256(hash)));
        // The SDK's prelude returns what follows it: a payload.
        require(bytecode.length > PRELUDE, "no payload");
        bytes calldata payload = bytecode[PRELUDE:];
        bytes memory prelude = abi.encodePacked(hex"7f", payload.length, hex"80602b6000396000f300");
        require(keccak256(bytecode[:PRELUDE]) == keccak256(prelude), "not the initcode of a program");
        bool taken = ARB_WASM.standInPlaced(program) != 0;
        if (taken || payload.length > CODE_LIMIT) revert ContractDeploymentError(bytecode);
        ARB_WASM.standInPlace(program, payload);
    }
}
