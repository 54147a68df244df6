//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use voipbin_client::Dialect;

pub(crate) const TOKEN_VARIABLE: &str = "RINGSIDE_TOKEN";
pub(crate) const KEY_VARIABLE: &str = "RINGSIDE_LEDGER_KEY";

pub(crate) const HELP: &str = "\
ringside-cli tail [--url ADDRESS]      sign in and print link states, facts and alerts, a line each
ringside-cli diagnose [--url ADDRESS]  sign in, wait for the link, and print it from inside as JSON
ringside-cli respond [--rules FILE]    answer texts by rules until it is told to stop, and print each decision

  --url ADDRESS           the service; without it, the one the desktop is signed in at
  --dialect NAME          auto (finds it, the default), documented or live
  --ca FILE               trust the certificate authorities in this PEM file as well
  --json                  one JSON object a line
  --until-idle SECONDS    end when nothing has happened for so long
  --state                 print the whole desk as JSON at the end
  --diagnostics           print the link from inside as JSON at the end
  --rules FILE            respond: put these rules (TOML) in place of those the ledger holds
  --begun-anew            respond: go by a ledger that was begun in place of a damaged one
  --ledger FILE           respond: the ledger; without it, the desktop's. Only one program has it open
  --token-file FILE       take the token from this file, and read it again when it changes

The token is taken from RINGSIDE_TOKEN or a file, else from this computer's keyring, where the desktop
keeps it. It is never an argument. When the sign-in is over, the command ends with 2. The ledger's key comes from RINGSIDE_LEDGER_KEY (64 hex digits), else
from the keyring. SIGINT and SIGTERM end the shift properly.";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Tail,
    Diagnose,
    Respond,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) command: Command,
    pub(crate) url: Option<String>,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) finds_dialect: bool,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) json: bool,
    pub(crate) until_idle: Option<Duration>,
    pub(crate) state: bool,
    pub(crate) diagnostics: bool,
    pub(crate) rules: Option<PathBuf>,
    pub(crate) ledger: Option<PathBuf>,
    pub(crate) begun_anew: bool,
    pub(crate) token_file: Option<PathBuf>,
}

/// Reads the command line; none when help is wanted.
pub(crate) fn read(words: &[String]) -> Result<Option<Asked>, String> {
    let mut words = words.iter().map(String::as_str);
    let command = match words.next() {
        Some("tail") => Command::Tail,
        Some("diagnose") => Command::Diagnose,
        Some("respond") => Command::Respond,
        None | Some("help" | "--help" | "-h") => return Ok(None),
        Some(other) => return Err(format!("there is no command {other}")),
    };
    let mut asked = Asked {
        command,
        url: None,
        dialect: None,
        finds_dialect: false,
        ca: None,
        json: false,
        until_idle: None,
        state: false,
        diagnostics: false,
        rules: None,
        ledger: None,
        begun_anew: false,
        token_file: None,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
        match word {
            "--url" => asked.url = Some(value()?.to_owned()),
            "--dialect" => match value()? {
                "auto" => asked.finds_dialect = true,
                "documented" => asked.dialect = Some(Dialect::Documented),
                "live" => asked.dialect = Some(Dialect::Live),
                other => return Err(format!("there is no dialect {other}; it is auto, documented or live")),
            },
            "--ca" => asked.ca = Some(PathBuf::from(value()?)),
            "--json" => asked.json = true,
            "--until-idle" => asked.until_idle = Some(seconds(value()?)?),
            "--state" => asked.state = true,
            "--diagnostics" => asked.diagnostics = true,
            "--rules" if command == Command::Respond => asked.rules = Some(PathBuf::from(value()?)),
            "--begun-anew" if command == Command::Respond => asked.begun_anew = true,
            "--ledger" if command == Command::Respond => asked.ledger = Some(PathBuf::from(value()?)),
            "--token-file" => asked.token_file = Some(PathBuf::from(value()?)),
            "--help" | "-h" => return Ok(None),
            other if other.starts_with("--token") => {
                return Err(format!("a token is never an argument: others could read it. Set {TOKEN_VARIABLE}"));
            }
            other => return Err(format!("{other} is not understood")),
        }
    }
    Ok(Some(asked))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("{text} is no number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("{text} is no number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(line: &str) -> Result<Option<Asked>, String> {
        read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_whole_line_is_understood() {
        let asked = asks("tail --url api.voipbin.net --dialect live --json --until-idle 2.5 --state").unwrap().unwrap();
        assert_eq!(
            (asked.command, asked.dialect, asked.json, asked.state),
            (Command::Tail, Some(Dialect::Live), true, true)
        );
        assert_eq!(asked.until_idle, Some(Duration::from_millis(2500)));
        assert_eq!(asks("").unwrap(), None);
    }

    #[test]
    fn what_is_wrong_is_said_and_a_token_is_never_an_argument() {
        for (line, words) in [
            ("sing", "no command sing"),
            ("tail --url", "wants a value"),
            ("tail --dialect klingon", "no dialect klingon"),
            ("tail --until-idle soon", "no number"),
            ("tail --until-idle -1", "no number"),
            ("tail --rules x.toml", "not understood"),
            ("tail --begun-anew", "not understood"),
            ("tail --token-file", "wants a value"),
            ("tail --token secret", "never an argument"),
            ("tail --token=secret", "never an argument"),
        ] {
            let problem = asks(line).unwrap_err();
            assert!(problem.contains(words) && !problem.contains("secret"), "{line}: {problem}");
        }
    }
}
