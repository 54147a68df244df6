//! Dead addresses, proxies, certificates: what lets the requests through lets
//! the socket through, and what stops one stops the other with the same words.

use std::net::SocketAddr;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Duration, Instant, timeout};

use super::{handshake, request};
use crate::cause::Cause;
use crate::link::OpenFailure;
use crate::nearby::{ConnectProxy, Manner, NAME, Shows, encrypted, hanging_up, plain, saying, silent};
use crate::rest::RestError;
use crate::road::{Names, Proxies, Road};
use crate::service::Service;

fn by(proxies: Proxies, leads_to: Option<Vec<SocketAddr>>) -> Road {
    Road { proxies, names: Names::always(leads_to) }
}

fn no_proxy() -> Proxies {
    Proxies::of("", "", "")
}

fn service(at: SocketAddr, pem: &str, road: Road) -> Service {
    let service = Service::parse(&format!("https://{NAME}:{}", at.port())).unwrap();
    if pem.is_empty() { service.by(road) } else { service.trusting(pem).unwrap().by(road) }
}

/// An address that swallows every attempt: its queue is full and nobody takes from it.
async fn swallowing(at: SocketAddr) -> std::io::Result<(tokio::net::TcpListener, Vec<TcpStream>)> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind(at)?;
    let listener = socket.listen(1)?;
    let mut fill = Vec::new();
    for _ in 0..16 {
        match timeout(Duration::from_millis(300), TcpStream::connect(listener.local_addr()?)).await {
            Ok(stream) => fill.push(stream?),
            Err(_) => return Ok((listener, fill)),
        }
    }
    Err(std::io::Error::other("this system's queues do not fill"))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_dead_first_address_stops_neither_the_requests_nor_the_socket() {
    for dead in ["127.0.0.2:0", "[::1]:0"] {
        let dead: SocketAddr = dead.parse().unwrap();
        let (held, _fill) = match swallowing(dead).await {
            Ok(swallowing) => swallowing,
            Err(error) => {
                println!("{dead} left out: {error}");
                continue;
            }
        };
        let dead = held.local_addr().unwrap();
        let live = plain(SocketAddr::from(([127, 0, 0, 1], dead.port()))).await;
        let road = by(no_proxy(), Some(vec![dead, live]));
        let service = Service::parse(&format!("http://localhost:{}", live.port())).unwrap().by(road);
        let began = Instant::now();
        request(&service).await.unwrap();
        let requested = began.elapsed();
        handshake(&service).await.unwrap();
        let shaken = began.elapsed() - requested;
        println!("first address {dead} dead: request after {requested:?}, socket after {shaken:?}");
        let at_most = Duration::from_secs(2);
        assert!(requested < at_most && shaken < at_most, "a quarter of a second, on a busy machine too");
    }
}

#[tokio::test]
async fn the_requests_and_the_socket_go_through_the_same_proxy_which_hears_no_secret() {
    let (at, pem) = encrypted(Shows::Good).await;
    for (manner, login) in [(Manner::Open, ""), (Manner::WithLogin, "me:s3cret@")] {
        let proxy = ConnectProxy::to(at, manner).await;
        let road = by(Proxies::of(&format!("http://{login}{}", proxy.address), "", ""), None);
        let service = service(at, &pem, road);
        request(&service).await.unwrap();
        handshake(&service).await.unwrap();
        let connect = format!("CONNECT {NAME}:{} HTTP/1.1", at.port());
        assert_eq!(proxy.asked(), [connect.clone(), connect], "{manner:?}: nobody but the proxy knows the way");
        let heard = proxy.heard.lock().unwrap().concat();
        assert!(!heard.contains("easy.to.spot"), "the token is not for the proxy");
        assert_eq!(service.proxy(), Some(proxy.address.to_string()), "shown without name and password");
    }
}

#[tokio::test]
async fn this_machine_is_reached_directly_whatever_the_proxy_settings_say() {
    let at = plain("127.0.0.1:0".parse().unwrap()).await;
    let proxy = ConnectProxy::to(at, Manner::Open).await;
    let road = by(Proxies::of(&format!("http://{}", proxy.address), &format!("http://{}", proxy.address), ""), None);
    for address in [format!("http://{at}"), format!("http://localhost:{}", at.port())] {
        let service = Service::parse(&address).unwrap().by(road.clone());
        request(&service).await.unwrap();
        handshake(&service).await.unwrap();
        assert_eq!(service.proxy(), None);
    }
    assert!(proxy.asked().is_empty(), "the token went to nobody else");
}

#[tokio::test]
async fn a_proxys_password_is_in_no_error() {
    let (at, pem) = encrypted(Shows::Good).await;
    let proxy = ConnectProxy::to(at, Manner::Closed).await;
    let road = by(Proxies::of(&format!("http://me:s3cret@{}", proxy.address), "", ""), None);
    let service = service(at, &pem, road);
    let (rest, socket) = (request(&service).await.unwrap_err(), handshake(&service).await.unwrap_err());
    let told = format!("{rest} {rest:?} {socket:?} {service:?}");
    assert!(!told.contains("s3cret") && !told.contains("bWU6czNjcmV0") && !told.contains("easy.to.spot"), "{told}");
}

