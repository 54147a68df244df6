use proptest::prelude::*;

use super::folded::words;
use super::*;

fn book(toml: &str) -> Result<Rules, Message> {
    RuleBook::from_toml(toml).and_then(Rules::new).map_err(|error| error.0)
}

fn rule(when: &str) -> Rules {
    book(&format!("[[rules]]\nname = \"it\"\nwhen = {{ {when} }}\nthen = {{ reply = \"Yes\" }}")).unwrap()
}

fn text(text: &str) -> Incoming<'_> {
    Incoming {
        text,
        channel: "sms",
        our_number: "+15559876543",
        is_first: false,
        status: StatusView::Available,
        now: 1_764_000_000_000,
    }
}

fn matches(rules: &Rules, incoming: Incoming<'_>) -> bool {
    rules.ask(incoming).iter().any(|tried| tried.missed.is_none())
}

fn says(when: &str, words: &str) -> bool {
    matches(&rule(when), text(words))
}

#[test]
fn words_are_found_as_their_writer_means_it() {
    assert!(says("keyword = ['hours']", "What are your HOURS?") && says("keyword = ['hour']", "hourly?"));
    assert!(says("word = ['hour']", "An hour?") && !says("word = ['hour']", "hourly?"));
    assert!(says("phrase = ['when do you open']", "Hi, when   do you, open today"));
    assert!(!says("phrase = ['you open']", "do you not open"));
    assert!(
        says("pattern = ['^order\\s+\\d{4}$']", "Order 4711") && !says("pattern = ['^order \\d{4}$']", "order 47110")
    );
    assert!(says("word = ['no'], keyword = ['price']", "prices?"), "any one is enough");
    assert!(says("word = [\"don't\"]", "I don\u{2019}t know") && says("word = ['größe']", "GRÖSSE oder Größe"));
}

#[test]
fn words_are_compared_as_their_readers_see_them() {
    // What a rule asks for, what somebody writes, and whether that is it.
    let table: [(&str, &str, &str, bool); 44] = [
        ("keyword", "what's", "What\u{2019}s up", true),
        ("keyword", "what\u{2019}s", "WHAT'S UP", true),
        ("keyword", "whatʼs", "what\u{2032}s up", true),
        ("word", "don't", "I don\u{2018}t know", true),
        ("phrase", "c'est ouvert", "C\u{2019}est ouvert ?", true),
        ("keyword", "café", "CAFE\u{301} open?", true),
        ("word", "cafe\u{301}", "Le CafÉ", true),
        ("word", "arrêt", "ARRE\u{302}T", true),
        ("keyword", "cafe", "café", false),
        ("word", "größe", "GRÖSSE", true),
        ("word", "straße", "STRAẞE", true),
        ("keyword", "strasse", "Hauptstraße 5", true),
        ("keyword", "iptal", "İPTAL et", true),
        ("keyword", "iptal", "IPTAL", true),
        ("word", "ışık", "IŞIK", true),
        ("word", "istanbul", "I\u{307}stanbul", true),
        ("word", "hours", "ＨＯＵＲＳ", true),
        ("keyword", "カタカナ", "ｶﾀｶﾅ", true),
        ("word", "wi-fi", "Is there wi\u{2011}fi?", true),
        ("keyword", "wi-fi", "wi\u{2013}fi", true),
        ("phrase", "check-in", "Check in when?", true),
        ("word", "hours", "ho\u{200b}urs", true),
        ("word", "hours", "ho\u{ad}urs\u{200d}", true),
        ("keyword", "opening hours", "opening\u{a0} hours", true),
        ("phrase", "opening hours", "opening\u{2003}\n hours", true),
        ("word", "open", "open.When?", true),
        ("word", "नमस्ते", "नमस्ते, कैसे हो?", true),
        ("word", "हिन्दी", "हिन्दी में", true),
        ("word", "हि", "हिन्दी", false),
        ("word", "நன்றி", "நன்றி!", true),
        ("word", "كتاب", "ﮐ? كتاب", true),
        ("word", "میخواهم", "می\u{200c}خواهم", true),
        ("word", "שלום", "\u{200f}שלום!", true),
        ("word", "часы", "ЧАСЫ работы", true),
        ("word", "йога", "И\u{306}ога?", true),
        ("word", "στοπς", "ΣΤΟΠΣ", true),
        ("word", "営業時間", "営業時間は何時ですか", true),
        ("word", "营业", "你们营业吗", true),
        ("word", "영업시간", "영업시간?", true),
        ("word", "เปิด", "ร้านเปิดกี่โมง", true),
        ("word", "fi", "ﬁ", true),
        ("pattern", "^what's", "What\u{2019}s up", true),
        ("pattern", "café", "CAFE\u{301}", true),
        ("word", "rock", "rock'n'roll", false),
    ];
    for (kind, asked, text, is_it) in table {
        let when = format!("{kind} = [{}]", toml::Value::from(asked));
        assert_eq!(says(&when, text), is_it, "{when} in {text:?}");
    }
}

