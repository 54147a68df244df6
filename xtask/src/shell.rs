//! Running other programs and saying what happens.

use std::io::Write as _;
use std::process::Command;

/// A problem is a sentence that says what to do.
pub(crate) type Done<T = ()> = Result<T, String>;

/// The terminal may be gone; that is no reason to fail.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

/// Names the next part of the work.
pub(crate) fn heading(title: &str) {
    say(&format!("\n── {title}"));
}

/// Runs a program and wants it to end well.
pub(crate) fn run(command: &mut Command) -> Done {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("{name} could not be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} ended with {status}")) }
}

/// What a program prints, or nothing when it is not there or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// How a program ended and what it printed, whichever way it printed it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) succeeded: bool,
    pub(crate) text: String,
}

/// Runs a program whose failure is an answer, too.
pub(crate) fn answer(command: &mut Command) -> Done<Answer> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} could not be started: {error}"))?;
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    Ok(Answer { succeeded: output.status.success(), text: text.join("\n").trim().to_owned() })
}
