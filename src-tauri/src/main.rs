//! The Ringside desktop.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

/// The reader makes what the desk lets go of: with the system's allocator each
/// waits for the other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    ringside::run()
}
