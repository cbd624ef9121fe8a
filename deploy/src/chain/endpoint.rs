//! Decides what is said about an RPC endpoint: never its path or credentials, which may be secret.

use std::{error::Error as StdError, fmt};

use alloy::transports::{RpcError, TransportError, http::reqwest::Url};

use crate::{Error, offline::OfflineError};

/// How many characters of a reason are shown.
const LONGEST_REASON: usize = 200;

/// The part of an RPC URL that may be shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Endpoint(String);

impl Endpoint {
    pub(super) fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or("?");
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Self(format!("{}://{host}{port}", url.scheme()))
    }

    /// Stands for no endpoint at all.
    pub(super) const fn nowhere() -> Self {
        Self(String::new())
    }

    pub(super) const fn is_nowhere(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the failure of a request into words.
    pub(super) fn fault(&self, request: &str, error: TransportError) -> Error {
        let request = request.to_owned();
        if self.is_nowhere() {
            return OfflineError::NeedsChain { request }.into();
        }
        match error {
            RpcError::ErrorResp(response) => {
                Error::Refusal { request, message: response.message.into(), code: response.code }
            }
            RpcError::Transport(error) => {
                Error::Unreachable { endpoint: self.to_string(), reason: innermost(&error) }
            }
            RpcError::NullResp => Error::Answer { request, reason: "nothing".to_owned() },
            other => Error::Answer { request, reason: innermost(&other) },
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

/// Says the innermost cause of an error: the outer ones of an HTTP client repeat the whole URL.
/// What a server that is no node answers may be a whole page, of which the beginning will do.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let text = cause.to_string();
    match text.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_and_the_credentials_of_a_url_are_not_shown() {
        for (url, shown) in [
            ("https://user:secret@arb1.example/v2/secret?key=secret", "https://arb1.example"),
            ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
        ] {
            let endpoint = Endpoint::of(&url.parse().unwrap());
            assert_eq!(endpoint.to_string(), shown);
            assert!(!format!("{endpoint:?}").contains("secret"));
        }
    }

    #[test]
    fn a_page_in_place_of_an_answer_is_cut_short() {
        let error = std::io::Error::other("é".repeat(300));
        assert_eq!(innermost(&error).chars().count(), LONGEST_REASON + 2);
        assert_eq!(innermost(&std::io::Error::other("refused")), "refused");
    }
}
