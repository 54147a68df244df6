use ringside_desk::{
    Considered, DeliveryView, Ends, Machine, MessageView, OptOut, OutcomeView, PastView, Record, Remains, ReplyRecord,
    ReplyStage, RuleCount, TextRecord, TraceFate,
};
use ringside_words::{Message, say};
use tempfile::TempDir;

use super::*;

mod damage;

const ACCOUNT: &str = "dana at northwind";
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn key() -> Key {
    Key::parse(KEY).unwrap()
}

fn ends() -> Ends {
    Ends {
        chat: "+1555 +1556".into(),
        number: "+1555".into(),
        our_number: "+1556".into(),
        conversation: Some("c1".into()),
    }
}

fn reply(stage: ReplyStage) -> ReplyRecord {
    ReplyRecord {
        id: "reply-1".into(),
        to: ends(),
        text: "A secret between us".into(),
        written_at: 1000,
        stage,
        left_at: Some(1001),
        problem: Some(say!("texts-not-found")),
        auto: Some("Opening hours".into()),
        despite: Some("They called.".into()),
    }
}

fn text(id: &str, at: i64) -> TextRecord {
    let message = MessageView {
        id: id.into(),
        chat: ends().chat,
        ours: true,
        text: "Hi".into(),
        at,
        medias: vec![
            say!("texts-media-named", what = say!("texts-media-picture"), name = "dog.jpg\n2.jpg"),
            say!("texts-media-location"),
        ],
        delivery: Some(DeliveryView::Delivered),
        problem: None,
        auto: Some("Opening hours".into()),
    };
    TextRecord { message, ends: ends() }
}

fn past() -> PastView {
    PastView {
        id: "call-1".into(),
        outcome: OutcomeView::GaveUp,
        name: Some("John".into()),
        number: "+1555".into(),
        queue: None,
        at: 900,
        why: None,
        seen: false,
    }
}

fn considered(message: &str, at: i64) -> Considered {
    Considered {
        message: message.into(),
        chat: ends().chat,
        number: "+1555".into(),
        at,
        rule: Some("Opening hours".into()),
        fate: TraceFate::Sent,
        words: say!("rules-said-answered", rule = "Opening hours"),
        reply: Some("Nine to five".into()),
    }
}

fn opt_out(is_out: bool) -> OptOut {
    OptOut {
        our_number: "+1556".into(),
        number: "+1555".into(),
        is_out,
        at: 970,
        by: "STOP".into(),
        message: Some("m9".into()),
    }
}

fn open(folder: &TempDir) -> Ledger {
    let opened = Ledger::open(&folder.path().join("ledger.db"), &key()).unwrap();
    assert_eq!(opened.put_aside, None);
    opened.ledger
}

#[test]
fn what_was_written_is_there_at_the_next_start() {
    let folder = TempDir::new().unwrap();
    let records = [
        Record::Reply(reply(ReplyStage::Left)),
        Record::Draft { chat: ends().chat, text: "I was about".into() },
        Record::Unread { chat: ends().chat, count: 2 },
        Record::Text(text("m2", 990)),
        Record::Text(text("m1", 980)),
        Record::Past(past()),
        Record::Considered(considered("m1", 985)),
        Record::OptOut(OptOut { at: 960, ..opt_out(false) }),
        Record::OptOut(opt_out(true)),
        Record::RuleCount(RuleCount { rule: "Opening hours".into(), matched: 3, sent: 2, last_at: Some(985) }),
        Record::Machine(Machine { number: "+1555".into(), quick: 3, is_held: true }),
    ];
    open(&folder).write(ACCOUNT, &records).unwrap();
    let remains = open(&folder).remains(ACCOUNT, 2000).unwrap();
    let expected = Remains {
        texts: vec![text("m1", 980), text("m2", 990)],
        replies: vec![reply(ReplyStage::Left)],
        drafts: vec![(ends().chat, "I was about".into())],
        unread: vec![(ends().chat, 2)],
        past: vec![past()],
        opt_outs: vec![opt_out(true)],
        considered: vec![considered("m1", 985)],
        rule_counts: vec![RuleCount { rule: "Opening hours".into(), matched: 3, sent: 2, last_at: Some(985) }],
        machines: vec![Machine { number: "+1555".into(), quick: 3, is_held: true }],
    };
    assert_eq!(remains, expected);
    assert_eq!(open(&folder).remains("somebody else", 2000).unwrap(), Remains::default());
}

