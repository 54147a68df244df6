//! The listening socket, and who may come in.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use url::form_urlencoded;

use crate::floor::Identity;
use crate::{Hub, rest, socket};

pub(crate) type Answer = Response<Full<Bytes>>;

pub(crate) async fn listen(listener: TcpListener, hub: Arc<Hub>) {
    loop {
        match listener.accept().await {
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
    let service = service_fn(move |request| {
        let hub = Arc::clone(&hub);
        async move { Ok::<_, Infallible>(answer(request, hub).await) }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection broke");
    }
}

async fn answer(request: Request<Incoming>, hub: Arc<Hub>) -> Answer {
    if request.uri().path() == "/auth/login" {
        return rest::login(request, &hub).await;
    }
    let Some(credential) = credential(&request) else {
        return fault(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "AUTHENTICATION_REQUIRED");
    };
    let Some(identity) = hub.floor().who_has(&credential) else {
        return fault(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "INVALID_CREDENTIALS");
    };
    match request.uri().path() {
        "/v1.0/ws" | "/v1.0/service_agents/ws" => upgrade(request, identity, hub),
        _ => rest::answer(request, identity, &hub).await,
    }
}

/// Token or access key, from the places the service looks in (live-service.md,
/// section 1.2; the documentation takes either kind under `token`).
fn credential(request: &Request<Incoming>) -> Option<String> {
    let of_query = query(request, "token").or_else(|| query(request, "accesskey"));
    of_query.or_else(|| {
        let header = request.headers().get("authorization")?.to_str().ok()?;
        header.strip_prefix("Bearer ").map(str::to_owned)
    })
}

pub(crate) fn query(request: &Request<Incoming>, name: &str) -> Option<String> {
    let query = request.uri().query()?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn upgrade(mut request: Request<Incoming>, identity: Identity, hub: Arc<Hub>) -> Answer {
    if hub.floor().away_until.is_some_and(|until| Instant::now() < until) {
        return fault(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "SERVICE_UNAVAILABLE");
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
    let mut response = Response::new(Full::new(Bytes::copy_from_slice(body.as_bytes())));
    *response.status_mut() = status;
    response
}
