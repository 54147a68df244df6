//! Who may come in, and what each may hear.

use super::*;

impl Floor {
    /// A new token, as the service makes them (live-service.md, section 4.5),
    /// signed with chance: it is good because it is remembered here.
    pub(crate) fn sign_in(&mut self, email: &str, password: &str) -> Option<String> {
        let agent = self.agents.iter().find(|agent| agent.email == email && password == PASSWORD)?;
        let expire = Timestamp::from_millis(now().as_millis() + SEVEN_DAYS_S * 1000).to_string();
        let payload = json!({"type": "agent", "agent": agent.json(self.customer), "expire": expire}).to_string();
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        let signature = Uuid::new_v4();
        let token = [header.as_bytes(), payload.as_bytes(), signature.as_bytes()]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".");
        self.tokens.insert(token.clone(), (agent.id, agent.permission));
        Some(token)
    }

    pub(crate) fn who_has(&self, credential: &str) -> Option<Identity> {
        if credential == self.access_key {
            return Some(Identity::Key);
        }
        self.tokens.get(credential).map(|(id, permission)| Identity::Agent(*id, *permission))
    }

    pub(crate) fn email(&self, identity: Identity) -> Option<String> {
        let Identity::Agent(id, _) = identity else { return None };
        self.agents.iter().find(|agent| agent.id == id).map(|agent| agent.email.clone())
    }

    /// Whose the credential is when it is shown in one of these ways: the live
    /// service takes each kind in its own places only (live-service.md, section 1.2).
    pub(crate) fn who_shows(&self, token: Option<&str>, bearer: Option<&str>, key: Option<&str>) -> Option<Identity> {
        let of_kind = |credential: Option<&str>, wants_key: bool| {
            let identity = self.who_has(credential?)?;
            let fits = self.dialect == Dialect::Documented || (identity == Identity::Key) == wants_key;
            fits.then_some(identity)
        };
        match (token, bearer) {
            (Some(token), _) => of_kind(Some(token), false),
            (None, Some(bearer)) => of_kind(Some(bearer), false),
            (None, None) => of_kind(key, true),
        }
    }

    /// Whether the live service would let go of the connection for this topic
    /// (live-service.md, section 2.2): only the first two parts are looked at.
    pub(crate) fn drops(&self, identity: Identity, topic: &str) -> bool {
        let mut parts = topic.split(':');
        let (scope, id) = (parts.next().unwrap_or_default(), parts.next().and_then(|id| Uuid::parse_str(id).ok()));
        let Some(id) = id.filter(|id| !id.is_nil()) else { return true };
        let resource = parts.next().unwrap_or_default();
        if self.refusals.iter().any(|(refused, _)| refused.as_word() == resource) {
            return true;
        }
        let allowed = match (scope, identity) {
            ("customer_id", Identity::Key) => id == self.customer,
            ("customer_id", Identity::Agent(..)) => id == self.customer && identity.sees_all(),
            ("agent_id", Identity::Agent(agent, _)) => id == agent,
            _ => false,
        };
        !allowed
    }

    /// The code with which a topic is refused, if it is (seed, "Permission Requirements").
    pub(crate) fn refuses(&mut self, identity: Identity, text: &str) -> Option<String> {
        let Ok(topic) = Topic::parse(text) else { return Some("INVALID_TOPIC".to_owned()) };
        // The published grammar knows neither prefixes nor the live resource types.
        let is_published = DOCUMENTED.contains(&topic.resource().as_word()) && !text.ends_with('_');
        if topic.validate().is_err() || !is_published {
            return Some("INVALID_TOPIC".to_owned());
        }
        if let Some(at) = self.refusals.iter().position(|(resource, _)| resource == topic.resource()) {
            return Some(self.refusals.remove(at).1);
        }
        let allowed = match (topic.scope(), identity) {
            (Scope::Customer, Identity::Key) => topic.scope_id() == self.customer.to_string(),
            (Scope::Customer, Identity::Agent(..)) => {
                topic.scope_id() == self.customer.to_string() && identity.sees_all()
            }
            (Scope::Agent, Identity::Agent(id, _)) => topic.scope_id() == id.to_string(),
            _ => false,
        };
        (!allowed).then(|| "PERMISSION_DENIED".to_owned())
    }
}
