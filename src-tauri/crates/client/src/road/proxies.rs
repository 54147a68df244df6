//! Which proxy leads to an address: one policy for the socket and the requests.
//!
//! The environment decides as it does for other programs (`HTTPS_PROXY`,
//! `ALL_PROXY`, `NO_PROXY`, in capitals or not), and where it is silent the
//! system's settings on macOS and Windows. This machine itself is never reached
//! through a proxy, and a line is never handed to one unencrypted. A proxy's
//! name and password are kept like a token: they go to the proxy and nowhere else.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Uri;
use hyper::header::HeaderValue;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use url::{Host, Url};

use crate::service::is_loopback;

/// Which proxy leads where.
#[derive(Clone)]
pub(crate) struct Proxies {
    matcher: Arc<Matcher>,
    /// `NO_PROXY=*`, which the matcher takes for names only and not for numbers.
    never: bool,
}

/// A proxy on the way.
#[derive(Clone)]
pub(crate) struct Proxy {
    at: Uri,
    shown: Intercept,
}

impl Default for Proxies {
    /// What the environment and the system say now.
    fn default() -> Self {
        let none_for = ["NO_PROXY", "no_proxy"].iter().find_map(|name| std::env::var(name).ok());
        Self { matcher: Arc::new(Matcher::from_system()), never: is_everything(&none_for.unwrap_or_default()) }
    }
}

impl Proxies {
    /// The proxy that leads to an address; none to go there directly.
    pub(crate) fn to(&self, url: &Url) -> Option<Proxy> {
        if self.never || url.scheme() != "https" || url.host().is_none_or(|host| is_this_machine(&host.to_owned())) {
            return None;
        }
        let to = format!("https://{}", url.host_str()?).parse().ok()?;
        let shown = self.matcher.intercept(&to)?;
        Some(Proxy { at: with_usual_port(shown.uri()), shown })
    }

    #[cfg(test)]
    pub(crate) fn of(https: &str, all: &str, none_for: &str) -> Self {
        let matcher = Matcher::builder().https(https).all(all).http(https).no(none_for).build();
        Self { matcher: Arc::new(matcher), never: is_everything(none_for) }
    }
}

impl Proxy {
    /// Where it is, without name and password.
    pub(crate) fn uri(&self) -> &Uri {
        &self.at
    }

    /// Host and port, as shown and logged.
    pub(crate) fn host(&self) -> String {
        self.uri().authority().map(ToString::to_string).unwrap_or_default()
    }

    /// What an HTTP proxy is shown.
    pub(crate) fn header(&self) -> Option<&HeaderValue> {
        self.shown.basic_auth()
    }

    /// What a SOCKS proxy is shown.
    pub(crate) fn name_and_password(&self) -> Option<(&str, &str)> {
        self.shown.raw_auth()
    }

    /// Its address with name and password, for the HTTP client only. Names of
    /// hosts are left to the proxy to look up, as it is for the socket.
    pub(crate) fn address(&self) -> Option<Url> {
        let scheme = match self.uri().scheme_str()? {
            "socks5" => "socks5h",
            "socks4" => "socks4a",
            other => other,
        };
        let mut url = Url::parse(&format!("{scheme}://{}", self.host())).ok()?;
        let header = self.header().and_then(|header| header.to_str().ok()?.strip_prefix("Basic "));
        let basic = header.and_then(|words| String::from_utf8(STANDARD.decode(words).ok()?).ok());
        let basic = basic.as_deref().and_then(|words| words.split_once(':'));
        if let Some((name, password)) = basic.or_else(|| self.name_and_password()) {
            url.set_username(name).ok()?;
            url.set_password(Some(password)).ok()?;
        }
        Some(url)
    }
}

fn is_everything(none_for: &str) -> bool {
    none_for.split(',').any(|entry| entry.trim() == "*")
}

