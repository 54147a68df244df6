//! Opening a socket.
//!
//! The token is in the clear here for the length of a handshake. Some ways to
//! show it put it into the address, so an address is never logged, shown or put
//! into an error. The handshake is made by the HTTP library, because a refusal
//! counts only with the service's own word in its body, which may come later
//! than its head.

use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{
    AUTHORIZATION, CONNECTION, HOST, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use ringside_words::{Message, say};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self};
use url::{Position, Url};

use super::Socket;
use super::as_bytes::AsBytes;
use crate::cause::Cause;
use crate::fault::Fault;
use crate::link::{Handshake, OpenFailure};
use crate::retry_after::retry_after;
use crate::service::Service;
use crate::token::{Token, TokenKind};

/// No message of the service comes near this size.
const LARGEST_MESSAGE: usize = 8 * 1024 * 1024;
/// A refusal is short.
const LARGEST_REFUSAL: usize = 64 * 1024;
/// The body of a refusal follows its head within this time.
const REFUSAL_WITHIN: Duration = Duration::from_secs(3);

pub(crate) async fn dial(service: Service, token: Token, handshake: Handshake) -> Result<Socket, OpenFailure> {
    let key = generate_key();
    let (address, request) =
        request(&service, &token, handshake, &key).ok_or_else(|| OpenFailure::Other(say!("link-lost-bad-address")))?;
    let tls = service.tls().map_err(|_| OpenFailure::Other(say!("link-lost-no-encryption")))?;
    let line = service.road().open(&address, tls).await;
    let line = line.map_err(|error| OpenFailure::Other(service.message(Cause::of(error.as_ref()))))?;
    let broke = |error: hyper::Error| OpenFailure::Other(service.message(Cause::of(&error)));
    let (mut sender, connection) = http1::handshake(TokioIo::new(line)).await.map_err(broke)?;
    // Ends with this function: by then the line is handed over, or of no use.
    let mut running = JoinSet::new();
    running.spawn(connection.with_upgrades());
    let response = sender.send_request(request).await.map_err(broke)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(why_not_upgraded(&service, response).await);
    }
    let accepts = response.headers().get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
    if accepts != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(OpenFailure::Foreign(foreign(&service, StatusCode::SWITCHING_PROTOCOLS)));
    }
    let line = hyper::upgrade::on(response).await.map_err(broke)?;
    let limits =
        WebSocketConfig::default().max_message_size(Some(LARGEST_MESSAGE)).max_frame_size(Some(LARGEST_MESSAGE));
    Ok(WebSocketStream::from_raw_socket(AsBytes::new(TokioIo::new(line)), Role::Client, Some(limits)).await)
}

/// Shows the token as the service takes it (live-service.md, section 1.2): the
/// live one never reads an access key from a header or from `token`.
fn request(service: &Service, token: &Token, handshake: Handshake, key: &str) -> Option<(Url, Request<Empty<Bytes>>)> {
    let address = service.socket();
    let in_address = match (handshake, token.kind()) {
        (Handshake::InAddress, _) => Some("token"),
        (Handshake::AsLive, TokenKind::AccessKey) => Some("accesskey"),
        (Handshake::AsLive, TokenKind::Jwt) => None,
    };
    let mut shown = address.clone();
    if let Some(name) = in_address {
        shown.query_pairs_mut().append_pair(name, token.clear());
    }
    let mut request = Request::get(&shown[Position::BeforePath..])
        .header(HOST, &address[Position::BeforeHost..Position::AfterPort])
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, key)
        .body(Empty::new())
        .ok()?;
    if in_address.is_none() {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.clear())).ok()?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, bearer);
    }
    Some((address, request))
}

async fn why_not_upgraded(service: &Service, response: Response<Incoming>) -> OpenFailure {
    let (head, body) = response.into_parts();
    let wait = || retry_after(&head.headers, SystemTime::now());
    let said = match timeout(REFUSAL_WITHIN, Limited::new(body, LARGEST_REFUSAL).collect()).await {
        Ok(Ok(body)) => Fault::read(&String::from_utf8_lossy(&body.to_bytes())),
        Ok(Err(_)) | Err(_) => None,
    };
    match (head.status, said) {
        // Whoever asks for fewer connections gets fewer.
        (StatusCode::TOO_MANY_REQUESTS, Some(_)) => OpenFailure::RateLimited(wait()),
        (StatusCode::SERVICE_UNAVAILABLE, Some(_)) => OpenFailure::Unavailable(wait()),
        (status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE), None) => {
            OpenFailure::TurnedAway(foreign(service, status), wait())
        }
        // A load balancer's, as a rule: the service is on its way.
        (status, None) if status.is_server_error() => OpenFailure::Other(foreign(service, status)),
        (status, None) => OpenFailure::Foreign(foreign(service, status)),
        (_, Some(Fault { frozen: Some(words), .. })) => OpenFailure::Frozen(words),
        (StatusCode::UNAUTHORIZED, Some(_)) => OpenFailure::Unauthorized,
        (StatusCode::NOT_FOUND, Some(_)) => OpenFailure::NotFound,
        (StatusCode::FORBIDDEN, Some(_)) => OpenFailure::Other(say!("link-lost-not-let-in")),
        (status, Some(_)) => OpenFailure::Other(say!("link-lost-answered", status = status.as_str())),
    }
}

fn foreign(service: &Service, status: StatusCode) -> Message {
    crate::rest::foreign(&service.name(), status.as_u16())
}

/// Never the error's own text: it may hold the address, and with it the token.
pub(super) fn why_broken(service: &Service, error: &tungstenite::Error) -> Message {
    match error {
        // The reason of a close is the only text that is still read as one.
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed | tungstenite::Error::Utf8(_) => {
            say!("link-lost-closed")
        }
        tungstenite::Error::Protocol(_) => say!("link-lost-no-goodbye"),
        tungstenite::Error::Capacity(_) => say!("link-lost-too-large"),
        other => service.message(Cause::of(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(token: &str, handshake: Handshake) -> (String, bool) {
        let service = Service::parse("https://api.voipbin.test:8443").unwrap();
        let (address, request) = request(&service, &Token::parse(token).unwrap(), handshake, "key").unwrap();
        assert_eq!(request.headers()[HOST], "api.voipbin.test:8443");
        assert_eq!(request.uri().path(), "/v1.0/ws");
        assert_eq!(address.query(), None, "what names the line holds no secret");
        (request.uri().query().unwrap_or_default().to_owned(), request.headers().contains_key(AUTHORIZATION))
    }

    #[test]
    fn each_kind_of_credential_is_shown_the_way_the_service_takes_it() {
        assert_eq!(shown("a.b.c", Handshake::AsLive), (String::new(), true), "a JWT stays out of the address");
        assert_eq!(shown("vb_key", Handshake::AsLive), ("accesskey=vb_key".into(), false));
        assert_eq!(shown("a.b.c", Handshake::InAddress), ("token=a.b.c".into(), false));
        assert_eq!(shown("vb_key", Handshake::InAddress), ("token=vb_key".into(), false));
    }
}
