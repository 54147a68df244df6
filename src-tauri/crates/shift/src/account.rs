//! Who signs in, and with what.

use ringside_words::say;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use voipbin_client::{Dialect, Rest, RestError, Service, Speaks, Token, TokenKind, certificates_only};
use voipbin_wire::AgentFact;
use zeroize::Zeroize as _;

use crate::problem::{Code, Problem, in_words};

/// What is known about a sign-in that is no secret: kept beside the keyring, so
/// that the next start needs no network to know who sits at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Address of the service.
    pub service: String,
    /// The sign-in name; empty for a token or an access key that does not say.
    pub email: String,
    /// What colleagues call the agent.
    pub name: String,
    /// The agent; none for an access key.
    pub agent_id: Option<Uuid>,
    /// The customer.
    pub customer_id: Uuid,
    /// Permission bits (live-service.md, section 4.1), of the token: the service
    /// goes by them until the next sign-in, whatever the agent may do by now.
    pub permission: i64,
    /// Certificate authorities, as PEM, that are trusted beside the system's.
    #[serde(default)]
    pub extra_ca: Option<String>,
    /// The dialect that was found last.
    #[serde(default)]
    pub dialect: Option<Dialect>,
    /// The only dialect to speak, where one was given.
    #[serde(default)]
    pub only: Option<Dialect>,
}

/// Where to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Address of the service.
    pub service: String,
    /// Certificate authorities, as PEM, that are trusted beside the system's.
    pub extra_ca: Option<String>,
    /// The only dialect to speak; none to find it.
    pub only: Option<Dialect>,
}

impl From<String> for Place {
    fn from(service: String) -> Self {
        Self { service, ..Self::default() }
    }
}

impl Place {
    fn service(&self) -> Result<Service, Problem> {
        service(&self.service, self.extra_ca.as_deref())
    }

    /// Whether the file of the certificate authority holds a private key beside it.
    pub(crate) fn holds_key(&self) -> bool {
        self.extra_ca.as_deref().is_some_and(|pem| pem.contains("PRIVATE KEY-----"))
    }
}

fn service(address: &str, extra_ca: Option<&str>) -> Result<Service, Problem> {
    let service = Service::parse(address)?;
    match extra_ca.filter(|pem| !pem.trim().is_empty()) {
        Some(pem) => Ok(service.trusting(pem)?),
        None => Ok(service),
    }
}

/// What an agent signs in with. It goes down from the form and never comes up.
#[derive(Clone, Deserialize)]
#[serde(from = "Form")]
pub enum Credential {
    /// As typed into the form.
    Password {
        /// The sign-in name.
        email: String,
        /// The password; traded for a token and never kept.
        password: String,
    },
    /// A token or access key, as pasted.
    Token(String),
}

/// A credential as the sign-in form sends it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, rename = "Credential"))]
#[serde(tag = "type", rename_all = "camelCase")]
enum Form {
    Password { email: String, password: String },
    Token { token: String },
}

impl From<Form> for Credential {
    fn from(form: Form) -> Self {
        match form {
            Form::Password { email, password } => Self::Password { email, password },
            Form::Token { token } => Self::Token(token),
        }
    }
}