/// A SOCKS proxy is at port 1080 unless its address says otherwise.
fn with_usual_port(uri: &Uri) -> Uri {
    let is_socks = uri.scheme_str().is_some_and(|scheme| scheme.starts_with("socks"));
    let with_port = || {
        let authority = format!("{}:1080", uri.host()?);
        Uri::builder().scheme(uri.scheme_str()?).authority(authority).path_and_query("/").build().ok()
    };
    if is_socks && uri.port().is_none() { with_port().unwrap_or_else(|| uri.clone()) } else { uri.clone() }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxies(…)")
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.host())
    }
}

/// Loopback in all its spellings (RFC 6761 for the names).
fn is_this_machine(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv6(address) => {
            address.to_ipv4_mapped().is_some_and(|address| address.is_loopback()) || is_loopback(host)
        }
        Host::Ipv4(_) => is_loopback(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "https://api.voipbin.net";

    fn way(proxies: &Proxies, url: &str) -> String {
        proxies.to(&Url::parse(url).unwrap()).map_or("direct".to_owned(), |proxy| proxy.host())
    }

    #[test]
    #[expect(clippy::print_stdout, reason = "environment × address as a table")]
    fn the_same_environment_leads_every_address_the_same_way() {
        let environments = [
            ("", "", ""),
            ("http://proxy.corp:3128", "", ""),
            ("proxy.corp:3128", "", ""),
            ("", "socks5h://proxy.corp:1080", ""),
            ("http://proxy.corp:3128", "http://other.corp:1", ""),
            ("http://proxy.corp:3128", "", "voipbin.net"),
            ("http://proxy.corp:3128", "", ".voipbin.net, 10.0.0.0/8"),
            ("http://proxy.corp:3128", "", "*"),
            ("http://me:s3cret@proxy.corp:3128", "", ""),
            ("ftp://proxy.corp:21", "", ""),
        ];
        let addresses = [
            SERVICE,
            "https://10.1.2.3:8443",
            "https://api.voipbin.test:8443",
            "https://localhost:8443",
            "https://demo.localhost",
            "https://127.0.0.1:8443",
            "https://[::1]:8443",
            "https://[::ffff:127.0.0.1]:1",
            "http://127.0.0.1:8080",
        ];
        let (proxy, socks, direct) = ("proxy.corp:3128", "proxy.corp:1080", "direct");
        let expected = [
            [direct; 3],
            [proxy; 3],
            [proxy; 3],
            [socks; 3],
            [proxy; 3],
            [direct, proxy, proxy],
            [direct, direct, proxy],
            [direct; 3],
            [proxy; 3],
            [direct; 3],
        ];
        for ((https, all, none_for), outside) in environments.into_iter().zip(expected) {
            let proxies = Proxies::of(https, all, none_for);
            let ways: Vec<String> = addresses.iter().map(|url| way(&proxies, url)).collect();
            for (address, way) in addresses.iter().zip(&ways) {
                println!(
                    "https_proxy={:<24} all_proxy={all:<26} no_proxy={none_for:<26} {address:<30} -> {way}",
                    https.replace("me:s3cret@", "…@")
                );
            }
            assert_eq!(ways[..3], outside, "{https} {all} {none_for}");
            assert!(
                ways[3..].iter().all(|way| way == direct),
                "this machine is never reached through a proxy: {ways:?}"
            );
        }
    }

    #[test]
    fn a_proxys_name_and_password_reach_the_proxy_and_are_never_shown() {
        for (proxy, password) in [
            ("http://me:s3cret%40%3A@proxy.corp:3128", "s3cret%40%3A"),
            ("socks5://me:s3cret@proxy.corp:1080", "s3cret"),
        ] {
            let proxies = Proxies::of(proxy, "", "");
            let proxy = proxies.to(&Url::parse(SERVICE).unwrap()).unwrap();
            let address = proxy.address().unwrap();
            assert_eq!((address.username(), address.password()), ("me", Some(password)));
            let shown = format!("{proxies:?} {proxy:?} {} {}", proxy.host(), proxy.uri());
            assert!(!shown.contains("s3cret") && !shown.contains("me:"), "{shown}");
        }
    }
}
