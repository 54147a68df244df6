//! Numbers and times of the service that cannot be true.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::*;

/// Every frame that the scenarios have, in both dialects.
fn frames() -> Vec<Value> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures");
    let texts = |folder: &str| {
        let files = fs::read_dir(fixtures.join(folder)).unwrap();
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect::<Vec<_>>()
    };
    let documented = texts("documented").into_iter().map(|text| serde_json::from_str(&text).unwrap());
    let live = texts("live").concat();
    let live = live.lines().filter_map(|line| serde_json::from_str(line).ok());
    documented.chain(live).collect()
}

/// The same with every number, and perhaps every time, replaced.
fn with(value: &Value, number: i64, time: Option<&str>) -> Value {
    let inside = |value: &Value| with(value, number, time);
    match value {
        Value::Number(_) => json!(number),
        Value::String(text) if text.starts_with("20") && text.contains('T') => json!(time.unwrap_or(text)),
        Value::Array(items) => items.iter().map(inside).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), inside(value))).collect(),
        other => other.clone(),
    }
}

/// The wire takes no larger one.
const LARGEST: i64 = 1_000_000_000_000_000;

/// Sums are checked in release, too: one that does not fit would end the shift.
#[test]
fn no_number_and_no_time_of_the_service_is_too_large_for_the_desk() {
    let frames = frames();
    assert!(frames.len() > 40);
    let times = [None, Some("9998-12-31T23:59:59.999999Z"), Some("0002-01-01T00:00:00Z"), Some("1970-01-01T00:00:00Z")];
    let now = 1_795_600_000_000;
    for number in [i64::MAX, LARGEST, -LARGEST, -1, i64::from(u32::MAX)] {
        for time in times {
            let mut desk = desk();
            // Twelve of everything, so that sums grow.
            for (at, frame) in (0..12).flat_map(|round| frames.iter().map(move |frame| (round, frame))).enumerate() {
                let (round, frame) = frame;
                let now = now + i64::try_from(at).unwrap() * 1000;
                let text = with(frame, number, time).to_string().replace("456", &format!("456-{round}"));
                if let Frame::Told(told) = Frame::decode(&text) {
                    if at % 2 == 0 { desk.learn(&told, now) } else { desk.relearn(&told, now) }
                }
                desk.tick(now);
                desk.take_out();
                desk.take_changes();
            }
            let view = desk.view();
            let waited = view.floor.today.average_wait_s;
            assert!(waited.is_none_or(|waited| waited >= 0), "{number} {time:?}: {waited:?}");
        }
    }
}
