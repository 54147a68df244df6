//! A desktop without a screen: display, window manager, D-Bus, keyring, toast
//! daemon. The bus starts no service by itself, so nothing answers on it but
//! what is started here, with the temporary home and not the developer's.

use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{Done, Problem, until};

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

/// Everything that runs beside the app. Its processes end with it.
pub(crate) struct Desktop {
    pub(crate) display: String,
    bus: String,
    pub(crate) home: PathBuf,
    pub(crate) out: PathBuf,
    toasts: Arc<Mutex<Vec<Toast>>>,
    keyring: Option<Child>,
    children: Vec<Child>,
}

/// A toast as the daemon told it.
#[derive(Debug, Clone)]
pub(crate) struct Toast {
    pub(crate) at_us: i64,
    pub(crate) summary: String,
    pub(crate) body: String,
}

impl Desktop {
    pub(crate) async fn start(out: &Path) -> Done<Self> {
        let home = std::env::temp_dir().join(format!("ringside-e2e-{}", std::process::id()));
        let run = home.join("run");
        std::fs::create_dir_all(&run)?;
        std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700))?;
        let mut desktop = Self {
            display: String::new(),
            bus: String::new(),
            home,
            out: out.to_owned(),
            toasts: Arc::default(),
            keyring: None,
            children: Vec::new(),
        };
        desktop.start_bus().await?;
        desktop.start_screen().await?;
        desktop.start_keyring().await?;
        desktop.start_toasts().await?;
        Ok(desktop)
    }

    /// A command that sees this desktop and nothing of the machine's own.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", self.home.join("run"))
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_STATE_HOME")
            .env_remove("XDG_CACHE_HOME")
            .kill_on_drop(true);
        command
    }

    pub(crate) fn log(&self, name: &str) -> Done<Stdio> {
        Ok(File::options().create(true).append(true).open(self.out.join(name))?.into())
    }

    async fn start_bus(&mut self) -> Done {
        let config = self.home.join("bus.conf");
        std::fs::write(&config, BUS)?;
        let mut bus = self
            .command("dbus-daemon")
            .args(["--nofork", "--print-address", "--config-file"])
            .arg(&config)
            .stdout(Stdio::piped())
            .stderr(self.log("desktop.log")?)
            .spawn()
            .map_err(|error| format!("dbus-daemon: {error}"))?;
        let stdout = bus.stdout.take().ok_or("dbus-daemon has no output")?;
        self.bus = BufReader::new(stdout).lines().next_line().await?.ok_or("dbus-daemon told no address")?;
        self.children.push(bus);
        Ok(())
    }

    /// Waits until somebody answers to this name on the bus.
    async fn on_the_bus(&self, name: &str) -> Done {
        let asked = format!("string:{name}");
        until(name, 10, async || {
            let call = [
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
                "org.freedesktop.DBus.NameHasOwner",
                &asked,
            ];
            Ok(self.output("dbus-send", &call).await?.contains("boolean true").then_some(()))
        })
        .await
    }

    /// `-noreset`: otherwise a server whose only client leaves starts over, and
    /// takes a window manager that is just arriving with it.
    async fn start_screen(&mut self) -> Done {
        let mut screen = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(self.log("desktop.log")?)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("Xvfb: {error}"))?;
        let stdout = screen.stdout.take().ok_or("Xvfb has no output")?;
        let number = BufReader::new(stdout).lines().next_line().await?.ok_or("Xvfb told no display")?;
        self.display = format!(":{number}");
        self.children.push(screen);
        let manager = self.command("openbox").stderr(self.log("desktop.log")?).stdout(Stdio::null()).spawn()?;
        self.children.push(manager);
        until("the window manager", 10, async || Ok((!self.output("wmctrl", &["-m"]).await?.is_empty()).then_some(())))
            .await
    }

    /// A login keyring that is open, as after signing in at a desktop.
    async fn start_keyring(&mut self) -> Done {
        let mut keyring = self
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(self.log("desktop.log")?)
            .spawn()
            .map_err(|error| format!("gnome-keyring-daemon: {error}"))?;
        let mut stdin = keyring.stdin.take().ok_or("the keyring takes no password")?;
        stdin.write_all(b"e2e").await?;
        drop(stdin);
        self.keyring = Some(keyring);
        self.on_the_bus("org.freedesktop.secrets").await
    }

    /// A desktop without any keyring service.
    pub(crate) async fn stop_keyring(&mut self) -> Done {
        match self.keyring.take() {
            Some(mut keyring) => Ok(keyring.kill().await?),
            None => Err("no keyring runs".into()),
        }
    }

    async fn start_toasts(&mut self) -> Done {
        let mut daemon = self
            .command("dunst")
            .arg("-print")
            .stdout(Stdio::piped())
            .stderr(self.log("desktop.log")?)
            .spawn()
            .map_err(|error| format!("dunst: {error}"))?;
        let stdout = daemon.stdout.take().ok_or("dunst has no output")?;
        let toasts = Arc::clone(&self.toasts);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stdout).lines();
            let mut toast = None;
            while let Ok(Some(line)) = lines.next_line().await {
                let value = |name: &str| line.trim().strip_prefix(name).map(|rest| rest.trim_matches('\'').to_owned());
                if line == "{" {
                    toast = Some(Toast { at_us: now_us(), summary: String::new(), body: String::new() });
                }
                let Some(open) = &mut toast else { continue };
                if let Some(summary) = value("summary: ") {
                    open.summary = summary;
                }
                if let Some(body) = value("body: ") {
                    open.body = body;
                }
                if line == "}"
                    && let Some(done) = toast.take()
                {
                    toasts.lock().unwrap_or_else(PoisonError::into_inner).push(done);
                }
            }
        });
        self.children.push(daemon);
        self.on_the_bus("org.freedesktop.Notifications").await
    }

    /// Waits for a toast with this summary.
    pub(crate) async fn toast(&self, summary: &str) -> Done<Toast> {
        until(&format!("the toast “{summary}”"), 10, async || {
            let toasts = self.toasts.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(toasts.iter().find(|toast| toast.summary == summary).cloned())
        })
        .await
    }

    pub(crate) async fn output(&self, program: &str, arguments: &[&str]) -> Done<String> {
        let output =
            self.command(program).args(arguments).output().await.map_err(|error| format!("{program}: {error}"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// What lies in the keyring, read by another program.
    pub(crate) async fn token_in_keyring(&self) -> Done<Option<String>> {
        let token = self.output("secret-tool", &["lookup", "service", "Ringside", "username", "voipbin-token"]).await?;
        Ok(Some(token).filter(|token| !token.is_empty()))
    }

    /// The identifier of a visible window with just this title.
    pub(crate) async fn window(&self, title: &str) -> Done<Option<String>> {
        let pattern = format!("^{title}$");
        let windows = self.output("xdotool", &["search", "--onlyvisible", "--name", &pattern]).await?;
        Ok(windows.lines().next().map(str::to_owned))
    }

    pub(crate) async fn active_window(&self) -> Done<String> {
        self.output("xdotool", &["getactivewindow"]).await
    }

    /// Whether a window is kept above the others, and is the topmost now.
    pub(crate) async fn is_on_top(&self, window: &str) -> Done<bool> {
        let id: u64 = window.parse()?;
        let state = self.output("xprop", &["-id", window, "_NET_WM_STATE"]).await?;
        let stack = self.output("xprop", &["-root", "_NET_CLIENT_LIST_STACKING"]).await?;
        let top = stack.rsplit([',', ' ']).next().unwrap_or_default();
        Ok(state.contains("_NET_WM_STATE_ABOVE") && u64::from_str_radix(top.trim_start_matches("0x"), 16) == Ok(id))
    }

    pub(crate) async fn picture(&self, name: &str) -> Done {
        let file = self.out.join(format!("{name}.png"));
        let status = self.command("import").args(["-window", "root"]).arg(&file).status().await?;
        if status.success() { Ok(()) } else { Err(Problem::from(format!("no picture of {name}"))) }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.home) {
            super::report::say(&format!("e2e: the temporary home stays: {error}"));
        }
    }
}

/// Microseconds since 1970.
pub(super) fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