proptest! {
    #[test]
    fn a_word_finds_itself_however_it_is_written(word in "\\w{1,12}", text in ".{0,40}") {
        let Ok(rules) = Rules::new(RuleBook {
            rules: vec![Rule {
                name: "it".into(),
                when: When { word: vec![word.clone()], ..When::default() },
                then: Then { reply: "Yes".into(), ..Then::default() },
                ..Rule::default()
            }],
            ..RuleBook::default()
        }) else {
            // Only what has no letters is no word, or what stands for a space.
            prop_assert!(words(&word).is_empty() || folded(&word).contains(' '), "{word:?}");
            return Ok(());
        };
        for written in [word.clone(), word.to_uppercase(), word.to_lowercase()] {
            // Upper case alone cannot be undone for every letter; a person's own text can.
            let is_itself = folded(&written) == folded(&word);
            prop_assert!(!is_itself || matches(&rules, super::tests::text(&format!("{written} {text}"))), "{written:?}");
        }
        asks(&text);
        looks_automatic(&text);
    }
}

#[test]
fn all_that_is_asked_beside_the_words_must_hold() {
    assert!(says("channel = ['sms', 'whatsapp']", "Hi") && !says("channel = ['whatsapp']", "Hi"));
    assert!(says("number = ['+1 (555) 987-6543']", "Hi") && !says("number = ['+15550000000']", "Hi"));
    for ours in [
        "+1 (555) 987-6543",
        "(555) 987-6543",
        "001 555 987 6543",
        "tel:+1-555-987-6543",
        "+1\u{2011}555\u{2011}987\u{2011}6543",
    ] {
        assert!(says(&format!("number = ['{ours}']"), "Hi"), "{ours}");
    }
    let mail = Incoming { our_number: "sales@example.com", channel: "email", ..text("Hi") };
    assert!(matches(&rule("number = ['Sales@Example.com']"), mail));
    assert!(!matches(&rule("number = ['help@example.com']"), mail), "another address is another address");
    let london = Incoming { our_number: "+442079460018", ..text("Hi") };
    assert!(matches(&rule("number = ['+44 (0)20 7946 0018']"), london));
    assert!(matches(&rule("number = ['020 7946 0018']"), london));
    assert!(says("status = ['available']", "Hi") && !says("status = ['away']", "Hi"));
    assert!(!says("first = true", "Hi"));
    assert!(matches(&rule("first = true"), Incoming { is_first: true, ..text("Hi") }));
    let german = "Guten Tag, ich hätte gerne gewusst, wann meine Bestellung bei mir ankommt.";
    assert!(says("language = ['de']", german) && !says("language = ['fr']", german));
    assert!(!says("language = ['de']", "ok"), "too short to tell");
}

#[test]
fn the_first_rule_that_matches_acts_unless_it_lets_others_go_on() {
    let rules = book(
        "[[rules]]\nname = 'tag'\nfurther = true\nthen = { tag = 'new' }\n\
         [[rules]]\nname = 'off'\non = false\nthen = { reply = 'no' }\n\
         [[rules]]\nname = 'one'\nthen = { reply = '1' }\n\
         [[rules]]\nname = 'two'\nthen = { reply = '2' }",
    )
    .unwrap();
    let names: Vec<_> = rules.ask(text("Hi")).iter().map(|tried| tried.rule.name.clone()).collect();
    assert_eq!(names, ["tag", "one"]);
}

#[test]
fn what_cannot_be_right_is_said_with_its_place() {
    for (toml, id) in [
        ("rules = 3", "rules-wrong-file-line"),
        ("[[rules]]\nname = 'x'\nwhen = { keywrod = ['a'] }", "rules-wrong-file-line"),
        ("[[rules]]\nthen = { reply = 'x' }", "rules-wrong-no-name"),
        ("[[rules]]\nname = 'x'", "rules-wrong-does-nothing"),
        ("[[rules]]\nname = 'x'\nthen = { reply = 'Hi {nmae}' }", "rules-wrong-place"),
        ("[[rules]]\nname = 'x'\nwhen = { pattern = ['('] }\nthen = { reply = 'x' }", "rules-wrong-pattern"),
        (
            "[[rules]]\nname = 'x'\nwhen = { pattern = ['(a{1,999}){1,999}'] }\nthen = { reply = 'x' }",
            "rules-wrong-pattern-large",
        ),
        ("[[rules]]\nname = 'x'\nwhen = { hours = 'open' }\nthen = { reply = 'x' }", "rules-wrong-no-hours"),
        ("[[rules]]\nname = 'x'\nwhen = { word = ['two words'] }\nthen = { reply = 'x' }", "rules-wrong-word"),
        ("[[rules]]\nname = 'x'\nwhen = { language = ['xx'] }\nthen = { reply = 'x' }", "rules-wrong-language"),
        ("[[rules]]\nname = 'x'\nwhen = { status = ['asleep'] }\nthen = { reply = 'x' }", "rules-wrong-status"),
        (
            "[[rules]]\nname = 'x'\nthen = { reply = 'x' }\n[[rules]]\nname = 'x'\nthen = { reply = 'x' }",
            "rules-wrong-same-name",
        ),
        ("cap = 0", "rules-wrong-cap"),
        ("stopped = ''", "rules-wrong-no-stop"),
        ("zone = 'Mars/Base'", "rules-wrong-zone"),
    ] {
        let problem = book(toml).unwrap_err();
        assert!(problem.has(id), "{toml}: {problem:?}");
    }
    let misspelt = book("[[rules]]\nname = 'x'\nwhen = { keywrod = ['a'] }").unwrap_err();
    assert_eq!(misspelt.given("line"), Some(&3.into()));
    assert!(misspelt.to_string().contains("keywrod"), "{misspelt}");
    let misspelt = book("[[rules]]\nname = 'x'\nthen = { reply = 'Hi {nmae}' }").unwrap_err();
    assert_eq!(misspelt.given("place"), Some(&"{nmae}".into()));
}

