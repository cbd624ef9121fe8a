//! Decides what is said about the failures of this library that are no part's own.

use crate::{Error, note_table};

use super::{data, index, keys, offline, stylus, treasury, words};

note_table! {
    Error {
        // Files and the workspace.
        WorkspaceNotFound "workspace-not-found"
            "The command builds contracts or starts Anvil, and needs a checkout of the sources for it; neither this folder nor one above it is one."
            "Run it inside of a checkout, or set `DATACOOP_ROOT` to the checkout's folder."
        Io "file-access"
            "A file or folder could not be read or written; the cause that the system gives stands at the end of the message."
            "Check that the path is spelt right, that it exists, and that you may read or write it; a full disk gives this error too."
        MalformedFile "malformed-file"
            "A file of the tool, such as an address book or a proposal, has content that is not understood: it was edited, cut short, or is another file."
            "Correct what the message names, or take the file from a backup; a file that the tool wrote can be moved away and written anew."

        // Building.
        UnknownContract "unknown-contract"
            "No contract of the suite has this name."
            "Use one of the names in the message."
        MissingProgram "missing-program"
            "A program that the command runs, such as cargo, node or Anvil, is not installed or not on the path."
            "Install it as the message says, then run the command again."
        ProgramFailed "program-failed"
            "A program that the command ran ended with a failure; the end of what it printed is in the message."
            "Mend what the program complains about, which is usually the source or the installation, and run the command again."
        InvalidWasm "invalid-wasm"
            "The bytes are no WebAssembly module: another kind of file, or a damaged one."
            "Name the `.wasm` file that the compiler wrote, or build it anew."
        Refused "refused-program"
            "A Stylus chain would not activate the program: it breaks one of the chain's rules, each of which is named."
            "Build it with `datacoop build`, which keeps the rules; a program of your own is built for wasm32 without the features that are named."
        Translation "translation-failed"
            "The program has something that cannot be translated faithfully to EVM code; the message has the function and the offset."
            "Avoid the instruction or host function that is named, or deploy to a chain with Stylus, where nothing is translated."
        Compression "compression-failed"
            "The program could not be compressed, or what should be compressed code is none."
            "Build the contract anew with `datacoop build`; when that fails too, the memory may be too small."
        NotAPayload "not-a-payload"
            "The code does not begin as a Stylus program does (0xEFF00000): it is EVM code, or another file."
            "Name the payload of a Stylus program, or use the commands for EVM chains."

        // Keys.
        NoSuchDevAccount "no-such-dev-account"
            "Anvil has ten dev accounts, `dev:0` to `dev:9`, and another one was named."
            "Use one of the ten, or `keystore:FILE` for a key of your own."
        VariableNotSet "variable-not-set"
            "A key or a password is to come from an environment variable that is not set."
            "Set the variable in this shell (`export NAME=…`), or name a keystore with `--from keystore:FILE`."
        MalformedKey "malformed-key"
            "What should be a private key is none: a key is 64 hexadecimal digits, with `0x` before them or not."
            "Check the variable or file that is named; the tool repeats none of its content."
        Keystore "keystore-locked"
            "A keystore could not be opened: the password is wrong, or the file is no keystore (version 3)."
            "Check the password in `DATACOOP_PASSWORD` or `--password-file`, whose last line end does not count, and the file's path."
        UnknownKeySource "unknown-key-source"
            "A text after `--from` says nowhere to find a key. A key itself is not taken: it would stay in the shell's history."
            "Write `dev:0` on a local chain, `env:NAME`, or `keystore:FILE`."

        // The chain.
        MalformedUrl "malformed-url"
            "The address of the node is no `http` or `https` URL."
            "Correct `--rpc-url` or the variable `DATACOOP_RPC_URL`, as in `http://127.0.0.1:8545`."
        Unreachable "unreachable"
            "The node does not answer: it does not run, is elsewhere, or a network or firewall is between."
            "Check `--rpc-url`; for a local chain start one with `datacoop node`, and run the command again: it does nothing twice."
        Refusal "node-refused"
            "The node answered with an error that no contract made: a method that it has not, a limit of its operator, or a bad transaction."
            "The node's own message says why; another node of the same chain, or a smaller range of blocks, often helps."
        Answer "unexpected-answer"
            "The node or contract answered with something that is not understood, as one does that is another program than was expected."
            "Check that `--rpc-url` and the addresses are those of this cooperative, and that the tool is as new as the contracts."
        WrongChain "wrong-chain"
            "The node is of another chain than the one that was asked for: nothing was sent to it."
            "Check `--rpc-url` and `--network`; every command takes both, and `DATACOOP_RPC_URL` and `DATACOOP_NETWORK` stand for them."
        InsufficientFunds "insufficient-funds"
            "The account cannot pay for the transaction: gas, and the value that goes with it, are more than it has."
            "Send ether to the account that the message names, or sign with another one (`--from`)."
        NotMined "not-mined"
            "A transaction was sent and no block had it in time. It may still be mined: the network is busy, or its fee is too low."
            "Look it up by its hash before you send anything else; running the command again leaves alone what has been done."
        NoContract "no-contract"
            "There is no code at the address: it is an account, the address is of another chain, or the contract was never created."
            "Check the address and the chain; `datacoop roles` shows what the address book has."

        // Nodes.
        NodeFailed "node-failed"
            "Anvil did not start: the port is taken, or the program cannot run here."
            "Choose another port with `--port`, end the other node, or reinstall the pinned tools with `npm ci` in `anvil-fixtures`."

        // Deploying.
        CodeTooLarge "code-too-large"
            "The chain takes less code than the contract has: the translated contracts exceed the limit of EIP-170."
            "Deploy to a chain with Stylus, or to an EVM chain without that limit (Anvil: `--disable-code-size-limit`)."
        StylusChain "stylus-chain"
            "The chain runs Stylus programs, and what was asked for is done on EVM chains only."
            "Use a chain without Stylus, such as the local one of `datacoop node`."
        CodeDiffers "code-differs"
            "A contract was created, and its code is not what was built: the node or something between changed it."
            "Do not use what was deployed; deploy again through another node."
        ConstructorArguments "constructor-arguments"
            "The values do not fit what the contract's constructor takes."
            "Correct the value that the message names."

        // The address book.
        BookVersion "address-book-version"
            "A later version of the tool wrote the address book, and this one does not know what it says."
            "Use the newer version of the tool."
        BookOfAnotherChain "address-book-of-another-chain"
            "The address book belongs to another chain: its genesis block is another one, as after a local node was started anew."
            "Go back to the chain that it is of, move the file away, or deploy with `--replace`."
        BookIsStale "address-book-stale"
            "The chain has not the contract that the address book names, as after a local node was started anew or a tail was reorganised."
            "Move the file away, or deploy with `--replace`."
        NotDeployed "not-deployed"
            "There is no address book for this chain, so that nobody knows a cooperative on it."
            "Run `datacoop deploy` first, or name the folder of the address books with `--deployments`."
        NotInBook "not-in-address-book"
            "The cooperative was deployed without this contract: not wholly, or by an earlier version of the tool."
            "Run `datacoop deploy` again, which creates what is missing, or deploy another with `--replace`."
        NotSelfGoverned "not-self-governed"
            "The cooperative was deployed without a governor, and it cannot get one afterwards."
            "Deploy another with `datacoop deploy --dao --replace`."

        // Governing.
        NoSuchProposal "no-such-proposal"
            "No proposal of the governor has an id that begins so."
            "`datacoop gov list` shows all; the first digits of an id or `latest` will do."
        AmbiguousProposal "ambiguous-proposal"
            "Several proposals have ids that begin so."
            "Give more digits of the id."
        NotEnoughVotes "not-enough-votes"
            "To propose takes votes, and the account has fewer; GOV give votes only once they are delegated."
            "Delegate with `datacoop gov delegate self`, get others to delegate to you, or let somebody with votes propose."
        NotYet "proposal-not-there-yet"
            "The proposal is at another point of its way than the step needs; the message says where it stands."
            "Wait for the time that the message names, or do the step that comes first."
        Ballot "unusable-ballot"
            "The signed ballot is for another chain, governor or proposal, was used, or was not signed by whom it names."
            "Have the voter sign a new one with `datacoop gov vote ID for --sign-only FILE`."
        CannotFork "cannot-fork"
            "Proposals are tried on a fork in Anvil, which cannot run the Stylus programs of this chain."
            "Try the proposal on a local cooperative with the same terms."

        // Signing.
        Signing "signing-failed"
            "The key could not sign: a device was refused or locked, or a keystore's key is damaged."
            "Unlock the device and confirm there, or sign with another key."

        // Deployments.
        Declaration "malformed-declaration"
            "The file does not declare a cooperative: the message has the line, and what is wrong there."
            "Correct the line; `datacoop init` writes a file with every value explained."
        NoFactory "no-deployment-proxy"
            "Contracts are created at foretold addresses by a proxy that nearly every chain has; this one has none and refuses its well-known transaction."
            "Ask who runs the chain to put it there; Anvil has it unless it was started without."
        NonceTaken "nonce-taken"
            "Something else sends transactions from the same account, and was faster each time."
            "Stop it, or deploy from an account of its own, and run the command again."
        Busy "deployment-busy"
            "Another process is deploying to this chain with the same journal."
            "Wait until it ends; two at once would send everything twice."
        JournalCorrupted "journal-corrupted"
            "The journal of the deployment was edited, cut in the middle or damaged on the disk, and is not relied on."
            "Restore it from a copy, or move it away: contracts are found again at their addresses."
        BegunOtherwise "begun-otherwise"
            "The deployment was begun with another account, declaration or build than it is to be carried on with; the differences are listed."
            "Put back what changed and run it again; or start another cooperative with `--replace`."

        // Members and consents.
        NotAMember "not-a-member"
            "The account has no membership, which what was asked for needs."
            "An issuer invites it with `datacoop member invite`, and the account joins with `datacoop member join`."
        Signed "unusable-signed-file"
            "A signed file is for another chain or contract, has expired, was used, or does not carry its signer's signature."
            "Have it signed anew for this cooperative; the message says what is wrong."
        OtherDomain "other-signing-domain"
            "The contract signs for another EIP-712 domain than this version of the tool, so that a signature would be void."
            "Check that the address is the contract's, and use the version of the tool that deployed it."
        NoSuchConsent "no-such-consent"
            "No consent has this id."
            "`datacoop consent log MEMBER` shows what a member consented to, with the ids."
        NotYourConsent "not-your-consent"
            "A consent is changed by its subject alone, and the key that signs is somebody else's."
            "Sign with the subject's key, or have the subject sign with `datacoop consent sign` and relay it."
        NotContributor "not-a-contributor"
            "The account has shares in none of the editions whose manifests were named."
            "Name the manifests of the editions that have the account's records; `datacoop revenue show` lists them."
    }
    else {
        // Each has a code of its own.
        Error::Words(source) | Error::Sentence { source, .. } => words::note(source),
        Error::ConsentWords(source) => words::note_of_consent(source),
        Error::Credential(source) => words::note_of_credential(source),
        Error::Treasury(source) => treasury::note(source),
        Error::Data(source) => data::note(source),
        Error::Key(source) => keys::note(source),
        Error::Index(source) => index::note(source),
        Error::Offline(source) => offline::note(source),
        Error::Stylus(source) => stylus::note(source),
        Error::BatchInterrupted { source, .. } => note(source),
        Error::Reverted { .. } => None,
    }
}
