//! Decides how a curator says that some contributors' records weigh more: a file of weights.

use std::{collections::BTreeMap, fs, path::Path};

use alloy::primitives::Address;

use super::DataError;
use crate::Error;

/// Reads the weights of contributors: CSV of `account,weight`, with or without that header. Who is not
/// in it has the weight 1.
///
/// # Errors
///
/// [`Error::Io`], and [`DataError::Weights`] for a line that is no weight, or an account that is there
/// twice.
pub fn read_weights(path: &Path) -> Result<BTreeMap<Address, u64>, Error> {
    let failed = |source| Error::Io { path: path.to_path_buf(), action: "read", source };
    parse(path, &fs::read_to_string(path).map_err(failed)?)
}

fn parse(path: &Path, text: &str) -> Result<BTreeMap<Address, u64>, Error> {
    let mut weights = BTreeMap::new();
    for (text, line) in text.lines().zip(1..) {
        if text.trim().is_empty() || line == 1 && text.trim() == "account,weight" {
            continue;
        }
        let fault = |reason: String| DataError::Weights { path: path.to_path_buf(), line, reason };
        let (account, weight) =
            text.split_once(',').ok_or_else(|| fault("there is no comma".to_owned()))?;
        let account: Address =
            account.trim().parse().map_err(|_| fault(format!("`{account}` is no account")))?;
        let weight = weight.trim().parse().ok().filter(|weight| *weight > 0);
        let weight = weight.ok_or_else(|| fault("the weight is no whole number".to_owned()))?;
        if weights.insert(account, weight).is_some() {
            return Err(fault(format!("{account} is there twice")).into());
        }
    }
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0x1111111111111111111111111111111111111111";

    #[test]
    fn weights_are_read_with_and_without_a_header() {
        for text in [format!("account,weight\n{ONE},3\n\n"), format!("{ONE}, 3")] {
            let weights = parse(Path::new("w.csv"), &text).unwrap();
            assert_eq!(weights, BTreeMap::from([(ONE.parse().unwrap(), 3)]));
        }
    }

    #[test]
    fn a_line_that_is_no_weight_is_named() {
        for bad in ["x,1", ONE, &format!("{ONE},0"), &format!("{ONE},-1"), &format!("{ONE},1.5")] {
            let error = parse(Path::new("w.csv"), &format!("\n{bad}")).unwrap_err();
            assert!(matches!(error, Error::Data(DataError::Weights { line: 2, .. })), "{bad}");
        }
        let twice = format!("{ONE},1\n{ONE},1");
        let error = parse(Path::new("w.csv"), &twice).unwrap_err();
        assert!(error.to_string().contains("line 2") && error.to_string().contains("twice"));
    }
}
