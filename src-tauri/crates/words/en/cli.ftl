### The program ringside-cli, in a terminal. Names of commands and options stay as they are.

cli-help =
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
    from the keyring. SIGINT and SIGTERM end the shift properly.

cli-no-command = there is no command { $command }
cli-value-missing = { $option } needs a value
cli-no-dialect = there is no dialect { $dialect }. It is auto, documented or live
cli-token-argument = a token is never an argument: others could read it. Set { $variable }
cli-not-understood = { $word } is not understood
cli-no-seconds = { $text } is not a number of seconds
cli-no-threads = this computer has no threads left: { $why }
cli-unreadable = { $file } cannot be read: { $why }
cli-no-service = say where to sign in, with --url
cli-no-settings = this user has no folder for settings
cli-no-data = this user has no folder for data. Say where the ledger is, with --ledger
cli-nobody-signed-in = nobody is signed in on this computer. Sign in with the desktop or set { $variable }
cli-other-service = the stored sign-in is for { $service }. Set { $variable } for another
cli-keyring-slow = waiting for this computer's keyring. It may be asking for its password
cli-keyring-broken = the keyring did not work
cli-or-set = { $problem }. Or set { $variable }
cli-broke-off = the shift ended by itself, after an internal error. Start again
cli-sign-in-over = The sign-in is over: the service no longer accepts the token. Sign in again.
cli-sign-in-ends = The sign-in ends at { $time }.
cli-bad-token = the new token is not good: { $why }
cli-no-key = { $variable } is not a key: 64 hex digits are
cli-no-rules = the ledger holds no rules for this account. Name a file of rules, with --rules
