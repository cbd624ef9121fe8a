// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @notice Tokens of the kinds that are found on chains and that a contract which takes any token has to live with.
/// Anybody mints. Allowances are those of ERC-20.
contract MaliciousToken {
    /// How `transfer` and `transferFrom` behave.
    enum Habit {
        /// It moves and returns true.
        Good,
        /// It moves and returns nothing, as USDT does.
        Silent,
        /// It returns false, and moves nothing.
        False,
        /// It moves, and returns 64 bytes.
        Long,
        /// It reverts.
        Reverting,
        /// It keeps a hundredth.
        Fee,
        /// It calls back before it moves, and goes on however that ends.
        Calling,
        /// It returns true, and moves nothing.
        Pretending,
        /// It tells twice the balances that there are.
        Lying,
        /// It does not tell balances.
        Secret
    }

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    /// How a call back ended.
    event CalledBack(bool success, bytes returned);

    error MaliciousTokenNotToday();

    uint8 public constant decimals = 6;
    string public constant symbol = "EVIL";
    Habit public habit;
    uint256 public totalSupply;
    /// What everybody holds, whatever `balanceOf` says.
    mapping(address => uint256) public heldBy;
    mapping(address => mapping(address => uint256)) public allowance;
    /// Whom it calls back, and with what.
    address public target;
    bytes public data;

    function behave(Habit newHabit) external {
        habit = newHabit;
    }

    function aim(address newTarget, bytes calldata newData) external {
        (target, data) = (newTarget, newData);
    }

    function mint(address to, uint256 value) external {
        totalSupply += value;
        heldBy[to] += value;
        emit Transfer(address(0), to, value);
    }

    function balanceOf(address account) external view returns (uint256) {
        if (habit == Habit.Secret) revert MaliciousTokenNotToday();
        return habit == Habit.Lying ? 2 * heldBy[account] : heldBy[account];
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        if (habit != Habit.False) allowance[from][msg.sender] -= value;
        _move(from, to, value);
    }

    function _move(address from, address to, uint256 value) private {
        Habit now_ = habit;
        if (now_ == Habit.Reverting) revert MaliciousTokenNotToday();
        if (now_ == Habit.Calling) {
            (bool success, bytes memory returned) = target.call(data);
            emit CalledBack(success, returned);
        }
        if (now_ != Habit.False && now_ != Habit.Pretending) {
            uint256 fee = now_ == Habit.Fee ? value / 100 : 0;
            heldBy[from] -= value;
            heldBy[to] += value - fee;
            totalSupply -= fee;
            emit Transfer(from, to, value - fee);
        }
        _answer(now_);
    }

    /// Ends the call with what a token of this habit returns.
    function _answer(Habit now_) private pure {
        assembly ("memory-safe") {
            mstore(0, iszero(eq(now_, 2)))
            mstore(0x20, 1)
            switch now_
            case 1 { return(0, 0) }
            case 3 { return(0, 0x40) }
            default { return(0, 0x20) }
        }
    }
}
