//! The morning, step by step.

mod rules;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ringside_words::text;
use serde_json::Value;

use super::desktop::Desktop;
use super::driver::{App, Driver};
use super::eyes::{Area, Eyes};
use super::report::{Latency, Report, Spread, Step, say};
use super::server::Server;
use super::{Done, Programs, until};

const CALLS_MEASURED: usize = 50;
const NAMES_MEASURED: usize = 10;
/// Notes what the pop calls the caller, and when that was on the screen.
const WATCH_NAME: &str = r"
window.__shown = [];
window.__watch?.disconnect();
const look = () => {
  const name = document.querySelector('h1')?.innerText ?? '';
  const last = window.__shown.at(-1)?.[0];
  if (name !== '' && name !== last) {
    const row = [name, 0];
    window.__shown.push(row);
    requestAnimationFrame(() => setTimeout(() => (row[1] = Date.now())));
  }
};
window.__watch = new MutationObserver(look);
window.__watch.observe(document.body, { subtree: true, childList: true, characterData: true });
";
const MARKUP_NAME: &str = "<img src=x onerror=document.title=1>";
const SCRIPT_TEXT: &str = "Is this yours? javascript:alert(1)";
/// Where the pop shows the caller's name on this screen of 1440 x 900.
const POP_NAME: Area = Area { x: 1090, y: 280, width: 240, height: 60 };
const REPLY: &str = "I have your order open here, one moment.";

const CAST: &str = r#"
queue sales "Sales"
caller john "John Delgado" +15551234567 company "Northwind Ltd" title "Buyer" notes "Prefers callback after 17:00." field last_purchase "$299"
caller mei "Mei Abe" +15559012000
caller stranger +15550142233 calling-itself "<img src=x onerror=document.title=1>"
john has the case "Order 4711: box was open" note "Replacement offered, waits for a photo."
"#;

struct Morning<'a> {
    programs: &'a Programs,
    desktop: Desktop,
    server: Server,
    driver: Driver,
    app: Option<App>,
    report: Report,
    /// Every token of the run; each is looked for everywhere at the end.
    tokens: Vec<String>,
    link_dropped_at: usize,
}

/// Plays it; whether every step was good.
pub(crate) async fn play(programs: &Programs) -> Done<bool> {
    if programs.out.exists() {
        std::fs::remove_dir_all(&programs.out)?;
    }
    std::fs::create_dir_all(&programs.out)?;
    let begun = Instant::now();
    let mut morning = match Morning::prepare(programs).await {
        Ok(morning) => morning,
        Err(problem) => {
            let step = Step {
                name: "prepared",
                ok: false,
                ms: begun.elapsed().as_millis(),
                problem: Some(problem.to_string()),
            };
            Report { steps: vec![step], ..Report::default() }.write(&programs.out)?;
            return Err(problem);
        }
    };
    morning.all().await;
    if let Some(app) = morning.app.take() {
        app.end().await;
    }
    morning.report.write(&programs.out)?;
    say(&serde_json::to_string(&morning.report)?);
    Ok(morning.report.is_good())
}

macro_rules! steps {
    ($morning:ident: $($name:ident),+ $(,)?) => {
        $( if !$morning.step(stringify!($name), async |morning| morning.$name().await).await {
            return;
        } )+
    };
}

impl<'a> Morning<'a> {
    async fn prepare(programs: &'a Programs) -> Done<Self> {
        let desktop = Desktop::start(&programs.out).await?;
        let server = Server::start(&programs.simulator, &desktop).await?;
        let driver = Driver::start(&programs.driver, &desktop).await?;
        Ok(Self {
            programs,
            desktop,
            server,
            driver,
            app: None,
            report: Report::default(),
            tokens: Vec::new(),
            link_dropped_at: 0,
        })
    }

