//! The command line and a real keyring: one that is open, locked, missing, stopped
//! in the middle of its work, or killed. Each has a bus of its own.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "all of this is test, and its table is printed")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ringside_words::text;
use tempfile::TempDir;
use voipbin_simulator::{Dialect, Setup, Simulator};

const LIVE: Setup = Setup { dialect: Dialect::Live, certificate: None, unlimited: true };
/// A start must not take longer, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(60);
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A keyring of some kind: what it is like, and how it comes to be so.
type Kind = (&'static str, fn(&mut Desktop));

/// A bus with nothing on it but what is started here.
struct Desktop {
    home: TempDir,
    bus: String,
    children: Vec<Child>,
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in &mut self.children {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Desktop {
    /// None where the programs for it are not installed.
    fn start() -> Option<Self> {
        let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
        if !["dbus-daemon", "gnome-keyring-daemon", "secret-tool"].into_iter().all(has) {
            println!("no keyring on this machine to try this with");
            return None;
        }
        let home = TempDir::new().unwrap();
        std::fs::create_dir_all(home.path().join("run")).unwrap();
        std::fs::set_permissions(home.path().join("run"), std::fs::Permissions::from_mode(0o700)).unwrap();
        let config = home.path().join("bus.conf");
        std::fs::write(&config, BUS).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address", "--config-file"])
            .arg(&config)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Some(Self { home, bus: address.trim().to_owned(), children: vec![bus] })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.home.path().join("run"))
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("RINGSIDE_TOKEN");
        command
    }

    /// A keyring that is open.
    fn open_keyring(&mut self) {
        let mut keyring = self
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        keyring.stdin.take().unwrap().write_all(b"test").unwrap();
        self.children.push(keyring);
        let asks =
            ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"];
        until("the keyring", || {
            let output = self.command("dbus-send").args(asks).arg("string:org.freedesktop.secrets").output().unwrap();
            String::from_utf8_lossy(&output.stdout).contains("true")
        });
    }

    /// As after the desktop has kept a sign-in.
    fn keep(&self, service: &Simulator) {
        let folder = self.home.path().join(".config/dev.ringside.desktop");
        std::fs::create_dir_all(&folder).unwrap();
        let customer = "5e4a0680-804e-11ec-8477-2fea5968d85b";
        let account = format!(
            r#"{{"service":"{}","email":"","name":"Access key","agent_id":null,"customer_id":"{customer}","permission":0}}"#,
            service.address()
        );
        std::fs::write(folder.join("account.json"), account).unwrap();
        let mut store = self
            .command("secret-tool")
            .args(["store", "--label=Ringside", "service", "Ringside", "username", "voipbin-token"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        store.stdin.take().unwrap().write_all(service.access_key().as_bytes()).unwrap();
        assert!(store.wait().unwrap().success());
    }

    fn signal(&self, signal: &str) {
        assert!(kill(signal, self.children.last().unwrap()), "the keyring got {signal}");
    }

    /// The command line, that goes by what is kept.
    fn tail(&self) -> Child {
        let mut tail = self.command(env!("CARGO_BIN_EXE_ringside-cli"));
        tail.args(["tail", "--dialect", "live", "--until-idle", "1"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        tail.spawn().unwrap()
    }
}

fn kill(signal: &str, child: &Child) -> bool {
    Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success()
}

fn until(what: &str, mut ready: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !ready() {
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How it ended, and what it said.
fn ended(mut child: Child) -> (bool, String) {
    until("the end", || child.try_wait().unwrap().is_some());
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().success(), said)
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_keyring_does_the_command_line_signs_in_or_says_why_not_and_ends_when_told() {
    let service = Simulator::with(LIVE).await.unwrap();
    let (mut table, key) = (Vec::new(), service.access_key());
    let keyrings: [Kind; 4] = [
        ("is open", |_| {}),
        ("is missing", |desktop| {
            desktop.signal("-KILL");
            desktop.children.last_mut().unwrap().wait().unwrap();
        }),
        ("is locked", |desktop| {
            // Started again without a password it is there and shut.
            desktop.signal("-KILL");
            desktop.children.pop().unwrap().wait().unwrap();
            let locked = desktop
                .command("gnome-keyring-daemon")
                .args(["--foreground", "--components=secrets"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn();
            desktop.children.push(locked.unwrap());
            let asks =
                ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"];
            until("the locked keyring", || {
                let output =
                    desktop.command("dbus-send").args(asks).arg("string:org.freedesktop.secrets").output().unwrap();
                String::from_utf8_lossy(&output.stdout).contains("true")
            });
        }),
        ("does not answer", |desktop| desktop.signal("-STOP")),
    ];
    for (what, harm) in keyrings {
        let Some(mut desktop) = Desktop::start() else { return };
        desktop.open_keyring();
        desktop.keep(&service);
        harm(&mut desktop);
        for signal in ["-INT", "-TERM"] {
            let mut child = desktop.tail();
            let came = if what == "does not answer" {
                let mut heard = BufReader::new(child.stderr.take().unwrap());
                let mut line = String::new();
                heard.read_line(&mut line).unwrap();
                assert!(line.contains("waiting for this computer's keyring"), "{line}");
                let told = Instant::now();
                assert!(kill(signal, &child));
                until("the end", || child.try_wait().unwrap().is_some());
                assert!(told.elapsed() < Duration::from_secs(5), "it ends when told: {:?}", told.elapsed());
                "waits aloud, and ends when told".to_owned()
            } else {
                let (went_well, said) = ended(child);
                assert!(!said.contains(&key), "no token is shown");
                let hears = text!("link-promise-hears");
                let words = [hears.as_str(), "locked", "no keyring service"];
                let found = words.into_iter().find(|words| said.contains(words));
                format!("{} ({})", found.unwrap_or(&said), if went_well { "ends well" } else { "is no success" })
            };
            table.push((what, signal, came));
        }
        let folder = desktop.home.path().join(".config/dev.ringside.desktop");
        assert_eq!((mode(&folder), mode(&folder.join("account.json"))), (0o700, 0o600), "{what}");
    }
    for (what, signal, came) in &table {
        println!("the keyring {what:16} {signal:6} {came}");
        let expected = match *what {
            "is open" => format!("{} (ends well)", text!("link-promise-hears")),
            "is missing" => "no keyring service (is no success)".to_owned(),
            "is locked" => "locked (is no success)".to_owned(),
            _ => "waits aloud, and ends when told".to_owned(),
        };
        assert_eq!(*came, expected, "the keyring {what}");
    }
}
