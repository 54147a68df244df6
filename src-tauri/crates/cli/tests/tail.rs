//! The command line against a real service: what it prints, and how it ends.

#![expect(clippy::unwrap_used, reason = "all of this is test")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use voipbin_simulator::{Dialect, Setup, Simulator};

const LIVE: Setup = Setup { dialect: Dialect::Live, certificate: None, unlimited: true };

fn command(service: &Simulator, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringside-cli"));
    command.args(words).args(["--url", &service.address()]).env("RINGSIDE_TOKEN", service.access_key());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Reads lines until one is it; all that came before, and it.
fn until(child: &mut Child, is_it: impl Fn(&Value) -> bool) -> (Vec<Value>, BufReader<std::process::ChildStdout>) {
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut read = Vec::new();
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended after {read:#?}");
        read.push(serde_json::from_str(&line).unwrap());
        if is_it(read.last().unwrap()) {
            return (read, lines);
        }
    }
}

fn is_live(line: &Value) -> bool {
    line["type"] == "link" && line["link"]["live"] == true
}

#[tokio::test(flavor = "multi_thread")]
async fn it_prints_link_states_facts_and_alerts_and_ends_when_nothing_happens() {
    let service = Simulator::with(LIVE).await.unwrap();
    service.play_line("queue sales \"Sales\"\ncaller john \"John\" +15551234567").unwrap();
    let mut child =
        command(&service, &["tail", "--json", "--dialect", "live", "--until-idle", "1", "--state"]).spawn().unwrap();
    let (_, mut lines) = until(&mut child, is_live);
    service.play_line("john joins sales\njohn texts \"Hello\"").unwrap();
    let rest: Vec<Value> = std::iter::from_fn(|| {
        let mut line = String::new();
        (lines.read_line(&mut line).unwrap() > 0).then(|| serde_json::from_str(&line).unwrap())
    })
    .collect();
    assert!(child.wait().unwrap().success());
    assert!(rest.iter().any(|line| line["type"] == "fact" && line["kind"] == "queuecall"), "{rest:#?}");
    assert!(rest.iter().any(|line| line["alert"] == "raise" && line["kind"] == "message"), "{rest:#?}");
    let state = &rest.last().unwrap()["state"];
    assert_eq!(state["chats"][0]["lastText"], "Hello");
    let text = format!("{rest:?}");
    assert!(!text.contains(&service.access_key()), "no token in the output");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_the_link_from_inside() {
    let service = Simulator::with(LIVE).await.unwrap();
    let output = command(&service, &["diagnose"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let diagnostics = &line["diagnostics"];
    assert_eq!((diagnostics["state"].as_str(), diagnostics["dialect"].as_str()), (Some("live"), Some("live")));
    assert_eq!(diagnostics["wanted"].as_array().unwrap().len(), diagnostics["confirmed"].as_array().unwrap().len());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_shift_with_a_goodbye() {
    for signal in ["-TERM", "-INT"] {
        let service = Simulator::with(LIVE).await.unwrap();
        let mut seen = service.watch();
        let mut child = command(&service, &["tail", "--json"]).spawn().unwrap();
        let (_, _lines) = until(&mut child, is_live);
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert!(child.wait().unwrap().success());
        let mut said_goodbye = false;
        while let Ok(seen) = seen.try_recv() {
            said_goodbye |= seen == voipbin_simulator::Seen::Closed { goodbye: true };
        }
        assert!(said_goodbye, "{signal}");
    }
}

/// Half a minute, because that is how long a link may be silent.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_came_while_the_process_was_stopped_is_told_on_the_same_connection() {
    let service = Simulator::with(LIVE).await.unwrap();
    service.play_line("caller john \"John\" +15551234567").unwrap();
    let mut child = command(&service, &["tail", "--json", "--dialect", "live"]).spawn().unwrap();
    let signal = |signal: &str, id: u32| Command::new("kill").args([signal, &id.to_string()]).status().unwrap();
    let (_, mut lines) = until(&mut child, is_live);
    let mut seen = service.watch();
    assert!(signal("-STOP", child.id()).success());
    tokio::time::sleep(Duration::from_secs(25)).await;
    service.play_line("john texts \"Hello\"").unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(signal("-CONT", child.id()).success());
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended without a word");
        let line: Value = serde_json::from_str(&line).unwrap();
        assert!(line["type"] != "link" || line["link"]["live"] == true, "the connection was dropped: {line}");
        if line["alert"] == "raise" && line["kind"] == "message" {
            break;
        }
    }
    while let Ok(seen) = seen.try_recv() {
        assert!(!matches!(seen, voipbin_simulator::Seen::Closed { .. }), "the same connection");
    }
    assert!(signal("-TERM", child.id()).success());
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_is_said_and_is_no_success() {
    let service = Simulator::with(LIVE).await.unwrap();
    let output = command(&service, &["tail"]).env("RINGSIDE_TOKEN", "vb_nobody").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("does not know this token") && !complaint.contains("vb_nobody"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_filter_of_the_log_lets_a_token_through() {
    let service = Simulator::with(LIVE).await.unwrap();
    for filter in ["trace", "trace,hyper=trace,reqwest=trace,tungstenite=trace", "hyper_util=trace"] {
        let words = ["tail", "--dialect", "live", "--until-idle", "0.5"];
        let output = command(&service, &words).env("RINGSIDE_LOG", filter).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success() && !said.contains(&service.access_key()), "{filter}");
        assert!(!said.contains("hyper") && !said.contains("tungstenite"), "{filter}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_refused_at_a_reconnect_is_said_and_is_no_success() {
    let service = Simulator::with(LIVE).await.unwrap();
    let login = service.logins().remove(0);
    let rest = voipbin_client::Rest::new(voipbin_client::Service::parse(&service.address()).unwrap()).unwrap();
    let token = rest.login(&login.email, &login.password).await.unwrap().lend(str::to_owned);
    let mut child = command(&service, &["tail", "--json"]).env("RINGSIDE_TOKEN", &token).spawn().unwrap();
    let (_, mut lines) = until(&mut child, is_live);
    service.play_line("dana is signed out\nclose the link").unwrap();
    std::io::copy(&mut lines, &mut std::io::sink()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("sign-in is over") && !complaint.contains(&token), "{complaint}");
}
