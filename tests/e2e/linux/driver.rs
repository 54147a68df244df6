//! The app under WebDriver.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Child;

use super::desktop::Desktop;
use super::{Done, until};

/// The mode in which this program only starts the app: WebDriver throws away
/// what an app prints, and the run wants to look through it.
pub(crate) const LAUNCH: &str = "--launch";

/// Becomes the app, with all that it prints going to the log.
pub(crate) fn launch(log: &Path, app: &Path) -> ExitCode {
    let open = || File::options().create(true).append(true).open(log);
    let problem = match (open(), open()) {
        (Ok(stdout), Ok(stderr)) => std::process::Command::new(app).stdout(stdout).stderr(stderr).exec(),
        (Err(problem), _) | (_, Err(problem)) => problem,
    };
    super::report::say(&format!("e2e: {}: {problem}", app.display()));
    ExitCode::FAILURE
}

/// tauri-driver; starts and ends the app with each session.
pub(crate) struct Driver {
    address: String,
    log: PathBuf,
    child: Child,
}

/// A running app and its two windows.
pub(crate) struct App {
    client: Client,
    main: WindowHandle,
    pop: WindowHandle,
}

impl Driver {
    /// Ready once WebKit's own driver behind it listens; a session asked for
    /// earlier is lost.
    pub(crate) async fn start(program: &Path, desktop: &Desktop) -> Done<Self> {
        let (port, native) = (free_port()?, free_port()?);
        let child = desktop
            .command(program)
            .args(["--port", &port.to_string(), "--native-port", &native.to_string()])
            .env("RINGSIDE_LOG", "trace")
            .process_group(0)
            .stdout(desktop.log("driver.log")?)
            .stderr(desktop.log("driver.log")?)
            .spawn()
            .map_err(|error| format!("tauri-driver: {error}"))?;
        let address = format!("http://127.0.0.1:{port}");
        until("the driver", 10, async || Ok(std::net::TcpStream::connect(("127.0.0.1", native)).ok())).await?;
        Ok(Self { address, log: desktop.out.join("app.log"), child })
    }

    /// Starts the app as an agent would.
    pub(crate) async fn start_app(&self, program: &Path) -> Done<App> {
        let launcher = std::env::current_exe()?;
        let options = json!({"tauri:options": {"application": launcher, "args": [LAUNCH, self.log, program]}});
        let capabilities = options.as_object().cloned().unwrap_or_default();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = tokio::time::timeout(Duration::from_secs(60), builder.connect(&self.address)).await??;
        let windows = until("two windows", 20, async || {
            let mut windows = (None, None);
            for window in client.windows().await? {
                client.switch_to_window(window.clone()).await?;
                match client.title().await?.as_str() {
                    "Ringside" => windows.0 = Some(window),
                    "Ringside call" => windows.1 = Some(window),
                    _ => {}
                }
            }
            Ok(windows.0.zip(windows.1))
        })
        .await;
        let (main, pop) = match windows {
            Ok(windows) => windows,
            Err(problem) => {
                // The session ends the app; if it has gone already, so much the better.
                client.close().await.ok();
                return Err(problem);
            }
        };
        client.switch_to_window(main.clone()).await?;
        Ok(App { client, main, pop })
    }
}

impl Drop for Driver {
    /// tauri-driver takes WebKit's driver with it only when asked to end, so
    /// the whole group is asked.
    fn drop(&mut self) {
        if let Some(id) = self.child.id() {
            let asked = std::process::Command::new("kill").args(["-TERM", "--", &format!("-{id}")]).status();
            if let Err(problem) = asked {
                super::report::say(&format!("e2e: the driver may still run: {problem}"));
            }
        }
    }
}

impl App {
    /// Runs a script in the desk window.
    pub(crate) async fn run(&self, script: &str) -> Done<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Waits until what the desk window says is on the screen.
    pub(crate) async fn painted(&self) -> Done {
        let script = "requestAnimationFrame(() => requestAnimationFrame(arguments[arguments.length - 1]))";
        self.client.execute_async(script, Vec::new()).await?;
        Ok(())
    }

    /// Runs a script in the pop.
    pub(crate) async fn run_in_pop(&self, script: &str) -> Done<Value> {
        self.client.switch_to_window(self.pop.clone()).await?;
        let value = self.client.execute(script, Vec::new()).await;
        self.client.switch_to_window(self.main.clone()).await?;
        Ok(value?)
    }

    /// Waits until the text of an element of the desk holds `words`.
    pub(crate) async fn shows(&self, css: &str, words: &str) -> Done {
        until(&format!("“{words}” in {css}"), 10, async || {
            let text = self.run(&format!("return document.querySelector({css:?})?.innerText ?? ''")).await?;
            Ok(text.as_str().is_some_and(|text| text.contains(words)).then_some(()))
        })
        .await
    }

    /// Waits until there is, or is no longer, such an element on the desk.
    pub(crate) async fn has(&self, css: &str, wanted: bool) -> Done {
        let what = format!("{css} {}", if wanted { "there" } else { "gone" });
        until(&what, 10, async || {
            let found = self.run(&format!("return document.querySelector({css:?}) !== null")).await?;
            Ok((found == json!(wanted)).then_some(()))
        })
        .await
    }

    pub(crate) async fn click(&self, css: &str) -> Done {
        self.client.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css(css)).await?.click().await?;
        Ok(())
    }

    pub(crate) async fn type_into(&self, css: &str, text: &str) -> Done {
        let field = self.client.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css(css)).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Sends keys to whatever has the keyboard in the desk window.
    pub(crate) async fn keys(&self, css: &str, keys: &str) -> Done {
        self.client.find(Locator::Css(css)).await?.send_keys(keys).await?;
        Ok(())
    }

    /// Ends the session, and with it the app.
    pub(crate) async fn end(self) {
        // The app may have gone by itself before, which is what was wanted.
        self.client.close().await.ok();
    }
}

fn free_port() -> Done<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
