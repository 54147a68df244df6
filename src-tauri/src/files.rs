//! Files the agent asks for: where they go, and how they are opened.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use ringside_desk::RuleBook;
use ringside_shift::{Code, JournalEntry, Problem};
use tauri::{AppHandle, Manager as _};

/// The folder where the agent looks for what was saved.
pub(crate) fn downloads(app: &AppHandle) -> Result<PathBuf, Problem> {
    let paths = app.path();
    paths.download_dir().or_else(|_| paths.home_dir()).map_err(|error| {
        tracing::warn!(%error, "no folder to save in");
        Problem::new(Code::Other, "This computer has no downloads folder to save in.")
    })
}

/// Opens a file that was fetched, in the system's own program for it.
pub(crate) fn open(path: Option<String>) -> Result<(), Problem> {
    let path = path.ok_or_else(|| Problem::new(Code::Other, "Save the recording first."))?;
    open::that_detached(&path).map_err(|error| {
        tracing::warn!(%error, "a recording could not be opened");
        Problem::new(Code::Other, format!("No program of this computer opens {path}."))
    })
}

/// Writes what came in lately as JSON lines, and says where.
pub(crate) fn write_journal(folder: &Path, entries: &[JournalEntry]) -> Result<String, Problem> {
    write(folder, "ringside-events", "jsonl", |file| {
        for entry in entries {
            serde_json::to_writer(&mut *file, entry)?;
            file.write_all(b"\n")?;
        }
        Ok(())
    })
}

/// Writes the rules for automatic replies as TOML, and says where.
pub(crate) fn write_rules(folder: &Path, book: &RuleBook) -> Result<String, Problem> {
    write(folder, "ringside-rules", "toml", |file| file.write_all(book.to_toml().as_bytes()))
}

fn write(
    folder: &Path,
    name: &str,
    kind: &str,
    what: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<String, Problem> {
    let second = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let path = folder.join(format!("{name}-{second}.{kind}"));
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        let mut file = BufWriter::new(File::create(&path)?);
        what(&mut file)?;
        file.flush()
    });
    written.map_err(|error| Problem::new(Code::Other, format!("{} could not be written: {error}.", path.display())))?;
    Ok(path.display().to_string())
}