    /// Each step stands on the one before, so the first that fails is the last.
    async fn all(&mut self) {
        steps!(self:
            signed_in, token_in_keyring, subscribed, queue_alert, call_pop, call_toast, call_answered, message_shown,
            reply_sent, reply_delivered, quick_reply_sent, customer_known, call_steered, call_transferred,
            voicemail_used, status_planned, link_lost, link_back, while_gone_told, diagnostics_shown, views_shown, rule_written, rules_answer, latency_measured, name_follows,
            signed_out, second_start_signs_in, single_instance, token_nowhere_else, keyring_missing,
        );
    }

    async fn step(&mut self, name: &'static str, act: impl AsyncFnOnce(&mut Self) -> Done) -> bool {
        let begun = Instant::now();
        let done = act(self).await;
        let ms = begun.elapsed().as_millis();
        let picture = format!("{:02}-{name}", self.report.steps.len() + 1);
        let pictured = self.picture(&picture).await;
        let problem = done.and(pictured).err().map(|problem| problem.to_string());
        say(&format!(
            "{} {name} ({ms} ms){}",
            if problem.is_none() { "ok  " } else { "FAIL" },
            problem.as_ref().map(|words| format!(": {words}")).unwrap_or_default()
        ));
        let ok = problem.is_none();
        self.report.steps.push(Step { name, ok, ms, problem });
        ok
    }

    async fn picture(&self, name: &str) -> Done {
        if let Some(app) = &self.app {
            app.painted().await?;
        }
        self.desktop.picture(name).await
    }

    fn app(&self) -> Done<&App> {
        self.app.as_ref().ok_or_else(|| "the app does not run".into())
    }

    async fn signed_in(&mut self) -> Done {
        self.server.play(CAST).await?;
        self.app = Some(self.driver.start_app(&self.programs.app).await?);
        let app = self.app()?;
        app.shows("form h2", "Sign in").await?;
        app.click(".service button").await?;
        app.type_into("[name=service]", &self.server.address).await?;
        app.type_into("[name=email]", &self.server.email).await?;
        app.type_into("[name=password]", "wrong").await?;
        app.click("form [type=submit]").await?;
        app.shows("form", &text!("problems-wrong-login")).await?;
        self.picture("00-wrong_password").await?;
        let app = self.app()?;
        app.type_into("[name=password]", &self.server.password).await?;
        app.click("form [type=submit]").await?;
        app.shows("header", &text!("link-promise-hears")).await
    }

    async fn token_in_keyring(&mut self) -> Done {
        let token = self.desktop.token_in_keyring().await?.ok_or("the keyring holds no token")?;
        if token.split('.').count() != 3 {
            return Err("what the keyring holds is no token".into());
        }
        self.tokens.push(token);
        Ok(())
    }

    async fn subscribed(&mut self) -> Done {
        for wanted in [":queue:*", ":call:*", ":message:*"] {
            let is_it = |topic: &Value| topic.as_str().is_some_and(|topic| topic.ends_with(wanted));
            self.server
                .sees("a subscription", 0, |seen| {
                    seen["seen"] == "subscribed" && seen["topics"].as_array().is_some_and(|all| all.iter().any(is_it))
                })
                .await?;
        }
        Ok(())
    }

    async fn queue_alert(&mut self) -> Done {
        self.server.play("john joins sales position 1 estimate 120").await?;
        self.app()?.shows("[data-list=waiting]", "Sales").await?;
        self.app()?.shows("[data-list=waiting]", "John Delgado · position 1 · est. 2 m").await?;
        let toast = self.desktop.toast(&text!("alerts-waiting", queue = "Sales")).await?;
        expect(toast.body.contains("position 1"), "the toast tells the place")
    }

