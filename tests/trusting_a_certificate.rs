//! A self-hosted service with a certificate authority of its own.

use ringside_desk::{AlertKind, Patch};
use ringside_shift::{Code, Place};
use ringside_words::Message;
use voipbin_client::Dialect;
use voipbin_simulator::{Certificate, Setup};

use crate::stage::Stage;

async fn service(certificate: Certificate) -> Stage {
    let setup = Setup { dialect: voipbin_simulator::Dialect::Live, certificate: Some(certificate), ..Setup::default() };
    Stage::before(setup).await
}

#[tokio::test]
async fn a_service_is_trusted_once_its_authority_is_set_and_the_setting_is_kept() {
    let stage = service(Certificate::Good).await;
    let address = stage.service.address();
    let problem = stage.sign_in_to(Place::from(address.clone()), 0).await.unwrap_err();
    assert_eq!(problem.code, Code::Address, "{problem}");
    let place = Place { service: address, extra_ca: stage.service.authority(), only: Some(Dialect::Live) };
    stage.sign_in_to(place, 0).await.unwrap();
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    stage.play("john calls dana");
    stage.hears(AlertKind::Ringing).await;
    stage.kept(|kept| kept.account.extra_ca.is_some()).await;
    stage.play("cut the link short");
    stage.sees("the loss", |patch| matches!(patch, Patch::PutLink { link } if !link.live)).await;
    stage.sees("the link again", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
}

#[tokio::test]
async fn a_bad_certificate_is_refused_whatever_is_set() {
    for (certificate, id) in [
        (Certificate::OtherHost, "link-cause-other-host"),
        (Certificate::Expired, "link-cause-expired"),
        (Certificate::OtherAuthority, "link-cause-unknown-authority"),
    ] {
        let stage = service(certificate).await;
        let place = Place { service: stage.service.address(), extra_ca: stage.service.authority(), only: None };
        let problem = stage.sign_in_to(place, 0).await.unwrap_err();
        assert!(problem.message.has(id), "{certificate:?}: {problem}");
        assert_eq!(problem.code, Code::Address);
    }
}

#[tokio::test]
async fn what_is_no_certificate_marks_the_field() {
    let stage = service(Certificate::Good).await;
    let place = Place { service: stage.service.address(), extra_ca: Some("hello".into()), only: None };
    assert_eq!(stage.sign_in_to(place, 0).await.unwrap_err().code, Code::Certificate);
}

#[tokio::test]
async fn of_a_file_with_a_private_key_only_the_certificate_is_kept_and_the_agent_is_told() {
    let stage = service(Certificate::Good).await;
    let key = "-----BEGIN PRIVATE KEY-----\nZWFzeSB0byBzcG90\n-----END PRIVATE KEY-----\n";
    let pem = format!("{key}{}", stage.service.authority().unwrap());
    let place = Place { service: stage.service.address(), extra_ca: Some(pem), only: None };
    stage.sign_in_to(place, 0).await.unwrap();
    let is_told = |problem: &Message| problem.has("problems-certificate-with-key");
    stage
        .sees(
            "that it holds a key",
            |patch| matches!(patch, Patch::PutSession { session } if session.problem.as_ref().is_some_and(is_told)),
        )
        .await;
    stage.kept(|kept| kept.account.extra_ca.as_deref().is_some_and(|kept| !kept.contains("PRIVATE KEY"))).await;
}
