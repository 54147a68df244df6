//! What a key and a file can be, and what comes of it.

#![expect(clippy::print_stdout, reason = "the table is to be read")]

use std::collections::BTreeMap;
use std::fs;

use super::*;

const OTHER: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";
const PAGE: usize = 4096;

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("ledger.db")
}

/// A ledger of some fifty pages, closed.
fn filled() -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut ledger = open(&folder);
    fill(&mut ledger);
    folder
}

fn fill(ledger: &mut Ledger) {
    let texts: Vec<Record> = (0..1000).map(|number| Record::Text(text(&format!("m{number}"), 980))).collect();
    ledger.write(ACCOUNT, &texts).unwrap();
    ledger.write(ACCOUNT, &[Record::OptOut(opt_out(true)), Record::Reply(reply(ReplyStage::Waiting))]).unwrap();
}

fn files(folder: &TempDir) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().path()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn overwrite(path: &Path, at: usize, with: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at..at + with.len()].copy_from_slice(with);
    fs::write(path, bytes).unwrap();
}

/// Another byte than the one that is there.
fn flip(path: &Path, at: usize) {
    let byte = fs::read(path).unwrap()[at];
    overwrite(path, at, &[!byte]);
}

fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// What is done to a closed ledger.
type Harm = (&'static str, fn(&Path));

const HARMS: [Harm; 10] = [
    ("sound", |_| {}),
    ("first bytes gone", |path| overwrite(path, 0, &noise(16))),
    ("first page gone", |path| overwrite(path, 0, &noise(PAGE))),
    ("a byte of the first page", |path| flip(path, 700)),
    ("a page in the middle", |path| overwrite(path, 20 * PAGE + 100, &noise(64))),
    ("the last pages missing", |path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() - 5 * PAGE]).unwrap();
    }),
    ("cut in the middle of a page", |path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..10 * PAGE + 7]).unwrap();
    }),
    ("noise from end to end", |path| fs::write(path, noise(fs::read(path).unwrap().len())).unwrap()),
    ("a text", |path| fs::write(path, "this is no database at all ".repeat(400)).unwrap()),
    ("empty", |path| fs::write(path, "").unwrap()),
];

/// What opening such a file comes to, in a word.
fn outcome(harm: Harm, with: &str, has_check: bool) -> &'static str {
    let folder = filled();
    let path = path(&folder);
    harm.1(&path);
    if !has_check {
        fs::remove_file(check::place(&path)).unwrap();
    }
    let before = files(&folder);
    let found = Ledger::open(&path, &Key::parse(with).unwrap());
    let opened = match found {
        Ok(opened) => opened,
        Err(error) => {
            assert_eq!(files(&folder), before, "{}: nothing is moved or written: {error}", harm.0);
            return match error {
                LedgerError::WrongKey(_) => "refused: wrong key",
                LedgerError::WrongKeyOrDamaged(_) => "refused: wrong key, or damaged",
                other => panic!("{}: {other}", harm.0),
            };
        }
    };
    let mut ledger = opened.ledger;
    let Some(aside) = opened.put_aside else {
        assert_eq!(ledger.remains(ACCOUNT, 2000).unwrap().texts.len(), 1000, "{}", harm.0);
        assert!(!ledger.is_begun_anew().unwrap());
        return "opened";
    };
    assert_eq!(fs::read(aside).unwrap(), before[&path], "{}: it is put aside as it was", harm.0);
    assert_eq!(ledger.remains(ACCOUNT, 2000).unwrap(), Remains::default());
    fill(&mut ledger);
    assert!(ledger.is_begun_anew().unwrap());
    drop(ledger);
    let mut ledger = Ledger::open(&path, &Key::parse(with).unwrap()).unwrap().ledger;
    assert!(ledger.is_begun_anew().unwrap(), "until somebody says that it may be gone by");
    ledger.trust().unwrap();
    assert!(!ledger.is_begun_anew().unwrap());
    "put aside"
}

