//! Decides what a FHIR R4 `Consent` consents to, in the words of the chain, or why that cannot be
//! said there.
//!
//! A consent on chain names data classes, purposes and one grantee until one moment. FHIR can say
//! far more, and what it says does not always have one reading. So the mapping never gives more than
//! the resource does, whichever way it is read:
//! - what permits counts only as far as the chain can say it exactly or more narrowly;
//! - what denies takes at least what it names, and all of a class or purpose that it touches;
//! - where neither is possible, there is no consent, and the reason is said.
//!
//! The whole table is in `docs/CONSENT.md`.

mod codes;
mod draft;
mod period;
mod provision;
mod read;
mod unmapped;

pub use draft::{ConsentDraft, DraftGrantee};
pub use read::{ConsentReport, FhirConsent, read_consents};
pub use unmapped::Unmapped;

#[cfg(test)]
mod tests;
