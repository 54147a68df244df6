//! Letters and numbers that are none, on the way from the socket to the toast.

use ringside_desk::AlertKind;
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
        assert!(heard.starts_with("Mia"), "{heard:?}");
        let diagnostics = stage.shift.diagnostics().await.unwrap().unwrap();
        assert_eq!(diagnostics.sockets, 1, "no letter costs the link");
        assert_eq!(diagnostics.misfit_fields["not valid JSON"], 4, "an escaped control character is JSON");
    }
}