#[test]
fn a_wrong_key_is_refused_and_what_is_damaged_is_put_aside() {
    let mut table = Vec::new();
    for harm in HARMS {
        for (key, with) in [("own key", KEY), ("another key", OTHER)] {
            for (check, has_check) in [("with its check", true), ("from before checks", false)] {
                table.push((harm.0, key, check, outcome(harm, with, has_check)));
            }
        }
    }
    let shown: String =
        table.iter().map(|(harm, key, check, came)| format!("{harm:28} {key:12} {check:19} {came}\n")).collect();
    println!("{shown}");
    for (harm, key, check, came) in table {
        let expected = match (harm, key, check) {
            ("empty" | "a text", _, "from before checks") | ("empty", ..) => "put aside",
            ("sound", "own key", _) => "opened",
            (_, "own key", "with its check") => "put aside",
            (_, "another key", "with its check") => "refused: wrong key",
            // With the first bytes goes what every page's MAC is made with.
            ("first bytes gone" | "first page gone" | "noise from end to end", "own key", _) => {
                "refused: wrong key, or damaged"
            }
            (_, "own key", _) => "put aside",
            _ => "refused: wrong key, or damaged",
        };
        assert_eq!(came, expected, "{harm}, {key}, {check}\n{shown}");
    }
}

#[test]
fn a_wrong_key_takes_nothing_away_from_a_ledger_that_was_cut_off_while_it_was_written() {
    let (folder, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut ledger = open(&folder);
    fill(&mut ledger);
    for (path, bytes) in files(&folder) {
        fs::write(copy.path().join(path.file_name().unwrap()), bytes).unwrap();
    }
    assert!(files(&copy).keys().any(|path| path.ends_with("ledger.db-wal")), "it is still being written");
    let before = files(&copy);
    let refused = Ledger::open(&path(&copy), &Key::parse(OTHER).unwrap());
    assert!(matches!(refused, Err(LedgerError::WrongKey(_))), "{refused:?}");
    assert!(files(&copy) == before, "nothing is written either");
    assert_eq!(open(&copy).remains(ACCOUNT, 2000).unwrap().texts.len(), 1000);
}

#[test]
fn a_ledger_from_before_checks_has_one_once_its_key_opened_it() {
    let folder = filled();
    fs::remove_file(check::place(&path(&folder))).unwrap();
    drop(open(&folder));
    let refused = Ledger::open(&path(&folder), &Key::parse(OTHER).unwrap());
    assert!(matches!(refused, Err(LedgerError::WrongKey(_))), "{refused:?}");
    assert_eq!(check::ask(&path(&folder), &Key::parse(&KEY.to_uppercase()).unwrap()), Says::Fits);
}

#[test]
fn the_first_one_that_was_put_aside_is_not_overwritten_by_the_second() {
    let folder = filled();
    let harm = || flip(&path(&folder), 700);
    harm();
    let first = Ledger::open(&path(&folder), &key()).unwrap().put_aside.unwrap();
    harm();
    let second = Ledger::open(&path(&folder), &key()).unwrap().put_aside.unwrap();
    assert!(first.exists() && second.exists() && first != second);
}

#[test]
fn damage_that_shows_itself_later_is_known_for_what_it_is() {
    let folder = filled();
    let mut ledger = open(&folder);
    // Behind the back of the open ledger, which has read next to nothing yet.
    for page in 1..fs::metadata(path(&folder)).unwrap().len() / 4096 {
        overwrite(&path(&folder), usize::try_from(page).unwrap() * PAGE + 100, &noise(64));
    }
    ledger.db.pragma_update(None, "cache_size", 0).unwrap();
    ledger.db.release_memory().unwrap();
    let error = ledger.remains(ACCOUNT, 2000).unwrap_err();
    assert!(ledger.is_damaged(&error), "{error:?}");
    assert!(!ledger.is_damaged(&LedgerError::Full) && !ledger.is_damaged(&LedgerError::InUse));
    drop(ledger);
    let opened = Ledger::begin_anew(&path(&folder), &key()).unwrap();
    assert!(opened.put_aside.unwrap().exists());
}

#[cfg(unix)]
#[test]
fn no_other_user_reads_the_ledger_or_what_lies_beside_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let home = TempDir::new().unwrap();
    let folder = home.path().join("deep/down");
    let path = folder.join("ledger.db");
    drop(Ledger::open(&path, &key()).unwrap());
    assert_eq!(mode(&folder), 0o700);
    // As an earlier version left it.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let mut ledger = Ledger::open(&path, &key()).unwrap().ledger;
    fill(&mut ledger);
    let files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 3, "the ledger, what is still to be written into it, and the check: {files:?}");
    files.iter().for_each(|file| assert_eq!(mode(file), 0o600, "{}", file.display()));
}