/// What was typed is wiped once it has been used.
impl Drop for Credential {
    fn drop(&mut self) {
        match self {
            Self::Password { password, .. } => password.zeroize(),
            Self::Token(token) => token.zeroize(),
        }
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password { .. } => "Password(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}

impl Account {
    pub(crate) fn service(&self) -> Result<Service, Problem> {
        service(&self.service, self.extra_ca.as_deref())
    }

    pub(crate) fn speaks(&self) -> Speaks {
        self.only.map_or(Speaks::Auto(self.dialect), Speaks::Only)
    }

    /// Under which name the ledger keeps what is this account's.
    pub(crate) fn name_of_ledger(&self) -> String {
        let whose = self.agent_id.map_or_else(|| "access key".to_owned(), |id| id.to_string());
        format!("{whose} of {} at {}", self.customer_id, self.service)
    }

    /// Under which name it keeps what holds for all agents of the customer: who
    /// wants no texts, and what was answered by rules.
    pub(crate) fn customer_in_ledger(&self) -> String {
        format!("all of {} at {}", self.customer_id, self.service)
    }

    /// Whether the account may see the customer's events.
    pub fn is_manager(&self) -> bool {
        self.agent_id.is_none() || sees_all(self.permission)
    }
}

/// What an access key may do (live-service.md, section 1.2).
const CUSTOMER_ADMIN: i64 = 0x20;

/// Whether these rights show the customer's events: an administrator's or a
/// manager's (live-service.md, section 4.1).
pub(crate) fn sees_all(permission: i64) -> bool {
    permission & 0x61 != 0
}

/// Trades a credential for a token and asks the service whose it is. The token
/// has been accepted by the service when this returns.
pub(crate) async fn identify(place: Place, credential: Credential) -> Result<(Account, Token), Problem> {
    let service = place.service()?;
    let rest = Rest::new(service.clone()).map_err(|error| Problem::from(in_words(&error)))?;
    let extra_ca = place.extra_ca.as_deref().filter(|pem| !pem.trim().is_empty()).map(certificates_only).transpose()?;
    let (token, typed_email, fault) = match &credential {
        Credential::Password { email, password } => {
            if email.trim().is_empty() || password.is_empty() {
                return Err(Problem::new(Code::Password, say!("problems-enter-login")));
            }
            let token = rest.login(email.trim(), password).await.map_err(|error| problem(&error, Code::Password))?;
            (token, email.trim().to_owned(), Code::Password)
        }
        Credential::Token(text) => (Token::parse(text)?, String::new(), Code::Token),
    };
    let rest = rest.signed_in(token.clone());
    let whose = match rest.me().await {
        Ok(me) => of_agent(me, &token, typed_email, fault)?,
        Err(RestError::Forbidden { .. } | RestError::Unauthorized) if token.kind() == TokenKind::AccessKey => {
            of_key(rest.customer_of_key().await.map_err(|error| problem(&error, fault))?, fault)?
        }
        Err(error) => return Err(problem(&error, fault)),
    };
    Ok((Account { service: service.address(), extra_ca, only: place.only, ..whose }, token))
}

/// The agent's account, as the service and the token have it.
fn of_agent(me: AgentFact, token: &Token, typed_email: String, fault: Code) -> Result<Account, Problem> {
    let claims = token.claims();
    let id = |told: Option<String>| told.and_then(|id| Uuid::parse_str(&id).ok());
    let agent_id = id(me.id).or_else(|| id(claims.as_ref().map(|claims| claims.agent_id.clone())));
    let customer_id = id(me.customer_id).or_else(|| id(claims.as_ref().map(|claims| claims.customer_id.clone())));
    let no_customer = || Problem::new(fault, say!("problems-no-customer"));
    Ok(Account {
        service: String::new(),
        email: me.username.unwrap_or(typed_email),
        name: me.name.unwrap_or_default(),
        agent_id,
        customer_id: customer_id.ok_or_else(no_customer)?,
        permission: claims.map(|claims| claims.permission).or(me.permission).unwrap_or_default(),
        extra_ca: None,
        dialect: None,
        only: None,
    })
}

/// The account of an access key, which belongs to no agent.
fn of_key(customer: Option<String>, fault: Code) -> Result<Account, Problem> {
    let customer_id = customer.and_then(|id| Uuid::parse_str(&id).ok());
    let no_customer = || Problem::new(fault, say!("problems-no-customer-of-key"));
    Ok(Account {
        service: String::new(),
        email: String::new(),
        // A name like an agent's: it is kept with what is done under it, as it was then.
        name: say!("sign-in-access-key").to_string(),
        agent_id: None,
        customer_id: customer_id.ok_or_else(no_customer)?,
        permission: CUSTOMER_ADMIN,
        extra_ca: None,
        dialect: None,
        only: None,
    })
}

fn problem(error: &RestError, fault: Code) -> Problem {
    let code = match error {
        RestError::WrongLogin | RestError::Unauthorized => fault,
        RestError::Unreachable { .. } | RestError::NotFound => Code::Address,
        _ => Code::Other,
    };
    let message = match (error, fault) {
        (RestError::Unauthorized, Code::Token) => say!("problems-unknown-token"),
        (error, _) => in_words(error),
    };
    Problem::new(code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_does_not_show_itself() {
        let shown = format!(
            "{:?} {:?}",
            Credential::Token("easy-to-spot".into()),
            Credential::Password { email: "dana".into(), password: "easy-to-spot".into() }
        );
        assert!(!shown.contains("easy-to-spot"), "{shown}");
    }

    #[tokio::test]
    async fn what_cannot_be_tried_is_said_before_anything_is_sent() {
        let code =
            async |service: &str, credential| identify(service.to_owned().into(), credential).await.unwrap_err().code;
        let nothing = || Credential::Password { email: " ".into(), password: String::new() };
        assert_eq!(code("http://api.voipbin.net", nothing()).await, Code::Address);
        assert_eq!(code("api.voipbin.net", nothing()).await, Code::Password);
        assert_eq!(code("api.voipbin.net", Credential::Token("two words".into())).await, Code::Token);
    }
}
