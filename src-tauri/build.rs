//! The commands a window may be granted, by name; see `capabilities/`.

fn main() {
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(&[
        "open_desk",
        "drawn",
        "sign_in",
        "renew",
        "try_demo",
        "sign_out",
        "reply",
        "reply_again",
        "drop_reply",
        "keep_draft",
        "set_status",
        "settle_status",
        "steer",
        "call_problem_seen",
        "keep_tool",
        "serve",
        "open_customer_page",
        "look_at",
        "look_again",
        "problem_seen",
        "retry_now",
        "away_seen",
        "diagnostics",
        "set_thresholds",
        "waits_heard",
        "history_seen",
        "fetch_recording",
        "play_recording",
        "journal",
        "save_journal",
        "show_main",
        "dismiss_pop",
    ])))
    .expect("the Tauri configuration is part of the source");
}
