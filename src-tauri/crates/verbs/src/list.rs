//! The list itself.

/// Hands every verb to the macro `$then`, one row each.
///
/// A row has its documentation (which the window's host shows, too), the windows
/// that may ask it, its name, what it takes and what it answers. Where it stands
/// says who carries it out:
///
/// - `tell`: a method of the session's with the verb's name; nobody waits for it.
/// - `ask`: the same, and the method is given an `Answer` to give.
/// - `shell`: a function of the shell's, for what needs Tauri or the operating system.
/// - `raw`: the same, and the window's side is written by hand, too: it does not
///   hand on plain values.
///
/// The first two name the message that takes them to the session, and say whether
/// somebody has to be signed in: a `signed_in` verb is refused while nobody is,
/// an `always` verb is not. `.await` stands after a method that is asynchronous.
#[macro_export]
macro_rules! verbs {
    ($then:ident) => {
        $then! {
            tell {
                /// Asks the keyring once more for the sign-in it holds; what comes of it shows as a patch.
                [main] always AskKeyring = ask_keyring();
                /// Keeps what the agent has begun to write in a conversation.
                [main] always KeepDraft = keep_draft(chat: String, text: String);
                /// The service says another status than the agent chose: the agent's is
                /// asked for again, or the service's stays.
                [main] signed_in SettleStatus = settle_status(as_chosen: bool);
                /// The agent has read what went wrong with a call.
                [main] always CallProblemSeen = call_problem_seen(call: String);
                /// Which chat of the team is open in front of the agent.
                [main] always TalkIn = talk_in(talk: Option<String>);
                /// Which conversation is open in front of the agent.
                [main] always LookAt = look_at(chat: Option<String>);
                /// Asks again who has a number.
                [main] always LookAgain = look_again(number: String);
                /// Reads more of what happened with a customer.
                [main] always MoreTouches = more_touches(number: String);
                /// The agent has read what went wrong.
                [main] always ProblemSeen = problem_seen();
                /// Cuts the wait for the next attempt to connect short.
                [main] always RetryNow = retry_now().await;
                /// The agent has read what happened while the link was away.
                [main] always AwaySeen = away_seen();
                /// The agent has heard that somebody waits.
                [main] always WaitsHeard = waits_heard();
                /// The account was set to a dialect that is not the service's: from now on
                /// it is detected automatically, on a new connection.
                [main] always DetectDialect = detect_dialect().await;
                /// The agent has looked at the history.
                [main] always HistorySeen = history_seen();
            }
            ask {
                /// Signs the same agent in again at the desk as it stands: the token is
                /// changed in the running link. Another agent is not let in.
                [main] signed_in Renew = renew(form: Credential) -> ();
                /// Sends a text in a conversation. Refused where there is no such
                /// conversation, the text is empty, or they opted out of texts.
                [main] signed_in Reply = reply(chat: String, text: String) -> ();
                /// Sends a text although they opted out of texts: the reason is kept.
                [main] signed_in ReplyDespite = reply_despite(chat: String, text: String, reason: String) -> ();
                /// Sends a text again that never left. Refused where it did leave, or may have.
                [main] signed_in ReplyAgain = reply_again(message: String) -> ();
                /// Lets go of a text that was not sent, or may not have been: what never
                /// left goes back into the draft. Refused while it is on its way, or was sent.
                [main] signed_in DropReply = drop_reply(message: String) -> ();
                /// Does something about automatic replies; says what is wrong with the rules,
                /// or why they cannot be used or kept.
                [main] signed_in Respond = respond(deed: ResponderDeed) -> ();
                /// A quick reply for a conversation, with what is known filled in; nothing
                /// where there is no such one.
                [main] always QuickReply = quick_reply(chat: String, shortcut: String) -> Option<FilledView>;
                /// What stands in the numbers that somebody looks for who types this, one of
                /// these at least; nothing where it is no number.
                [main] always ReadNumber = read_number(text: String) -> Vec<String>;
                /// What rules would do to a text that is typed, at this moment. Nothing is sent.
                [main] always TryRules = try_rules(book: RuleBook, trial: Trial) -> TraceView;
                /// What rules would have done to the texts that were kept. Nothing is sent.
                [main] always Rehearse = rehearse(book: RuleBook) -> RehearsalView;
                /// Changes the agent's own status, or what follows the call; it shows once the
                /// service confirms it. Refused where no agent may choose it.
                [main] signed_in SetStatus = set_status(status: String, reason: Option<String>) -> ();
                /// Does something to a call. That it was asked for is the answer; what came
                /// of it shows on the desk.
                [main] signed_in Steer = steer(call: String, deed: Deed) -> ();
                /// Keeps something that the agent sets up.
                [main] signed_in KeepTool = keep_tool(tool: Tool) -> ();
                /// Opens a chat of the team, writes in it, or reacts; which chat it was. The
                /// text is the agent's until the service has taken it.
                [main] signed_in Speak = speak(deed: TalkDeed) -> String;
                /// Does something for a customer; what came of it shows on the card.
                [main] signed_in Serve = serve(number: String, deed: CustomerDeed) -> ();
                /// The link from inside; none while nobody is signed in.
                [main] always Diagnose = diagnostics().await -> Option<Diagnostics>;
                /// Other thresholds, in seconds, for the service level and for waits, kept for this
                /// account. Refused
                /// where one is not within a second and an hour, or amber comes after red.
                [main] always SetThresholds = set_thresholds(level_s: i64, amber_s: i64, red_s: i64) -> ();
                /// What came in from entry `seq` on, as far as it is kept.
                [main] always Journal = journal(seq: u64) -> Vec<JournalEntry>;
            }
            shell {
                /// Signs in and keeps the token. `authority` is a certificate authority as PEM,
                /// trusted beside the system's; without a `dialect` it is detected.
                [main] sign_in(service: String, form: Credential, authority: Option<String>, dialect: Option<Dialect>) -> ();
                /// The same, until Ringside ends: nothing of it is kept on this computer.
                [main] sign_in_for_now(service: String, form: Credential, authority: Option<String>, dialect: Option<Dialect>) -> ();
                /// Signs in at the built-in demo.
                [main] try_demo() -> ();
                /// Signs out and removes the token from the keyring.
                [main] sign_out() -> ();
                /// Rules out of a TOML file, checked.
                [main] read_rules(text: String) -> RuleBook;
                /// Writes rules into a TOML file and says where.
                [main] save_rules(book: RuleBook) -> String;
                /// Fetches a file that a colleague shared, and says where it lies.
                [main] save_shared(file: String) -> String;
                /// Opens the customer's page, as the agent's template has it, in the system's browser.
                [main] open_customer_page(number: String) -> ();
                /// Which view this window shows: what no view needs is not listened to for long.
                [main] show_view(view: Option<String>) -> ();
                /// Fetches a recording's file; how far it got comes as patches.
                [main] fetch_recording(id: String) -> ();
                /// Opens a fetched recording in the system's player.
                [main] play_recording(id: String) -> ();
                /// Writes the journal into a file and says where.
                [main] save_journal() -> String;
                /// Shows the desk's window, and in it what an alert is about.
                [pop] show_main(about: About) -> ();
                /// Hides the pop.
                [pop] dismiss_pop() -> ();
            }
            raw {
                [main pop] open_desk;
                [main] drawn;
                [main] share;
            }
        }
    };
}
