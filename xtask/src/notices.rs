//! The licences of what the package is made of, as their authors want them
//! passed on: every crate and every package of the user interface by name and
//! licence, and each licence text once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::build::{cargo, npm_command, root};
use crate::shell::{Done, answer, heading};

/// A licence file lies at most so deep in a crate, as those of bundled C
/// libraries do.
const DEPTH: usize = 3;

/// One thing that the package contains.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    licence: String,
    from: String,
}

/// Writes the notices beside the package's other inputs.
pub(crate) fn write() -> Done<PathBuf> {
    heading("Third-party notices");
    let mut parts: BTreeMap<Part, Vec<String>> = BTreeMap::new();
    let tree = ["tree", "--locked", "--package", "ringside", "--edges", "normal,build", "--prefix", "none"];
    let crates = listed(cargo(&tree).args(["--format", "{p}\t{l}\t{r}"]))?;
    let registry = registry()?;
    for part in crates.lines().filter_map(of_cargo) {
        let folder = registry.iter().map(|registry| registry.join(format!("{}-{}", part.name, part.version)));
        let texts = folder.filter(|folder| folder.exists()).flat_map(|folder| texts(&folder, DEPTH)).collect();
        parts.insert(part, texts);
    }
    let packages = listed(&mut npm_command(&["ls", "--omit=dev", "--all", "--parseable", "--long"]))?;
    for (folder, part) in packages.lines().filter_map(of_npm) {
        let texts = texts(&folder, 1);
        parts.insert(part, texts);
    }
    let place = root().join("target/third-party-notices.txt");
    std::fs::write(&place, written(&parts)).map_err(|error| format!("{}: {error}", place.display()))?;
    Ok(place)
}

fn listed(command: &mut std::process::Command) -> Done<String> {
    let told = answer(command)?;
    if told.succeeded { Ok(told.text) } else { Err(format!("what the package is made of: {}", told.text)) }
}

/// Where Cargo unpacked the crates.
fn registry() -> Done<Vec<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let sources = home.unwrap_or_default().join("registry/src");
    let entries = std::fs::read_dir(&sources).map_err(|error| format!("{}: {error}", sources.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

/// A line of `cargo tree`; none for our own crates, which have a path.
fn of_cargo(line: &str) -> Option<Part> {
    let mut fields = line.split('\t');
    let (package, licence, from) = (fields.next()?, fields.next()?, fields.next()?);
    if package.contains(" (/") || package.contains(":\\") {
        return None;
    }
    let mut words = package.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    let from = from.trim_end_matches(" (*)");
    Some(Part {
        name: name.to_owned(),
        version: version.to_owned(),
        licence: licence.to_owned(),
        from: from.to_owned(),
    })
}

/// A line of `npm ls --parseable --long`; none for the user interface itself.
fn of_npm(line: &str) -> Option<(PathBuf, Part)> {
    // On Windows the path has a colon of its own.
    let (folder, package) = line.rsplit_once(':').filter(|(_, package)| package.contains('@'))?;
    let (name, version) = package.rsplit_once('@').filter(|(_, version)| !version.is_empty())?;
    let folder = PathBuf::from(folder);
    let manifest = std::fs::read_to_string(folder.join("package.json")).unwrap_or_default();
    let licence = manifest.lines().find_map(|line| line.trim().strip_prefix("\"license\": \""));
    let licence = licence.and_then(|rest| rest.split('"').next()).unwrap_or("see its text").to_owned();
    let from = format!("npm package {name}");
    Some((folder, Part { name: name.to_owned(), version: version.to_owned(), licence, from }))
}

fn texts(folder: &Path, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            if depth > 1 {
                found.extend(texts(&path, depth - 1));
            }
        } else if is_licence(&entry.file_name().to_string_lossy()) {
            found.extend(std::fs::read_to_string(&path).ok().map(|text| text.replace("\r\n", "\n").trim().to_owned()));
        }
    }
    found
}

fn is_licence(file: &str) -> bool {
    let name = file.to_ascii_lowercase();
    let is_named = ["license", "licence", "copying", "notice", "unlicense"].iter().any(|word| name.starts_with(word));
    is_named && !matches!(Path::new(&name).extension().and_then(|ending| ending.to_str()), Some("rs" | "html" | "js"))
}

fn written(parts: &BTreeMap<Part, Vec<String>>) -> String {
    let mut text = "Ringside contains the following software.\n\n".to_owned();
    let mut by_text: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (part, texts) in parts {
        let Part { name, version, licence, from } = part;
        text.push_str(&format!("{name} {version} · {licence} · {from}\n"));
        for each in texts {
            by_text.entry(each).or_default().insert(format!("{name} {version}"));
        }
    }
    for (licence, whose) in by_text {
        let whose: Vec<String> = whose.into_iter().collect();
        text.push_str(&format!("\n{}\n{}\n\n{licence}\n", "-".repeat(78), whose.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_is_named_once_and_our_own_not_at_all() {
        let serde = of_cargo("serde v1.0.228\tMIT OR Apache-2.0\thttps://github.com/serde-rs/serde (*)").unwrap();
        assert_eq!((serde.name.as_str(), serde.version.as_str()), ("serde", "1.0.228"));
        assert_eq!(serde.from, "https://github.com/serde-rs/serde");
        assert_eq!(of_cargo("ringside v0.1.0 (/home/someone/ringside/src-tauri)\tMIT\t"), None);
        assert!(of_cargo("zerocopy-derive v0.8.1 (proc-macro)\tMIT\t").is_some());
    }

    #[test]
    fn a_licence_text_stands_once_for_all_who_share_it() {
        let part = |name: &str| Part {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            from: String::new(),
        };
        let parts = [(part("a"), vec!["Free".to_owned()]), (part("b"), vec!["Free".to_owned()])].into();
        let text = written(&parts);
        assert_eq!(text.matches("Free").count(), 1);
        assert!(text.contains("a 1.0.0, b 1.0.0"));
    }

    #[test]
    fn licences_are_found_by_their_usual_names() {
        for name in ["LICENSE", "LICENSE-MIT", "licence.txt", "COPYING", "UNLICENSE", "NOTICE.md"] {
            assert!(is_licence(name), "{name}");
        }
        assert!(!is_licence("license.rs") && !is_licence("README.md"));
    }
}
