//! The commands of the README, on every platform: `cargo xtask run|demo|test|…`.
//!
//! Each command sees to what it needs itself: system packages, Node, the
//! packages of the user interface. Nothing else is assumed but Rust.

mod bindings;
mod build;
mod notices;
mod shell;
mod supply;
mod system;
mod words;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use shell::{Done, heading, run, say};
use system::Purpose;

const HELP: &str = "\
cargo xtask run               start Ringside: signed in as last time, else on the built-in demo desk
cargo xtask demo --headless   no screen needed: plays a morning through the real app and leaves
                              target/demo/report.json and a picture per step (Linux)
       [--app PATH]           with that installed program instead of a fresh debug build
cargo xtask test              everything that must pass: format, lints, tests, types, bindings,
                              and on Linux the package, installed, through the whole morning
cargo xtask simulate          random schedules of faults through the link and the desk without I/O
       [--schedules N] [--seed N]
cargo xtask outbox-torture    a desk that is killed again and again while it sends replies
       [--kills N] [--seed N]
cargo xtask chaos             the real shift over real sockets while everything goes wrong
       [--seconds N] [--seed N]
cargo xtask soak              whether memory stays where it is  [--events N] [--seed N]
cargo xtask herd              ten thousand desks after a restart of the service  [--desks N] [--seed N]
cargo xtask bench             how many events a second, beside other readers of the same flood;
                              needs Python 3 with venv, and fetches what the other readers need
       [--window]             the real window instead, under two floods (Linux)
       [--rules]              what hostile patterns and huge texts cost in automatic replies
cargo xtask fuzz [--runs N]   what no input may break; needs the nightly toolchain, and gets it
cargo xtask words             whether each sentence is in the catalogue, is used and gets its arguments;
                              writes the windows' types from it
cargo xtask supply            licences, sources and known holes of everything that it is built from
cargo xtask package           build a Debian package into target/release/bundle/deb";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["run"] => start(),
        ["demo", "--headless"] => headless(None),
        ["demo", "--headless", "--app", app] => headless(Some(Path::new(app))),
        ["test"] => test(),
        [program @ ("simulate" | "chaos" | "soak" | "herd"), ref rest @ ..] => measure(program, rest),
        ["outbox-torture", ref rest @ ..] => measure("torture", rest),
        ["bench"] => bench(),
        ["bench", "--window"] => flood(),
        ["bench", "--rules"] => measure("bench", &["rules"]),
        ["words"] => words::check(),
        ["supply"] => supply::check(),
        ["fuzz"] => fuzz("10000000"),
        ["fuzz", "--runs", runs] => fuzz(runs),
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

/// One of the programs that find or measure, optimised. Its last line is JSON.
fn measure(program: &str, rest: &[&str]) -> Done {
    let mut run_it = build::locked(&["run", "--release", "--quiet", "--package", "scenarios", "--bin", program, "--"]);
    run(run_it.args(rest))
}

/// The same flood for all readers; the others' libraries are fetched first.
fn bench() -> Done {
    let folder = build::root().join("target/bench");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    std::fs::copy(build::root().join("tests/bench/seed.mjs"), folder.join("seed.mjs"))
        .map_err(|error| format!("seed.mjs: {error}"))?;
    let python = folder.join("python/bin/python");
    if !folder.join("node_modules/ws").exists() {
        heading("What the other readers need");
        run(Command::new("npm")
            .args(["install", "--no-save", "--no-package-lock", "ws@8.18.3", "--prefix"])
            .arg(&folder))?;
    }
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder.join("python")))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "websocket-client==1.8.0"]))?;
    }
    let mut bench = build::locked(&["run", "--release", "--quiet", "--package", "scenarios", "--bin", "bench", "--"]);
    run(bench.arg("all").args([&folder, &python]))
}

/// The real window, optimised, under two floods.
fn flood() -> Done {
    if !cfg!(target_os = "linux") {
        return Err("the flood needs Linux (a private display, D-Bus, keyring and toast daemon)".to_owned());
    }
    system::ensure(Purpose::Headless)?;
    build::interface()?;
    heading("The app, optimised");
    run(&mut build::locked(&["build", "--release", "--package", "ringside", "--features", "custom-protocol"]))?;
    run(&mut build::locked(&["build", "--release", "--package", "scenarios", "--bins"]))?;
    let driver = build::tauri_driver()?;
    heading("The real window under a flood");
    run(build::command(&build::release("e2e"))
        .arg("--flood")
        .args([build::release("ringside"), build::release("bench"), driver])
        .arg(build::root().join("target/flood")))
}

/// Each fuzz target for so many runs, from the kept corpus on.
fn fuzz(runs: &str) -> Done {
    if run(&mut build::rustup(&["run", "nightly", "rustc", "--version"])).is_err() {
        run(&mut build::rustup(&["toolchain", "install", "nightly", "--profile", "minimal"]))?;
    }
    let cargo = |words: &[&str]| {
        let mut cargo = build::rustup(&["run", "nightly", "cargo"]);
        cargo.args(words).env("CARGO_TARGET_DIR", build::root().join("target/fuzz"));
        cargo
    };
    if run(&mut cargo(&["fuzz", "--version"])).is_err() {
        run(&mut cargo(&["install", "cargo-fuzz", "--locked"]))?;
    }
    for target in ["topics", "tokens", "frames", "rest"] {
        heading(&format!("Fuzzing {target}"));
        let found = build::root().join("target/fuzz/corpus").join(target);
        std::fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        let kept = build::root().join("tests/fuzz/corpus").join(target);
        run(cargo(&["fuzz", "run", "--fuzz-dir", "tests/fuzz", target]).args([&found, &kept]).args([
            "--",
            &format!("-runs={runs}"),
            "-max_len=4096",
        ]))?;
    }
    Ok(())
}

/// All that must pass, the quick answers first.
fn test() -> Done {
    heading("Format");
    run(&mut build::cargo(&["fmt", "--all", "--check"]))?;
    words::check()?;
    system::ensure(if cfg!(target_os = "linux") { Purpose::Headless } else { Purpose::Build })?;
    build::interface()?;
    heading("User interface: types, format, tests");
    build::npm(&["run", "check"])?;
    build::npm(&["test"])?;
    supply::check()?;
    heading("Lints");
    run(&mut build::locked(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    heading("Tests");
    let before = bindings::read()?;
    run(&mut build::locked(&["test", "--workspace"]))?;
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