    async fn call_pop(&mut self) -> Done {
        let before = self.desktop.active_window().await?;
        let (eyes, mark) = (Eyes::on(&self.desktop.display)?, self.server.mark());
        let nothing = eyes.look(POP_NAME)?;
        self.server.play("john is offered to dana").await?;
        let painted_us = eyes.settled(POP_NAME, &nothing).await?;
        let wrote = self.server.sees("the event", mark, |seen| seen["event"] == "call.assigned").await?;
        self.report.first_painted_pop_ms = wrote["at_us"].as_i64().map(|wrote_us| ms_between(wrote_us, painted_us));
        let pop = until("the pop", 10, async || self.desktop.window("Ringside call").await).await?;
        let words = until("the caller in the pop", 10, async || {
            let words = self.app()?.run_in_pop("return document.body.innerText").await?;
            Ok(words
                .as_str()
                .filter(|words| words.contains("John Delgado") && words.contains("Northwind Ltd"))
                .map(str::to_owned))
        })
        .await?;
        expect(words.contains(&text!("calls-incoming-from", queue = "Sales")), "the pop names the queue")?;
        expect(self.desktop.is_on_top(&pop).await?, "the pop is on top")?;
        expect(self.desktop.active_window().await? == before && before != pop, "the keyboard stays where it was")?;
        expect(
            self.app()?.run_in_pop("return document.hasFocus()").await? == Value::Bool(false),
            "the pop has no focus",
        )
    }

    async fn call_toast(&mut self) -> Done {
        let toast = self.desktop.toast(&text!("alerts-is-calling", name = "John Delgado")).await?;
        expect(toast.body.contains("Sales"), "the toast names the queue")?;
        // The agent is elsewhere: another item is chosen, and the desk is away.
        let main = until("the desk window", 5, async || self.desktop.window("Ringside").await).await?;
        self.server.play("mei joins sales").await?;
        self.app()?.click("[data-list=waiting] button").await?;
        self.app()?.has("[data-call].chosen", false).await?;
        self.desktop.output("xdotool", &["windowminimize", "--sync", &main]).await?;
        expect(self.desktop.window("Ringside").await?.is_none(), "the desk is minimised")?;
        self.desktop.output("dunstctl", &["action", "0"]).await?;
        until("the desk in front after the click", 10, async || {
            Ok((self.desktop.active_window().await? == main).then_some(()))
        })
        .await?;
        self.app()?.shows("[data-call].chosen", "John Delgado").await?;
        self.server.play("mei leaves sales").await
    }

    async fn call_answered(&mut self) -> Done {
        self.server.play("john is answered").await?;
        self.app()?.shows("[data-list=talking]", "John Delgado").await?;
        self.app()?.has("[data-list=waiting] button", false).await?;
        until("the pop gone", 10, async || Ok(self.desktop.window("Ringside call").await?.is_none().then_some(())))
            .await
    }

    async fn message_shown(&mut self) -> Done {
        self.server.play("mei texts \"Are you there?\"").await?;
        self.desktop.toast("Mei Abe").await?;
        self.desktop.output("dunstctl", &["action", "0"]).await?;
        self.app()?.shows("[data-chat].chosen", "Mei Abe").await?;
        self.app()?.shows("[aria-label=Texts]", "Are you there?").await?;
        self.server.play(&format!("john texts \"{SCRIPT_TEXT}\"\nstranger calls dana")).await?;
        let app = self.app()?;
        app.shows("[data-list=chats] [data-chat]", SCRIPT_TEXT).await?;
        app.click("[data-list=chats] [data-chat]").await?;
        app.shows("[aria-label=Texts]", SCRIPT_TEXT).await?;
        app.shows("[data-list=ringing]", MARKUP_NAME).await?;
        let pop = until("the name in the pop", 10, async || {
            let words = self.app()?.run_in_pop("return document.querySelector('h1')?.innerText ?? ''").await?;
            Ok(words.as_str().filter(|words| !words.is_empty()).map(str::to_owned))
        })
        .await?;
        expect(pop == MARKUP_NAME, "the pop shows the name as text")?;
        let marks =
            "return document.querySelectorAll('img, a, script:not([src])').length + (document.title === '1' ? 1 : 0)";
        expect(app.run(marks).await? == 0, "nothing a caller wrote became markup on the desk")?;
        expect(app.run_in_pop(marks).await? == 0, "nothing a caller wrote became markup in the pop")?;
        self.desktop.toast(&text!("alerts-is-calling", name = MARKUP_NAME)).await?;
        self.picture("08-message_shown-pop").await?;
        self.server.play("stranger is answered\nstranger hangs up").await?;
        self.app()?.has("[data-list=ringing] [data-call]", false).await?;
        until("the toasts gone with their reason", 10, async || {
            Ok((self.desktop.output("dunstctl", &["count", "displayed"]).await? == "0").then_some(()))
        })
        .await
    }

