//! What a window may ask. Most verbs go to the shift as they are: the list of
//! verbs makes their functions. What needs Tauri or the operating system follows.

use ringside_desk::{
    About, CustomerDeed, Deed, FilledView, RehearsalView, ResponderDeed, RuleBook, Rules, TraceView, Trial,
};
use ringside_shift::{Batch, Credential, Diagnostics, JournalEntry, Place, Problem, Shift, Sink, TalkDeed, Tool};
use ringside_words::{Message, say};
use tauri::ipc::{Channel, Invoke, InvokeBody, InvokeResponseBody, Request};
use tauri::{AppHandle, State, WebviewWindow, Wry, command};
use voipbin_client::Dialect;

use crate::{demo, files, windows};

/// The commands that hand on what they are asked, and the registration of all.
macro_rules! commands {
    (
        tell { $( $(#[$tell_doc:meta])* [$($tell_window:ident)*] $tell_when:ident $Tell:ident
            = $tell:ident($($tell_arg:ident: $tell_ty:ty),*) $(.$tell_wait:ident)?; )* }
        ask { $( $(#[$ask_doc:meta])* [$($ask_window:ident)*] $ask_when:ident $Ask:ident
            = $ask:ident($($ask_arg:ident: $ask_ty:ty),*) $(.$ask_wait:ident)? -> $ask_out:ty; )* }
        shell { $( $(#[$shell_doc:meta])* [$($shell_window:ident)*]
            $shell:ident($($shell_arg:ident: $shell_ty:ty),*) -> $shell_out:ty; )* }
        raw { $( [$($raw_window:ident)*] $raw:ident; )* }
    ) => {
        $(
            #[command]
            pub(crate) async fn $tell($($tell_arg: $tell_ty,)* shift: State<'_, Shift>) -> Result<(), Problem> {
                shift.$tell($($tell_arg),*).await
            }
        )*
        $(
            #[command]
            pub(crate) async fn $ask($($ask_arg: $ask_ty,)* shift: State<'_, Shift>) -> Result<$ask_out, Problem> {
                shift.$ask($($ask_arg),*).await
            }
        )*
        /// Takes every verb to its function.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($tell,)* $($ask,)* $($shell,)* $($raw,)*]
        }
    };
}

ringside_verbs::verbs!(commands);

#[command]
pub(crate) async fn open_desk(
    channel: Channel<InvokeResponseBody>,
    window: WebviewWindow,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    let take =
        move |batch: Batch| batch.json().is_some_and(|json| channel.send(InvokeResponseBody::Json(json)).is_ok());
    // The pop is hidden most of the day, and a hidden window draws nothing.
    let sink = match window.label() {
        windows::MAIN => Sink::of_window(windows::MAIN, take),
        _ => Sink::of_ringing(take),
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
    form: Credential,
    authority: Option<String>,
    dialect: Option<Dialect>,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    shift.sign_in(Place { service, extra_ca: authority, only: dialect }, form, false).await
}

#[command]
pub(crate) async fn sign_in_for_now(
    service: String,
    form: Credential,
    authority: Option<String>,
    dialect: Option<Dialect>,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    shift.sign_in_for_now(Place { service, extra_ca: authority, only: dialect }, form).await
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

// Patterns are compiled and files written off the thread that draws the windows.
#[command(async)]
pub(crate) fn read_rules(text: String) -> Result<RuleBook, Problem> {
    let rules = RuleBook::from_toml(&text).and_then(Rules::new);
    rules.map(|rules| rules.book().clone()).map_err(|error| Message::verbatim(error.to_string()).into())
}

#[command(async)]
pub(crate) fn save_rules(book: RuleBook, app: AppHandle) -> Result<String, Problem> {
    files::write_rules(&files::downloads(&app)?, &book)
}

/// Opens a customer's page in the system's browser: the address is made here,
/// of the agent's template, and never by the window.
#[command]
pub(crate) async fn open_customer_page(number: String, shift: State<'_, Shift>) -> Result<(), Problem> {
    let page = shift.customer_page(number).await?;
    open::that_detached(page).map_err(|_| say!("problems-no-browser").into())
}

/// Shares a file: its bytes are the body as they are, chat and name stand beside it.
#[command]
pub(crate) async fn share(request: Request<'_>, shift: State<'_, Shift>) -> Result<String, Problem> {
    let wrong = || Problem::from(say!("problems-file-unreadable"));
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
pub(crate) async fn show_view(
    view: Option<String>,
    window: WebviewWindow,
    shift: State<'_, Shift>,
) -> Result<(), Problem> {
    shift.show_view(window.label(), view).await
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
