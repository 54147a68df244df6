//! Letters and numbers that are none, on the way from the socket to the toast.

use ringside_desk::{AlertKind, Patch};
use voipbin_client::Dialect;
use voipbin_simulator::Setup;

use crate::stage::Stage;

#[tokio::test]
async fn a_caller_with_an_odd_name_rings_all_the_same_and_the_oddity_is_counted() {
    let live = Setup { dialect: voipbin_simulator::Dialect::Live, certificate: None, unlimited: true };
    for (setup, dialect) in [(Setup::default(), Dialect::Documented), (live, Dialect::Live)] {
        let stage = Stage::at(setup, 0, Some(dialect)).await;
        let me = stage.shift.desk().await.unwrap().me.id;
        let odd = [r#""Mia \ud83d""#, r#""Mia \u0000\u0007""#, r#""Mia \x41""#, "1e400", r#""the "Mia" Lee""#];
        for (at, name) in odd.iter().enumerate() {
            let from = format!(r#"{{"type":"tel","target":"+1555000000{at}","target_name":{name}}}"#);
            let frame = match dialect {
                Dialect::Documented => format!(
                    r#"{{"event_type":"call.assigned","topic":"agent_id:{me}:call:odd{at}","data":{{"id":"odd{at}","agent_id":"{me}",
                    "direction":"inbound","status":"ringing","source":{from},"destination":{{"type":"tel","target":"+15559876543"}}}}}}"#
                ),
                Dialect::Live => format!(
                    r#"{{"id":"ring{at}","owner_type":"agent","owner_id":"{me}","status":"progressing","source":{from},
                    "master_call_id":"odd{at}","master_groupcall_id":"","answer_call_id":"","groupcall_count":1}}"#
                ),
            };
            stage.play(&format!("send the frame {}", frame.replace('\n', " ")));
            stage.hears_times(AlertKind::Ringing, at + 1).await;
        }
        let heard = stage.hears(AlertKind::Ringing).await;
        assert!(heard.to_string().starts_with("Mia"), "{heard:?}");
        let diagnostics = stage.shift.diagnostics().await.unwrap().unwrap();
        assert_eq!(diagnostics.sockets, 1, "no letter costs the link");
        assert_eq!(diagnostics.misfit_fields["not valid JSON"], 4, "an escaped control character is JSON");
    }
}

#[tokio::test]
async fn a_caller_whose_name_is_no_utf_8_rings_and_the_link_stays() {
    let live = Setup { dialect: voipbin_simulator::Dialect::Live, certificate: None, unlimited: true };
    for (setup, dialect) in [(Setup::default(), Dialect::Documented), (live, Dialect::Live)] {
        let stage = Stage::at(setup, 0, Some(dialect)).await;
        let me = stage.shift.desk().await.unwrap().me.id;
        // The broken letter in the middle of a text, at its end, in a name that is not known, in bytes, in a key.
        let odd = [
            ("broken", r#""name":"Mia","target_name":"Zoë Lee""#),
            ("broken", r#""target_name":"Lee Zoë""#),
            ("broken", r#""target_name":"Lee","größe":"😀""#),
            ("binary", r#""target_name":"Zoë Lee""#),
        ];
        for (at, (how, name)) in odd.iter().enumerate() {
            let from = format!(r#"{{"type":"tel","target":"+1555000000{at}",{name}}}"#);
            let frame = match dialect {
                Dialect::Documented => format!(
                    r#"{{"event_type":"call.assigned","topic":"agent_id:{me}:call:odd{at}","data":{{"id":"odd{at}","agent_id":"{me}",
                    "direction":"inbound","status":"ringing","source":{from},"destination":{{"type":"tel","target":"+15559876543"}}}}}}"#
                ),
                Dialect::Live => format!(
                    r#"{{"id":"ring{at}","owner_type":"agent","owner_id":"{me}","status":"progressing","source":{from},
                    "master_call_id":"odd{at}","master_groupcall_id":"","answer_call_id":"","groupcall_count":1}}"#
                ),
            };
            stage.play(&format!("send the {how} frame {}", frame.replace('\n', " ")));
            stage.hears_times(AlertKind::Ringing, at + 1).await;
        }
        let diagnostics = stage.shift.diagnostics().await.unwrap().unwrap();
        assert_eq!((diagnostics.sockets, diagnostics.misfit_fields["not UTF-8"]), (1, 3), "no letter costs the link");
    }
}

#[tokio::test]
async fn a_list_with_a_broken_letter_is_read_and_its_call_is_on_the_desk() {
    let live = Setup { dialect: voipbin_simulator::Dialect::Live, certificate: None, unlimited: true };
    let stage = Stage::at(live, 0, Some(Dialect::Live)).await;
    stage.play("drop the link for 300ms");
    stage.sees("the loss", |patch| matches!(patch, Patch::PutLink { link } if !link.live)).await;
    stage.play("caller zoe \"Zoë Ünal\" +15550007777 calling-itself \"Zoë\"\nbreak the letters of the next 60 lists");
    stage.play("break the letters of the next 9 requests\nbreak the letters of the next 2 lookups\nzoe calls dana");
    stage.shift.retry_now().await.unwrap();
    stage.sees("the link again", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    let rings =
        |patch: &Patch| matches!(patch, Patch::PutCall { call } if format!("{call:?}").contains("+15550007777"));
    stage.sees("the call", rings).await;
}
