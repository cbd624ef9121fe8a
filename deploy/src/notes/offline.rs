//! Decides what is said about transactions that are signed here and sent elsewhere.

use crate::{note_table, offline::OfflineError};

note_table! {
    OfflineError {
        NeedsChain "needs-chain"
            "The command has to ask a chain something, and was told to do without one."
            "Leave `--chain-id` out where the chain is in reach; it is asked, and nothing is sent."
        LaidAside "laid-aside"
            "What a transaction would do is known only once it is sent, and this one is laid aside."
            "Submit the file with `datacoop send`, and look at the result then."
        GasUnknown "gas-unknown"
            "A transaction that is signed now and sent later needs a gas limit, and the node cannot simulate what comes before it."
            "Say a limit for each transaction with `--gas-limit`, or plan with a node that has `eth_simulateV1`."
        Nothing "nothing-laid-aside"
            "The command had nothing to send in this situation, so that no file was written."
            "Run it without `--sign-only` to see what it says."
        Exists "signed-file-exists"
            "A file of this name is there, and is not overwritten: signed transactions may be in it."
            "Choose another name for the file."
        Creation "safe-creates-nothing"
            "A Safe's batch is made of calls, and creating a contract is none."
            "Sign the transaction with a key: `--sign-only FILE`."
        Tampered "signed-file-tampered"
            "What a file says of a transaction is not what was signed; nothing of it was sent."
            "Have the transactions signed again, and carry the file over another way."
        NonceUsed "signed-nonce-used"
            "Another transaction of the account was mined with the nonce of a signed one, which is void now."
            "Sign what is left anew."
        NonceAhead "signed-nonce-ahead"
            "The account has to send other transactions before the first one of the file."
            "Send what comes before it, or sign the file anew with the account's next nonce."
    }
}
