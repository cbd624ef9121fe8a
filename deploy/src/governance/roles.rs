//! Decides which roles the contracts have: those that their interfaces name.

use alloy::primitives::{B256, keccak256};

use super::Place;

/// What the name of a view that returns a role ends with (OpenZeppelin's `AccessControl`).
const SUFFIX: &str = "_ROLE";

/// The one role whose value is no hash.
const DEFAULT_ADMIN: &str = "DEFAULT_ADMIN";

/// A role of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The contract.
    pub place: Place,
    /// Its name, without `_ROLE`: `MINTER`.
    pub name: String,
    /// Its value.
    pub id: B256,
}

/// Returns the roles of all contracts.
pub fn roles() -> impl Iterator<Item = Role> {
    Place::ALL.into_iter().flat_map(roles_of)
}

/// Returns the roles of one contract.
pub(super) fn roles_of(place: Place) -> impl Iterator<Item = Role> {
    place.abi().functions().filter(|function| function.inputs.is_empty()).filter_map(
        move |function| {
            let name = function.name.strip_suffix(SUFFIX)?.to_owned();
            let id = if name == DEFAULT_ADMIN { B256::ZERO } else { keccak256(&function.name) };
            Some(Role { place, name, id })
        },
    )
}

/// Finds a role by its name, with or without `_ROLE`, whatever its case.
pub(super) fn role_named(place: Place, text: &str) -> Option<Role> {
    let text = text.to_uppercase();
    let name = text.strip_suffix(SUFFIX).unwrap_or(&text);
    let name = if name == "ADMIN" { DEFAULT_ADMIN } else { name };
    roles_of(place).find(|role| role.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_those_of_the_interfaces() {
        let names = |place| roles_of(place).map(|role| role.name).collect::<Vec<_>>();
        assert_eq!(names(Place::Data), ["DEFAULT_ADMIN", "MINTER", "PAUSER"]);
        assert_eq!(names(Place::Timelock), ["CANCELLER", "DEFAULT_ADMIN", "EXECUTOR", "PROPOSER"]);
        assert_eq!(names(Place::Treasury), [""; 0]);
        assert_eq!(names(Place::Consents), [""; 0]);
        assert_eq!(names(Place::Market), ["DEFAULT_ADMIN", "LISTER", "PAUSER", "RULING", "SERVER"]);
        assert_eq!(roles().count(), 23);
    }

    #[test]
    fn a_role_is_the_hash_of_its_name() {
        let minter = role_named(Place::Data, "minter").unwrap();
        assert_eq!(minter.id, keccak256("MINTER_ROLE"));
        assert_eq!(role_named(Place::Data, "MINTER_ROLE"), Some(minter));
        assert_eq!(role_named(Place::Gov, "admin").unwrap().id, B256::ZERO);
        assert_eq!(role_named(Place::Gov, "PAUSER"), None);
    }
}
