//! What the agent reads about the connection.

use super::*;

#[test]
fn the_wrong_dialect_is_said_plainly_and_promises_nothing() {
    for (instead, words) in [(SpokenAs::Documented, "link-speaks-documented"), (SpokenAs::Live, "link-speaks-live")] {
        let mut desk = desk();
        desk.link(LinkNotice { instead: Some(instead), confirmed: Vec::new(), ..notice(LinkStage::Connected) }, 1);
        let link = desk.view().link;
        assert!(link.wrong_dialect && !link.live && !link.hears_calls, "{link:?}");
        assert_eq!(link.promise.id, "link-promise-not-yet");
        assert!(link.troubles.len() == 1 && link.troubles[0].id == words, "{:?}", link.troubles);
        desk.link(notice(LinkStage::Subscribed), 2);
        let link = desk.view().link;
        assert!(link.live && !link.wrong_dialect && link.troubles.is_empty(), "{link:?}");
    }
}

#[test]
fn a_manager_hears_the_own_calls_by_the_customers_topic_where_calls_name_their_owner() {
    for (topic, hears) in [
        ("customer_id:12345678-1234-1234-1234-123456789012:call:call_", true),
        ("customer_id:12345678-1234-1234-1234-123456789012:groupcall:groupcall_", true),
        ("customer_id:12345678-1234-1234-1234-123456789012:call:*", false),
        ("customer_id:12345678-1234-1234-1234-123456789012:queuecall:queuecall_", false),
        ("agent_id:98765432-4321-4321-4321-210987654321:call:*", true),
    ] {
        let mut desk = desk();
        let confirmed = vec![Topic::parse(topic).unwrap()];
        desk.link(LinkNotice { confirmed, ..notice(LinkStage::Subscribed) }, 1);
        assert_eq!(desk.view().link.hears_calls, hears, "{topic}");
    }
}

#[test]
fn a_frozen_account_is_said_though_the_connection_is_open_and_taken_back() {
    let mut desk = desk();
    desk.account_frozen(Some(say!("link-frozen-since", since = "2026-11-01")));
    let patches = desk.take_changes();
    let said = |patch: &Patch| {
        matches!(patch, Patch::PutLink { link } if link.live && link.troubles[0].has("link-frozen-since")
        && link.troubles[0].given("since") == Some(&"2026-11-01".into()))
    };
    assert!(patches.iter().any(said), "{patches:?}");
    desk.account_frozen(Some(say!("link-frozen-since", since = "2026-11-01")));
    assert_eq!(desk.take_changes(), [], "said once");
    desk.account_frozen(None);
    assert!(desk.view().link.troubles.is_empty());
}
