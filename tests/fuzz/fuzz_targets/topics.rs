#![no_main]
#![allow(dead_code)]
mod claims;
libfuzzer_sys::fuzz_target!(|text: &str| claims::topics(text));
