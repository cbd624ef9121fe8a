//! Decides by which words people speak of what a member acts as.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// What a member acts as; the numbers are Membership's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ActorRole {
    /// Somebody whose data it is.
    Patient = 0,
    /// Somebody who treats patients.
    Practitioner = 1,
    /// An organisation that treats patients.
    Provider = 2,
    /// Somebody who pays for treatment.
    Payer = 3,
    /// Somebody who buys access to data.
    Researcher = 4,
    /// Somebody who attests to contributions.
    Oracle = 5,
    /// Somebody who checks what oracles attest to.
    Validator = 6,
}

/// What a member acts as, all of it: a mask of [`ActorRole`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActorRoles(pub u8);

/// Why a text is no actor role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no actor role `{text}`; there are patient, practitioner, provider, payer, researcher, oracle, validator"
)]
pub struct NotAnActorRole {
    /// The text.
    pub text: String,
}

impl ActorRole {
    /// Every role, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Patient,
        Self::Practitioner,
        Self::Provider,
        Self::Payer,
        Self::Researcher,
        Self::Oracle,
        Self::Validator,
    ];

    /// Returns the role's number on chain.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Finds a role by its number on chain.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Returns the role in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Practitioner => "practitioner",
            Self::Provider => "provider",
            Self::Payer => "payer",
            Self::Researcher => "researcher",
            Self::Oracle => "oracle",
            Self::Validator => "validator",
        }
    }
}

impl ActorRoles {
    /// Returns these roles and another.
    #[must_use]
    pub const fn and(self, role: ActorRole) -> Self {
        Self(self.0 | 1 << role.number())
    }

    /// Returns these roles without one.
    #[must_use]
    pub const fn without(self, role: ActorRole) -> Self {
        Self(self.0 & !(1 << role.number()))
    }

    /// Returns whether a role is one of these.
    #[must_use]
    pub const fn has(self, role: ActorRole) -> bool {
        self.0 & (1 << role.number()) != 0
    }

    /// Returns the roles, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = ActorRole> {
        ActorRole::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

impl FromIterator<ActorRole> for ActorRoles {
    fn from_iter<T: IntoIterator<Item = ActorRole>>(roles: T) -> Self {
        roles.into_iter().fold(Self::default(), Self::and)
    }
}

impl fmt::Display for ActorRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for ActorRoles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(ActorRole::name).collect();
        f.pad(&if names.is_empty() { "none".to_owned() } else { names.join(", ") })
    }
}

impl Serialize for ActorRole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for ActorRoles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl FromStr for ActorRole {
    type Err = NotAnActorRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| NotAnActorRole { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_as_they_are_written_and_numbered_as_on_chain() {
        for (number, role) in (0..).zip(ActorRole::ALL) {
            assert_eq!(role.number(), number);
            assert_eq!(ActorRole::of_number(number), Some(role));
            assert_eq!(role.name().to_uppercase().parse(), Ok(role));
        }
        assert_eq!(ActorRole::of_number(7), None);
        let error = "nurse".parse::<ActorRole>().unwrap_err();
        assert!(error.to_string().contains("`nurse`") && error.to_string().contains("validator"));
    }

    #[test]
    fn a_mask_has_a_bit_for_each_role() {
        let roles: ActorRoles = [ActorRole::Researcher, ActorRole::Patient].into_iter().collect();
        assert_eq!(roles, ActorRoles(0b1_0001));
        assert_eq!(roles.to_string(), "patient, researcher");
        assert_eq!(roles.without(ActorRole::Patient), ActorRoles(0b1_0000));
        assert_eq!(roles.without(ActorRole::Payer), roles);
        assert_eq!(ActorRoles::default().to_string(), "none");
        let json = serde_json::to_value(roles).unwrap();
        assert_eq!(json, serde_json::json!(["patient", "researcher"]));
    }
}
