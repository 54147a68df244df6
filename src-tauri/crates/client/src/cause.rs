//! Why the service could not be reached: one table for the socket and the requests.
//!
//! What broke lies deep inside what the libraries hand up, and their own words
//! may hold an address, and with it a credential. So the chain is looked
//! through for what is known, and the words are the catalogue's.

use std::error::Error;
use std::io;

use ringside_words::{Argument, Message, say};
use rustls::{AlertDescription, CertificateError};

use crate::road::NoSuchHost;

/// What stands between this computer and the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Its name leads to no address.
    NoSuchHost,
    /// There is no way to it from here.
    NoNetwork,
    /// Its machine says that nothing listens there.
    NothingThere,
    /// It says nothing at all.
    Silence,
    /// Its certificate is over.
    Expired,
    /// Its certificate is not good yet.
    NotYetValid,
    /// Its certificate is made out to somebody else.
    OtherHost,
    /// Nobody here trusts who signed its certificate.
    UnknownAuthority,
    /// Its certificate was called back.
    Revoked,
    /// Its certificate is no good for another reason.
    BadCertificate,
    /// It offers no encryption that is still safe.
    OldEncryption,
    /// What answers does not speak encrypted.
    NotEncrypted,
    /// The proxy wants a name and password, or others than it got.
    ProxyLogin,
    /// The proxy is there and will not let us through.
    ProxyRefuses,
    /// The proxy itself is not there.
    NoProxy,
    /// Anything else.
    Broke,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 16] = [
        Self::NoSuchHost,
        Self::NoNetwork,
        Self::NothingThere,
        Self::Silence,
        Self::Expired,
        Self::NotYetValid,
        Self::OtherHost,
        Self::UnknownAuthority,
        Self::Revoked,
        Self::BadCertificate,
        Self::OldEncryption,
        Self::NotEncrypted,
        Self::ProxyLogin,
        Self::ProxyRefuses,
        Self::NoProxy,
        Self::Broke,
    ];

    /// What it means and what helps. `host` is the service's name, `proxy` the
    /// proxy's where there is one on the way.
    pub fn message(self, host: &str, proxy: Option<&str>) -> Message {
        let proxy = || proxy.map_or_else(|| say!("link-cause-some-proxy").into(), Argument::from);
        match self {
            Self::NoSuchHost => say!("link-cause-no-such-host", host = host),
            Self::NoNetwork => say!("link-cause-no-network", host = host),
            Self::NothingThere => say!("link-cause-nothing-there", host = host),
            Self::Silence => say!("link-cause-silence", host = host),
            Self::Expired => say!("link-cause-expired", host = host),
            Self::NotYetValid => say!("link-cause-not-yet-valid", host = host),
            Self::OtherHost => say!("link-cause-other-host", host = host),
            Self::UnknownAuthority => say!("link-cause-unknown-authority", host = host),
            Self::Revoked => say!("link-cause-revoked", host = host),
            Self::BadCertificate => say!("link-cause-bad-certificate", host = host),
            Self::OldEncryption => say!("link-cause-old-encryption", host = host),
            Self::NotEncrypted => say!("link-cause-not-encrypted", host = host),
            Self::ProxyLogin => say!("link-cause-proxy-login", proxy = proxy()),
            Self::ProxyRefuses => say!("link-cause-proxy-refuses", proxy = proxy(), host = host),
            Self::NoProxy => say!("link-cause-no-proxy", proxy = proxy()),
            Self::Broke => say!("link-cause-broke", host = host),
        }
    }

    /// What lies at the bottom of an error.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        let chain = chain(error);
        let proxy = chain.iter().find_map(|error| of_proxy(*error));
        match proxy {
            Some(cause) => cause,
            None => chain.iter().find_map(|error| of_one(*error)).unwrap_or(Self::Broke),
        }
    }
}

/// An error and everything inside it. What `io::Error` wraps is no source of it.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut chain = vec![error];
    let mut at = 0;
    while let Some(error) = chain.get(at).copied() {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        chain.extend(wrapped.map(|inside| inside as &(dyn Error + 'static)));
        // The wrapped error's own source was found above.
        chain.extend(error.source().filter(|_| wrapped.is_none()));
        at += 1;
    }
    chain
}

/// The connectors do not export their errors of proxies, so their words are
/// what there is; a test against real proxies keeps watch over them.
fn of_proxy(error: &(dyn Error + 'static)) -> Option<Cause> {
    let words = error.to_string();
    if let Some(what) = words.strip_prefix("tunnel error: ") {
        return Some(match what {
            "proxy authorization required" => Cause::ProxyLogin,
            "failed to create underlying connection" => Cause::NoProxy,
            _ => Cause::ProxyRefuses,
        });
    }
    if let Some(what) = words.strip_prefix("SOCKS error: ") {
        return Some(match what {
            what if what.starts_with("failed to create underlying connection") => Cause::NoProxy,
            what if what.contains("auth") || what.contains("credentials") => Cause::ProxyLogin,
            _ => Cause::ProxyRefuses,
        });
    }
    None
}

fn of_one(error: &(dyn Error + 'static)) -> Option<Cause> {
    if error.is::<NoSuchHost>() {
        return Some(Cause::NoSuchHost);
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(of_encryption(error));
    }
    if error.is::<tokio::time::error::Elapsed>() {
        return Some(Cause::Silence);
    }
    match error.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Some(Cause::NothingThere),
        io::ErrorKind::TimedOut => Some(Cause::Silence),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Some(Cause::NoNetwork),
        _ => None,
    }
}

fn of_encryption(error: &rustls::Error) -> Cause {
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Cause::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Cause::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Cause::OtherHost,
            // An authority made anew under its old name signs differently.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Cause::UnknownAuthority,
            CertificateError::Revoked => Cause::Revoked,
            _ => Cause::BadCertificate,
        },
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity,
        ) => Cause::OldEncryption,
        rustls::Error::InvalidMessage(_) => Cause::NotEncrypted,
        _ => Cause::Broke,
    }
}
