//! Files that nobody else on this computer may read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Makes a folder, and those above it, for this user only. One that is there
/// already is left as it is: it may be somebody else's to decide about.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    builder().recursive(true).create(folder)
}

/// Makes a folder that is not there yet, for this user only.
///
/// # Errors
/// When it cannot be made, or is there.
pub fn make_new_folder(folder: &Path) -> io::Result<()> {
    builder().create(folder)
}

fn builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Makes one of the app's own folders, and closes it to others if it is there
/// already: earlier versions left it open.
///
/// # Errors
/// When it cannot be made, or belongs to somebody else.
pub fn close_folder(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    set_mode(folder, 0o700)
}

/// Closes a file to others; one that is not there is none of theirs either.
///
/// # Errors
/// When its permissions cannot be changed.
pub fn close_file(file: &Path) -> io::Result<()> {
    match set_mode(file, 0o600) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// How files are opened that only this user may read, also the moment they are made.
pub fn options() -> OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file whole or not at all.
///
/// # Errors
/// When it cannot be written; the one before it is still there then.
pub fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = file.with_extension("new");
    // Left over from a start that was cut off; it may be open to others.
    match std::fs::remove_file(&fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut open = options().write(true).create_new(true).open(&fresh)?;
    io::Write::write_all(&mut open, bytes)?;
    open.sync_all()?;
    std::fs::rename(fresh, file)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

/// Elsewhere a user's own folders are closed to other users by the system.
#[cfg(not(unix))]
fn set_mode(path: &Path, _: u32) -> io::Result<()> {
    std::fs::metadata(path).map(|_| ())
}
