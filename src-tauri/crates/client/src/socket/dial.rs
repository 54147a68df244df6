//! Opening a socket.
//!
//! The token is in the clear here for the length of a handshake. Some ways to
//! show it put it into the address, so an address is never logged, shown or put
//! into an error.

use std::time::SystemTime;

use serde::Deserialize;
use tokio_tungstenite::Connector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, RETRY_AFTER};
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request, Response, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self};
use voipbin_wire::read_json;

use super::Socket;
use crate::link::{Handshake, OpenFailure};
use crate::retry_after::retry_after;
use crate::service::Service;
use crate::token::{Token, TokenKind};

/// No message of the service comes near this size.
const LARGEST_MESSAGE: usize = 8 * 1024 * 1024;

pub(super) async fn dial(service: Service, token: Token, handshake: Handshake) -> Result<Socket, OpenFailure> {
    let request = request(&service, &token, handshake)
        .ok_or_else(|| OpenFailure::Other("the service address cannot be used".to_owned()))?;
    let tls = service.tls().map_err(|_| OpenFailure::Other("encryption could not be set up".to_owned()))?;
    let limits =
        WebSocketConfig::default().max_message_size(Some(LARGEST_MESSAGE)).max_frame_size(Some(LARGEST_MESSAGE));
    let nodelay = true;
    tokio_tungstenite::connect_async_tls_with_config(request, Some(limits), nodelay, Some(Connector::Rustls(tls)))
        .await
        .map(|(socket, _)| socket)
        .map_err(|error| why_not_opened(&error))
}

/// Shows the token as the service takes it (live-service.md, section 1.2): the
/// live one never reads an access key from a header or from `token`.
fn request(service: &Service, token: &Token, handshake: Handshake) -> Option<Request<()>> {
    let mut address = service.socket();
    let in_address = match (handshake, token.kind()) {
        (Handshake::InAddress, _) => Some("token"),
        (Handshake::AsLive, TokenKind::AccessKey) => Some("accesskey"),
        (Handshake::AsLive, TokenKind::Jwt) => None,
    };
    if let Some(name) = in_address {
        address.query_pairs_mut().append_pair(name, token.clear());
    }
    let mut request = address.as_str().into_client_request().ok()?;
    if in_address.is_none() {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.clear())).ok()?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, bearer);
    }
    Some(request)
}

fn why_not_opened(error: &tungstenite::Error) -> OpenFailure {
    match error {
        tungstenite::Error::Http(response) => why_not_upgraded(response),
        other => OpenFailure::Other(in_words(other).to_owned()),
    }
}

fn why_not_upgraded(response: &Response<Option<Vec<u8>>>) -> OpenFailure {
    let wait = || retry_after(response.headers().get(RETRY_AFTER)?.to_str().ok()?, SystemTime::now());
    match response.status() {
        StatusCode::UNAUTHORIZED => OpenFailure::Unauthorized,
        StatusCode::TOO_MANY_REQUESTS => OpenFailure::RateLimited(wait()),
        StatusCode::SERVICE_UNAVAILABLE => OpenFailure::Unavailable(wait()),
        StatusCode::FORBIDDEN => {
            let body = response.body().as_deref().unwrap_or_default();
            frozen(body).map_or_else(
                || OpenFailure::Other("the service does not let this account in".to_owned()),
                OpenFailure::Frozen,
            )
        }
        StatusCode::NOT_FOUND => OpenFailure::NotFound,
        status => OpenFailure::Other(format!("the service answered {status}")),
    }
}

/// What a frozen account is told (live-service.md, section 1.3), with its dates.
pub(crate) fn frozen(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Envelope {
        error: Fault,
    }
    #[derive(Deserialize)]
    struct Fault {
        reason: String,
        #[serde(default)]
        details: Vec<Detail>,
    }
    #[derive(Deserialize, Default)]
    struct Detail {
        deletion_scheduled_at: Option<String>,
        deletion_effective_at: Option<String>,
    }
    let fault = read_json::<Envelope>(&String::from_utf8_lossy(body))?.error;
    if fault.reason != "ACCOUNT_FROZEN" {
        return None;
    }
    let detail = fault.details.into_iter().next().unwrap_or_default();
    let day = |at: Option<String>| at.map(|at| at.chars().take(10).collect::<String>());
    let mut words = "the account is frozen".to_owned();
    if let Some(since) = day(detail.deletion_scheduled_at) {
        words.push_str(&format!(" since {since}"));
    }
    if let Some(until) = day(detail.deletion_effective_at) {
        words.push_str(&format!(" and will be deleted on {until}"));
    }
    Some(words + "; its owner can restore it until then")
}

/// Never the error's own text: it may hold the address, and with it the token.
pub(super) fn in_words(error: &tungstenite::Error) -> &'static str {
    match error {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => "the service closed the connection",
        tungstenite::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => "nothing answers at the service's address",
            std::io::ErrorKind::InvalidData => "the service's certificate was not accepted",
            _ => "the network connection broke",
        },
        tungstenite::Error::Tls(_) => "the service's certificate was not accepted",
        tungstenite::Error::Protocol(_) => "the service closed the connection without a goodbye",
        tungstenite::Error::Utf8(_) => "the service sent a message that is no text",
        tungstenite::Error::Capacity(_) => "the service sent a message too large to be real",
        _ => "the connection failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(token: &str, handshake: Handshake) -> (String, bool) {
        let service = Service::parse("https://api.voipbin.test").unwrap();
        let request = request(&service, &Token::parse(token).unwrap(), handshake).unwrap();
        (request.uri().query().unwrap_or_default().to_owned(), request.headers().contains_key(AUTHORIZATION))
    }

    #[test]
    fn each_kind_of_credential_is_shown_the_way_the_service_takes_it() {
        assert_eq!(shown("a.b.c", Handshake::AsLive), (String::new(), true), "a JWT stays out of the address");
        assert_eq!(shown("vb_key", Handshake::AsLive), ("accesskey=vb_key".into(), false));
        assert_eq!(shown("a.b.c", Handshake::InAddress), ("token=a.b.c".into(), false));
        assert_eq!(shown("vb_key", Handshake::InAddress), ("token=vb_key".into(), false));
    }

    #[test]
    fn a_frozen_account_says_its_dates() {
        let body = br#"{"error":{"status":"PERMISSION_DENIED","reason":"ACCOUNT_FROZEN","details":[
            {"deletion_scheduled_at":"2026-11-01T00:00:00Z","deletion_effective_at":"2026-12-01T00:00:00Z","recovery_endpoint":"/x"}]}}"#;
        assert_eq!(
            frozen(body).unwrap(),
            "the account is frozen since 2026-11-01 and will be deleted on 2026-12-01; its owner can restore it until then"
        );
        assert_eq!(frozen(br#"{"error":{"reason":"PERMISSION_DENIED"}}"#), None);
    }
}
