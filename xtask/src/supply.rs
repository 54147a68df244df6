//! What the project is built from: licences, sources, known holes, and whether
//! the packages are the ones that the lock files name.

use std::path::{Path, PathBuf};

use crate::build::{npm_command, root, tool};
use crate::shell::{Done, answer, heading, run, say};

const CARGO_DENY: &str = "0.20.2";

/// Checks the crates and the packages of the user interface.
pub(crate) fn check() -> Done {
    let deny = tool("cargo-deny", CARGO_DENY)?;
    heading("Supply chain: licences, bans, sources");
    run(deny_command(&deny).args(["check", "licenses", "bans", "sources"]))?;
    advisories(&deny)?;
    packages()
}

fn deny_command(deny: &Path) -> std::process::Command {
    let mut command = crate::build::command(deny);
    command.args(["--workspace", "--locked", "--all-features"]);
    command
}

/// Known holes, as far as the database of advisories is at hand: it is fetched
/// from its repository, or was fetched before.
fn advisories(deny: &Path) -> Done {
    heading("Supply chain: advisories");
    let fetched = answer(deny_command(deny).args(["fetch", "db"]))?;
    if !fetched.succeeded && !has_database() {
        say(&format!(
            "skipped: the advisory database could not be fetched, and there is no earlier copy.\n{}",
            last_line(&fetched.text)
        ));
        return Ok(());
    }
    run(deny_command(deny).args(["check", "--disable-fetch", "advisories"]))
}

fn has_database() -> bool {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let copies = home.and_then(|home| std::fs::read_dir(home.join("advisory-dbs")).ok());
    copies.is_some_and(|copies| copies.flatten().any(|copy| copy.path().join(".git").exists()))
}

/// The packages of the user interface: each has its hash in the lock file,
/// which `npm ci` holds against what it fetched, and the registry's signature
/// where the keys to check it with can be reached.
fn packages() -> Done {
    heading("Supply chain: packages of the user interface");
    let lock = root().join("ui/package-lock.json");
    let text = std::fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let bare = without_hash(&text);
    if !bare.is_empty() {
        return Err(format!("ui/package-lock.json has no hash for {}: run `npm install` anew there", bare.join(", ")));
    }
    let signatures = answer(&mut npm_command(&["audit", "signatures"]))?;
    if signatures.succeeded {
        say(&signatures.text);
        return Ok(());
    }
    match unreachable(&signatures.text) {
        Some(why) => {
            say(&format!("skipped: the signing keys could not be fetched ({why}); every package has its hash"));
            Ok(())
        }
        None => Err(format!("npm audit signatures:\n{}", signatures.text)),
    }
}

/// Why npm could not ask, when that was the reason and not what it found.
fn unreachable(text: &str) -> Option<&str> {
    let codes = ["ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH", "E404", "E405"];
    let code = text.lines().find_map(|line| line.strip_prefix("npm error code "))?.trim();
    codes.contains(&code).then_some(code)
}

/// The packages of a lock file, as npm writes it, that have no SHA-512 hash.
fn without_hash(lock: &str) -> Vec<String> {
    let mut bare = Vec::new();
    let mut open: Option<String> = None;
    for line in lock.lines() {
        let words = line.trim();
        if let Some(name) = words.strip_prefix("\"node_modules/").and_then(|rest| rest.strip_suffix("\": {")) {
            bare.extend(open.replace(name.to_owned()));
        } else if words.starts_with("\"integrity\": \"sha512-") || words.starts_with("\"link\": true") {
            open = None;
        }
    }
    bare.extend(open);
    bare
}

fn last_line(text: &str) -> &str {
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_without_a_hash_is_named() {
        let lock = r#"{
            "packages": {
                "": { "name": "ringside-ui" },
                "node_modules/a": {
                    "version": "1.0.0",
                    "integrity": "sha512-abc=="
                },
                "node_modules/b": {
                    "version": "1.0.0"
                },
                "node_modules/c": {
                    "integrity": "sha1-old"
                },
                "node_modules/d": {
                    "link": true
                }
            }
        }"#;
        assert_eq!(without_hash(lock), ["b", "c"]);
    }

    #[test]
    fn only_a_network_that_does_not_answer_is_passed_over() {
        assert_eq!(unreachable("npm error code ENOTFOUND\nnpm error syscall getaddrinfo"), Some("ENOTFOUND"));
        assert_eq!(unreachable("1 package has an invalid registry signature"), None);
        assert_eq!(unreachable("npm error code EINTEGRITY\nnpm error sha512"), None);
    }
}