    async fn reply_sent(&mut self) -> Done {
        let mark = self.server.mark();
        let app = self.app()?;
        app.click("[data-chat]").await?;
        app.type_into("#reply", REPLY).await?;
        app.keys("#reply", "\u{e009}\u{e007}").await?;
        self.server.sees("the reply", mark, |seen| seen["seen"] == "text" && seen["text"] == REPLY).await?;
        app.shows("[aria-label=Texts]", REPLY).await
    }

    async fn reply_delivered(&mut self) -> Done {
        let app = self.app()?;
        app.has("[data-delivery=delivered]", true).await?;
        let ours = app.run("return document.querySelectorAll('.message.ours').length").await?;
        expect(ours == 1, "one reply is one bubble")
    }

    /// Three keys find it, one puts it in, two send it.
    async fn quick_reply_sent(&mut self) -> Done {
        let mark = self.server.mark();
        let app = self.app()?;
        app.type_into("#reply", "/mom").await?;
        app.shows("[aria-label='Quick replies']", "/moment").await?;
        self.picture("11-quick_reply_sent-offered").await?;
        let app = self.app()?;
        app.keys("#reply", "\u{e007}").await?;
        app.shows("form .line", "1 SMS").await?;
        app.keys("#reply", "\u{e009}\u{e007}").await?;
        let is_it = |seen: &Value| seen["seen"] == "text" && seen["text"] == "One moment please, I am looking into it.";
        self.server.sees("the quick reply", mark, is_it).await?;
        app.has("[data-delivery=sending]", false).await
    }

    async fn customer_known(&mut self) -> Done {
        let app = self.app()?;
        app.click("[data-list=talking] [data-call] > button").await?;
        app.shows("section.right", "last purchase $299").await?;
        app.shows("section.right [aria-label=Case]", "Replacement offered").await?;
        app.type_into("section.right [aria-label=Note]", "Photo came.").await?;
        app.keys("section.right [aria-label=Note]", "\u{e007}").await?;
        app.shows("section.right [aria-label=Case]", "Photo came.").await?;
        app.shows("section.right", &text!("customer-they-wrote")).await
    }

    async fn call_steered(&mut self) -> Done {
        let mark = self.server.mark();
        for (control, path, told) in [
            ("hold", "/hold", text!("calls-state-hold")),
            ("mute", "/mute", text!("calls-state-mute")),
            ("record", "/recording_start", text!("calls-state-record")),
        ] {
            self.app()?.click(&format!("[data-control={control}]")).await?;
            self.server
                .sees(path, mark, |seen| seen["path"].as_str().is_some_and(|asked| asked.ends_with(path)))
                .await?;
            self.app()?.shows("[aria-label='Call controls'] [role=status]", &told).await?;
        }
        self.picture("13-call_steered-all").await?;
        self.server.play("answer 409 to the next 1 controls").await?;
        self.app()?.click("[data-control=hold]").await?;
        self.app()?.shows("[aria-label='Call controls'] [role=alert]", "still on hold").await?;
        self.picture("13-call_steered-refused").await?;
        self.app()?.click("[aria-label='Call controls'] [role=alert] button").await?;
        self.app()?.click("[data-control=hold]").await?;
        self.app()?.shows("[data-control=hold]", "Hold").await
    }

    async fn call_transferred(&mut self) -> Done {
        let app = self.app()?;
        app.click("[data-control=transfer]").await?;
        app.shows("dialog", "Leo Marsh").await?;
        self.picture("14-call_transferred-whom").await?;
        let mark = self.server.mark();
        let app = self.app()?;
        app.click("dialog li button").await?;
        self.server.sees("the transfer", mark, |seen| seen["path"] == "/v1.0/transfers").await?;
        app.shows("[data-transfer=ringing]", "Ringing").await?;
        self.picture("14-call_transferred-ringing").await?;
        let app = self.app()?;
        app.click("[data-transfer] button").await?;
        app.has("[data-transfer]", false).await
    }

