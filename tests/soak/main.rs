//! Does memory stay where it is? `soak [--events N] [--seed N]` plays events
//! through a real shift, with reconnects, and prints one JSON line. The service
//! runs in a process of its own, so that only the shift's memory is measured.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::play()
}

/// The allocator that says how much is in use is built on Linux only.
#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}
