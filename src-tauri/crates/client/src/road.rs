//! How the service is reached: names, addresses, proxies.
//!
//! The socket opens its line here and the requests are given the same names
//! and the same [`Proxies`], so that what lets one through lets the other
//! through. A dead address holds up neither: all race a quarter of a second
//! apart, whatever their family (RFC 8305).

mod names;
mod proxies;
mod race;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service as _;
use url::Url;

pub(crate) use names::{Names, NoSuchHost};
pub(crate) use proxies::{Proxies, Proxy};

/// All addresses of a host together get this long: well below what an attempt
/// of the link may take, so that the last of them has its turn.
pub(crate) const CONNECT_WITHIN: Duration = Duration::from_secs(8);
/// The same with names, proxies and encryption.
const OPEN_WITHIN: Duration = Duration::from_secs(9);
/// The other address family is tried this long after the first (RFC 8305).
const OTHER_FAMILY_AFTER: Duration = Duration::from_millis(250);

/// The way to the service and whoever it points to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Road {
    pub(crate) proxies: Proxies,
    pub(crate) names: Names,
}

/// An open line, encrypted where the address says so.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

pub(crate) type Line = Box<dyn Wire>;

type Failure = Box<dyn Error + Send + Sync>;

impl Road {
    /// Opens a line to an address of `https` or, on this machine, `http`.
    pub(crate) async fn open(&self, url: &Url, tls: Arc<ClientConfig>) -> Result<Line, Failure> {
        timeout(OPEN_WITHIN, self.open_at_leisure(url, tls)).await?
    }

    async fn open_at_leisure(&self, url: &Url, tls: Arc<ClientConfig>) -> Result<Line, Failure> {
        let to = uri(url)?;
        let mut http = self.connector(url);
        let line = match self.proxies.to(url) {
            None => line(http.call(to).await?),
            Some(proxy) => through(&proxy, http, to, Arc::clone(&tls)).await?,
        };
        if url.scheme() == "http" {
            return Ok(line);
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        Ok(Box::new(TlsConnector::from(tls).connect(ServerName::try_from(host)?, line).await?))
    }

    /// The names on the way to this address, that of a proxy included.
    pub(crate) fn names_towards(&self, url: &Url) -> Names {
        let direct = url.host_str().zip(url.port_or_known_default());
        let proxy = self.proxies.to(url);
        let proxy = proxy.as_ref().and_then(|proxy| proxy.uri().host().zip(proxy.uri().port_u16()));
        self.names.towards(direct.into_iter().chain(proxy).map(|(host, port)| (host.to_owned(), port)))
    }

    fn connector(&self, url: &Url) -> HttpConnector<Names> {
        let mut http = HttpConnector::new_with_resolver(self.names_towards(url));
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT_WITHIN));
        http.set_happy_eyeballs_timeout(Some(OTHER_FAMILY_AFTER));
        http
    }
}

/// A line to the address that leads through a proxy, which sees the host's name
/// and nothing of what is said.
async fn through(proxy: &Proxy, http: HttpConnector<Names>, to: Uri, tls: Arc<ClientConfig>) -> Result<Line, Failure> {
    let at = proxy.uri().clone();
    match at.scheme_str() {
        Some("socks5" | "socks5h") => {
            let socks = SocksV5::new(at, http);
            let mut socks = match proxy.name_and_password() {
                Some((name, password)) => socks.with_auth(name.to_owned(), password.to_owned()),
                None => socks,
            };
            Ok(line(socks.call(to).await?))
        }
        Some("socks4" | "socks4a") => Ok(line(SocksV4::new(at, http).call(to).await?)),
        Some("https") => {
            let http = hyper_rustls::HttpsConnector::from((http, tls));
            Ok(line(tunnel(proxy, Tunnel::new(at, http)).call(to).await?))
        }
        _ => Ok(line(tunnel(proxy, Tunnel::new(at, http)).call(to).await?)),
    }
}

fn tunnel<C>(proxy: &Proxy, tunnel: Tunnel<C>) -> Tunnel<C> {
    match proxy.header() {
        Some(header) => tunnel.with_auth(header.clone()),
        None => tunnel,
    }
}

fn line(io: impl Read + Write + Send + Unpin + 'static) -> Line {
    Box::new(TokioIo::new(io))
}

fn uri(url: &Url) -> Result<Uri, Failure> {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    Ok(Uri::builder().scheme(url.scheme()).authority(format!("{host}:{port}")).path_and_query("/").build()?)
}