    /// Without a place set it says what to set; then callers go there.
    async fn voicemail_used(&mut self) -> Done {
        let app = self.app()?;
        app.has("[data-control=voicemail][aria-disabled]", true).await?;
        app.click("nav button:nth-child(11)").await?;
        app.type_into("#voicemail", "nobody here").await?;
        app.keys("#voicemail", "\u{e007}").await?;
        app.shows(".said", &text!("problems-number-none")).await?;
        app.type_into("#voicemail", "+1 555 000 1111").await?;
        app.keys("#voicemail", "\u{e007}").await?;
        app.shows(".said", &text!("settings-voicemail-saved")).await?;
        self.picture("15-voicemail_used-settings").await?;
        let mark = self.server.mark();
        let app = self.app()?;
        app.click("nav button:nth-child(1)").await?;
        app.click("[data-control=voicemail]").await?;
        let is_it = |seen: &Value| seen["body"].as_str().is_some_and(|body| body.contains("+15550001111"));
        self.server.sees("the transfer", mark, is_it).await?;
        app.shows("[data-transfer]", &text!("calls-to-voicemail")).await
    }

    /// On a call a status is what comes after it.
    async fn status_planned(&mut self) -> Done {
        let app = self.app()?;
        app.shows("header", "Busy").await?;
        app.click("[aria-label^='Your status']").await?;
        app.shows("[role=menu]", "After this call").await?;
        self.picture("16-status_planned-menu").await?;
        let app = self.app()?;
        let choose = "[...document.querySelectorAll('[role=menuitemradio]')].find((item) => item.innerText.includes('Break')).click()";
        app.run(choose).await?;
        app.shows("header", &text!("status-next", status = text!("status-away"))).await
    }

    async fn link_lost(&mut self) -> Done {
        self.link_dropped_at = self.server.mark();
        self.server.play("drop the link for 3s").await?;
        self.app()?.has(".link[data-live=false]", true).await?;
        self.app()?.shows("header", &text!("link-promise-none")).await?;
        self.app()?.shows("[role=alert]", "Not live since").await?;
        // Nobody is told of these by the socket.
        self.server.play("mei texts \"Is anybody there?\"\nstranger calls dana\nstranger hangs up").await
    }

    async fn link_back(&mut self) -> Done {
        self.server.sees("the subscription again", self.link_dropped_at, |seen| seen["seen"] == "subscribed").await?;
        self.app()?.has(".link[data-live=true]", true).await?;
        self.app()?.shows("header", &text!("link-promise-hears")).await?;
        self.server.play("john hangs up").await?;
        self.app()?.has("[data-call]", false).await?;
        self.app()?.shows("header", "Break").await
    }

    async fn while_gone_told(&mut self) -> Done {
        let app = self.app()?;
        let card = &format!("[aria-label='{}']", text!("desk-away"));
        app.shows(card, "Is anybody there?").await?;
        app.shows(card, &text!("desk-away-rang")).await?;
        app.shows(card, MARKUP_NAME).await?;
        self.picture("13-while_gone_told-card").await?;
        let app = self.app()?;
        app.click(&format!("{card} header button")).await?;
        app.has(card, false).await
    }

    async fn diagnostics_shown(&mut self) -> Done {
        let app = self.app()?;
        app.click("header .link + button").await?;
        app.shows("dialog", "documented").await?;
        app.shows("dialog [data-table=losses]", "1").await?;
        self.picture("14-diagnostics_shown-dialog").await?;
        let app = self.app()?;
        app.keys("dialog header button:last-of-type", "\u{e00c}").await?;
        app.has("dialog", false).await
    }

