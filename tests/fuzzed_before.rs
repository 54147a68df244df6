//! What the fuzzer found worth keeping holds its claims, without the fuzzer.

use std::path::Path;

#[path = "fuzz/fuzz_targets/claims.rs"]
mod claims;

fn each_of(target: &str, claim: impl Fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut played = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        claim(&String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()));
        played += 1;
    }
    assert!(played > 0, "the corpus of {target} is there");
}

#[test]
fn no_frame_that_was_ever_interesting_breaks_anything() {
    each_of("frames", claims::frames);
}

#[test]
fn no_topic_that_was_ever_interesting_breaks_anything() {
    each_of("topics", claims::topics);
}

#[test]
fn no_token_that_was_ever_interesting_breaks_anything() {
    each_of("tokens", claims::tokens);
}

#[test]
fn no_body_that_was_ever_interesting_breaks_anything() {
    each_of("rest", |text| (0..claims::bodies()).for_each(|kind| claims::rest(kind, text)));
}