#[test]
fn what_is_unread_beyond_the_texts_on_the_desk_is_unread_at_the_next_start() {
    let folder = TempDir::new().unwrap();
    let mut ledger = open(&folder);
    let of = |chat: &str, id: String, at| {
        let mut record = text(&id, at);
        (record.message.chat, record.ends.chat) = (chat.to_owned(), chat.to_owned());
        Record::Text(record)
    };
    let mut records: Vec<Record> = (0..3).map(|at| of("old", format!("old {at}"), 1000 + at)).collect();
    records.push(Record::Unread { chat: "old".into(), count: 3 });
    records.push(of("read", "read".into(), 1500));
    records.push(Record::Unread { chat: "read".into(), count: 0 });
    records.extend((0..2500).map(|at| of("busy", format!("busy {at}"), 2000 + at)));
    records.push(Record::Unread { chat: "busy".into(), count: 2500 });
    ledger.write(ACCOUNT, &records).unwrap();
    drop(ledger);
    let mut remains = open(&folder).remains(ACCOUNT, 5000).unwrap();
    remains.unread.sort();
    assert_eq!(remains.unread, [("busy".to_owned(), 2500), ("old".to_owned(), 3)]);
    assert_eq!(
        (remains.texts.len(), remains.texts[0].message.id.as_str()),
        (2001, "old 2"),
        "the conversation is there"
    );
}

#[test]
fn who_wants_no_texts_is_known_to_every_agent_of_the_customer_and_the_later_word_stands() {
    let folder = TempDir::new().unwrap();
    let whose = |agent| Whose { agent, customer: "all of northwind" };
    let mut ledger = open(&folder);
    ledger.write(whose("dana"), &[Record::OptOut(opt_out(true)), Record::Text(text("m1", 980))]).unwrap();
    let late = OptOut { at: 900, ..opt_out(false) };
    ledger.write(whose("leo"), &[Record::OptOut(late)]).unwrap();
    let remains = ledger.remains(whose("leo"), 2000).unwrap();
    assert_eq!((remains.opt_outs, remains.texts.len()), (vec![opt_out(true)], 0));
}

#[test]
fn a_reply_is_kept_once_in_its_last_state_and_goes_when_it_is_settled() {
    let folder = TempDir::new().unwrap();
    let mut ledger = open(&folder);
    ledger
        .write(ACCOUNT, &[Record::Reply(reply(ReplyStage::Waiting)), Record::Reply(reply(ReplyStage::Left))])
        .unwrap();
    assert_eq!(ledger.remains(ACCOUNT, 2000).unwrap().replies, [reply(ReplyStage::Left)]);
    ledger.write(ACCOUNT, &[Record::ReplyDone { id: "reply-1".into() }]).unwrap();
    assert_eq!(ledger.remains(ACCOUNT, 2000).unwrap().replies, []);
}

#[test]
fn nobody_reads_the_file_without_the_key() {
    let folder = TempDir::new().unwrap();
    open(&folder).write(ACCOUNT, &[Record::Reply(reply(ReplyStage::Waiting))]).unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let holds = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
        assert!(!holds(b"secret") && !holds(b"SQLite format") && !holds(b"northwind"));
    }
    assert!(!format!("{:?}", key()).contains("0011"));
}

#[test]
fn a_second_ringside_is_told_that_the_ledger_is_in_use() {
    let folder = TempDir::new().unwrap();
    let mut first = open(&folder);
    let second = Ledger::open(&folder.path().join("ledger.db"), &key());
    assert!(matches!(second, Err(LedgerError::InUse)), "{second:?}");
    first.write(ACCOUNT, &[Record::Reply(reply(ReplyStage::Waiting))]).unwrap();
}

#[test]
fn a_ledger_of_a_later_version_is_left_alone() {
    let folder = TempDir::new().unwrap();
    open(&folder).db.pragma_update(None, "user_version", 99).unwrap();
    let opened = Ledger::open(&folder.path().join("ledger.db"), &key());
    assert!(matches!(opened, Err(LedgerError::TooNew)), "{opened:?}");
}

