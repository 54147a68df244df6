//! What a window may ask: one short function per verb.

use ringside_desk::{
    About, CustomerDeed, Deed, RehearsalView, ResponderDeed, RuleBook, Rules, Thresholds, TraceView, Trial,
};
use ringside_shift::{Batch, Code, Credential, Diagnostics, JournalEntry, Place, Problem, Shift, Sink, TalkDeed, Tool};
use serde::Deserialize;
use tauri::ipc::{Channel, InvokeBody, Request};
use tauri::{AppHandle, State, WebviewWindow, command};
use voipbin_client::Dialect;

use crate::{demo, files, windows};

/// What the sign-in form sends; goes down once and never comes up.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum Form {
    Password { email: String, password: String },
    Token { token: String },
}

impl Form {
    fn credential(self) -> Credential {
        match self {
            Self::Password { email, password } => Credential::Password { email, password },
            Self::Token { token } => Credential::Token(token),
        }
    }
}

#[command]
pub(crate) async fn open_desk(
    channel: Channel<Batch>,
    window: WebviewWindow,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    let take = move |batch| channel.send(batch).is_ok();
    // The pop is hidden most of the day, and a hidden window draws nothing.
    let sink = match window.label() {
        windows::MAIN => Sink::of_window(windows::MAIN, take),
        _ => Sink::new(take).only(windows::concerns_pop).drawing(windows::part_of_pop),
    };
    shift.watch(sink).await
}

#[command]
pub(crate) async fn drawn(seq: u64, window: WebviewWindow, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.drawn(window.label(), seq).await
}

#[command]
pub(crate) async fn sign_in(
    service: String,
    form: Form,
    authority: Option<String>,
    dialect: Option<Dialect>,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    shift.sign_in(Place { service, extra_ca: authority, only: dialect }, form.credential(), false).await
}

#[command]
pub(crate) async fn sign_in_for_now(
    service: String,
    form: Form,
    authority: Option<String>,
    dialect: Option<Dialect>,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    shift.sign_in_for_now(Place { service, extra_ca: authority, only: dialect }, form.credential()).await
}

#[command]
pub(crate) async fn ask_keyring(shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.ask_keyring().await
}

#[command]
pub(crate) async fn renew(form: Form, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.renew(form.credential()).await
}

#[command]
pub(crate) async fn try_demo(app: AppHandle) -> Result<(), Problem> {
    demo::open(&app).await
}

#[command]
pub(crate) async fn sign_out(app: AppHandle, shift: State<'_, Shift>) -> Result<(), Problem> {
    let result = shift.sign_out().await;
    demo::close(&app);
    result
}

#[command]
pub(crate) async fn reply(chat: String, text: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.reply(chat, text).await
}

#[command]
pub(crate) async fn reply_despite(
    chat: String,
    text: String,
    reason: String,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    shift.reply_despite(chat, text, reason).await
}

#[command]
pub(crate) async fn respond(deed: ResponderDeed, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.respond(deed).await
}

#[command]
pub(crate) async fn try_rules(book: RuleBook, trial: Trial, shift: State<'_, Shift>) -> Result<TraceView, Problem> {
    shift.try_rules(book, trial).await
}

#[command]
pub(crate) async fn rehearse(book: RuleBook, shift: State<'_, Shift>) -> Result<RehearsalView, Problem> {
    shift.rehearse(book).await
}

// Patterns are compiled and files written off the thread that draws the windows.
#[command(async)]
pub(crate) fn read_rules(text: String) -> Result<RuleBook, Problem> {
    let rules = RuleBook::from_toml(&text).and_then(Rules::new);
    rules.map(|rules| rules.book().clone()).map_err(|error| Problem::new(Code::Other, error.to_string()))
}

#[command(async)]
pub(crate) fn save_rules(book: RuleBook, app: AppHandle) -> Result<String, Problem> {
    files::write_rules(&files::downloads(&app)?, &book)
}

#[command]
pub(crate) async fn reply_again(message: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.reply_again(message).await
}

#[command]
pub(crate) async fn drop_reply(message: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.drop_reply(message).await
}

#[command]
pub(crate) async fn keep_draft(chat: String, text: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.keep_draft(chat, text).await
}

#[command]
pub(crate) async fn set_status(status: String, reason: Option<String>, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.set_status(status, reason).await
}

#[command]
pub(crate) async fn settle_status(as_chosen: bool, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.settle_status(as_chosen).await
}

