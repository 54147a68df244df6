//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use ringside_words::text;
use voipbin_client::Dialect;

pub(crate) const TOKEN_VARIABLE: &str = "RINGSIDE_TOKEN";
pub(crate) const KEY_VARIABLE: &str = "RINGSIDE_LEDGER_KEY";

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
        Some(other) => return Err(text!("cli-no-command", command = other)),
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
        let mut value = || words.next().ok_or_else(|| text!("cli-value-missing", option = word));
        match word {
            "--url" => asked.url = Some(value()?.to_owned()),
            "--dialect" => match value()? {
                "auto" => asked.finds_dialect = true,
                "documented" => asked.dialect = Some(Dialect::Documented),
                "live" => asked.dialect = Some(Dialect::Live),
                other => return Err(text!("cli-no-dialect", dialect = other)),
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
                return Err(text!("cli-token-argument", variable = TOKEN_VARIABLE));
            }
            other => return Err(text!("cli-not-understood", word = other)),
        }
    }
    Ok(Some(asked))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| text!("cli-no-seconds", text = text))?;
    Duration::try_from_secs_f64(seconds).map_err(|_| text!("cli-no-seconds", text = text))
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
            ("tail --url", "needs a value"),
            ("tail --dialect klingon", "no dialect klingon"),
            ("tail --until-idle soon", "not a number"),
            ("tail --until-idle -1", "not a number"),
            ("tail --rules x.toml", "not understood"),
            ("tail --begun-anew", "not understood"),
            ("tail --token-file", "needs a value"),
            ("tail --token secret", "never an argument"),
            ("tail --token=secret", "never an argument"),
        ] {
            let problem = asks(line).unwrap_err();
            assert!(problem.contains(words) && !problem.contains("secret"), "{line}: {problem}");
        }
    }
}
