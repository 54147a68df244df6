//! Building the parts.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Done, heading, run};
use crate::system::npm as npm_program;

const TAURI_DRIVER: &str = "2.1.0";

/// The workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// A program, run in the workspace.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Cargo, run in the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = command(Path::new(&cargo));
    command.args(arguments);
    command
}

/// Cargo, run in the workspace with just the versions that `Cargo.lock` names.
pub(crate) fn locked(arguments: &[&str]) -> Command {
    let mut command = cargo(&arguments[..1]);
    command.arg("--locked").args(&arguments[1..]);
    command
}

/// Rustup, run in the workspace.
pub(crate) fn rustup(arguments: &[&str]) -> Command {
    let mut command = command(Path::new("rustup"));
    command.args(arguments);
    command
}

/// A program that `debug` built.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// A program that was built optimised.
pub(crate) fn release(name: &str) -> PathBuf {
    target().join("release").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// Builds programs for running them here.
pub(crate) fn debug(packages: &[&str]) -> Done {
    heading(&format!("Building {}", packages.join(", ")));
    let mut arguments = vec!["build", "--locked", "--bins"];
    for package in packages {
        arguments.extend(["--package", package]);
    }
    run(&mut cargo(&arguments))
}

/// Installs the packages of the user interface where needed and builds it.
pub(crate) fn interface() -> Done {
    let modified = |path: &str| std::fs::metadata(root().join(path)).and_then(|data| data.modified()).ok();
    let installed = modified("ui/node_modules/.package-lock.json");
    if installed.is_none() || installed < modified("ui/package-lock.json") {
        heading("Packages of the user interface");
        npm(&["ci"])?;
    }
    heading("User interface");
    npm(&["run", "build"])
}

/// npm, run for the user interface.
pub(crate) fn npm(arguments: &[&str]) -> Done {
    run(&mut npm_command(arguments))
}

/// The same, still to be started.
pub(crate) fn npm_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(npm_program());
    command.args(arguments).current_dir(root().join("ui"));
    command
}

/// Builds the Debian package with Tauri's own tool, which comes with the user
/// interface's packages. Other platforms' packages wait for a machine to try
/// them on.
pub(crate) fn package() -> Done<PathBuf> {
    crate::notices::write()?;
    let cli = root().join("ui/node_modules/@tauri-apps/cli/tauri.js");
    run(Command::new(crate::system::node()).arg(cli).args(["build", "--", "--locked"]).current_dir(root()))?;
    let folder = target().join("release/bundle/deb");
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|file| file.path());
    let newest = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .max_by_key(|path| std::fs::metadata(path).and_then(|data| data.modified()).ok());
    newest.ok_or_else(|| format!("no package in {}", folder.display()))
}

/// The bridge between WebDriver and the app.
pub(crate) fn tauri_driver() -> Done<PathBuf> {
    tool("tauri-driver", TAURI_DRIVER)
}

/// A program from crates.io in just this version, built once.
pub(crate) fn tool(name: &str, version: &str) -> Done<PathBuf> {
    let tools = target().join("tools").join(format!("{name}-{version}"));
    let program = tools.join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !program.exists() {
        heading(name);
        let tools = tools.to_string_lossy().into_owned();
        run(&mut cargo(&["install", name, "--version", version, "--locked", "--root", &tools]))?;
    }
    Ok(program)
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |target| root().join(target))
}