    /// Every view of the window shows what it is there for.
    async fn views_shown(&mut self) -> Done {
        self.server
            .play(
                "john calls dana\njohn is answered\njohn is taken through play welcome_message\n\
                 john is taken through queue_join Sales\njohn is recorded\njohn says \"My order arrived open.\"\n\
                 john enters daily\nmei joins sales position 1\nstranger joins sales position 2",
            )
            .await?;
        let views = [
            (2, "queues", "[data-queue=Sales]", "2 waiting"),
            (3, "live", "[data-state=talking]", "John Delgado"),
            (4, "flows", "[data-flow] [aria-current=step]", "queue_join"),
            (5, "conferences", "[data-conference]", "1 participant"),
            (6, "recordings", "[data-list=transcripts]", "My order arrived open."),
            (7, "history", "[data-list=history]", "John Delgado"),
            (8, "journal", "[data-event='recording.started']", "recording.started"),
        ];
        for (at, name, css, words) in views {
            self.app()?.click(&format!("nav button:nth-child({at})")).await?;
            self.app()?.shows(css, words).await?;
            self.picture(&format!("15-views_shown-{name}")).await?;
        }
        self.app()?.click("nav button:nth-child(9)").await?;
        self.app()?.click("[data-colleague]").await?;
        self.app()?.type_into("[aria-label='Message to the team']", "Can you take line two?").await?;
        self.app()?.keys("[aria-label='Message to the team']", "\u{e007}").await?;
        self.app()?.shows("[aria-label=Messages]", "Can you take line two?").await?;
        self.app()?.click("[aria-label='React with 👍']").await?;
        self.app()?.shows("[aria-label=Messages] .sign.own", "👍 1").await?;
        self.picture("15-views_shown-talk").await?;
        self.server.play("john is recorded no longer").await?;
        self.app()?.click("nav button:nth-child(6)").await?;
        self.app()?.click("[data-recording] button:not([aria-disabled])").await?;
        self.app()?.shows("[data-recording]", "Saved as").await?;
        self.app()?.click("nav button:nth-child(1)").await?;
        self.server
            .play("john exits daily\njohn is through with success\njohn hangs up\nmei leaves sales\nstranger leaves sales")
            .await?;
        self.app()?.has("[data-call]", false).await?;
        self.app()?.has("section.right ol", false).await?;
        self.app()?.has("[data-list=waiting] button", false).await
    }

    async fn latency_measured(&mut self) -> Done {
        let eyes = Eyes::on(&self.desktop.display)?;
        let (mut to_toast, mut to_painted) = (Vec::new(), Vec::new());
        for at in 0..CALLS_MEASURED {
            let number = format!("+1555600{at:04}");
            let mark = self.server.mark();
            let nothing = eyes.at_rest(POP_NAME).await?;
            self.server.play(&format!("caller c{at} {number}\nc{at} calls dana")).await?;
            let painted_us = eyes.settled(POP_NAME, &nothing).await?;
            let wrote = self.server.sees("the event", mark, |seen| seen["event"] == "call.created").await?;
            let wrote_us = wrote["at_us"].as_i64().unwrap_or_default();
            let toast = self.desktop.toast(&format!("+1 555 600 {at:04} is calling")).await?;
            to_toast.push(ms_between(wrote_us, toast.at_us));
            to_painted.push(ms_between(wrote_us, painted_us));
            self.server.play(&format!("c{at} is answered\nc{at} hangs up")).await?;
            self.app()?.has("[data-call]", false).await?;
            until("the pop gone", 10, async || Ok(self.desktop.window("Ringside call").await?.is_none().then_some(())))
                .await?;
        }
        self.report.latency = Some(Latency {
            calls: CALLS_MEASURED,
            to_toast_ms: Spread::of(to_toast),
            to_painted_pop_ms: Spread::of(to_painted),
        });
        Ok(())
    }