#[test]
fn old_texts_and_calls_go_and_unsettled_replies_never_do() {
    let folder = TempDir::new().unwrap();
    let mut ledger = open(&folder);
    let records = [Record::Reply(reply(ReplyStage::Unclear)), Record::Text(text("m1", 980)), Record::Past(past())];
    ledger.write(ACCOUNT, &records).unwrap();
    let day = 24 * 3_600_000;
    let kept = ledger.remains(ACCOUNT, 400 * 365 * day).unwrap();
    assert_eq!((kept.texts.len(), kept.past.len()), (1, 1), "a start with a wrong clock takes nothing");
    ledger.forget_old(80 * day).unwrap();
    assert_eq!(ledger.remains(ACCOUNT, 2000).unwrap().texts.len(), 1, "not old enough");
    ledger.forget_old(200 * day).unwrap();
    let remains = ledger.remains(ACCOUNT, 2000).unwrap();
    assert_eq!((remains.replies.len(), remains.texts.len(), remains.past.len()), (1, 0, 0));
}

#[test]
fn quick_replies_and_reasons_are_there_from_the_start_and_each_agent_changes_their_own() {
    let folder = TempDir::new().unwrap();
    let mut ledger = open(&folder);
    ledger.stock(ACCOUNT).unwrap();
    ledger.stock("leo at northwind").unwrap();
    let hours = QuickReply { shortcut: "hours".into(), text: "We are here from 9 to 5.".into() };
    ledger.keep_quick_reply(ACCOUNT, &hours).unwrap();
    ledger.keep_quick_reply(ACCOUNT, &QuickReply { shortcut: "bye".into(), text: String::new() }).unwrap();
    ledger.keep_reason(ACCOUNT, &Reason { name: "Dentist".into(), status: "busy".into() }).unwrap();
    let mut ledger = open_again(ledger, &folder);
    ledger.stock(ACCOUNT).unwrap();
    let shortcuts = |account| -> Vec<String> {
        ledger.quick_replies(account).unwrap().into_iter().map(|quick| quick.shortcut).collect()
    };
    assert_eq!(shortcuts(ACCOUNT), ["callback", "hello", "hours", "moment"], "what was removed stays away");
    assert_eq!(shortcuts("leo at northwind"), ["bye", "callback", "hello", "moment"]);
    let names = |account| ledger.reasons(account).unwrap().into_iter().map(|reason| reason.name).collect::<Vec<_>>();
    assert!(names(ACCOUNT).contains(&"Dentist".into()) && !names("leo at northwind").contains(&"Dentist".into()));
    assert_eq!(names("leo at northwind").len(), 5);
}

/// A ledger as a version with so many steps left it, with what it had for everybody.
fn of_version(folder: &TempDir, version: usize, sql: &str) {
    let mut db = rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
    key().lend(|text| db.pragma_update(None, "key", text)).unwrap();
    schema::migrate_to(&mut db, version).unwrap();
    db.execute_batch(sql).unwrap();
}

#[test]
fn quick_replies_that_were_everybodys_go_to_each_agent_who_was_here_and_to_no_newcomer() {
    let folder = TempDir::new().unwrap();
    of_version(
        &folder,
        3,
        "INSERT INTO quick_reply (shortcut, text) VALUES ('iban', 'Our IBAN is …');
         INSERT INTO reason (name, status) VALUES ('Dentist', 'busy');
         INSERT INTO draft VALUES ('dana at northwind', 'c', 'Hi');
         INSERT INTO setting VALUES ('leo at northwind', 'crm', 'x'), ('all of northwind', 'desk', 'y'), ('demo', 'crm', 'z');",
    );
    let mut ledger = open(&folder);
    let mut has = |account| {
        ledger.stock(account).unwrap();
        let quick = ledger.quick_replies(account).unwrap();
        let reasons = ledger.reasons(account).unwrap();
        (quick.iter().any(|quick| quick.shortcut == "iban"), reasons.last().unwrap().name.clone(), quick.len())
    };
    assert_eq!(has(ACCOUNT), (true, "Dentist".into(), 5));
    assert_eq!(has("leo at northwind"), (true, "Dentist".into(), 5));
    assert_eq!(has("mia at northwind"), (false, "After-call work".into(), 4));
    assert_eq!(has(DEMO), (false, "After-call work".into(), 4));
}