/// A server for each cause, asked by both; the words come from one table.
#[tokio::test]
async fn requests_and_socket_give_the_same_reason_for_the_same_trouble() {
    let (good, good_pem) = encrypted(Shows::Good).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut table: Vec<(&str, Cause, Service)> = Vec::new();
    let here = |at| by(no_proxy(), Some(vec![at]));
    for (what, shows, cause) in [
        ("expired certificate", Shows::Expired, Cause::Expired),
        ("certificate of next century", Shows::NotYetValid, Cause::NotYetValid),
        ("certificate of another host", Shows::OtherHost, Cause::OtherHost),
        ("certificate of another authority", Shows::OtherAuthority, Cause::UnknownAuthority),
        ("the authority's own certificate", Shows::Authority, Cause::BadCertificate),
    ] {
        let (at, pem) = encrypted(shows).await;
        table.push((what, cause, service(at, &pem, here(at))));
    }
    table.push(("authority not set", Cause::UnknownAuthority, service(good, "", here(good))));
    let tls10 = saying(TLS_1_0).await;
    table.push(("TLS 1.0 only", Cause::OldEncryption, service(tls10, &good_pem, here(tls10))));
    let alert = saying(PROTOCOL_VERSION_ALERT).await;
    table.push(("TLS 1.2 and newer refused", Cause::OldEncryption, service(alert, &good_pem, here(alert))));
    let clear = saying(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    table.push(("not encrypted", Cause::NotEncrypted, service(clear, &good_pem, here(clear))));
    table.push(("nothing listens", Cause::NothingThere, service(closed, &good_pem, here(closed))));
    let gone = hanging_up().await;
    table.push(("hangs up", Cause::Broke, service(gone, &good_pem, here(gone))));
    table.push(("name not known", Cause::NoSuchHost, service(good, &good_pem, by(no_proxy(), None))));
    let proxied = |proxy: &str| service(good, &good_pem, by(Proxies::of(proxy, "", ""), None));
    let with_login = ConnectProxy::to(good, Manner::WithLogin).await;
    table.push(("proxy without login", Cause::ProxyLogin, proxied(&format!("http://{}", with_login.address))));
    let wrong = format!("http://me:wrong@{}", with_login.address);
    table.push(("proxy with the wrong login", Cause::ProxyLogin, proxied(&wrong)));
    let shut = ConnectProxy::to(good, Manner::Closed).await;
    table.push(("proxy that says no", Cause::ProxyRefuses, proxied(&format!("http://{}", shut.address))));
    table.push(("proxy that is not there", Cause::NoProxy, proxied(&format!("http://{closed}"))));
    table.push(("SOCKS proxy that is not there", Cause::NoProxy, proxied(&format!("socks5h://{closed}"))));
    for (what, cause, service) in table {
        check(what, cause, &service).await;
    }
}

/// Nothing else happens, so the paused clock moves to the limits by itself.
#[tokio::test(start_paused = true)]
async fn a_service_that_says_nothing_is_said_to_be_silent() {
    let at = silent().await;
    let (_, pem) = encrypted(Shows::Good).await;
    check("silent", Cause::Silence, &service(at, &pem, by(no_proxy(), Some(vec![at])))).await;
}

async fn check(what: &str, expected: Cause, service: &Service) {
    let Err(RestError::Unreachable { cause, .. }) = request(service).await else {
        panic!("{what}: the request got through, or failed late")
    };
    let Err(OpenFailure::Other(words)) = handshake(service).await else { panic!("{what}: the socket got through") };
    println!("{what:<34} {cause:?}: {words}");
    assert_eq!(cause, expected, "{what}");
    assert_eq!(words, service.message(expected), "{what}: both say the same");
}

#[test]
fn what_no_server_here_can_bring_about_is_told_apart_as_well() {
    let io = |kind| std::io::Error::from(kind);
    assert_eq!(Cause::of(&io(std::io::ErrorKind::NetworkUnreachable)), Cause::NoNetwork);
    assert_eq!(Cause::of(&io(std::io::ErrorKind::HostUnreachable)), Cause::NoNetwork);
    let revoked = rustls::Error::InvalidCertificate(rustls::CertificateError::Revoked);
    assert_eq!(Cause::of(&std::io::Error::other(revoked)), Cause::Revoked);
    let words: std::collections::BTreeSet<String> =
        Cause::ALL.iter().map(|cause| cause.message("h", Some("p")).to_string()).collect();
    assert_eq!(words.len(), Cause::ALL.len(), "every cause has words of its own");
    assert!(words.iter().all(|words| words.contains('h')));
}

/// A ServerHello of TLS 1.0 with an empty session and a cipher of its time.
const TLS_1_0: &[u8] = &[
    0x16, 0x03, 0x01, 0x00, 0x2a, 0x02, 0x00, 0x00, 0x26, 0x03, 0x01, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0x00, 0x00, 0x2f, 0x00,
];
/// A fatal alert: protocol_version.
const PROTOCOL_VERSION_ALERT: &[u8] = &[0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46];
