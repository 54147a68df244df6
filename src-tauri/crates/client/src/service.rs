//! Where the service is.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ringside_words::Message;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::{Host, Url};

use crate::cause::Cause;
use crate::road::Road;
use crate::tls;

/// Letters of a line in a PEM text.
const PEM_LINE: usize = 64;

/// The address of a VoIPBIN service. Encrypted always, but on this very machine.
#[derive(Debug, Clone)]
pub struct Service {
    base: Url,
    /// Certificate authorities that are trusted beside the system's, for a
    /// self-hosted service (live-service.md, section 1.1).
    extra: Arc<Vec<CertificateDer<'static>>>,
    road: Road,
}

/// The way there is no part of what a service is.
impl PartialEq for Service {
    fn eq(&self, other: &Self) -> bool {
        (&self.base, &self.extra) == (&other.base, &other.extra)
    }
}

impl Eq for Service {}

/// Why a text is no service address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// It cannot be read as an address.
    #[error("{0} is not a service address; it looks like api.voipbin.net")]
    Unreadable(String),
    /// It names a scheme other than https and wss.
    #[error("a service address starts with https, not {0}")]
    Scheme(String),
    /// It is not encrypted and not on this machine.
    #[error("{0} would send your sign-in unencrypted; use https")]
    Unencrypted(String),
    /// It carries a name, password, query or fragment.
    #[error("a service address is a host name and nothing else")]
    Extras,
    /// What should be certificates holds none that can be read.
    #[error("that is no certificate; a certificate file begins with -----BEGIN CERTIFICATE-----")]
    Certificate,
}

impl Service {
    /// VoIPBIN's own cloud (seed, "Connection Endpoint").
    pub const CLOUD: &'static str = "api.voipbin.net";

    /// Reads what an agent types: a host, `host:port`, or an address with scheme.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        let text = text.trim();
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut base = Url::parse(&with_scheme).map_err(|_| unreadable(text))?;
        if !base.username().is_empty()
            || base.password().is_some()
            || base.query().is_some()
            || base.fragment().is_some()
        {
            return Err(ServiceError::Extras);
        }
        let host = base.host().map(|host| host.to_owned()).filter(is_possible).ok_or_else(|| unreadable(text))?;
        let (scheme, encrypted) = match base.scheme() {
            "https" | "wss" => ("https", true),
            "http" | "ws" => ("http", false),
            other => return Err(ServiceError::Scheme(other.to_owned())),
        };
        if !encrypted && !is_loopback(&host) {
            return Err(ServiceError::Unencrypted(host.to_string()));
        }
        let port = base.port();
        base = Url::parse(&format!("{scheme}://{host}")).map_err(|_| unreadable(text))?;
        base.set_port(port).map_err(|()| unreadable(text))?;
        Ok(Self { base, extra: Arc::default(), road: Road::default() })
    }

    /// The same, trusting the certificate authorities of a PEM text as well.
    ///
    /// # Errors
    /// When there is no certificate in it, or one that cannot be read.
    pub fn trusting(self, pem: &str) -> Result<Self, ServiceError> {
        let extra = certificates(pem)?;
        let service = Self { extra: Arc::new(extra), ..self };
        service.tls().map(|_| ()).map_err(|_| ServiceError::Certificate)?;
        Ok(service)
    }

    /// How to encrypt towards it.
    pub(crate) fn tls(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        tls::config(&self.extra)
    }

    /// How it is reached.
    pub(crate) fn road(&self) -> &Road {
        &self.road
    }

    /// The same by another way.
    #[cfg(test)]
    pub(crate) fn by(self, road: Road) -> Self {
        Self { road, ..self }
    }

    /// The proxy on the way to it, if any: host and port, never its name and password.
    pub fn proxy(&self) -> Option<String> {
        self.road.proxies.to(&self.base).map(|proxy| proxy.host())
    }

    /// What stands between it and this computer.
    pub(crate) fn message(&self, cause: Cause) -> Message {
        cause.message(&self.name(), self.proxy().as_deref())
    }

    /// Host and port, as shown and logged.
    pub fn name(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The address to keep and to parse again.
    pub fn address(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// The address that the WebSocket's handshake asks for, without the token.
    pub(crate) fn socket(&self) -> Url {
        self.at("/v1.0/ws")
    }

    /// The address of a REST path.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

/// What cannot be read is shown only where no part of it can be a password: not
/// what stands before an `@`, and nothing that has a query, a colon or the length
/// of a token.
fn unreadable(text: &str) -> ServiceError {
    let rest = text.rsplit('@').next().unwrap_or_default();
    let rest = rest.rsplit("://").next().unwrap_or_default();
    let is_harmless = !text.contains(['?', '#']) && !rest.contains(':') && (1..=63).contains(&rest.len());
    ServiceError::Unreadable(if is_harmless { rest } else { "that" }.to_owned())
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, ServiceError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    read.ok().filter(|read| !read.is_empty()).ok_or(ServiceError::Certificate)
}

/// The certificates of a PEM text and nothing else of it: a file that holds them
/// often holds a private key as well, which is nobody's to keep.
///
/// # Errors
/// When there is no certificate in it, or one that cannot be read.
pub fn certificates_only(pem: &str) -> Result<String, ServiceError> {
    let mut only = String::new();
    for certificate in certificates(pem)? {
        only.push_str("-----BEGIN CERTIFICATE-----\n");
        let text = STANDARD.encode(&certificate);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, next) = rest.split_at(rest.len().min(PEM_LINE));
            only.push_str(line);
            only.push('\n');
            rest = next;
        }
        only.push_str("-----END CERTIFICATE-----\n");
    }
    Ok(only)
}

