//! The part of the desk that the call pop draws: the calls that ring and who
//! calls. Nobody else's name, card or number reaches that window.

use std::collections::BTreeMap;

use ringside_desk::{CallStage, CallView, CardView, DeskView, NumberView, Patch, ResponderView, RuleBook, ToolsView};

/// What such a window shows, and what is known for the time when it does.
#[derive(Default)]
pub(super) struct Ringing {
    /// The customer's number, by call.
    calls: BTreeMap<String, String>,
    /// By number. A caller's card may have been told long before the call.
    known: BTreeMap<String, Known>,
}

#[derive(Default)]
struct Known {
    card: Option<Box<CardView>>,
    written: Option<NumberView>,
}

impl Ringing {
    /// Whether a change can be of this part; what cannot is not copied for it.
    pub(super) fn may_want(patch: &Patch) -> bool {
        matches!(
            patch,
            Patch::Reset { .. }
                | Patch::PutCall { .. }
                | Patch::DropCall { .. }
                | Patch::PutCard { .. }
                | Patch::DropCard { .. }
                | Patch::PutNumber { .. }
        )
    }

    /// These changes, as far as the window draws them.
    pub(super) fn part_of(&mut self, patches: Vec<Patch>) -> Vec<Patch> {
        let mut part = Vec::new();
        for patch in patches {
            self.take(patch, &mut part);
        }
        part
    }

    fn take(&mut self, patch: Patch, part: &mut Vec<Patch>) {
        match patch {
            Patch::Reset { desk } => part.push(Patch::Reset { desk: Box::new(self.start_over(*desk)) }),
            Patch::PutCall { call } if call.stage == CallStage::Ringing => self.put_call(call, part),
            // A call that is answered rings no longer.
            Patch::PutCall { call: CallView { id, .. } } | Patch::DropCall { id } => {
                if let Some(number) = self.calls.remove(&id) {
                    part.push(Patch::DropCall { id });
                    self.forget(number, part);
                }
            }
            Patch::PutCard { card } => {
                if self.shows(&card.number) {
                    part.push(Patch::PutCard { card: card.clone() });
                }
                let known = self.known.entry(card.number.clone()).or_default();
                known.card = Some(card);
            }
            Patch::DropCard { number } => {
                if let Some(known) = self.known.get_mut(&number) {
                    known.card = None;
                }
                if self.shows(&number) {
                    part.push(Patch::DropCard { number });
                }
            }
            Patch::PutNumber { number } => {
                if self.shows(&number.number) {
                    part.push(Patch::PutNumber { number: number.clone() });
                }
                let known = self.known.entry(number.number.clone()).or_default();
                known.written = Some(number);
            }
            _ => {}
        }
    }

    fn put_call(&mut self, call: CallView, part: &mut Vec<Patch>) {
        if !self.shows(&call.number)
            && let Some(known) = self.known.get(&call.number)
        {
            part.extend(known.written.clone().map(|number| Patch::PutNumber { number }));
            part.extend(known.card.clone().map(|card| Patch::PutCard { card }));
        }
        let before = self.calls.insert(call.id.clone(), call.number.clone());
        part.push(Patch::PutCall { call });
        if let Some(before) = before {
            self.forget(before, part);
        }
    }

    /// Takes a card off the window once nobody rings from that number any more.
    fn forget(&self, number: String, part: &mut Vec<Patch>) {
        let has_card = self.known.get(&number).is_some_and(|known| known.card.is_some());
        if has_card && !self.shows(&number) {
            part.push(Patch::DropCard { number });
        }
    }

    fn shows(&self, number: &str) -> bool {
        self.calls.values().any(|shown| shown == number)
    }

    fn start_over(&mut self, whole: DeskView) -> DeskView {
        let DeskView { session, me, link, mut calls, mut cards, floor, can, responder, mut numbers, .. } = whole;
        *self = Self::default();
        calls.retain(|call| call.stage == CallStage::Ringing);
        self.calls = calls.iter().map(|call| (call.id.clone(), call.number.clone())).collect();
        for card in &cards {
            self.known.entry(card.number.clone()).or_default().card = Some(Box::new(card.clone()));
        }
        for number in &numbers {
            self.known.entry(number.number.clone()).or_default().written = Some(number.clone());
        }
        cards.retain(|card| self.shows(&card.number));
        numbers.retain(|number| self.shows(&number.number));
        let responder = ResponderView {
            book: RuleBook::default(),
            counts: Vec::new(),
            traces: Vec::new(),
            opt_outs: Vec::new(),
            held: Vec::new(),
            ..*responder
        };
        let tools = ToolsView::default();
        let bare = DeskView::bare(session, tools, can, Box::new(responder), me, link, None, floor);
        DeskView { calls, cards, numbers, ..bare }
    }
}

#[cfg(test)]
mod tests {
    use ringside_desk::{CardState, ControlsView, Desk, OffView, Screen, SessionView};

    use super::*;

    fn call(id: &str, number: &str, stage: CallStage) -> CallView {
        CallView {
            id: id.into(),
            stage,
            unseen: false,
            inbound: true,
            name: None,
            number: number.into(),
            our_number: "+15559876543".into(),
            queue: None,
            waited_s: None,
            since: 0,
            stale: false,
            controls: ControlsView::default(),
            off: OffView { switches: None, transfer: None, voicemail: None, hang_up: None, end_ring: None },
        }
    }