#[test]
fn quick_replies_of_an_agent_who_left_no_other_trace_are_theirs_and_not_the_next_ones() {
    let folder = TempDir::new().unwrap();
    of_version(&folder, 3, "INSERT INTO quick_reply (shortcut, text) VALUES ('iban', 'Our IBAN is …');");
    let mut ledger = open(&folder);
    let mut has = |account| {
        ledger.stock(account).unwrap();
        ledger.quick_replies(account).unwrap().iter().any(|quick| quick.shortcut == "iban")
    };
    assert_eq!((has(DEMO), has(ACCOUNT), has("leo at northwind")), (false, true, false));
}

fn open_again(ledger: Ledger, folder: &TempDir) -> Ledger {
    drop(ledger);
    open(folder)
}

#[test]
fn what_was_chosen_for_an_account_is_that_accounts_only() {
    let folder = TempDir::new().unwrap();
    let mut ledger = open(&folder);
    ledger.keep_setting(ACCOUNT, "voicemail", Some("+1999")).unwrap();
    assert_eq!(ledger.setting(ACCOUNT, "voicemail").unwrap().as_deref(), Some("+1999"));
    assert_eq!(ledger.setting("another", "voicemail").unwrap(), None);
    ledger.keep_setting(ACCOUNT, "voicemail", None).unwrap();
    assert_eq!(ledger.setting(ACCOUNT, "voicemail").unwrap(), None);
}

#[test]
fn who_said_stop_to_one_number_wants_no_texts_from_any_once_the_ledger_is_brought_along() {
    let folder = TempDir::new().unwrap();
    let mut db = rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
    key().lend(|text| db.pragma_update(None, "key", text)).unwrap();
    schema::migrate_to(&mut db, 3).unwrap();
    // Who, to which number, whether they want none, and when.
    for (number, our_number, is_out, at) in [
        ("+1", "+101", true, 10),
        ("+1", "+102", false, 30),
        ("+2", "+101", false, 20),
        ("+3", "", true, 5),
        ("+3", "+101", true, 7),
    ] {
        db.execute(
            "INSERT INTO opt_out VALUES (?1, ?2, ?3, ?4, ?5, 'word', NULL)",
            rusqlite::params![ACCOUNT, our_number, number, is_out, at],
        )
        .unwrap();
    }
    drop(db);
    let mut ledger = open(&folder);
    let known = |ledger: &mut Ledger| -> Vec<(String, bool, i64)> {
        let opt_outs = ledger.remains(ACCOUNT, 2000).unwrap().opt_outs;
        opt_outs.into_iter().map(|word| (word.number, word.is_out, word.at)).collect()
    };
    let expected = [("+1", true, 30), ("+2", false, 20), ("+3", true, 7)];
    assert_eq!(known(&mut ledger), expected.map(|(number, is_out, at)| (number.to_owned(), is_out, at)));
    // They take it back, to whichever number.
    let back = OptOut { number: "+1".into(), our_number: "+102".into(), at: 40, ..opt_out(false) };
    ledger.write(ACCOUNT, &[Record::OptOut(back)]).unwrap();
    assert_eq!(known(&mut ledger)[0], ("+1".to_owned(), false, 40));
}

#[test]
fn a_ledger_of_the_first_version_is_brought_along_with_all_it_holds() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.db");
    let mut db = rusqlite::Connection::open(&path).unwrap();
    key().lend(|text| db.pragma_update(None, "key", text)).unwrap();
    schema::migrate_to(&mut db, 1).unwrap();
    db.execute("INSERT INTO setting VALUES (?1, 'voicemail', '+1999')", [ACCOUNT]).unwrap();
    db.execute("SELECT 1 FROM favourite", []).unwrap_err();
    db.execute(
        "INSERT INTO reply VALUES (?1, 'reply-0', 'c', '+1', '+2', NULL, 'Hi', 1, 'waiting', NULL, NULL)",
        [ACCOUNT],
    )
    .unwrap();
    for (id, at, ours) in [("m1", 1000, false), ("m2", 2000, false), ("m3", 2500, true), ("m4", 3000, false)] {
        db.execute(
            "INSERT INTO text VALUES (?1, ?2, 'c', '+1', '+2', NULL, ?3, 'Hi', ?4, NULL, NULL)",
            rusqlite::params![ACCOUNT, id, ours, at],
        )
        .unwrap();
    }
    db.execute("INSERT INTO chat_seen VALUES (?1, 'c', 1000)", [ACCOUNT]).unwrap();
    drop(db);
    let mut ledger = open(&folder);
    assert_eq!(ledger.remains(ACCOUNT, 2000).unwrap().unread, [("c".to_owned(), 2)]);
    let replies = ledger.remains(ACCOUNT, 2000).unwrap().replies;
    assert_eq!((replies.len(), replies[0].auto.as_deref(), replies[0].text.as_str()), (1, None, "Hi"));
    assert_eq!(ledger.setting(ACCOUNT, "voicemail").unwrap().as_deref(), Some("+1999"));
    let billing = Favourite { target: "+15550009999".into(), name: "Billing".into() };
    ledger.keep_favourite(ACCOUNT, &billing).unwrap();
    assert_eq!(open_again(ledger, &folder).favourites(ACCOUNT).unwrap(), [billing]);
}

