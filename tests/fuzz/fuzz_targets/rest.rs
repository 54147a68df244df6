#![no_main]
#![allow(dead_code)]
mod claims;
// The fuzzer changes the length all the time: every kind gets its share.
libfuzzer_sys::fuzz_target!(|text: &str| claims::rest(text.len() % claims::bodies(), text));
