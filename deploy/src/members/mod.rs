//! Decides how people become members of a cooperative, and what is known of them.

mod actor_role;
mod credential;
mod invitation;
mod register;

pub use actor_role::{ActorRole, ActorRoles, NotAnActorRole};
pub use credential::{CredentialError, IssuerSecret};
pub use invitation::{Invitation, InvitationTerms};
pub use register::{Member, Members};
