//! The listening socket, and who may come in.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, DATE, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use url::form_urlencoded;

use crate::floor::Identity;
use crate::scenario::{Door, Portal};
use crate::{Hub, Seen, rest, socket};

/// The connection breaks instead of an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection breaks, as ordered")]
pub(crate) struct Gone;

pub(crate) type Answer = Response<Full<Bytes>>;

pub(crate) async fn listen(listener: TcpListener, hub: Arc<Hub>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) if hub.is_gone() => {
                // As good as nothing answering: the connection is reset at once.
                if let Err(error) = stream.set_zero_linger() {
                    tracing::debug!(%error, "no reset");
                }
            }
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, Arc::clone(&hub)));
            }
            Err(error) => tracing::warn!(%error, "a connection was not accepted"),
        }
    }
}

async fn serve(stream: TcpStream, hub: Arc<Hub>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no-delay");
    }
    let line = hub.lines.open(stream);
    match hub.tls.clone() {
        None => speak(line, hub).await,
        Some(tls) => match tls.accept(line).await {
            Ok(line) => speak(line, hub).await,
            Err(error) => tracing::debug!(%error, "encryption was not agreed on"),
        },
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(line: S, hub: Arc<Hub>) {
    let service = service_fn(move |request| {
        let hub = Arc::clone(&hub);
        async move {
            let mut answer = answer(request, Arc::clone(&hub)).await?;
            let now =
                SystemTime::UNIX_EPOCH + Duration::from_micros(hub.floor().now().as_micros().max(0).unsigned_abs());
            if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(now)) {
                answer.headers_mut().insert(DATE, date);
            }
            Ok::<_, Gone>(answer)
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(line), service).with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection broke");
    }
}

async fn answer(request: Request<Incoming>, hub: Arc<Hub>) -> Result<Answer, Gone> {
    let path = request.uri().path().to_owned();
    if hub.limits.as_ref().is_some_and(|limits| !limits.allows(&path)) {
        return Ok(too_many());
    }
    if path == "/auth/login" {
        return Ok(rest::login(request, &hub).await);
    }
    if path.starts_with("/storage/") {
        return Ok(rest::storage(&request, &hub));
    }
    let bearer =
        request.headers().get("authorization").and_then(|header| header.to_str().ok()?.strip_prefix("Bearer "));
    let (token, key) = (query(&request, "token"), query(&request, "accesskey"));
    if token.is_none() && bearer.is_none() && key.is_none() {
        return Ok(fault(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "AUTHENTICATION_REQUIRED"));
    }
    let identity = hub.floor().who_shows(token.as_deref(), bearer, key.as_deref());
    let Some(identity) = identity else {
        return Ok(fault(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "INVALID_CREDENTIALS"));
    };
    match path.as_str() {
        "/v1.0/ws" | "/v1.0/service_agents/ws" => Ok(upgrade(request, identity, hub)),
        _ => rest::answer(request, identity, &hub).await,
    }
}

/// The answer that was ordered, with the details that belong to it (live-service.md, section 1.3).
pub(crate) fn ordered(status: u16) -> Answer {
    match status {
        429 => too_many(),
        403 => json(
            StatusCode::FORBIDDEN,
            &json!({"error": {"status": "PERMISSION_DENIED", "reason": "ACCOUNT_FROZEN", "message": "frozen", "request_id": "req_simulator",
                "details": [{"deletion_scheduled_at": "2026-11-01T00:00:00Z", "deletion_effective_at": "2026-12-01T00:00:00Z",
                    "recovery_endpoint": "/auth/unregister"}]}}),
        ),
        401 => fault(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "INVALID_CREDENTIALS"),
        404 => fault(StatusCode::NOT_FOUND, "NOT_FOUND", "ROUTE_NOT_FOUND"),
        400 => fault(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
        402 => fault(StatusCode::PAYMENT_REQUIRED, "PAYMENT_REQUIRED", "INSUFFICIENT_BALANCE"),
        409 => fault(StatusCode::CONFLICT, "FAILED_PRECONDITION", "STATE_INVALID"),
        503 => fault(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "SERVICE_UNAVAILABLE"),
        other => {
            let status = StatusCode::from_u16(other).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            fault(status, "INTERNAL", "INTERNAL")
        }
    }
}

/// A sign-in page of a network answers in the service's place.
pub(crate) fn portal(portal: Portal) -> Answer {
    let status = StatusCode::from_u16(portal.status).unwrap_or(StatusCode::OK);
    let mut answer = if portal.is_json {
        json(status, &json!({"portal": "https://wifi.hotel.example/login"}))
    } else {
        text(status, "<html><title>Welcome to Hotel Wi-Fi</title>Please sign in</html>")
    };
    if status.is_redirection() {
        let to = hyper::header::HeaderValue::from_static("https://wifi.hotel.example/login");
        answer.headers_mut().insert(hyper::header::LOCATION, to);
    }
    answer
}

fn too_many() -> Answer {
    let mut answer = json(
        StatusCode::TOO_MANY_REQUESTS,
        &json!({"error": {"status": "RESOURCE_EXHAUSTED", "reason": "RATE_LIMIT_EXCEEDED", "message": "too many",
            "request_id": "req_simulator", "details": [{"limited_by": "customer"}]}}),
    );
    answer.headers_mut().insert("retry-after", hyper::header::HeaderValue::from_static("1"));
    answer
}

pub(crate) fn query(request: &Request<Incoming>, name: &str) -> Option<String> {
    let query = request.uri().query()?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn upgrade(mut request: Request<Incoming>, identity: Identity, hub: Arc<Hub>) -> Answer {
    if hub.floor().away_until.is_some_and(|until| Instant::now() < until) {
        return fault(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "SERVICE_UNAVAILABLE");
    }
    let closed = {
        let mut floor = hub.floor();
        let closed = floor.closed_doors;
        floor.closed_doors = closed.and_then(|(door, times)| (times > 1).then_some((door, times - 1)));
        closed
    };
    match closed {
        Some((Door::Status(status), _)) => {
            hub.see(Seen::TurnedAway { status });
            return ordered(status);
        }
        Some((Door::Portal(answer), _)) => {
            hub.see(Seen::TurnedAway { status: answer.status });
            return portal(answer);
        }
        None => {}
    }
    let Some(accept) = request.headers().get(SEC_WEBSOCKET_KEY).map(|key| derive_accept_key(key.as_bytes())) else {
        return text(StatusCode::BAD_REQUEST, "Bad Request");
    };
    tokio::spawn(async move {
        match hyper::upgrade::on(&mut request).await {
            Ok(upgraded) => socket::serve(TokioIo::new(upgraded), identity, hub).await,
            Err(error) => tracing::debug!(%error, "a handshake broke"),
        }
    });
    let mut response = text(StatusCode::SWITCHING_PROTOCOLS, "");
    let headers = response.headers_mut();
    headers.insert(CONNECTION, hyper::header::HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, hyper::header::HeaderValue::from_static("websocket"));
    if let Ok(accept) = accept.parse() {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

pub(crate) fn json(status: StatusCode, body: &Value) -> Answer {
    let mut response = text(status, &body.to_string());
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    response
}

/// The error object of the service (live-service.md, section 4.2).
pub(crate) fn fault(status: StatusCode, word: &str, reason: &str) -> Answer {
    json(
        status,
        &json!({"error": {"status": word, "reason": reason, "message": reason, "request_id": "req_simulator"}}),
    )
}

pub(crate) fn text(status: StatusCode, body: &str) -> Answer {
    let mut response = bytes(body.as_bytes());
    *response.status_mut() = status;
    response
}

pub(crate) fn bytes(body: &[u8]) -> Answer {
    Response::new(Full::new(Bytes::copy_from_slice(body)))
}