    fn card(number: &str) -> CardView {
        CardView {
            number: number.into(),
            state: CardState::Known,
            name: Some(format!("who has {number}")),
            company: None,
            job_title: None,
            notes: None,
            calls: 0,
            texts: 0,
            contact: None,
            external: None,
            others: Vec::new(),
            tag_ids: Vec::new(),
            tags: Vec::new(),
            history: None,
            touches: Vec::new(),
            has_more: false,
            cases: Vec::new(),
            problem: None,
        }
    }

    fn written(number: &str) -> NumberView {
        NumberView { number: number.into(), written: format!("{number} in groups") }
    }

    fn put_call(id: &str, number: &str, stage: CallStage) -> Patch {
        Patch::PutCall { call: call(id, number, stage) }
    }

    fn put_card(number: &str) -> Patch {
        Patch::PutCard { card: Box::new(card(number)) }
    }

    fn whole() -> DeskView {
        let session = SessionView::on(Screen::Desk);
        Desk::new(session).view()
    }

    /// Each change as a word and what it is about.
    fn told(ringing: &mut Ringing, patches: Vec<Patch>) -> Vec<String> {
        let word = |patch: &Patch| match patch {
            Patch::PutCall { call } => format!("call {} of {}", call.id, call.number),
            Patch::DropCall { id } => format!("no call {id}"),
            Patch::PutCard { card } => format!("card of {}", card.number),
            Patch::DropCard { number } => format!("no card of {number}"),
            Patch::PutNumber { number } => format!("number {}", number.number),
            other => panic!("the pop does not draw {other:?}"),
        };
        ringing.part_of(patches).iter().map(word).collect()
    }

    #[test]
    fn the_first_picture_holds_only_the_calls_that_ring_and_their_callers() {
        let desk = DeskView {
            calls: vec![call("a", "+1", CallStage::Ringing), call("b", "+2", CallStage::Talking)],
            cards: ["+1", "+2", "+3"].map(card).into(),
            numbers: ["+1", "+2", "+3"].map(written).into(),
            ..whole()
        };
        let mut ringing = Ringing::default();
        let [Patch::Reset { desk }] = &ringing.part_of(vec![Patch::Reset { desk: Box::new(desk) }])[..] else {
            panic!("one picture is told as one picture")
        };
        let calls: Vec<&str> = desk.calls.iter().map(|call| &*call.id).collect();
        let cards: Vec<&str> = desk.cards.iter().map(|card| &*card.number).collect();
        let numbers: Vec<&str> = desk.numbers.iter().map(|number| &*number.number).collect();
        assert_eq!((calls, cards, numbers), (vec!["a"], vec!["+1"], vec!["+1"]));
        // What the picture left out is there when it is needed.
        let rings = told(&mut ringing, vec![put_call("c", "+3", CallStage::Ringing)]);
        assert_eq!(rings, ["number +3", "card of +3", "call c of +3"]);
    }

    #[test]
    fn a_card_comes_with_its_call_whichever_is_told_first_and_goes_with_the_last_one() {
        let mut ringing = Ringing::default();
        let rings = |id| put_call(id, "+1", CallStage::Ringing);
        let mut tell = |patches| told(&mut ringing, patches);
        assert_eq!(tell(vec![put_card("+1"), put_card("+2"), Patch::PutNumber { number: written("+1") }]), [""; 0]);
        assert_eq!(tell(vec![rings("a")]), ["number +1", "card of +1", "call a of +1"]);
        assert_eq!(tell(vec![rings("b"), put_card("+1"), put_card("+2")]), ["call b of +1", "card of +1"]);
        assert_eq!(tell(vec![put_call("a", "+1", CallStage::Talking)]), ["no call a"]);
        assert_eq!(tell(vec![Patch::DropCall { id: "a".into() }]), [""; 0]);
        assert_eq!(tell(vec![Patch::DropCall { id: "b".into() }]), ["no call b", "no card of +1"]);
        assert_eq!(tell(vec![put_card("+1"), Patch::DropCard { number: "+2".into() }]), [""; 0]);
    }

    #[test]
    fn a_caller_whose_number_becomes_known_brings_the_right_card() {
        let mut ringing = Ringing::default();
        let mut tell = |patches| told(&mut ringing, patches);
        assert_eq!(tell(vec![put_card("+1"), put_card("+2"), put_call("a", "+1", CallStage::Ringing)]).len(), 2);
        let known = tell(vec![put_call("a", "+2", CallStage::Ringing)]);
        assert_eq!(known, ["card of +2", "call a of +2", "no card of +1"]);
    }

    #[test]
    fn nothing_of_texts_colleagues_or_other_callers_is_told() {
        let others =
            vec![Patch::DropWait { id: "w".into() }, Patch::DropChat { id: "c".into() }, Patch::PutAway { away: None }];
        assert!(others.iter().all(|patch| !Ringing::may_want(patch)));
        assert_eq!(told(&mut Ringing::default(), others), [""; 0]);
    }
}
