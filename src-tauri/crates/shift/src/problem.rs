//! What a window is told when something did not work.

use ringside_words::{Message, say};
use serde::Serialize;
use voipbin_client::{RestError, ServiceError, TokenError, foreign};

/// What went wrong, as a message of the catalogue, and a code where the window has something to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[error("{message}")]
pub struct Problem {
    /// What the window can act on.
    pub code: Code,
    /// What is wrong and what helps.
    pub message: Message,
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
    /// A problem that the window does something about.
    pub fn new(code: Code, message: Message) -> Self {
        Self { code, message }
    }
}

/// Just to be said.
impl From<Message> for Problem {
    fn from(message: Message) -> Self {
        Self { code: Code::Other, message }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let code = if error == ServiceError::Certificate { Code::Certificate } else { Code::Address };
        let message = match error {
            ServiceError::Unreadable(address) => say!("problems-address-unreadable", address = address),
            ServiceError::Scheme(scheme) => say!("problems-address-scheme", scheme = scheme),
            ServiceError::Unencrypted(address) => say!("problems-address-unencrypted", address = address),
            ServiceError::Extras => say!("problems-address-extras"),
            ServiceError::Certificate => say!("problems-no-certificate"),
            _ => say!("problems-unexpected"),
        };
        Self::new(code, message)
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let message = match error {
            TokenError::Empty => say!("problems-token-empty"),
            TokenError::Characters => say!("problems-token-characters"),
            _ => say!("problems-unexpected"),
        };
        Self::new(Code::Token, message)
    }
}

/// What a failed request means for the agent.
pub(crate) fn in_words(error: &RestError) -> Message {
    match error {
        RestError::WrongLogin => say!("problems-wrong-login"),
        RestError::Unauthorized => say!("problems-sign-in-over"),
        RestError::Forbidden { .. } => say!("problems-forbidden"),
        RestError::Frozen(why) => why.clone(),
        RestError::NotFound => say!("problems-no-service"),
        RestError::RateLimited { retry_after: Some(wait) } => {
            say!("problems-slow-down").then(say!("problems-again-in", seconds = wait.as_secs()))
        }
        RestError::RateLimited { retry_after: None } => say!("problems-slow-down").then(say!("problems-again-soon")),
        RestError::Unavailable { retry_after, request } => {
            let message = of_request(say!("problems-unavailable"), request);
            match retry_after {
                Some(wait) => message.then(say!("problems-again-in", seconds = wait.as_secs())),
                None => message,
            }
        }
        RestError::Rejected { status: 402, .. } => say!("problems-balance"),
        RestError::Rejected { status, reason, said, request } => {
            let why = if reason.is_empty() { status.to_string() } else { reason.clone() };
            let said = said.trim_end_matches('.');
            let message = if said.is_empty() {
                say!("problems-refused", why = why)
            } else {
                say!("problems-refused-said", why = why, said = said)
            };
            of_request(message, request)
        }
        RestError::Unreachable { host, cause, proxy, .. } => cause.message(host, proxy.as_deref()),
        RestError::Foreign { host, status } => foreign(host, *status),
        RestError::Unclear { host, request, .. } => of_request(say!("problems-no-answer", host = host), request),
        RestError::Tls(_) => say!("link-lost-no-encryption"),
        _ => say!("problems-unexpected"),
    }
}

/// By which name whoever runs the service finds what went wrong.
fn of_request(message: Message, name: &str) -> Message {
    if name.is_empty() { message } else { message.then(say!("problems-request", request = name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_services_own_words_with_the_name_of_the_request() {
        let refused = |reason: &str, said: &str| {
            let (reason, said) = (reason.to_owned(), said.to_owned());
            in_words(&RestError::Rejected { status: 409, reason, said, request: "ringside-1".to_owned() }).to_string()
        };
        assert_eq!(
            refused("STATE_INVALID", "The call has ended."),
            "The service refused: “The call has ended” (STATE_INVALID). Request ringside-1."
        );
        assert_eq!(refused("", ""), "The service refused (409). Request ringside-1.");
    }
}