    /// The pop shows the bare number at once, and the name as soon as the address book answered.
    async fn name_follows(&mut self) -> Done {
        let mut behind = Vec::new();
        for at in 0..NAMES_MEASURED {
            let (number, name) = (format!("+1555700{at:04}"), format!("Caller Number {at}"));
            self.app()?.run_in_pop(WATCH_NAME).await?;
            let mark = self.server.mark();
            self.server
                .play(&format!("delay the next 1 lookups by 300ms\ncaller n{at} \"{name}\" {number}\nn{at} calls dana"))
                .await?;
            let answered = self
                .server
                .sees("the lookup", mark, |seen| seen["seen"] == "looked_up" && seen["number"] == number.as_str())
                .await?;
            let shown = until("the name in the pop", 10, async || {
                let shown = self.app()?.run_in_pop("return window.__shown").await?;
                let has =
                    shown.as_array().is_some_and(|all| all.iter().any(|each| each[0] == name.as_str() && each[1] != 0));
                Ok(has.then_some(shown))
            })
            .await?;
            let shown = shown.as_array().cloned().unwrap_or_default();
            expect(shown.first().is_some_and(|first| first[0] != name.as_str()), "the bare number comes first")?;
            let named_ms = shown.iter().find(|each| each[0] == name.as_str()).and_then(|each| each[1].as_f64());
            let answered_us = answered["at_us"].as_i64().unwrap_or_default();
            behind.push(named_ms.unwrap_or_default() - answered_us as f64 / 1000.0);
            self.server.play(&format!("n{at} is answered\nn{at} hangs up")).await?;
            self.app()?.has("[data-call]", false).await?;
            until("the pop gone", 10, async || Ok(self.desktop.window("Ringside call").await?.is_none().then_some(())))
                .await?;
        }
        self.report.name_after_lookup_ms = Some(Spread::of(behind));
        Ok(())
    }

    async fn signed_out(&mut self) -> Done {
        self.windows_hold_no_token().await?;
        self.arguments_hold_no_token()?;
        let mark = self.server.mark();
        let app = self.app()?;
        app.click("[aria-label=Account]").await?;
        app.click(".account button").await?;
        app.shows("form h2", "Sign in").await?;
        self.server.sees("the goodbye", mark, |seen| seen["seen"] == "closed" && seen["goodbye"] == true).await?;
        until("an empty keyring", 10, async || Ok(self.desktop.token_in_keyring().await?.is_none().then_some(()))).await
    }

    async fn second_start_signs_in(&mut self) -> Done {
        let app = self.app()?;
        app.type_into("[name=email]", &self.server.email).await?;
        app.type_into("[name=password]", &self.server.password).await?;
        app.click("form [type=submit]").await?;
        app.shows("header", &text!("link-promise-hears")).await?;
        let token = until("the new token", 10, async || self.desktop.token_in_keyring().await).await?;
        self.tokens.push(token);
        let mark = self.server.mark();
        self.desktop.output("wmctrl", &["-c", "Ringside"]).await?;
        self.server.sees("the unsubscription", mark, |seen| seen["seen"] == "unsubscribed").await?;
        self.server.sees("the goodbye", mark, |seen| seen["seen"] == "closed" && seen["goodbye"] == true).await?;
        if let Some(app) = self.app.take() {
            app.end().await;
        }
        let mark = self.server.mark();
        self.app = Some(self.driver.start_app(&self.programs.app).await?);
        self.server.sees("the subscription", mark, |seen| seen["seen"] == "subscribed").await?;
        self.app()?.shows("header", &text!("link-promise-hears")).await
    }

    /// A second start brings the first to the front and ends.
    async fn single_instance(&mut self) -> Done {
        let main = until("the desk window", 5, async || self.desktop.window("Ringside").await).await?;
        self.desktop.output("xdotool", &["windowminimize", "--sync", &main]).await?;
        let second = self.desktop.command(&self.programs.app).output();
        let ended =
            tokio::time::timeout(Duration::from_secs(10), second).await.map_err(|_| "the second start went on")??;
        expect(ended.status.success(), "the second start ended well")?;
        until("the first desk in front", 10, async || Ok((self.desktop.active_window().await? == main).then_some(())))
            .await
    }

