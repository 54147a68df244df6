//! Each sentence once: whether the catalogue and the sources agree.
//!
//! Every message that is asked for exists, every message that exists is asked
//! for and gets its arguments, and no sentence that somebody reads stands
//! outside. The types of the windows are written from the catalogue.

mod catalogue;
mod sentences;
mod source;
mod uses;

use std::path::{Path, PathBuf};

use crate::build::root;
use crate::shell::{Done, heading, say};

const CATALOGUE: &str = "src-tauri/crates/words";
/// What all others are measured by.
const FIRST: &str = "en";
const TYPES: &str = "ui/src/bindings/Messages.ts";

/// A source file with its path from the root on.
struct File {
    path: String,
    text: String,
}

/// Writes the types anew, and names all that is wrong.
pub(crate) fn check() -> Done {
    heading("Words: the catalogue and who uses it");
    let folder = root().join(CATALOGUE);
    let messages = catalogue::read(&folder.join(FIRST))?;
    let mut problems = Vec::new();
    for language in languages(&folder)? {
        problems.extend(differences(&language, &messages, &catalogue::read(&folder.join(&language))?));
    }
    let types = catalogue::types(&messages);
    if std::fs::read_to_string(root().join(TYPES)).ok().as_ref() != Some(&types) {
        std::fs::write(root().join(TYPES), &types).map_err(|error| format!("{TYPES}: {error}"))?;
        problems.push(format!("{TYPES} was not what the catalogue says. It is written anew; commit it."));
    }
    let files = sources()?;
    problems.extend(uses::problems(&messages, &files));
    problems.extend(sentences::problems(&files));
    if problems.is_empty() {
        say(&format!("{} messages, each used, and no sentence outside.", messages.len()));
        return Ok(());
    }
    Err(format!("{}\n{} problems with words.", problems.join("\n"), problems.len()))
}

/// The other languages there are.
fn languages(folder: &Path) -> Done<Vec<String>> {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut languages = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let has_messages = std::fs::read_dir(entry.path()).is_ok_and(|files| {
            files.flatten().any(|file| file.path().extension().is_some_and(|ending| ending == "ftl"))
        });
        if has_messages && name != FIRST {
            languages.push(name);
        }
    }
    languages.sort();
    Ok(languages)
}

/// What a language has too few, too many, or fills in otherwise.
fn differences(language: &str, first: &catalogue::Messages, other: &catalogue::Messages) -> Vec<String> {
    let names = |arguments: &catalogue::Arguments| arguments.keys().cloned().collect::<Vec<_>>();
    let mut found = Vec::new();
    for (name, arguments) in first {
        match other.get(name) {
            None => found.push(format!("{language}: {name} is missing")),
            Some(theirs) if names(theirs) != names(arguments) => {
                found.push(format!("{language}: {name} takes {:?}, not {:?}", names(arguments), names(theirs)));
            }
            Some(_) => {}
        }
    }
    let unknown = other.keys().filter(|name| !first.contains_key(*name));
    found.extend(unknown.map(|name| format!("{language}: {FIRST} has no {name}")));
    found
}

/// Everything that may say something, without tests.
fn sources() -> Done<Vec<File>> {
    let mut paths = Vec::new();
    for folder in ["src-tauri", "ui/src", "tests"] {
        gather(&root().join(folder), &mut paths)?;
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let path = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        Ok(File { path, text: text.replace("\r\n", "\n") })
    };
    paths.into_iter().map(read).collect()
}

fn gather(folder: &Path, paths: &mut Vec<PathBuf>) -> Done {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !path.ends_with("bindings") && !path.ends_with("target") {
                gather(&path, paths)?;
            }
        } else if matches!(ending, "rs" | "ts" | "svelte") {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_the_messages_of_the_first_with_the_same_arguments() {
        let parse = |text| catalogue::parse("a", text).unwrap();
        let first = parse("a-one = { $name }\na-two = Two\n");
        assert!(differences("de", &first, &parse("a-one = Hallo { $name }\na-two = Zwei\n")).is_empty());
        let found = differences("de", &first, &parse("a-one = Hallo\na-three = Drei\n"));
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
