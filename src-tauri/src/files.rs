//! Files the agent asks for: where they go, and how they are opened.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use ringside_desk::RuleBook;
use ringside_shift::{JournalEntry, Problem};
use ringside_words::say;
use tauri::{AppHandle, Manager as _};

/// The folder where the agent looks for what was saved.
pub(crate) fn downloads(app: &AppHandle) -> Result<PathBuf, Problem> {
    let paths = app.path();
    paths.download_dir().or_else(|_| paths.home_dir()).map_err(|error| {
        tracing::warn!(%error, "no folder to save in");
        say!("problems-no-downloads").into()
    })
}

/// Removes what an earlier run began to fetch and never finished.
pub(crate) fn tidy_up(app: &AppHandle) {
    let Ok(folder) = downloads(app) else { return };
    tauri::async_runtime::spawn_blocking(move || match voipbin_client::remove_unfinished(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "unfinished downloads stay");
        }
        _ => {}
    });
}

/// A file's name as the window hands it on, as percent-encoded UTF-8.
pub(crate) fn name_told(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let code = match after {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        bytes.push(code.map_or(*first, |(high, low)| high * 16 + low));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Opens a recording that was fetched, in the system's own player. Nothing but
/// audio is opened: what a file's name ends with decides which program runs.
pub(crate) fn open(path: Option<String>) -> Result<(), Problem> {
    let path = path.ok_or_else(|| Problem::from(say!("recordings-save-first")))?;
    if !voipbin_client::is_audio(Path::new(&path)) {
        return Err(say!("recordings-packed", path = path).into());
    }
    open::that_detached(&path).map_err(|error| {
        tracing::warn!(%error, "a recording could not be opened");
        say!("recordings-no-player", path = path).into()
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
    written.map_err(|error| {
        Problem::from(say!("problems-not-written", path = path.display().to_string(), why = error.to_string()))
    })?;
    Ok(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_audio_is_never_opened_and_the_agent_is_told_where_it_lies() {
        for path in ["/tmp/recording-1.tgz", "/tmp/recording-1.exe", "/tmp/recording-1.html", "/tmp/recording-1"] {
            assert!(open(Some(path.to_owned())).unwrap_err().to_string().contains(path), "{path}");
        }
        assert!(open(None).is_err());
    }

    #[test]
    fn a_files_name_is_the_one_it_has() {
        assert_eq!(name_told("R%C3%BCckruf%20100%25.pdf"), "Rückruf 100%.pdf");
        assert_eq!(name_told("a%2.txt%"), "a%2.txt%");
    }
}
