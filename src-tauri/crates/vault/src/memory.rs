//! What lies in memory stays there.

/// Sees to it that the token and the ledger's key get into no core file, and that
/// other programs of this user cannot read this one's memory.
pub fn keep_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};

        let none = Rlimit { current: Some(LARGEST_CORE), maximum: Some(LARGEST_CORE) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "a crash may write what is in memory to the disk");
        }
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};

        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "other programs may read what is in memory");
        }
    }
}

/// Linux hands a core to a program whatever the limit says, but for a limit of 1
/// (`do_coredump`); and no file of one byte is ever written.
#[cfg(target_os = "linux")]
const LARGEST_CORE: u64 = 1;
#[cfg(all(unix, not(target_os = "linux")))]
const LARGEST_CORE: u64 = 0;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn no_core_is_written_of_this_process_or_of_those_it_starts() {
        super::keep_private();
        let output = std::process::Command::new("sh").args(["-c", "grep core /proc/self/limits"]).output();
        let limits = String::from_utf8(output.map(|output| output.stdout).unwrap_or_default()).unwrap_or_default();
        assert_eq!(limits.split_whitespace().filter(|word| *word == "1").count(), 2, "{limits}");
        let status = std::fs::metadata("/proc/self/mem").map(|mem| std::os::unix::fs::MetadataExt::uid(&mem));
        assert_eq!(status.ok(), Some(0), "what is not dumpable is nobody's but the system's");
    }
}
