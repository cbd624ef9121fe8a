//! Decides what is said about words that are not understood: in proposals, consents and of people.

use crate::{governance::WordsError, note_table};

pub(super) use consents::{NOTES as CONSENT_NOTES, note as note_of_consent};
pub(super) use credentials::{NOTES as CREDENTIAL_NOTES, note as note_of_credential};

note_table! {
    WordsError {
        Verb "unknown-action"
            "The first word of an action is none that begins a sentence."
            "Use one of the words in the message; `datacoop gov propose --help` has the forms."
        Form "malformed-action"
            "The words of an action are not in the order of its kind."
            "Write it like the example in the message."
        Parameter "unknown-parameter"
            "No contract has a parameter of this name."
            "Use one of those in the message; `datacoop gov propose --help` has all, with their units."
        Value "malformed-value"
            "The value is not in the unit that is asked for, or a word is none of those that there are."
            "Write it like the example in the message, with its unit."
        TooLarge "value-too-large"
            "The value is more than the contract can hold."
            "Give a smaller one; the contract's own bounds are narrower still."
        SetTwice "set-twice"
            "One proposal sets the same parameter to two values."
            "Leave one of them out, or make two proposals."
        Incomplete "incomplete-setting"
            "Several values are set by one call, and not all were said."
            "Say the others too; with a chain in reach the present values are taken for them."
        Account "malformed-account"
            "The text is neither an address nor a name that stands for one."
            "Write an address of 40 hexadecimal digits, the name of a contract, or `nobody`."
        Checksum "wrong-checksum"
            "The address has capital and small letters that do not match its checksum (EIP-55), so a digit is mistyped."
            "Copy the address again; do not just write it in small letters."
        NotDeployed "contract-not-deployed"
            "The sentence speaks of a contract that this cooperative has not."
            "`datacoop roles` shows the contracts; some come with `datacoop deploy --dao` only."
        Contract "unknown-contract-name"
            "No contract of the cooperative goes by this name."
            "Use one of the names in the message, or an address."
        Token "unknown-token"
            "The text names no token."
            "Write ETH, DATA, GOV, or the address of an ERC-20."
        Decimals "unknown-decimals"
            "The token does not say how many decimals it has, so that amounts of it have no meaning."
            "Check the address; with a chain in reach the token is asked."
        Amount "malformed-amount"
            "The amount is no number, or has more decimals than the token."
            "Write a number such as `12.5`, with a point and no more decimals than the message names."
        Line "unknown-budget-line"
            "The treasury's budget has no line of this name."
            "Use one of the lines in the message."
        Role "unknown-role"
            "The contract has no role of this name."
            "Use one of those in the message; `datacoop roles` shows who holds them."
        Class "unknown-proposal-class"
            "There is no class of proposals of this name."
            "Use standard, fast-track or optimistic."
        Function "malformed-function"
            "The text is no signature of a function."
            "Write the name and the types of its arguments, as in `transfer(address,uint256)`."
        NoFunction "unknown-function"
            "The contract has no function of this signature."
            "Check the types: `uint` is written `uint256`. The message lists functions of the same name."
        Arguments "wrong-argument-count"
            "The function takes more or fewer arguments than were given."
            "Give as many as the signature has; lists stand in brackets and texts with spaces in quotes."
        Argument "malformed-argument"
            "An argument is not of the type that the function takes."
            "Write whole numbers in decimal, bytes in hexadecimal with `0x`, and texts in quotes."
        Raw "malformed-call"
            "The text is no call as calldata."
            "Write `TARGET:0xCALLDATA`, or `TARGET:0xCALLDATA:WEI`."
    }
}

mod consents {
    //! Decides what is said about words of consents.

    use crate::{consent::ConsentWordsError, note_table};

    note_table! {
        ConsentWordsError {
            Unknown "unknown-consent-word"
                "There is no data class or purpose of this name."
                "Use one of those in the message, with commas between them, or `all`."
            Empty "empty-consent"
                "A consent is for one data class and one purpose at least."
                "Name one; to end a consent use `datacoop consent revoke`."
            Grantee "malformed-grantee"
                "The text is nobody whom a consent can be given to."
                "Write an address, `role:` and an actor role, or `anyone` for anyone vetted."
            Role "unknown-actor-role"
                "There is no actor role of this name."
                "Use patient, practitioner, provider, payer, researcher, oracle or validator."
            Until "malformed-end"
                "The text is no time at which something ends."
                "Write `2027-01-01` for the end of that day, a time with `Z`, or a span such as `90 days`."
        }
    }
}

mod credentials {
    //! Decides what is said about credentials that cannot be made.

    use crate::{members::CredentialError, note_table};

    note_table! {
        CredentialError {
            Unreadable "issuer-secret-unreadable"
                "The file with the issuer's secret cannot be read."
                "Check `--secret-file` or `DATACOOP_ISSUER_SECRET_FILE`, and that you may read the file."
            Missing "issuer-secret-missing"
                "A person becomes a hash under the issuer's secret, and nothing says where that is."
                "Name a file with `--secret-file`, or set `DATACOOP_ISSUER_SECRET`; use the same secret for ever."
            TooShort "issuer-secret-too-short"
                "The issuer's secret could be guessed, and with it who is a member."
                "Make one of 32 random bytes, as `openssl rand -hex 32` does, and keep it."
            Nobody "nobody-named"
                "What the issuer knows the person by is blank."
                "Give the text by which the issuer's register knows the person, with `--person` or `--person-file`."
        }
    }
}
