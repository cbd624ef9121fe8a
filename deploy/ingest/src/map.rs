//! Decides how patients become members: the operator's address map, kept off chain.
//!
//! Either CSV with the header `patient,member`, or one JSON object from patient to address. The
//! patient is the key of `patient`: `Patient/example,0x…`.

use std::{collections::HashMap, path::Path};

use alloy::primitives::Address;

use crate::{Error, Place, csv_text::CsvText, input::read_text, json};

/// A map from patients to members.
#[derive(Clone, Debug, Default)]
pub struct AddressMap {
    members: HashMap<String, Address>,
}

impl AddressMap {
    /// Reads a map from a CSV or JSON file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is neither form, has an address that is none or is zero, or
    /// maps one patient to two members.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = read_text(path)?;
        if text.trim_start().starts_with('{') {
            Self::json(path, &text)
        } else {
            Self::csv(path, &text)
        }
    }

    /// The member of a patient, if the map has one.
    pub fn member(&self, patient: &str) -> Option<Address> {
        self.members.get(patient).copied()
    }

    /// How many patients the map knows.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether the map knows nobody.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    fn json(path: &Path, text: &str) -> Result<Self, Error> {
        let start = Place::new(path, 1, 1);
        let value = json::parse(text).map_err(|fault| fault.in_file(path))?;
        let mut map = Self::default();
        for (patient, member) in value.as_object().into_iter().flatten() {
            let member = member.as_str().map_or_else(|| member.to_string(), str::to_owned);
            map.insert(start.clone(), patient, &member)?;
        }
        Ok(map)
    }

    fn csv(path: &Path, text: &str) -> Result<Self, Error> {
        let mut map = Self::default();
        let mut csv = CsvText::new(path, text, &["patient", "member"])?;
        while let Some(row) = csv.next_row()? {
            let (patient, member) = (row.required("patient")?, row.required("member")?);
            map.insert(row.place().clone(), patient, member)?;
        }
        Ok(map)
    }

    fn insert(&mut self, place: Place, patient: &str, member: &str) -> Result<(), Error> {
        let address = parse_member(&place, member)?;
        match self.members.insert(patient.to_owned(), address) {
            Some(first) if first != address => Err(Error::MappedTwice {
                place,
                patient: patient.to_owned(),
                first,
                second: address,
            }),
            _ => Ok(()),
        }
    }
}

/// Parses a member's address, in any case but, if mixed, with the right EIP-55 checksum.
pub(crate) fn parse_member(place: &Place, text: &str) -> Result<Address, Error> {
    let fault = |reason: &str| Error::Field {
        place: place.clone(),
        field: "member",
        value: text.to_owned(),
        reason: reason.to_owned(),
    };
    let digits = text.strip_prefix("0x").ok_or_else(|| fault("an address begins with 0x"))?;
    let address: Address = text
        .parse()
        .map_err(|error| fault(&format!("not an address of 40 hexadecimal digits ({error})")))?;
    let is_mixed = digits.bytes().any(|b| b.is_ascii_uppercase())
        && digits.bytes().any(|b| b.is_ascii_lowercase());
    if is_mixed && Address::parse_checksummed(text, None).is_err() {
        return Err(fault("the EIP-55 checksum is wrong; a digit or its case was mistyped"));
    }
    if address.is_zero() {
        return Err(fault("the zero address cannot be a member"));
    }
    Ok(address)
}