/// Whether an address is encrypted, or this very machine's.
pub(crate) fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || url.host().is_some_and(|host| is_loopback(&host.to_owned()))
}

/// No name longer than this can be looked up (RFC 1035); a token can be as long.
fn is_possible(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name.len() <= 253 && name.split('.').all(|label| label.len() <= 63),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    }
}

pub(crate) fn is_loopback(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_host_is_taken_as_the_agent_means_it() {
        let service = Service::parse(" api.voipbin.net ").unwrap();
        assert_eq!(service.socket().as_str(), "https://api.voipbin.net/v1.0/ws");
        assert_eq!(service.name(), "api.voipbin.net");
        let sandbox = Service::parse("https://api.voipbin.test:8443/anything").unwrap();
        assert_eq!(sandbox.at("/auth/login").as_str(), "https://api.voipbin.test:8443/auth/login");
        assert_eq!(Service::parse(&sandbox.address()).unwrap(), sandbox);
    }

    #[test]
    fn nothing_leaves_this_machine_unencrypted() {
        for loopback in ["http://127.0.0.1:8080", "ws://localhost:1", "http://[::1]:9"] {
            assert!(Service::parse(loopback).unwrap().socket().as_str().starts_with("http://"), "{loopback}");
        }
        for outside in
            ["http://api.voipbin.net", "ws://10.0.0.1", "http://localhost.example.com", "http://127.0.0.1.example.com"]
        {
            assert!(matches!(Service::parse(outside), Err(ServiceError::Unencrypted(_))), "{outside}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_said_before_it_is_needed() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for pem in ["", "hello", broken] {
            let service = Service::parse("api.voipbin.test").unwrap();
            assert_eq!(service.trusting(pem), Err(ServiceError::Certificate), "{pem}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_is_told_without_the_password_in_it() {
        let long = "s3cret".repeat(20);
        for address in [
            "https://me:s3cret@exa mple",
            "me:s3cret@exa mple",
            "https://me:s3cret@",
            "https://me:p@s3cret@[::1",
            "s3cret@:",
            "https://me:s3cret",
            "https://me:s3/cret@exa mple?token=s3cret",
            "https://exa mple#s3cret",
            "https://api.voipbin.net/?token=s3cret",
            long.as_str(),
        ] {
            let error = Service::parse(address).unwrap_err();
            assert!(!error.to_string().contains("s3cret"), "{address}: {error}");
        }
        assert_eq!(Service::parse("exa mple"), Err(ServiceError::Unreadable("exa mple".into())));
    }

    #[test]
    fn of_a_file_with_a_private_key_only_the_certificates_are_kept() {
        let certificate = |bytes: &[u8]| {
            let text = STANDARD.encode(bytes);
            let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
            format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
        };
        let (one, two) = (certificate(&[7; 100]), certificate(&[9; 48]));
        for kind in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            let key = format!("-----BEGIN {kind}-----\nZWFzeSB0byBzcG90\n-----END {kind}-----\n");
            for pem in [format!("{one}{key}{two}"), format!("Bag Attributes\n{key}{one}\n{two}{key}")] {
                assert_eq!(certificates_only(&pem).unwrap(), format!("{one}{two}"), "{kind}");
            }
            assert_eq!(certificates_only(&key), Err(ServiceError::Certificate));
        }
    }

    #[test]
    fn an_address_that_is_none_says_what_is_wrong() {
        assert!(matches!(Service::parse(""), Err(ServiceError::Unreadable(_))));
        assert!(matches!(Service::parse("ftp://x"), Err(ServiceError::Scheme(_))));
        assert_eq!(Service::parse("https://me:pass@x"), Err(ServiceError::Extras));
        assert_eq!(Service::parse("https://x/?token=1"), Err(ServiceError::Extras));
    }
}