#[test]
fn a_rule_book_comes_back_from_its_file_as_it_was() {
    let mut book =
        RuleBook { zone: "Europe/Berlin".into(), open: vec!["Mon-Fri 09:00-17:00".into()], ..RuleBook::default() };
    book.rules.push(Rule {
        name: "Opening hours".into(),
        on: false,
        when: When { keyword: vec!["hours".into()], first: true, ..When::default() },
        then: Then { reply: "We're open Mon-Fri 9-5!\n{name}".into(), ..Then::default() },
        ..Rule::default()
    });
    book.rules.push(Rule { name: "Next".into(), then: Then { tag: "x".into(), ..Then::default() }, ..Rule::default() });
    let toml = book.to_toml();
    assert!(!toml.contains("dry") && !toml.contains("channel"), "what is left open is not written: {toml}");
    assert_eq!(RuleBook::from_toml(&toml).unwrap(), book);
    assert_eq!(RuleBook::from_toml(&RuleBook::default().to_toml()).unwrap(), RuleBook::default());
}

#[test]
fn only_a_whole_text_stops_starts_or_asks_for_help() {
    for stop in ["STOP", "stop.", " Stop! ", "STOPALL", "unsubscribe", "Cancel", "END", "quit", "ARRET", "Arrêt"] {
        assert_eq!(asks(stop), Some(Asked::Stop), "{stop}");
    }
    for other in ["Please stop by at five", "Can I cancel my order?", "the end", "stop stop", ""] {
        assert_eq!(asks(other), None, "{other}");
    }
    for stop in [
        "ARRE\u{302}T",
        "STOP 🛑",
        "ＳＴＯＰ\u{ff01}",
        "Stop all",
        "OPT\u{2010}OUT",
        "s t o p",
        "DESABONNER",
        "De\u{301}sabonner",
        "СТОП",
        "停止",
        "수신거부",
        "Iptal",
        "İPTAL",
        "\u{200f}توقف",
        "St\u{200d}op",
    ] {
        assert_eq!(asks(stop), Some(Asked::Stop), "{stop:?}");
    }
    assert_eq!((asks("Start"), asks("HELP"), asks("help me please")), (Some(Asked::Start), Some(Asked::Help), None));
}

#[test]
fn machines_are_known_by_what_they_write_and_what_they_are_called() {
    assert!(looks_automatic("Automatic reply: I am out of the office until Monday."));
    assert!(looks_automatic("This is an automated message, please don\u{2019}t reply."));
    assert!(!looks_automatic("What are your hours?"));
    let is_machine = |address: &str| is_automatic_address(address, "sms");
    assert!(is_machine("12345") && is_machine("") && is_machine("MyBank") && !is_machine("+15551234567"));
    assert!(is_automatic_address("noreply@shop.example", "email"));
    assert!(!is_automatic_address("jane@shop.example", "email"));
    assert!(!is_automatic_address("U4af4980629", "line"), "a channel's own names are not numbers");
}

#[test]
fn a_text_of_any_length_is_looked_at_in_part() {
    let long = format!("{}hours", "ä".repeat(1_000_000));
    assert!(!says("keyword = ['hours']", &long) && says("keyword = ['ää']", &long));
}

#[test]
fn a_number_of_ours_that_cannot_be_read_is_refused_with_the_reason() {
    let refused = |number: &str| {
        let toml = format!("[[rules]]\nname = \"it\"\nwhen.number = ['{number}']\nthen.reply = \"Yes\"");
        book(&toml).err()
    };
    for number in ["", " ", "sales", "+44 20 CALL", "12", "anonymous", "ann@", "+999 1234567", "+1 212 456 7890 ext. 5"]
    {
        let why = refused(number);
        assert!(
            why.as_ref().is_some_and(|why| why.id == "rules-wrong-in-rule" && why.given("rule") == Some(&"it".into())),
            "{number}: {why:?}"
        );
    }
    for number in ["+44 (0)20 7946 0018", "020 7946 0018", "12345", "sales@example.com", "sip:sales@pbx.example"] {
        assert_eq!(refused(number), None, "{number}");
    }
}
