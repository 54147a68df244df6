//! A file that does not grow without end: when it is full it becomes the one
//! before, whose place it takes.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ringside_ledger::private;

/// A file is full at this size, so that both together take twice as much.
const FULL: u64 = 1024 * 1024;

/// The file that is written now; the one before it lies beside it, as `.1`.
#[derive(Debug)]
pub struct Rotating {
    path: PathBuf,
    full: u64,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    size: u64,
}

impl Rotating {
    /// Goes on writing the file at this place, for this user's eyes only.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::full_at(path, FULL)
    }

    fn full_at(path: &Path, full: u64) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            private::close_folder(folder)?;
        }
        private::close_file(path)?;
        Ok(Self { path: path.to_owned(), full, open: Mutex::new(open(path)?) })
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut now = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if now.size > 0 && now.size.saturating_add(bytes.len() as u64) > self.full {
            std::fs::rename(&self.path, self.path.with_added_extension("1"))?;
            *now = open(&self.path)?;
        }
        // A line is written whole: two programs may have the file open.
        now.file.write_all(bytes)?;
        now.size += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl Write for &Rotating {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Rotating::write(self, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<Open> {
    let file = private::options().create(true).append(true).open(path)?;
    let size = file.metadata()?.len();
    Ok(Open { file, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_takes_so_much_room_and_no_more_and_the_latest_lines_are_there() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/ringside.log");
        for start in 0..3 {
            let mut log = &Rotating::full_at(&path, 1000).unwrap();
            for line in 0..100 {
                writeln!(log, "start {start}, line {line:3}").unwrap();
            }
        }
        let files: Vec<_> =
            std::fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 2, "{files:?}");
        for file in &files {
            let held = std::fs::metadata(file).unwrap();
            assert!(held.len() <= 1000, "{file:?}");
            #[cfg(unix)]
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&held.permissions()) & 0o777, 0o600, "{file:?}");
        }
        assert!(std::fs::read_to_string(&path).unwrap().ends_with("start 2, line  99\n"));
    }
}
