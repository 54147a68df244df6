//! A morning through the real app: a real window driven by WebDriver, the real
//! keyring, a real toast daemon, and the service in a process of its own.
//!
//! Every step is proven from outside the app. The run leaves a report and a
//! picture per step in the output folder. It needs programs of the system, and
//! `cargo xtask demo --headless` sees to them.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::play()
}

/// The private display, bus, keyring and toast daemon exist on Linux only.
#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}
