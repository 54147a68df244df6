//! Answering by rules without a window.

#![expect(clippy::unwrap_used, reason = "all of this is test")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use ringside_words::text;
use serde_json::Value;
use tempfile::TempDir;
use voipbin_client::{Rest, Service};
use voipbin_simulator::{RULES, Seen, Simulator};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// The token of the first agent, as a sign-in gives it.
async fn token(service: &Simulator) -> String {
    let login = service.logins().remove(0);
    let rest = Rest::new(Service::parse(&service.address()).unwrap()).unwrap();
    rest.login(&login.email, &login.password).await.unwrap().lend(str::to_owned)
}

fn respond(service: &Simulator, token: &str, home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringside-cli"));
    command
        .args(["respond", "--json", "--url", &service.address(), "--ledger"])
        .arg(home.join("ledger.db"))
        .args(words);
    command.env("RINGSIDE_TOKEN", token).env("RINGSIDE_LEDGER_KEY", KEY);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

struct Responder {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Responder {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut read = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "it ended after {read:#?}");
            let line: Value = serde_json::from_str(&line).unwrap();
            if is_it(&line) {
                return line;
            }
            read.push(line);
        }
    }

    fn answers(&mut self) {
        self.until(|line| line["type"] == "responder" && line["state"] == "answering");
    }

    /// How it ended, what it said last and what it complained of.
    fn ends(mut self) -> (Option<i32>, Vec<Value>, String) {
        let mut said = Vec::new();
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            said.push(serde_json::from_str(&line).unwrap());
            line.clear();
        }
        let mut complaint = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        (self.child.wait().unwrap().code(), said, complaint)
    }

    fn stop(mut self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_office_server_answers_by_a_rules_file_and_remembers_over_a_restart() {
    let service = Simulator::start().await.unwrap();
    service.play_line("caller john \"John\" +15551234567").unwrap();
    let (token, home) = (token(&service).await, TempDir::new().unwrap());
    let rules = home.path().join("rules.toml");
    std::fs::write(&rules, RULES).unwrap();
    let mut seen = service.watch();
    let mut responder = Responder::start(respond(&service, &token, home.path(), &["--rules", rules.to_str().unwrap()]));
    responder.answers();
    service.play_line("john texts \"What are your hours?\"").unwrap();
    // That it is on its way is said first, unless it has been sent by then.
    let decision = responder.until(|line| line["type"] == "decision" && line["fate"] != "waiting");
    assert_eq!((decision["fate"].as_str(), decision["number"].as_str()), (Some("sent"), Some("+15551234567")));
    loop {
        if let Seen::Text { text, .. } = seen.recv().await.unwrap() {
            assert_eq!(text, "We're open Mon-Fri 9-5!");
            break;
        }
    }
    responder.stop();
    // The rules are in the ledger now, and so is what was answered.
    let mut responder = Responder::start(respond(&service, &token, home.path(), &[]));
    responder.answers();
    service.play_line("john texts \"And your hours on Sunday?\"").unwrap();
    let is_new = |line: &Value| line["type"] == "decision" && line["message"] != decision["message"];
    let second = responder.until(is_new);
    assert_eq!(second["fate"], "silent");
    assert!(second["words"] == text!("rules-said-apart", seconds = 60), "{second}");
    responder.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_lacks_is_said() {
    let service = Simulator::start().await.unwrap();
    let (token, home) = (token(&service).await, TempDir::new().unwrap());
    let output = respond(&service, &token, home.path(), &[]).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && complaint.contains("--rules") && !complaint.contains(&token), "{complaint}");
    let rules = home.path().join("rules.toml");
    std::fs::write(&rules, "[[rules]]\nname = 'x'").unwrap();
    let words = ["--rules", rules.to_str().unwrap()];
    let complaint = respond(&service, &token, home.path(), &words).output().unwrap().stderr;
    assert!(String::from_utf8_lossy(&complaint).contains("does nothing"));
    let complaint =
        respond(&service, &token, home.path(), &words).env("RINGSIDE_LEDGER_KEY", "short").output().unwrap().stderr;
    assert!(String::from_utf8_lossy(&complaint).contains("64 hex digits"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_for_the_ledger_is_refused_and_the_ledger_is_left_alone() {
    let service = Simulator::start().await.unwrap();
    let (token, home) = (token(&service).await, TempDir::new().unwrap());
    let rules = home.path().join("rules.toml");
    std::fs::write(&rules, RULES).unwrap();
    let words = ["--rules", rules.to_str().unwrap()];
    let mut responder = Responder::start(respond(&service, &token, home.path(), &words));
    responder.answers();
    responder.stop();
    let held = || {
        let entries = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (std::fs::read(&path).unwrap(), path)).collect::<std::collections::BTreeSet<_>>()
    };
    let before = held();
    let wrong = KEY.replace("00", "01");
    let output = respond(&service, &token, home.path(), &words).env("RINGSIDE_LEDGER_KEY", &wrong).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && complaint.contains("the key does not fit"), "{complaint}");
    assert!(!complaint.contains(&wrong) && held() == before, "nothing was moved");
}

/// A folder with a file of rules.
fn office() -> (TempDir, String) {
    let home = TempDir::new().unwrap();
    let rules = home.path().join("rules.toml");
    std::fs::write(&rules, RULES).unwrap();
    let rules = rules.to_str().unwrap().to_owned();
    (home, rules)
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_sign_in_is_over_it_ends_with_a_failure_and_claims_no_answer() {
    let service = Simulator::start().await.unwrap();
    service.play_line("caller john \"John\" +15551234567").unwrap();
    let (token, (home, rules)) = (token(&service).await, office());
    let mut responder = Responder::start(respond(&service, &token, home.path(), &["--rules", &rules]));
    responder.answers();
    let mut seen = service.watch();
    service.play_line("dana is signed out\njohn texts \"What are your hours?\"").unwrap();
    let (code, said, complaint) = responder.ends();
    assert_eq!(code, Some(2), "{complaint}");
    assert!(complaint.contains("sign-in is over") && !complaint.contains(&token), "{complaint}");
    assert!(said.iter().all(|line| line["fate"] != "sent"), "{said:#?}");
    while let Ok(seen) = seen.try_recv() {
        assert!(!matches!(seen, Seen::Text { .. }), "nothing left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_token_in_the_file_is_signed_in_with_before_the_sign_in_is_given_up() {
    let service = Simulator::start().await.unwrap();
    service.play_line("caller john \"John\" +15551234567").unwrap();
    let (first, (home, rules)) = (token(&service).await, office());
    let file = home.path().join("token");
    std::fs::write(&file, &first).unwrap();
    let words = ["--rules", rules.as_str(), "--token-file", file.to_str().unwrap()];
    let mut command = respond(&service, &first, home.path(), &words);
    command.env_remove("RINGSIDE_TOKEN");
    let mut responder = Responder::start(command);
    responder.answers();
    service.play_line("dana is signed out\njohn texts \"What are your hours?\"").unwrap();
    responder.until(|line| line["type"] == "session" && !line["session"]["askAgain"].is_null());
    std::fs::write(&file, token(&service).await).unwrap();
    responder.until(|line| line["type"] == "session" && line["session"]["askAgain"].is_null());
    // What waited goes out now.
    responder.until(|line| line["type"] == "decision" && line["fate"] == "sent");
    responder.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_ledger_was_put_aside_it_refuses_until_a_person_accepts_that_opt_outs_are_lost() {
    let service = Simulator::start().await.unwrap();
    service.play_line("caller john \"John\" +15551234567").unwrap();
    let (token, (home, rules)) = (token(&service).await, office());
    let ledger = home.path().join("ledger.db");
    std::fs::write(&ledger, "this is no database at all, and not for want of length ".repeat(100)).unwrap();
    // The second time the ledger is a good one, but what was lost is still lost.
    for _ in 0..2 {
        let (code, said, complaint) =
            Responder::start(respond(&service, &token, home.path(), &["--rules", &rules])).ends();
        assert_eq!(code, Some(2), "{complaint} {said:#?}");
        assert!(complaint.contains("damaged and replaced") && complaint.contains("--begun-anew"), "{complaint}");
    }
    let mut responder = Responder::start(respond(&service, &token, home.path(), &["--begun-anew"]));
    responder.answers();
    responder.stop();
    // It was accepted once.
    let mut responder = Responder::start(respond(&service, &token, home.path(), &[]));
    responder.answers();
    responder.stop();
}
