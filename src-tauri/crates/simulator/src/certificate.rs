//! A certificate authority of the test's own, and what it signs: good
//! certificates, and bad ones that a client must not take.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// Good certificates are made out for this address, too: one for documentation
/// (RFC 5737), where a test puts a service that must not be this machine.
pub const ELSEWHERE: &str = "198.51.100.1";

/// Which certificate the service shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// For this host, signed by the authority that is told of.
    Good,
    /// For another host.
    OtherHost,
    /// Long over.
    Expired,
    /// Signed by another authority than the one that is told of.
    OtherAuthority,
}

/// Whose certificates are not made out.
#[derive(Debug, thiserror::Error)]
#[error("the certificates could not be made")]
pub struct CertificateError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The authority as PEM, and a service that shows a certificate.
pub(crate) fn authority(shows: Certificate) -> Result<(String, TlsAcceptor), CertificateError> {
    make(shows).map_err(CertificateError)
}

fn make(shows: Certificate) -> Result<(String, TlsAcceptor), Box<dyn std::error::Error + Send + Sync>> {
    let (pem, issuer) = new_authority()?;
    let (_, other) = new_authority()?;
    let hosts: &[&str] = if shows == Certificate::OtherHost { &["elsewhere.test"] } else { &["localhost", ELSEWHERE] };
    let mut leaf = CertificateParams::new(hosts.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    if shows == Certificate::Expired {
        (leaf.not_before, leaf.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 2, 1));
    }
    let key = KeyPair::generate()?;
    let signed = leaf.signed_by(&key, if shows == Certificate::OtherAuthority { &other } else { &issuer })?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![signed.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())?;
    Ok((pem, TlsAcceptor::from(Arc::new(config))))
}

fn new_authority() -> Result<(String, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((pem, Issuer::new(params, key)))
}
