//! The agent's credential.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use voipbin_wire::Timestamp;
use zeroize::Zeroizing;

/// A JWT or an access key. It prints as a placeholder and is wiped when dropped.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

/// What kind of credential a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// From signing in with e-mail and password; says whose it is.
    Jwt,
    /// Made in the service's console; belongs to the customer, not to an agent.
    AccessKey,
}

/// Why a text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Nothing was given.
    #[error("the token is empty")]
    Empty,
    /// It holds spaces, line breaks or other characters that no token has.
    #[error("the token holds characters that no token has; was it copied whole, without line breaks?")]
    Characters,
}

/// What a JWT says about its owner, read without checking the signature: for
/// display and for building topics only (live-service.md, section 4.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The agent.
    pub agent_id: String,
    /// The agent's customer.
    pub customer_id: String,
    /// The sign-in name.
    pub username: String,
    /// What colleagues call the agent.
    pub name: String,
    /// Permission bits at sign-in (live-service.md, section 4.1).
    pub permission: i64,
    /// When the token stops being good.
    pub expires: Option<Timestamp>,
}

impl Token {
    /// Takes a token as an agent pastes it; space around it is dropped.
    ///
    /// # Errors
    /// When it is empty or cannot be a token.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Characters);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// Three dotted parts make a JWT; all else is taken for an access key.
    pub fn kind(&self) -> TokenKind {
        if self.0.split('.').count() == 3 && !self.0.starts_with("vb_") { TokenKind::Jwt } else { TokenKind::AccessKey }
    }

    /// What a JWT says about its owner; none for an access key or a JWT of another make.
    pub fn claims(&self) -> Option<Claims> {
        #[derive(Deserialize)]
        struct Payload {
            agent: Agent,
            expire: Option<String>,
        }
        #[derive(Deserialize)]
        struct Agent {
            id: String,
            customer_id: String,
            #[serde(default)]
            username: String,
            #[serde(default)]
            name: String,
            #[serde(default)]
            permission: i64,
        }
        let payload = self.0.split('.').nth(1)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
        let Payload { agent, expire } = serde_json::from_slice(&bytes).ok()?;
        Some(Claims {
            agent_id: agent.id,
            customer_id: agent.customer_id,
            username: agent.username,
            name: agent.name,
            permission: agent.permission,
            expires: expire.and_then(|expire| Timestamp::parse(&expire)),
        })
    }

    /// Lends the clear text for one call, to put it into the keyring.
    pub fn lend<R>(&self, keep: impl FnOnce(&str) -> R) -> R {
        keep(&self.0)
    }

    pub(crate) fn clear(&self) -> &str {
        &self.0
    }
}

impl Claims {
    /// Whether the agent may see the customer's events: admin, manager or
    /// platform admin (live-service.md, section 4.1).
    pub fn is_manager(&self) -> bool {
        self.permission & 0x61 != 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(payload: &str) -> Token {
        Token::parse(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))).unwrap()
    }

    #[test]
    fn a_token_does_not_show_itself() {
        let token = Token::parse("vb_easy-to-spot").unwrap();
        assert_eq!(format!("{token:?} {:?}", Some(&token)), "Token(…) Some(Token(…))");
    }

    #[test]
    fn a_jwt_says_whose_it_is_and_for_how_long() {
        let claims = jwt(
            r#"{"type":"agent","agent":{"id":"a1","customer_id":"c1","username":"dana@northwind.example","name":"Dana",
            "permission":64,"tag_ids":null},"expire":"2026-08-29T10:28:27.413600Z"}"#,
        )
        .claims()
        .unwrap();
        assert_eq!((claims.agent_id.as_str(), claims.customer_id.as_str()), ("a1", "c1"));
        assert_eq!(claims.expires, Timestamp::parse("2026-08-29T10:28:27.4136Z"));
        assert!(claims.is_manager());
    }

    #[test]
    fn an_access_key_and_a_broken_jwt_say_nothing() {
        let key = Token::parse(" vb_0123456789abcdef\n").unwrap();
        assert_eq!((key.kind(), key.claims()), (TokenKind::AccessKey, None));
        for payload in ["", "{}", "[]", r#"{"agent":7}"#] {
            assert_eq!(jwt(payload).claims(), None, "{payload}");
        }
        assert_eq!(Token::parse("a.!!!.c").unwrap().claims(), None);
    }

    #[test]
    fn what_cannot_be_a_token_is_told_apart_from_nothing() {
        assert_eq!(Token::parse("  ").unwrap_err(), TokenError::Empty);
        assert_eq!(Token::parse("two words").unwrap_err(), TokenError::Characters);
    }
}
