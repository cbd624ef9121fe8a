//! Decides what is said about the failures of keys and of signing.

use crate::{keys::KeyError, note_table};

note_table! {
    KeyError {
        KeyGiven "key-given"
            "A private key was typed where the name of its place belongs; the shell's history has it now."
            "Move what the account holds, and keep the next key in a keystore: `datacoop key create NAME`."
        Name "key-name"
            "A keystore's name is a file's name, and this text cannot be one."
            "Use letters, digits, `-`, `_` and `.`, 64 of them at most."
        Exists "key-exists"
            "A keystore of this name is there, and is never overwritten."
            "Take another name, or move the file away yourself."
        Unknown "unknown-key"
            "No keystore of this name is in the folder of keys, and no file has this path."
            "`datacoop key list` shows those that there are; `--keys DIR` names another folder."
        NoPassword "no-password"
            "A keystore without a password protects nothing."
            "Choose a password, or give one with `--password-file`."
        NoLedger "no-ledger"
            "No Ledger was found on this machine, or another program uses it."
            "Connect and unlock it, open its Ethereum app, and close other wallets."
        Device "device-refused"
            "The Ledger was asked and did not sign: it was refused there, is locked, or its app is too old."
            "Confirm on the device, and update its Ethereum app when it does not know the message."
        BareHash "bare-hash"
            "What signs here shows what it signs, and a hash alone shows nothing."
            "Sign with a key from a keystore."
        NoKey "no-key"
            "An address was named where a signature is needed; an address signs nothing."
            "Name a key with `--from keystore:NAME`, or write the calls for a Safe with `--safe-batch FILE`."
        Locked "account-locked"
            "`unlocked:` stands for an account that the node itself signs for, and this node does not have it."
            "Name one of the accounts in the message, or a key of your own."
        NeedsNode "needs-node"
            "An account of a node signs only while the node is connected."
            "Name the chain with `--rpc-url`, or sign with a key."
        OtherSignature "other-signature"
            "What came back is not the signature of the account that was asked."
            "Check that the device or node holds the account that you mean."
    }
}
