//! The commands a window may be granted, by name; see `capabilities/`.

fn main() {
    let names: Vec<&str> = ringside_verbs::VERBS.iter().map(|verb| verb.name).collect();
    // Tauri keeps the names for as long as the build takes.
    let manifest = tauri_build::AppManifest::new().commands(names.leak());
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("the Tauri configuration is part of the source");
}
