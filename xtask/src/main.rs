//! The commands of the README, on every platform: `cargo xtask run|demo|test|package`.
//!
//! Each command sees to what it needs itself: system packages, Node, the
//! packages of the user interface. Nothing else is assumed but Rust.

mod bindings;
mod build;
mod shell;
mod system;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use shell::{Done, heading, run, say};
use system::Purpose;

const HELP: &str = "\
cargo xtask run               start Ringside: signed in as last time, else on the built-in demo desk
cargo xtask demo --headless   no screen needed: plays a morning through the real app and leaves
                              target/demo/report.json and a picture per step (Linux)
       [--app PATH]           with that installed program instead of a fresh debug build
cargo xtask test              everything that must pass: format, lints, tests, types, bindings,
                              and on Linux the package, installed, through the whole morning
cargo xtask package           build a Debian package into target/release/bundle/deb";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["run"] => start(),
        ["demo", "--headless"] => headless(None),
        ["demo", "--headless", "--app", app] => headless(Some(Path::new(app))),
        ["test"] => test(),
        ["package"] => package().map(|package| say(&format!("\nThe package is {}", package.display()))),
        _ => {
            say(HELP);
            return if matches!(words[..], ["help" | "--help" | "-h"]) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&format!("\nxtask: {problem}"));
            ExitCode::FAILURE
        }
    }
}

/// Starts the app where there is a screen to show it on.
fn start() -> Done {
    if !system::has_screen() {
        return Err("there is no screen here to show a window on.\n\
            On a machine without one, `cargo xtask demo --headless` plays a morning through the real app."
            .to_owned());
    }
    system::ensure(Purpose::Build)?;
    build::interface()?;
    build::debug(&["ringside"])?;
    heading("Ringside starts; close its window to end");
    run(build::command(&build::program("ringside")).arg("--demo"))
}

/// Plays the morning through the app, on a desktop of its own.
fn headless(app: Option<&Path>) -> Done {
    if !cfg!(target_os = "linux") {
        return Err("the headless demo needs Linux (a private display, D-Bus, keyring and toast daemon)".to_owned());
    }
    system::ensure(Purpose::Headless)?;
    build::interface()?;
    let packages: &[&str] = if app.is_some() { &[] } else { &["ringside"] };
    build::debug(&[packages, &["voipbin-simulator", "scenarios"]].concat())?;
    let driver = build::tauri_driver()?;
    heading("A morning through the real app");
    let app = app.map_or_else(|| build::program("ringside"), Path::to_path_buf);
    run(build::command(&build::program("e2e"))
        .arg(app)
        .arg(build::program("voipbin-simulator"))
        .arg(driver)
        .arg(build::root().join("target/demo")))
}

/// Builds the package and says where it is.
fn package() -> Done<PathBuf> {
    if !cfg!(target_os = "linux") {
        return Err("only a Debian package is built so far, and only on Linux".to_owned());
    }
    system::ensure(Purpose::Build)?;
    build::interface()?;
    heading("The package (an optimised build takes its time)");
    build::package()
}

/// All that must pass, the quick answers first.
fn test() -> Done {
    heading("Format");
    run(&mut build::cargo(&["fmt", "--all", "--check"]))?;
    system::ensure(if cfg!(target_os = "linux") { Purpose::Headless } else { Purpose::Build })?;
    build::interface()?;
    heading("User interface: types, format, tests");
    build::npm(&["run", "check"])?;
    build::npm(&["test"])?;
    heading("Lints");
    run(&mut build::cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    heading("Tests");
    let before = bindings::read()?;
    run(&mut build::cargo(&["test", "--workspace"]))?;
    bindings::expect_unchanged(&before)?;
    if cfg!(target_os = "linux") {
        let package = package()?;
        heading("The package, installed");
        system::install_file(&package)?;
        headless(Some(Path::new("/usr/bin/ringside")))?;
    }
    say("\nEverything passed.");
    Ok(())
}
