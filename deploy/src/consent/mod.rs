//! Decides what a consent says, how it is changed, in person or by a signature that anybody relays,
//! and how its history is proved.

mod history;
mod import;
mod receipt;
mod registry;
mod scope;
mod signed;
mod words;

pub use history::{Change, Deed};
pub use import::{Importer, Plan, Wanted};
pub use receipt::Receipted;
pub use registry::{Consent, Consents, Status};
pub use scope::{Grantee, Scope, terms_of};
pub use signed::{ConsentDomain, SignedConsent, Wish};
pub(crate) use words::DATA_CLASSES;
pub use words::{ConsentWordsError, DataClasses, PURPOSES, Purposes, Until};
