//! Only the service's own answers are believed.

use std::pin::Pin;

use voipbin_wire::{AgentStatus, Timestamp};

use super::{handshake, rest};
use crate::link::OpenFailure;
use crate::nearby::{answering, http};
use crate::rest::lists::List;
use crate::rest::recordings::FetchError;
use crate::rest::steering::Transferee;
use crate::rest::{Rest, RestError};
use crate::service::Service;

type Call<'a> = Pin<Box<dyn Future<Output = Result<(), RestError>> + 'a>>;

const ID: &str = "11110680-804e-11ec-8477-2fea5968d85b";

macro_rules! calls {
    ($rest:ident: $($name:ident($($argument:expr),*)),+ $(,)?) => {
        vec![$((stringify!($name), Box::pin(async { $rest.$name($($argument),*).await.map(drop) }) as Call<'_>)),+]
    };
}

/// Every request that there is.
fn calls(rest: &Rest) -> Vec<(&'static str, Call<'_>)> {
    let epoch = || Timestamp::from_millis(0);
    let mut calls = calls!(rest:
        login("dana@northwind.example", "x"), me(), set_status(&AgentStatus::Away), send_message("+1", "+2", "Hi"),
        answer(ID, "Hi"), queue_names(), colleagues(), customer_of_key(), lookup("+1"), peer_events(None, "+1", 1),
        cases(1, |_| false), case_notes(ID), tags(|_| false), add_contact("+1", "Ann", ""), add_note(ID, "x"), close_case(ID),
        assign_case(ID, ID), assign_conversation(ID, ID), tag_contact(ID, ID, true), tag_contact(ID, ID, false), close_talk(ID), hold(ID, true), music(ID, true),
        mute(ID, true), record(ID), record_no_more(ID), hang_up(ID), end_ring(ID),
        transfer(ID, false, &Transferee { kind: "tel".into(), target: "+1".into() }), kick(ID), open_talk(ID),
        say_in_talk(ID, "Hi", None), upload("a.txt", b"x".to_vec()), open_channel("x", ""), join_channel(ID),
        take_back_in_talk(ID, ID), react(ID, "+"),
    );
    for list in [
        List::Calls,
        List::Rings,
        List::Waits,
        List::Messages,
        List::OwnCalls,
        List::OwnConversations,
        List::ConversationMessages(ID.into()),
        List::Talks,
        List::Channels,
        List::TalkMessages(ID.into()),
    ] {
        calls.push(("list", Box::pin(async move { rest.list(&list, epoch(), 1).await.map(drop) })));
    }
    let fetched = |result: Result<_, FetchError>| match result {
        Ok(_) => Ok(()),
        Err(FetchError::Rest(error)) => Err(error),
        Err(FetchError::Disk(error)) => panic!("nothing is written: {error}"),
    };
    let folder = std::env::temp_dir();
    let other = folder.clone();
    calls.push(("recording_file", Box::pin(async move { fetched(rest.recording_file(ID, &folder, |_| {}).await) })));
    calls.push(("shared_file", Box::pin(async move { fetched(rest.shared_file(ID, &other).await) })));
    calls
}

/// Who is answered with nothing by the service itself (live-service.md, section
/// 4.10): there an empty answer with 200 is one.
const MAY_BE_EMPTY: [&str; 3] = ["hold", "music", "mute"];

#[tokio::test]
async fn no_foreign_answer_to_any_request_counts_as_the_services() {
    let page = "<html><title>Welcome to Hotel Wi-Fi</title>Please sign in</html>";
    let portal = r#"{"portal":"https://wifi.hotel.example/login"}"#;
    let mut cut = http(200, "", r#"{"result":[],"next_page_token":""}"#);
    cut.truncate(cut.len() - 9);
    let answers = [
        ("html 200", http(200, "content-type: text/html\r\n", page)),
        ("html 401", http(401, "content-type: text/html\r\n", page)),
        ("html 403", http(403, "content-type: text/html\r\n", page)),
        ("html 404", http(404, "content-type: text/html\r\n", page)),
        ("html 500", http(500, "content-type: text/html\r\n", page)),
        ("json portal 200", http(200, "content-type: application/json\r\n", portal)),
        ("json portal 401", http(401, "content-type: application/json\r\n", portal)),
        ("json portal 403", http(403, "content-type: application/json\r\n", portal)),
        ("empty 200", http(200, "", "")),
        ("empty 401", http(401, "", "")),
        ("empty 201", http(201, "", "")),
        ("empty 202", http(202, "", "")),
        ("empty 204", "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned()),
        ("empty object 200", http(200, "content-type: application/json\r\n", "{}")),
        ("id is nothing 200", http(200, "content-type: application/json\r\n", r#"{"id":""}"#)),
        ("html 429", http(429, "content-type: text/html\r\n", page)),
        ("html 503", http(503, "content-type: text/html\r\nretry-after: 1\r\n", page)),
        ("empty 503", http(503, "", "")),
        ("json cut short 200", http(200, "", r#"{"result":[{"id":"x"#)),
        ("cut short 200", cut),
        ("redirect 302", http(302, "location: https://wifi.hotel.example/\r\n", "")),
        ("redirect 307", http(307, "location: http://wifi.hotel.example/\r\n", "")),
        ("redirect 308", http(308, "location: https://wifi.hotel.example/\r\n", page)),
    ];
    for (what, answer) in answers {
        let dated = answer.replacen("\r\n", "\r\ndate: Tue, 03 Jun 2008 11:05:30 GMT\r\n", 1);
        let service = Service::parse(&format!("http://{}", answering(&[&dated]).await)).unwrap();
        let rest = rest(&service);
        for (name, call) in calls(&rest) {
            let result = call.await;
            let word = match &result {
                Ok(()) => "taken",
                Err(RestError::Foreign { .. }) => "foreign",
                Err(RestError::Unclear { .. }) => "unclear",
                Err(other) => panic!("{name} × {what}: {other:?}"),
            };
            println!("{name:<20} {what:<20} {word}");
            let expected = match what {
                "cut short 200" => "unclear",
                "empty 200" if MAY_BE_EMPTY.contains(&name) => "taken",
                _ => "foreign",
            };
            assert_eq!(word, expected, "{name} × {what}");
            assert_eq!(rest.service_time(), None, "{name} × {what}: whose clock is that?");
        }
    }
}

#[tokio::test]
async fn the_services_own_word_is_believed_and_a_failed_login_is_a_bare_400() {
    let said = |status: u16, word: &str, reason: &str| {
        http(
            status,
            "content-type: text/plain\r\n",
            &format!(r#"{{"error":{{"status":"{word}","reason":"{reason}"}}}}"#),
        )
    };
    let me = async |answer: String| {
        let service = Service::parse(&format!("http://{}", answering(&[&answer]).await)).unwrap();
        rest(&service).me().await.unwrap_err()
    };
    assert!(matches!(me(said(401, "UNAUTHENTICATED", "INVALID_CREDENTIALS")).await, RestError::Unauthorized));
    assert!(matches!(me(said(403, "PERMISSION_DENIED", "AGENT_AUTH_REQUIRED")).await, RestError::Forbidden { .. }));
    assert!(matches!(me(said(404, "NOT_FOUND", "ROUTE_NOT_FOUND")).await, RestError::NotFound));
    assert!(matches!(me(said(500, "INTERNAL", "INTERNAL")).await, RestError::Rejected { status: 500, .. }));
    let login = async |answer: String| {
        let service = Service::parse(&format!("http://{}", answering(&[&answer]).await)).unwrap();
        rest(&service).login("dana", "x").await.unwrap_err()
    };
    assert!(matches!(login(http(400, "", "")).await, RestError::WrongLogin));
    assert!(matches!(login(http(400, "", "<html>Bad Request</html>")).await, RestError::Foreign { .. }));
}

#[tokio::test]
async fn a_refused_handshake_counts_with_the_services_own_word_however_late_its_body_comes() {
    let envelope = |word: &str, reason: &str| format!(r#"{{"error":{{"status":"{word}","reason":"{reason}"}}}}"#);
    let page = "<html>Please sign in</html>";
    let cases = [
        (401, envelope("UNAUTHENTICATED", "INVALID_CREDENTIALS"), "Unauthorized"),
        (403, envelope("PERMISSION_DENIED", "ACCOUNT_FROZEN"), "Frozen"),
        (403, envelope("PERMISSION_DENIED", "PERMISSION_DENIED"), "Other"),
        (404, envelope("NOT_FOUND", "ROUTE_NOT_FOUND"), "NotFound"),
        (429, envelope("RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"), "RateLimited"),
        (503, envelope("UNAVAILABLE", "SERVICE_UNAVAILABLE"), "Unavailable"),
        (429, page.to_owned(), "TurnedAway"),
        (503, page.to_owned(), "TurnedAway"),
        (503, String::new(), "TurnedAway"),
        (401, page.to_owned(), "Foreign"),
        (403, page.to_owned(), "Foreign"),
        (404, page.to_owned(), "Foreign"),
        (200, page.to_owned(), "Foreign"),
        (200, String::new(), "Foreign"),
        (302, String::new(), "Foreign"),
        (400, "Bad Request".to_owned(), "Foreign"),
        (502, page.to_owned(), "Other"),
        (101, String::new(), "Foreign"),
    ];
    for (status, body, expected) in cases {
        let whole = if status == 101 {
            "HTTP/1.1 101 Said\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n".to_owned()
        } else {
            http(status, "", &body)
        };
        let (head, late) = whole.split_at(whole.len() - body.len());
        let service = Service::parse(&format!("http://{}", answering(&[head, late]).await)).unwrap();
        let failure = handshake(&service).await.unwrap_err();
        println!("{status} {body:<80} {failure:?}");
        let variant = format!("{failure:?}");
        assert!(variant.starts_with(expected), "{status} {body}: {failure:?}");
        if let OpenFailure::Foreign(words) = failure {
            assert_eq!(words.id, "link-foreign", "{words}");
        }
    }
}