#[test]
fn the_sentences_of_an_older_ledger_become_messages_and_none_is_lost() {
    let folder = TempDir::new().unwrap();
    of_version(
        &folder,
        7,
        "INSERT INTO reply VALUES
            ('dana at northwind', 'r1', 'c', '+1', '+2', NULL, 'Hi', 1, 'refused', NULL,
             'They asked for no texts, so this one was not sent.', NULL, NULL),
            ('dana at northwind', 'r2', 'c', '+1', '+2', NULL, 'Hi', 1, 'waiting', NULL, 'Something of 2023: {odd}', NULL, NULL),
            ('dana at northwind', 'r3', 'c', '+1', '+2', NULL, 'Hi', 1, 'waiting', NULL, NULL, NULL, NULL);
         INSERT INTO text VALUES ('dana at northwind', 'm1', 'c', '+1', '+2', NULL, TRUE, '', 1000, 'failed',
            'The network did not deliver this text.', NULL, 'Picture: dog.jpg' || char(10) || 'Location' || char(10) || 'Hologram');
         INSERT INTO past VALUES
            ('dana at northwind', 'p1', 'missed', NULL, '+1', NULL, 900, 'the line was busy', FALSE),
            ('dana at northwind', 'p2', 'missed', NULL, '+1', NULL, 800, 'SIP 486', FALSE),
            ('dana at northwind', 'p3', 'missed', NULL, '+1', NULL, 700, NULL, FALSE);
         INSERT INTO considered VALUES
            ('dana at northwind', 'm2', 'c', '+1', 1500, 'Prices', 'sent', 'Answered by “Prices”.', 'Ten'),
            ('dana at northwind', 'm3', 'c', '+1', 1600, NULL, 'silent',
             'The reply was not sent. The network of Mars.', NULL);",
    );
    let mut remains = open(&folder).remains(ACCOUNT, 2000).unwrap();
    let problems: Vec<_> = remains.replies.drain(..).map(|reply| reply.problem).collect();
    let odd = Message::verbatim("Something of 2023: {odd}");
    assert_eq!(problems, [Some(say!("texts-wants-none")), Some(odd), None]);
    let text = remains.texts.remove(0).message;
    assert_eq!(text.problem, Some(say!("texts-not-delivered")));
    let picture = say!("texts-media-named", what = say!("texts-media-picture"), name = "dog.jpg");
    assert_eq!(text.medias, [picture, say!("texts-media-location"), Message::verbatim("Hologram")]);
    let whys: Vec<_> = remains.past.into_iter().map(|past| past.why).collect();
    assert_eq!(whys, [Some(say!("calls-why-busy")), Some(Message::verbatim("SIP 486")), None]);
    let decided: Vec<_> = remains.considered.into_iter().map(|considered| considered.words).collect();
    let not_sent = say!("rules-said-not-sent").then(Message::verbatim("The network of Mars."));
    assert_eq!(decided, [say!("rules-said-answered", rule = "Prices"), not_sent]);
}

#[test]
fn what_is_no_message_is_read_as_somebodys_words() {
    let folder = TempDir::new().unwrap();
    let mut ledger = open(&folder);
    ledger.write(ACCOUNT, &[Record::Past(PastView { why: Some(say!("calls-why-busy")), ..past() })]).unwrap();
    for column in ["[1]", "{\"id\":7}", "null", ""] {
        ledger.db.execute("UPDATE past SET why = ?1", [column]).unwrap();
        assert_eq!(ledger.remains(ACCOUNT, 2000).unwrap().past[0].why, Some(Message::verbatim(column)));
    }
}
