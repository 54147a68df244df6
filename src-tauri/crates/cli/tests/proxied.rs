//! Behind a proxy that is the only way out: a network namespace whose one
//! neighbour is a real tinyproxy.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "all of this is test")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use voipbin_simulator::{Certificate, Dialect, ELSEWHERE, Setup, Simulator};

const OURS: &str = "192.0.2.1";
const THEIRS: &str = "192.0.2.2";
const PASSWORD: &str = "the-proxys-own-secret";

/// Set for the half of the test that runs where the service and the proxy are.
const INSIDE: &str = "RINGSIDE_TEST_INSIDE";

/// Two network namespaces with a line between them: in one are service and
/// proxy, the other reaches [`OURS`] and nothing else.
struct Namespaces {
    ours: String,
    theirs: String,
}

impl Namespaces {
    /// # Errors
    /// What this machine or this user lacks for it.
    fn new() -> Result<Self, String> {
        let id = std::process::id();
        let pair = Self { ours: format!("ringside-{id}-a"), theirs: format!("ringside-{id}-b") };
        let (ours, theirs) = (&pair.ours, &pair.theirs);
        ip(&["netns", "add", ours])?;
        ip(&["netns", "add", theirs])?;
        ip(&["link", "add", "near", "netns", ours, "type", "veth", "peer", "name", "far", "netns", theirs])?;
        for (space, line, address) in [
            (ours, "near", format!("{OURS}/30")),
            (ours, "near", format!("{ELSEWHERE}/32")),
            (theirs, "far", format!("{THEIRS}/30")),
        ] {
            ip(&["-n", space, "addr", "add", &address, "dev", line])?;
            ip(&["-n", space, "link", "set", line, "up"])?;
            ip(&["-n", space, "link", "set", "lo", "up"])?;
        }
        Ok(pair)
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        for space in [&self.ours, &self.theirs] {
            // Where one was never made there is nothing to remove.
            ip(&["netns", "del", space]).ok();
        }
    }
}

fn ip(words: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(words).output().map_err(|error| format!("ip: {error}"))?;
    let said = || format!("ip {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    if output.status.success() { Ok(()) } else { Err(said()) }
}

/// The proxy, which ends with the test.
struct Proxy {
    running: Child,
    port: u16,
}

impl Proxy {
    fn start(folder: &Path) -> Self {
        let port = std::net::TcpListener::bind((OURS, 0)).unwrap().local_addr().unwrap().port();
        let log = folder.join("proxy.log");
        let settings = format!(
            "Port {port}\nListen {OURS}\nAllow {THEIRS}\nMaxClients 50\nTimeout 60\nLogLevel Info\nLogFile \"{}\"\nBasicAuth agent {PASSWORD}\n",
            log.display()
        );
        std::fs::write(folder.join("proxy.conf"), settings).unwrap();
        let mut proxy = Command::new("tinyproxy");
        proxy.args(["-d", "-c"]).arg(folder.join("proxy.conf")).stdout(Stdio::null()).stderr(Stdio::null());
        let running = proxy.spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect((OURS, port)).is_err() {
            assert!(Instant::now() < until, "the proxy does not listen");
        }
        Self { running, port }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.running.kill().ok();
        self.running.wait().ok();
    }
}

/// Hands on what comes to the service's other address.
async fn at_another_address(service: &Simulator) -> u16 {
    let own: u16 = service.address().rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap();
    let listener = TcpListener::bind((ELSEWHERE, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            tokio::spawn(async move {
                if let Ok(mut to) = TcpStream::connect(("127.0.0.1", own)).await {
                    tokio::io::copy_bidirectional(&mut from, &mut to).await.ok();
                }
            });
        }
    });
    port
}

#[test]
fn behind_a_mandatory_proxy_sign_in_and_link_work_and_the_proxy_hears_no_secret() {
    if let Ok(theirs) = std::env::var(INSIDE) {
        return tokio::runtime::Runtime::new().unwrap().block_on(inside(&theirs));
    }
    let has_proxy = Command::new("tinyproxy").arg("-v").output();
    let ready = has_proxy.map_err(|error| format!("tinyproxy: {error}")).and_then(|_| Namespaces::new());
    let spaces = match ready {
        Ok(spaces) => spaces,
        Err(why) => return println!("skipped: {why}"),
    };
    let mut inside = Command::new("ip");
    inside.args(["netns", "exec", &spaces.ours]).arg(std::env::current_exe().unwrap());
    let output = inside.arg("--nocapture").env(INSIDE, &spaces.theirs).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

async fn inside(theirs: &str) {
    let folder = TempDir::new().unwrap();
    let proxy = Proxy::start(folder.path());
    let setup = Setup { dialect: Dialect::Live, certificate: Some(Certificate::Good), unlimited: true };
    let service = Simulator::with(setup).await.unwrap();
    service.play_line("caller john \"John\" +15551234567").unwrap();
    let address = format!("https://{ELSEWHERE}:{}", at_another_address(&service).await);
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, service.authority().unwrap()).unwrap();
    let tail = || {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", theirs, env!("CARGO_BIN_EXE_ringside-cli")]);
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
            command.env_remove(name);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.args(["tail", "--json", "--dialect", "live", "--url", &address, "--ca"]).arg(&authority);
        command.env("RINGSIDE_TOKEN", service.access_key());
        command
    };

    let refused = tail().output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "without the proxy there is no way out");

    let with = format!("http://agent:{PASSWORD}@{OURS}:{}", proxy.port);
    let mut child = tail().env("HTTPS_PROXY", &with).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    let mut until = |is_it: &dyn Fn(&Value) -> bool| {
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap() == 0 {
                child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                panic!("it ended after {said}");
            }
            said.push_str(&line);
            if is_it(&serde_json::from_str(&line).unwrap()) {
                return;
            }
        }
    };
    until(&|line| line["type"] == "link" && line["link"]["live"] == true);
    service.play_line("john texts \"Hello\"").unwrap();
    until(&|line| line["type"] == "fact" && line["kind"] == "message");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    child.wait().unwrap();
    let log = std::fs::read_to_string(folder.path().join("proxy.log")).unwrap();
    assert!(log.contains(ELSEWHERE), "it went through the proxy: {log}");
    for text in [&said, &log] {
        assert!(!text.contains(&service.access_key()) && !text.contains(PASSWORD), "{text}");
    }
}
