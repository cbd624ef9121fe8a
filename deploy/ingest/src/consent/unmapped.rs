//! Decides in how many ways a `Consent` is no consent on chain, and what each says.

use super::period::write;

/// Why a resource maps to no consent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unmapped {
    /// It is not in force.
    #[error("its status is `{status}`, not `active`")]
    NotActive {
        /// The status; empty when there is none.
        status: String,
    },
    /// Something modifies it in a way that is not known here.
    #[error("`{element}` changes its meaning in a way that is not known here")]
    Modified {
        /// The element.
        element: &'static str,
    },
    /// It is about something else than data.
    #[error(
        "its scope is `{scope}`; consents on chain are about the use of data: patient-privacy, treatment, research"
    )]
    Scope {
        /// The code; empty when there is none.
        scope: String,
    },
    /// It is about nobody.
    #[error("it names no patient")]
    NoPatient,
    /// Nothing says what holds where no rule does.
    #[error("its policy is neither opt-in nor opt-out, and its rule does not say `permit`")]
    NoPolicy,
    /// It refuses.
    #[error("it is an opt-out, and no rule of it says `permit`")]
    OptOut,
    /// A rule says neither permit nor deny.
    #[error("a nested rule says neither `permit` nor `deny`")]
    UntypedRule,
    /// The first rule names somebody and does not say whether to permit or to deny.
    #[error(
        "its rule names {who} and does not say whether to permit or to deny them; HL7's own examples mean both"
    )]
    UntypedActor {
        /// Who is named.
        who: String,
    },
    /// Several rules permit different things.
    #[error("{count} rules permit different things, and a consent on chain says one")]
    SeveralPermits {
        /// How many.
        count: usize,
    },
    /// A rule permits only a part of what the chain can say.
    #[error("it is restricted by `{element}`, and a consent on chain is for whole data classes")]
    Restricted {
        /// The element.
        element: &'static str,
    },
    /// A rule permits less than a class.
    #[error("it permits {codes} alone, which is less than any data class")]
    LessThanAClass {
        /// The codes.
        codes: String,
    },
    /// A rule permits less than a purpose.
    #[error("it permits the purpose {codes} alone, which is less than any purpose on chain")]
    LessThanAPurpose {
        /// The codes.
        codes: String,
    },
    /// A rule permits no use.
    #[error("it permits {actions} alone, and on chain data is read and used")]
    NoUse {
        /// The actions.
        actions: String,
    },
    /// A rule is for data that somebody keeps or wrote.
    #[error("it is for data of {who} alone, and the chain does not know who keeps or wrote data")]
    OfOne {
        /// Who.
        who: String,
    },
    /// A recipient has no account.
    #[error("{who} has no account in the address map")]
    UnknownRecipient {
        /// Who.
        who: String,
    },
    /// There are several recipients.
    #[error("it is for {count} recipients, and a consent on chain has one grantee")]
    SeveralRecipients {
        /// How many.
        count: usize,
    },
    /// Somebody is left out of a group.
    #[error("it denies {who}, and a consent for more than one account cannot leave anybody out")]
    CannotLeaveOut {
        /// Who.
        who: String,
    },
    /// Nothing is left of what it permits.
    #[error("what it denies leaves nothing")]
    NothingLeft,
    /// A time is none.
    #[error("`{text}` is no time")]
    NotATime {
        /// The text.
        text: String,
    },
    /// It has not begun.
    #[error("it begins on {}", write(*.start))]
    NotYet {
        /// Its first second, since 1970.
        start: i64,
    },
    /// It is over.
    #[error("it ended on {}", write(*.end))]
    Ended {
        /// Its last second, since 1970.
        end: i64,
    },
}
