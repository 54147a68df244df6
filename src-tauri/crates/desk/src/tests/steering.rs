//! What is done to calls, and the agent's own status around them.

use super::*;

const NONE: &str = "00000000-0000-0000-0000-000000000000";

fn on_a_call() -> Desk {
    let mut desk = desk();
    play(&mut desk, &assigned(1), 1000);
    play(&mut desk, &answered(2), 2000);
    desk.take_out();
    desk
}

fn controls(desk: &Desk) -> ControlsView {
    desk.view().calls[0].controls.clone()
}

fn leo(blind: bool) -> Deed {
    let to = Target { kind: "agent".into(), target: "leo-id".into(), name: "Leo Marsh".into() };
    Deed::Transfer { to, blind }
}

fn ring(id: &str, more: &serde_json::Value) -> String {
    let mut data = json!({
        "id": id, "customer_id": "c", "owner_type": "agent", "owner_id": ME, "status": "progressing",
        "source": {"type": "tel", "target": JOHN}, "destinations": [{"type": "agent", "target": ME}],
        "master_call_id": "call-1", "master_groupcall_id": NONE, "answer_call_id": NONE, "answer_groupcall_id": NONE,
        "tm_create": "2024-01-15T10:30:01Z", "tm_update": "2024-01-15T10:30:01Z",
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data.to_string()
}

#[test]
fn each_control_shows_where_it_stands() {
    let mut desk = on_a_call();
    let asked = desk.steer("call-1", &Deed::Hold(true)).unwrap();
    assert_eq!(asked, [CallRequest::Hold { call: "call-1".into(), on: true }]);
    assert_eq!(controls(&desk).hold, DeedView::Asking);
    desk.steered("call-1", &Deed::Hold(true), Steered::Done);
    assert_eq!(controls(&desk).hold, DeedView::On);
    desk.steer("call-1", &Deed::Hold(false)).unwrap();
    assert_eq!(controls(&desk).hold, DeedView::Ending);
    desk.steered("call-1", &Deed::Hold(false), Steered::Failed(Message::verbatim("The call is still on hold.")));
    let shown = controls(&desk);
    assert_eq!((shown.hold, shown.problem), (DeedView::On, Some(Message::verbatim("The call is still on hold."))));
    desk.call_problem_seen("call-1");
    assert_eq!(controls(&desk).problem, None);
}

#[test]
fn a_plain_agent_is_told_why_before_anything_is_tried() {
    let mut desk = on_a_call();
    desk.rights(Rights { is_manager: false, is_agent: true });
    let why = desk.steer("call-1", &Deed::Hold(true)).unwrap_err();
    assert!(why == say!("calls-off-noRight"));
    assert_eq!(desk.view().can.steer, Some(WhyOff::NoRight));
    assert_eq!(controls(&desk), ControlsView::default());
}

#[test]
fn the_agent_is_muted_on_the_own_leg_and_the_customer_held_on_the_customers() {
    let mut desk = desk();
    play(&mut desk, &ring("outer", &json!({})), 1000);
    let inner = json!({"master_groupcall_id": "outer", "destinations": [{"type": "extension", "target": "x"}],
        "answer_call_id": "my-leg", "tm_update": "2024-01-15T10:30:05Z"});
    play(&mut desk, &ring("inner", &inner), 5000);
    assert_eq!(desk.view().calls[0].stage, CallStage::Talking);
    let asked = |desk: &mut Desk, deed| desk.steer("call-1", &deed).unwrap().remove(0);
    assert_eq!(asked(&mut desk, Deed::Mute(true)), CallRequest::Mute { call: "my-leg".into(), on: true });
    assert_eq!(asked(&mut desk, Deed::Hold(true)), CallRequest::Hold { call: "call-1".into(), on: true });
    assert_eq!(asked(&mut desk, Deed::HangUp), CallRequest::HangUp { call: "my-leg".into() });
}

#[test]
fn a_ring_can_be_ended_where_the_service_knows_rings_and_a_call_not_before_it_is_answered() {
    let mut desk = desk();
    play(&mut desk, &ring("outer", &json!({})), 1000);
    assert!(desk.steer("call-1", &Deed::Hold(true)).unwrap_err().has("calls-off-answerFirst"));
    assert_eq!(desk.steer("call-1", &Deed::EndRing).unwrap(), [CallRequest::EndRing { groupcall: "outer".into() }]);
    let mut documented = super::desk();
    play(&mut documented, &assigned(1), 1000);
    assert!(documented.steer("call-1", &Deed::EndRing).is_err());
}

#[test]
fn a_transfer_is_followed_by_its_ring_and_nobody_is_lost_when_it_fails() {
    let mut desk = on_a_call();
    desk.steer("call-1", &leo(false)).unwrap();
    assert!(desk.steer("call-1", &leo(false)).is_err(), "one at a time");
    desk.steered("call-1", &leo(false), Steered::Rings(Some("g1".into())));
    let stage = |desk: &Desk| controls(desk).transfer.map(|transfer| transfer.stage);
    assert_eq!(stage(&desk), Some(TransferStage::Ringing));
    let of_transfer = |status: &str, answer: &str| {
        ring(
            "g1",
            &json!({"owner_id": "", "owner_type": "", "master_call_id": NONE, "status": status, "answer_call_id": answer}),
        )
    };
    play(&mut desk, &of_transfer("hangup", NONE), 3000);
    let shown = controls(&desk);
    assert_eq!(shown.transfer, None);
    assert_eq!(shown.problem, Some(say!("calls-transfer-not-taken", name = Message::verbatim("Leo Marsh"))));
    desk.steer("call-1", &leo(false)).unwrap();
    desk.steered("call-1", &leo(false), Steered::Rings(Some("g2".into())));
    assert_eq!(desk.steer("call-1", &Deed::CancelTransfer).unwrap(), [CallRequest::EndRing { groupcall: "g2".into() }]);
    desk.steered("call-1", &Deed::CancelTransfer, Steered::Done);
    desk.steer("call-1", &leo(false)).unwrap();
    desk.steered("call-1", &leo(false), Steered::Rings(Some("g1".into())));
    play(&mut desk, &of_transfer("progressing", "leos-leg"), 4000);
    assert_eq!(stage(&desk), Some(TransferStage::Answered));
}

#[test]
fn a_blind_transfer_cannot_be_taken_back() {
    let mut desk = on_a_call();
    desk.steer("call-1", &leo(true)).unwrap();
    desk.steered("call-1", &leo(true), Steered::Rings(Some("g1".into())));
    assert!(desk.steer("call-1", &Deed::CancelTransfer).unwrap_err().has("calls-transfer-blind-stays"));
}

#[test]
fn voicemail_goes_where_it_was_set_and_says_what_to_set() {
    let mut desk = on_a_call();
    assert!(desk.steer("call-1", &Deed::Voicemail).unwrap_err().has("calls-off-noVoicemail"));
    assert!(desk.view().can.voicemail.is_some());
    desk.tools(ToolsView { voicemail: Some("direct.abc".into()), ..ToolsView::default() });
    let to = Target { kind: "sip".into(), target: "direct.abc@sip.voipbin.net".into(), name: "direct.abc".into() };
    assert_eq!(
        desk.steer("call-1", &Deed::Voicemail).unwrap(),
        [CallRequest::Transfer { call: "call-1".into(), blind: true, to }]
    );
    assert_eq!(desk.view().can.voicemail, None);
    play(&mut desk, &joined(3, 1).replace("call-1", "call-2"), 3000);
    assert_eq!(desk.steer("call-2", &Deed::Voicemail).unwrap(), [CallRequest::Kick { call: "call-2".into() }]);
}

#[test]
fn what_an_agent_types_is_a_number_an_address_or_an_extension() {
    let london = Some("+442079460000");
    let read = |text: &str, ours| Target::parse(text, ours).map(|target| format!("{} {}", target.kind, target.target));
    for (typed, ours, meant) in [
        ("+1 (555) 123-4567", None, "tel +15551234567"),
        ("\u{202a}+1\u{2011}555\u{2011}123\u{2011}4567\u{202c}", None, "tel +15551234567"),
        ("tel:+1-555-123-4567", None, "tel +15551234567"),
        ("\u{ff0b}\u{ff11}\u{ff15}\u{ff15}\u{ff15}1234567", None, "tel +15551234567"),
        (
            "+\u{664}\u{664} \u{662}\u{660} \u{667}\u{669}\u{664}\u{666} \u{660}\u{660}\u{661}\u{668}",
            None,
            "tel +442079460018",
        ),
        ("+44 (0)20 7946 0018", None, "tel +442079460018"),
        ("0044 20 7946 0018", None, "tel +442079460018"),
        ("020 7946 0018", london, "tel +442079460018"),
        ("leo@sip.example", None, "sip leo@sip.example"),
        ("sip:leo@sip.example", None, "sip leo@sip.example"),
        ("2001", None, "extension 2001"),
        ("2\u{200b}001", london, "extension 2001"),
    ] {
        assert_eq!(read(typed, ours).as_deref(), Ok(meant), "{typed}");
    }
    for (typed, reason) in [
        (" ", "problems-number-none"),
        ("\u{200b}", "problems-number-none"),
        ("two words", "problems-number-none"),
        ("020 7946 0018", "problems-number-no-country"),
        ("+44 20 CALL ME", "problems-number-letters"),
        ("+999 123", "problems-number-country"),
        ("+1 212 456 7890;ext=5", "problems-number-extension"),
        ("anonymous", "problems-number-withheld"),
        ("sip:anonymous@anonymous.invalid", "problems-number-withheld"),
        ("leo@", "problems-number-address"),
    ] {
        let why = read(typed, None).unwrap_err();
        assert!(why.has(reason), "{typed}: {why:?}");
    }
}

#[test]
fn a_flows_hash_goes_to_the_sip_domain_of_the_service_that_is_signed_in_to() {
    let target = |service: &str, set: &str| {
        let mut desk = on_a_call();
        let session = SessionView { service: service.into(), ..desk.session_view().clone() };
        desk.session(session);
        desk.tools(ToolsView { voicemail: Some(set.into()), ..ToolsView::default() });
        match desk.steer("call-1", &Deed::Voicemail).map(|mut requests| requests.remove(0)) {
            Ok(CallRequest::Transfer { to, .. }) => Ok(to.target),
            Ok(other) => panic!("{other:?}"),
            Err(why) => Err(why),
        }
    };
    assert_eq!(target("api.voipbin.net", "direct.abc").as_deref(), Ok("direct.abc@sip.voipbin.net"));
    assert_eq!(target("api.calls.example:8443", "direct.abc").as_deref(), Ok("direct.abc@sip.calls.example"));
    assert_eq!(target("pbx.example", "direct.abc").as_deref(), Ok("direct.abc@sip.pbx.example"));
    let set = "direct.abc@sip.elsewhere.example";
    assert_eq!(target("10.1.2.3:443", set).as_deref(), Ok(set), "what is set in full goes there");
    assert!(target("10.1.2.3:443", "direct.abc").unwrap_err().has("calls-no-sip-domain"));
}

#[test]
fn a_recording_that_anybody_started_is_shown_on_the_call() {
    let mut desk = on_a_call();
    play(&mut desk, &floor::recording("started", 3), 3000);
    assert_eq!(controls(&desk).recording, DeedView::On);
    play(&mut desk, &floor::recording("completed", 4), 4000);
    assert_eq!(controls(&desk).recording, DeedView::Off);
}

#[test]
fn who_answers_is_busy_and_nobody_is_made_available_by_a_clock() {
    let mut desk = desk();
    play(&mut desk, &assigned(1), 1000);
    let out = play(&mut desk, &answered(2), 2000);
    assert_eq!(out.statuses, [AgentStatus::Busy]);
    desk.tick(2500);
    play(&mut desk, &ended(9), 9000);
    desk.tick(9500);
    assert_eq!((desk.take_out().statuses, desk.view().me.wrap_up), (vec![], Some(9500)));
    desk.tick(9_000_000);
    assert_eq!(desk.take_out().statuses, [], "work after a call ends when the agent says so");
    assert_eq!(desk.choose_status(&AgentStatus::Available, None), Some(AgentStatus::Available));
    assert_eq!(desk.view().me.wrap_up, None);
}

#[test]
fn a_status_chosen_on_a_call_comes_after_it() {
    let mut desk = on_a_call();
    desk.tick(2500);
    assert_eq!(desk.choose_status(&AgentStatus::Away, Some("Break".into())), None);
    assert_eq!(desk.view().me.next, Some(StatusView::Away));
    play(&mut desk, &ended(9), 9000);
    desk.tick(9500);
    let me = desk.view().me;
    assert_eq!((desk.take_out().statuses, me.next, me.wrap_up), (vec![AgentStatus::Away], None, None));
    assert_eq!(me.reason.as_deref(), Some("Break"));
}

#[test]
fn a_status_that_somebody_else_changed_is_asked_about() {
    let mut desk = desk();
    desk.choose_status(&AgentStatus::Available, None);
    let told = |status| voipbin_wire::AgentFact { status: Some(status), ..Default::default() };
    desk.learn_me(told(AgentStatus::Available), 2000);
    assert_eq!(desk.view().me.differs, None);
    desk.learn_me(told(AgentStatus::Ringing), 2500);
    assert_eq!(desk.view().me.differs, None, "a call did that");
    desk.learn_me(told(AgentStatus::Offline), 3000);
    assert_eq!(desk.view().me.differs, Some(StatusView::Available));
    assert_eq!(desk.settle_difference(true), Some(AgentStatus::Available));
    assert_eq!(desk.view().me.differs, None);
}

/// Every control, what it would do, and why it is off.
fn shown_off(desk: &Desk) -> [(Deed, Option<WhyOff>); 5] {
    let off = desk.view().calls.remove(0).off;
    [
        (Deed::Hold(true), off.switches),
        (leo(false), off.transfer),
        (Deed::Voicemail, off.voicemail),
        (Deed::HangUp, off.hang_up),
        (Deed::EndRing, off.end_ring),
    ]
}

#[test]
fn a_control_that_is_off_says_why_and_its_deed_is_refused_for_that_very_reason() {
    use WhyOff::{AnswerFirst, Answered, NoRight, NoRing, NoVoicemail, UnderWay};
    let ringing = || {
        let mut desk = desk();
        play(&mut desk, &assigned(0), 1000);
        desk
    };
    let set_up = |mut desk: Desk| {
        desk.tools(ToolsView { voicemail: Some("direct.abc".into()), ..ToolsView::default() });
        desk
    };
    let plain = |mut desk: Desk| {
        desk.rights(Rights { is_manager: false, is_agent: true });
        desk
    };
    let handed_on = |mut desk: Desk| {
        desk.steer("call-1", &leo(false)).unwrap();
        desk
    };
    let first = Some(AnswerFirst);
    for (what, mut desk, expected) in [
        ("it rings", ringing(), [first, first, first, first, Some(NoRing)]),
        ("answered", on_a_call(), [None, None, Some(NoVoicemail), None, Some(Answered)]),
        ("with voicemail", set_up(on_a_call()), [None, None, None, None, Some(Answered)]),
        ("handed on", handed_on(set_up(on_a_call())), [None, Some(UnderWay), Some(UnderWay), None, Some(Answered)]),
        ("a plain agent", plain(set_up(on_a_call())), [Some(NoRight); 5]),
    ] {
        let shown = shown_off(&desk);
        assert_eq!(shown.clone().map(|(_, why)| why), expected, "{what}");
        for (deed, why) in shown {
            assert_eq!(desk.steer("call-1", &deed).err().is_some(), why.is_some(), "{what}: {deed:?}");
            let deed_refused = desk.steer("call-1", &deed).err();
            assert!(why.is_none_or(|why| deed_refused == Some(why.message())), "{what}: {deed_refused:?}");
            if why.is_none() {
                // Each deed is looked at on its own.
                desk.steered("call-1", &deed, Steered::Failed(Message::verbatim("Not this time.")));
            }
        }
    }
}

#[test]
fn what_was_meant_as_a_number_and_is_none_is_refused_with_the_reason() {
    for (text, why) in [
        ("1-800-FLOWERS", "problems-number-letters"),
        ("1800FLOWERS", "problems-number-letters"),
        ("O2079460018", "problems-number-letters"),
        ("02O79460018", "problems-number-letters"),
        ("020-7946-0018x12", "problems-number-extension"),
        ("020 7946 0018 ext. 12", "problems-number-extension"),
        ("+44 20 7946 0018 # 12", "problems-number-extension"),
        ("020 7946 0018 / 020 7946 0019", "problems-number-several"),
        ("+442079460018/+4915123456789", "problems-number-several"),
        ("+442079460018; +4915123456789", "problems-number-several"),
    ] {
        let refused = Target::parse(text, Some("+442079460000")).expect_err(text);
        assert!(refused.has(why) && refused.given("number") == Some(&text.into()), "{text}: {refused}");
    }
    for (text, kind, target) in [
        ("sip:+4915123456789@gw.example", "sip", "+4915123456789@gw.example"),
        ("030/12345678", "tel", "+493012345678"),
        ("2001", "extension", "2001"),
        ("dana", "extension", "dana"),
        ("front-desk2", "extension", "front-desk2"),
    ] {
        let read = Target::parse(text, Some("+493012340000")).expect(text);
        assert_eq!((read.kind.as_str(), read.target.as_str()), (kind, target), "{text}");
    }
}
