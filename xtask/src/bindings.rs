//! The types that Rust writes for the user interface: the tests write them
//! anew, and what is committed must be just that.

use std::collections::BTreeMap;

use crate::build::root;
use crate::shell::Done;

const FOLDER: &str = "ui/src/bindings";

/// The bindings by file name.
pub(crate) fn read() -> Done<BTreeMap<String, String>> {
    let folder = root().join(FOLDER);
    let problem = |error: std::io::Error| format!("{FOLDER}: {error}");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).map_err(problem)?);
    }
    Ok(files)
}

/// Names the files that the tests wrote otherwise.
pub(crate) fn expect_unchanged(before: &BTreeMap<String, String>) -> Done {
    let after = read()?;
    let changed: Vec<&str> =
        after.iter().filter(|(name, text)| before.get(*name) != Some(text)).map(|(name, _)| name.as_str()).collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{FOLDER} is not what Rust says: {}. They are written anew now; look at them and commit.",
        changed.join(", ")
    ))
}