#[command]
pub(crate) async fn steer(call: String, deed: Deed, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.steer(call, deed).await
}

#[command]
pub(crate) async fn call_problem_seen(call: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.call_problem_seen(call).await
}

#[command]
pub(crate) async fn serve(number: String, deed: CustomerDeed, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.serve(number, deed).await
}

/// Opens a customer's page in the system's browser: the address is made here,
/// of the agent's template, and never by the window.
#[command]
pub(crate) async fn open_customer_page(number: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    let page = shift.customer_page(number).await?;
    open::that_detached(page)
        .map_err(|_| Problem::new(Code::Other, "This computer has no browser that could be opened."))
}

#[command]
pub(crate) async fn speak(deed: TalkDeed, shift: State<'_, Shift>) -> Result<String, Problem> {
    shift.speak(deed).await
}

/// Shares a file: its bytes are the body as they are, chat and name stand beside it.
#[command]
pub(crate) async fn share(request: Request<'_>, shift: State<'_, Shift>) -> Result<String, Problem> {
    let wrong = || Problem::new(Code::Other, "That file could not be read.");
    let InvokeBody::Raw(bytes) = request.body() else { return Err(wrong()) };
    let told = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).ok_or_else(wrong);
    let (talk, name) = (told("talk")?.to_owned(), files::name_told(told("name")?));
    shift.speak(TalkDeed::Share { talk, name, bytes: bytes.clone() }).await
}

#[command]
pub(crate) async fn save_shared(file: String, app: AppHandle, shift: State<'_, Shift>) -> Result<String, Problem> {
    shift.save_shared(file, files::downloads(&app)?).await
}

#[command]
pub(crate) async fn talk_in(talk: Option<String>, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.talk_in(talk).await
}

#[command]
pub(crate) async fn keep_tool(tool: Tool, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.keep_tool(tool).await
}

#[command]
pub(crate) async fn look_at(chat: Option<String>, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.look_at(chat).await
}

#[command]
pub(crate) async fn look_again(number: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.look_again(number).await
}

#[tauri::command]
pub(crate) async fn more_touches(number: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.more_touches(number).await
}

#[command]
pub(crate) async fn problem_seen(shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.problem_seen().await
}

#[command]
pub(crate) async fn retry_now(shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.retry_now().await
}

#[command]
pub(crate) async fn detect_dialect(shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.detect_dialect().await
}

#[command]
pub(crate) async fn show_view(
    view: Option<String>,
    window: WebviewWindow,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    shift.show_view(window.label(), view).await
}

#[command]
pub(crate) async fn away_seen(shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.away_seen().await
}

#[command]
pub(crate) async fn diagnostics(shift: State<'_, Shift>) -> Result<Option<Diagnostics>, Problem> {
    shift.diagnostics().await
}

#[command]
pub(crate) async fn set_thresholds(
    level_s: i64,
    amber_s: i64,
    red_s: i64,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    shift.set_thresholds(Thresholds { level_s, amber_s, red_s }).await
}

#[command]
pub(crate) async fn waits_heard(shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.waits_heard().await
}

#[command]
pub(crate) async fn history_seen(shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.history_seen().await
}

#[command]
pub(crate) async fn fetch_recording(id: String, app: AppHandle, shift: State<'_, Shift>) -> Result<(), Problem> {
    shift.fetch_recording(id, files::downloads(&app)?).await
}

#[command]
pub(crate) async fn play_recording(id: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    let recordings = shift.desk().await?.recordings;
    let fetched = recordings.into_iter().find(|recording| recording.id == id).and_then(|recording| recording.fetched);
    files::open(fetched.and_then(|fetched| fetched.path))
}

#[command]
pub(crate) async fn journal(seq: u64, shift: State<'_, Shift>) -> Result<Vec<JournalEntry>, Problem> {
    shift.journal(seq).await
}

#[command]
pub(crate) async fn save_journal(app: AppHandle, shift: State<'_, Shift>) -> Result<String, Problem> {
    files::write_journal(&files::downloads(&app)?, &shift.journal(0).await?)
}

#[command]
pub(crate) fn show_main(about: About, app: AppHandle) {
    windows::hide_pop(&app);
    windows::bring_to_front(&app, Some(about));
}

#[command]
pub(crate) fn dismiss_pop(app: AppHandle) {
    windows::hide_pop(&app);
}
