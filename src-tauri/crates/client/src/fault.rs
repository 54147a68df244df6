//! The service's own word when it says no (live-service.md, section 4.2).
//!
//! Whoever stands between here and the service can answer with any status: a
//! sign-in page of the network, a proxy, a load balancer. Only this object is
//! the service's word; a bare status is somebody else's.

use ringside_words::{Message, say};
use serde::Deserialize;
use voipbin_wire::{one_line, read_json, shortened};

/// Of longer words of the service the rest is left out.
const LONGEST_WORDS: usize = 200;

/// What the service said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The code to branch on.
    pub(crate) reason: String,
    /// Its own words, or nothing; never to branch on.
    pub(crate) said: String,
    /// What a frozen account is told, where this says that it is.
    pub(crate) frozen: Option<Message>,
}

#[derive(Deserialize)]
struct Envelope {
    error: Further,
}

#[derive(Deserialize)]
struct Further {
    #[serde(default)]
    details: serde_json::Value,
}

impl Fault {
    /// Reads an answer's body, whatever content type it claims. None when it is
    /// not the service's.
    pub(crate) fn read(body: &str) -> Option<Self> {
        let told = voipbin_wire::Fault::decode(body)?;
        let is_told = |word: &String| !word.is_empty();
        let (_, reason) = (told.status.filter(is_told)?, told.reason.filter(is_told)?);
        let frozen = (reason == "ACCOUNT_FROZEN").then(|| {
            let details = read_json::<Envelope>(body).map(|envelope| envelope.error.details);
            frozen(&details.unwrap_or_default())
        });
        let said = told.message.unwrap_or_default();
        Some(Self { reason, said: shortened(&one_line(&said), LONGEST_WORDS).into_owned(), frozen })
    }
}

/// What a frozen account is told, with its dates (live-service.md, section 1.3).
fn frozen(details: &serde_json::Value) -> Message {
    let day = |name: &str| details[0][name].as_str().map(|at| at.chars().take(10).collect::<String>());
    match (day("deletion_scheduled_at"), day("deletion_effective_at")) {
        (Some(since), Some(until)) => say!("link-frozen-since-until", since = since, until = until),
        (Some(since), None) => say!("link-frozen-since", since = since),
        (None, Some(until)) => say!("link-frozen-until", until = until),
        (None, None) => say!("link-frozen"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_services_own_error_object_is_its_word() {
        let own =
            r#"{"error":{"status":"NOT_FOUND","reason":"CALL_NOT_FOUND","message":"no","request_id":"r","new":1}}"#;
        assert_eq!(Fault::read(own).unwrap().reason, "CALL_NOT_FOUND");
        for foreign in [
            "",
            "<html>Sign in to this network</html>",
            r#"{"portal":"hotel"}"#,
            r#"{"error":"not found"}"#,
            r#"{"error":{"code":403,"status":"PERMISSION_DENIED","message":"somebody else's API"}}"#,
            r#"{"error":{"status":"","reason":""}}"#,
            r#"{"error":{"status":"NOT_FOUND","reason":"CALL_NOT"#,
        ] {
            assert_eq!(Fault::read(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_frozen_account_says_its_dates() {
        let body = r#"{"error":{"status":"PERMISSION_DENIED","reason":"ACCOUNT_FROZEN","details":[
            {"deletion_scheduled_at":"2026-11-01T00:00:00Z","deletion_effective_at":"2026-12-01T00:00:00Z","recovery_endpoint":"/x"}]}}"#;
        assert_eq!(
            Fault::read(body).unwrap().frozen.unwrap(),
            say!("link-frozen-since-until", since = "2026-11-01", until = "2026-12-01")
        );
        let other = r#"{"error":{"status":"PERMISSION_DENIED","reason":"PERMISSION_DENIED","details":null}}"#;
        assert_eq!(Fault::read(other).unwrap().frozen, None);
    }
}
