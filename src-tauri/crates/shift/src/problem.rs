//! What a window is told when something did not work.

use serde::Serialize;
use voipbin_client::{RestError, ServiceError, TokenError};

/// A sentence for the agent, and a code where the window has something to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[error("{message}")]
pub struct Problem {
    /// What the window can act on.
    pub code: Code,
    /// What is wrong and what helps.
    pub message: String,
}

/// A variant exists only where the window does something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub enum Code {
    /// Mark the password.
    Password,
    /// Mark the token.
    Token,
    /// Open and mark the service address.
    Address,
    /// Open and mark the certificate.
    Certificate,
    /// Just say it.
    Other,
}

impl Problem {
    /// A problem in words.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let code = if error == ServiceError::Certificate { Code::Certificate } else { Code::Address };
        Self::new(code, sentence(&error.to_string()))
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let message = match error {
            TokenError::Empty => "Paste your token or access key.".to_owned(),
            other => sentence(&other.to_string()),
        };
        Self::new(Code::Token, message)
    }
}

/// What a failed request means for the agent.
pub(crate) fn in_words(error: &RestError) -> String {
    match error {
        RestError::WrongLogin => "That e-mail and password do not match. The service gave no other reason.".to_owned(),
        RestError::Unauthorized => "Your sign-in is no longer good. Sign in again.".to_owned(),
        RestError::Forbidden { .. } => "This account may not do that. Ask for the manager role.".to_owned(),
        RestError::Frozen(why) => sentence(why),
        RestError::NotFound => "There is no VoIPBIN service at this address.".to_owned(),
        RestError::RateLimited { retry_after: Some(wait) } => {
            format!("The service asks us to slow down. Try again in {} s.", wait.as_secs())
        }
        RestError::RateLimited { retry_after: None } => {
            "The service asks us to slow down. Try again in a moment.".to_owned()
        }
        RestError::Unavailable { retry_after, request } => {
            let again = retry_after.map(|wait| format!(" Try again in {} s.", wait.as_secs())).unwrap_or_default();
            format!("The service is not available at the moment{}.{again}", of_request(request))
        }
        RestError::Rejected { status: 402, .. } => "The account's balance is too low for this.".to_owned(),
        RestError::Rejected { status, reason, said, request } => {
            let why = if reason.is_empty() { status.to_string() } else { reason.clone() };
            let said = said.trim_end_matches('.');
            let said = if said.is_empty() { String::new() } else { format!(": “{said}”") };
            format!("The service refused ({why}){said}{}.", of_request(request))
        }
        RestError::Unreachable { host, cause, proxy, .. } => sentence(&cause.in_words(host, proxy.as_deref())),
        RestError::Unclear { host, request, .. } => format!("{host} did not answer in time{}.", of_request(request)),
        other => sentence(&other.to_string()),
    }
}

/// By which name whoever runs the service finds what went wrong.
fn of_request(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(", request {name}") }
}

/// A clause of a lower crate as a sentence. What asks already needs no full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let stop = if words.ends_with('?') { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_services_own_words_with_the_name_of_the_request() {
        let refused = |reason: &str, said: &str| {
            let (reason, said) = (reason.to_owned(), said.to_owned());
            in_words(&RestError::Rejected { status: 409, reason, said, request: "ringside-1".to_owned() })
        };
        assert_eq!(
            refused("STATE_INVALID", "The call has ended."),
            "The service refused (STATE_INVALID): “The call has ended”, request ringside-1."
        );
        assert_eq!(refused("", ""), "The service refused (409), request ringside-1.");
    }
}
