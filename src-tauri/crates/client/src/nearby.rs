//! Servers on this machine for the tests: services that answer what they are
//! told to, certificates of all kinds, and proxies.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The name that certificates are made out to and that no resolver knows.
pub(crate) const NAME: &str = "service.test";

/// An answer with its length, so that only a cut makes it short.
pub(crate) fn http(status: u16, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n{body}", body.len())
}

/// Answers every request so, piece by piece.
pub(crate) async fn answering(pieces: &[&str]) -> SocketAddr {
    let pieces: Vec<String> = pieces.iter().map(|&piece| piece.to_owned()).collect();
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let pieces = pieces.clone();
            tokio::spawn(async move {
                head(&mut stream).await?;
                for piece in pieces {
                    stream.write_all(piece.as_bytes()).await?;
                    stream.flush().await?;
                    // Lets the other side read what is there as a piece of its own.
                    for _ in 0..50 {
                        tokio::task::yield_now().await;
                    }
                }
                goodbye(stream).await
            });
        }
    });
    address
}

/// Does the same to every connection, raw.
pub(crate) async fn saying(bytes: &'static [u8]) -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut some = [0; 1024];
                let _ = stream.read(&mut some).await?;
                stream.write_all(bytes).await?;
                goodbye(stream).await
            });
        }
    });
    address
}

/// Takes connections and says nothing.
pub(crate) async fn silent() -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    address
}

/// Lets go of every connection at once.
pub(crate) async fn hanging_up() -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    address
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// What an unread rest would turn into a reset is read.
async fn goodbye(mut stream: TcpStream) -> std::io::Result<()> {
    stream.shutdown().await?;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.map(drop)
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Which certificate a service shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    Good,
    Expired,
    NotYetValid,
    OtherHost,
    OtherAuthority,
    /// The authority's own.
    Authority,
}

/// A service that speaks encrypted, gives every request an empty list and every
/// handshake a socket. Its address, and the authority as PEM.
pub(crate) async fn encrypted(shows: Shows) -> (SocketAddr, String) {
    let (pem, tls) = certificate(shows);
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tls = tls.clone();
            tokio::spawn(async move { serve(tls.accept(stream).await?).await });
        }
    });
    (address, pem)
}

/// The same, unencrypted, at a given address.
pub(crate) async fn plain(at: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(at).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
    let head = head(&mut stream).await?;
    let key = head.lines().find_map(|line| line.strip_prefix("sec-websocket-key: "));
    let answer = match key {
        Some(key) => format!(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: {}\r\n\r\n",
            derive_accept_key(key.as_bytes())
        ),
        None => http(200, "", r#"{"result":[],"next_page_token":""}"#),
    };
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await?;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.map(drop)
}

fn certificate(shows: Shows) -> (String, TlsAcceptor) {
    let (pem, own, key, issuer) = authority();
    let (_, _, _, other) = authority();
    let host = if shows == Shows::OtherHost { "elsewhere.test" } else { NAME };
    let mut leaf = CertificateParams::new(vec![host.to_owned()]).unwrap();
    match shows {
        Shows::Expired => (leaf.not_before, leaf.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 2, 1)),
        Shows::NotYetValid => {
            (leaf.not_before, leaf.not_after) = (date_time_ymd(2100, 1, 1), date_time_ymd(2101, 1, 1));
        }
        _ => {}
    }
    let leaf_key = KeyPair::generate().unwrap();
    let issuer = if shows == Shows::OtherAuthority { &other } else { &issuer };
    let signed = leaf.signed_by(&leaf_key, issuer).unwrap();
    let (shown, key) =
        if shows == Shows::Authority { (own, key) } else { (signed.der().clone(), leaf_key.serialize_der()) };
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![shown], PrivatePkcs8KeyDer::from(key).into())
        .unwrap();
    (pem, TlsAcceptor::from(Arc::new(config)))
}

type Authority = (String, rustls::pki_types::CertificateDer<'static>, Vec<u8>, Issuer<'static, KeyPair>);

fn authority() -> Authority {
    let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate().unwrap();
    let own = params.self_signed(&key).unwrap();
    (own.pem(), own.der().clone(), key.serialize_der(), Issuer::new(params, key))
}

/// How a proxy of the tests' own behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Lets everybody through.
    Open,
    /// Lets those through who show `me` and `s3cret`.
    WithLogin,
    /// Lets nobody through.
    Closed,
}

/// A proxy for CONNECT. Whatever it is asked for, it leads to one address.
pub(crate) struct ConnectProxy {
    pub(crate) address: SocketAddr,
    /// Everything that it was told in the clear.
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

impl ConnectProxy {
    pub(crate) async fn to(target: SocketAddr, manner: Manner) -> Self {
        let (listener, address) = listen().await;
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let ears = Arc::clone(&ears);
                tokio::spawn(async move {
                    let head = head(&mut stream).await?;
                    // bWU6czNjcmV0 is me:s3cret
                    let has_login = head.contains("Proxy-Authorization: Basic bWU6czNjcmV0\r\n");
                    let is_connect = head.starts_with("CONNECT ");
                    ears.lock().unwrap().push(head);
                    let status = match manner {
                        Manner::WithLogin if !has_login => 407,
                        Manner::Closed => 403,
                        _ if !is_connect => 405,
                        _ => 200,
                    };
                    if status != 200 {
                        stream.write_all(http(status, "", "no").as_bytes()).await?;
                        return goodbye(stream).await;
                    }
                    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
                    let mut to = TcpStream::connect(target).await?;
                    copy_bidirectional(&mut stream, &mut to).await.map(drop)
                });
            }
        });
        Self { address, heard }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().filter_map(|head| head.lines().next().map(str::to_owned)).collect()
    }
}