    /// Without any keyring service the app says so and asks; it does not claim
    /// that nobody ever signed in.
    async fn keyring_missing(&mut self) -> Done {
        if let Some(app) = self.app.take() {
            app.end().await;
        }
        self.desktop.stop_keyring().await?;
        self.app = Some(self.driver.start_app(&self.programs.app).await?);
        self.app()?.shows("form", "This computer has no keyring service").await
    }

    async fn token_nowhere_else(&mut self) -> Done {
        expect(self.tokens.len() == 2, "two sign-ins gave two tokens")?;
        self.windows_hold_no_token().await?;
        self.arguments_hold_no_token()?;
        let keyrings = self.desktop.home.join(".local/share/keyrings");
        let mut found = Vec::new();
        let app = |folder: &str| self.desktop.home.join(folder).join("dev.ringside.desktop");
        // Otherwise nothing would have been looked through.
        for file in [app(".local/share").join("ledger.db"), app(".local/state").join("ringside.log")] {
            expect(file.is_file(), &format!("{} is there", file.display()))?;
        }
        // The logs and the pictures, and the app's files: ledger, log, exports, the web view's storage.
        for root in [&self.programs.out, &self.desktop.home] {
            look_through(root, &keyrings, &self.secrets(), &mut found)?;
        }
        look_through(&self.desktop.home, &keyrings, &[&self.server.password], &mut found)?;
        for core in cores()? {
            if self.secrets().iter().any(|secret| std::fs::read(&core).is_ok_and(|bytes| holds(&bytes, secret))) {
                found.push(core);
            }
        }
        expect(found.is_empty(), &format!("no token and no password is in a file: {found:?}"))
    }

    async fn windows_hold_no_token(&self) -> Done {
        let held = "return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, document.documentElement.outerHTML])";
        for held in [self.app()?.run(held).await?.to_string(), self.app()?.run_in_pop(held).await?.to_string()] {
            expect(self.secrets().iter().all(|secret| !held.contains(secret)), "the windows hold no token")?;
        }
        Ok(())
    }

    fn arguments_hold_no_token(&self) -> Done {
        let secrets = self.secrets();
        for entry in std::fs::read_dir("/proc")?.flatten() {
            // Most of /proc is no process, and processes come and go.
            let Ok(bytes) = std::fs::read(entry.path().join("cmdline")) else { continue };
            expect(
                secrets.iter().all(|secret| !holds(&bytes, secret)),
                "no process has the token among its arguments",
            )?;
        }
        Ok(())
    }

    /// The signature alone would do harm too, so each part is looked for.
    fn secrets(&self) -> Vec<&str> {
        self.tokens.iter().flat_map(|token| token.split('.').skip(1)).collect()
    }
}

fn look_through(folder: &Path, passed_over: &Path, parts: &[&str], found: &mut Vec<PathBuf>) -> Done {
    for entry in std::fs::read_dir(folder)?.flatten() {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if path == passed_over {
            continue;
        }
        if kind.is_dir() {
            look_through(&path, passed_over, parts, found)?;
        } else if kind.is_file() && parts.iter().any(|part| std::fs::read(&path).is_ok_and(|bytes| holds(&bytes, part)))
        {
            found.push(path);
        }
    }
    Ok(())
}

/// What crashed programs have left where this run was started, and where the system puts it.
fn cores() -> Done<Vec<PathBuf>> {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let system = Path::new(pattern.trim()).parent().filter(|folder| folder.is_absolute()).map(Path::to_owned);
    let mut cores = Vec::new();
    for folder in [Some(std::env::current_dir()?), system].into_iter().flatten() {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        cores.extend(
            entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("core")).map(|it| it.path()),
        );
    }
    cores.retain(|path| path.is_file());
    Ok(cores)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn ms_between(from_us: i64, to_us: i64) -> f64 {
    (to_us - from_us) as f64 / 1000.0
}

fn expect(is_so: bool, what: &str) -> Done {
    if is_so { Ok(()) } else { Err(format!("not so: {what}").into()) }
}
