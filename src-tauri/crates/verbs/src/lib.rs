//! What a window may ask of Ringside: one row per verb.
//!
//! To add a verb, write its row in `list.rs`, do it in the session (`shift`) or in
//! the shell, and give it a button. From the row come:
//!
//! | what | where |
//! |---|---|
//! | the Tauri command and its registration | `src-tauri/src/commands.rs` |
//! | its own permission | `src-tauri/build.rs`, which Tauri makes files of in `permissions/` |
//! | the windows that have the permission | `src-tauri/capabilities/`, written by a test here |
//! | the method of the `Shift` handle and its way to the session | `shift/src/verbs.rs` |
//! | the window's host, real and fake | `ui/src/bindings/verbs.ts`, written by a test here |
//!
//! A verb of the shell's needs a function of its own in place of the first and
//! the fourth. This crate knows neither Tauri nor the session; rows name types of
//! both sides, which are looked up where the list is used.

#[macro_use]
mod list;

/// A verb as text: what is generated outside of Rust is made of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its command.
    pub name: &'static str,
    /// What it does, line by line.
    pub docs: &'static [&'static str],
    /// The labels of the windows that may ask it.
    pub windows: &'static [&'static str],
    /// Its arguments: name and Rust type.
    pub takes: &'static [(&'static str, &'static str)],
    /// The Rust type of its answer.
    pub answers: &'static str,
    /// Whether the window's side of it is written by hand.
    pub is_raw: bool,
}

macro_rules! rows {
    (
        tell { $( $(#[doc = $tell_doc:literal])* [$($tell_window:ident)*] $tell_when:ident $Tell:ident
            = $tell:ident($($tell_arg:ident: $tell_ty:ty),*) $(.$tell_wait:ident)?; )* }
        ask { $( $(#[doc = $ask_doc:literal])* [$($ask_window:ident)*] $ask_when:ident $Ask:ident
            = $ask:ident($($ask_arg:ident: $ask_ty:ty),*) $(.$ask_wait:ident)? -> $ask_out:ty; )* }
        shell { $( $(#[doc = $shell_doc:literal])* [$($shell_window:ident)*]
            $shell:ident($($shell_arg:ident: $shell_ty:ty),*) -> $shell_out:ty; )* }
        raw { $( [$($raw_window:ident)*] $raw:ident; )* }
    ) => {
        /// Every verb, in the order of the list.
        pub const VERBS: &[Row] = &[
            $( Row {
                name: stringify!($tell),
                docs: &[$($tell_doc),*],
                windows: &[$(stringify!($tell_window)),*],
                takes: &[$((stringify!($tell_arg), stringify!($tell_ty))),*],
                answers: "()",
                is_raw: false,
            }, )*
            $( Row {
                name: stringify!($ask),
                docs: &[$($ask_doc),*],
                windows: &[$(stringify!($ask_window)),*],
                takes: &[$((stringify!($ask_arg), stringify!($ask_ty))),*],
                answers: stringify!($ask_out),
                is_raw: false,
            }, )*
            $( Row {
                name: stringify!($shell),
                docs: &[$($shell_doc),*],
                windows: &[$(stringify!($shell_window)),*],
                takes: &[$((stringify!($shell_arg), stringify!($shell_ty))),*],
                answers: stringify!($shell_out),
                is_raw: false,
            }, )*
            $( Row {
                name: stringify!($raw),
                docs: &[],
                windows: &[$(stringify!($raw_window)),*],
                takes: &[],
                answers: "()",
                is_raw: true,
            }, )*
        ];
    };
}

verbs!(rows);

#[cfg(test)]
mod written;
