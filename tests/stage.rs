//! A shift without a window, and the eyes on it.

use ringside_words::Message;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ringside_desk::{Alert, AlertKind, DeskView, Patch, Screen};
use ringside_shift::{Batch, Credential, Kept, Key, Place, Ports, Problem, Shift, Sink, Vault};
use ringside_stand_ins::Ears;
pub(crate) use ringside_stand_ins::{Drawer, Mood};
use tempfile::TempDir;
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep};
use voipbin_client::Dialect;
use voipbin_simulator::{Seen, Setup, Simulator};

/// Long enough for a slow machine, short enough to wait for once.
const PATIENCE: Duration = Duration::from_secs(40);

/// A service, a shift, and what a window and an ear would have got.
pub(crate) struct Stage {
    pub(crate) service: Simulator,
    pub(crate) shift: Shift,
    pub(crate) drawer: Arc<Drawer>,
    seen: broadcast::Receiver<Seen>,
    window: Window,
    ears: Ears,
    marks: Cell<u64>,
}

/// What a window holds, moved by patches only.
#[derive(Clone, Default)]
pub(crate) struct Window(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    seq: u64,
    things: BTreeMap<(String, String), Patch>,
    /// Everything that ever crossed, as text.
    crossed: String,
}

impl Window {
    fn sink(&self) -> Sink {
        let held = Arc::clone(&self.0);
        Sink::new(move |batch| {
            held.lock().unwrap_or_else(PoisonError::into_inner).take(batch);
            true
        })
    }
}

impl Held {
    fn take(&mut self, batch: Batch) {
        assert_eq!(batch.seq, self.seq, "no batch is missing and none comes twice");
        self.seq += 1;
        self.crossed.push_str(&serde_json::to_string(&batch).unwrap());
        for patch in batch.patches {
            let (kind, id) = patch.key();
            let key = (kind.to_owned(), id.to_owned());
            match patch {
                Patch::Reset { desk } => self.reset(*desk),
                patch if patch.drops() => {
                    self.things.remove(&key);
                }
                put => {
                    self.things.insert(key, put);
                }
            }
        }
    }

    fn reset(&mut self, desk: DeskView) {
        self.things.clear();
        for put in desk.into_patches() {
            let (kind, id) = put.key();
            self.things.insert((kind.to_owned(), id.to_owned()), put);
        }
    }
}

pub(crate) const CAST: &str = "queue sales \"Sales\"\n\
    caller john \"John Delgado\" +15551234567 company \"Northwind Ltd\"\n\
    caller stranger +15550142233";

impl Stage {
    /// Nobody has signed in yet.
    pub(crate) async fn empty() -> Self {
        Self::before(Setup::default()).await
    }

    /// Nobody has signed in yet at a service of this kind.
    pub(crate) async fn before(setup: Setup) -> Self {
        let service = Simulator::with(setup).await.unwrap();
        service.play_line(CAST).unwrap();
        Self::with(service, Arc::default()).await
    }

    /// A start of the app with what an earlier one left in the keyring.
    pub(crate) async fn with(service: Simulator, drawer: Arc<Drawer>) -> Self {
        let ears = Ears::default();
        let shift = Shift::start(Ports {
            vault: Arc::clone(&drawer) as Arc<dyn Vault>,
            bell: Box::new(ears.clone()),
            clock,
            steady,
            tap: None,
            reader: None,
            ledger: drawer.ledger.clone(),
        });
        let window = Window::default();
        shift.watch(window.sink()).await.unwrap();
        let seen = service.watch();
        Self { service, shift, drawer, seen, window, ears, marks: Cell::new(0) }
    }

    /// Time passes for this desk.
    pub(crate) fn passes(&self, time: Duration) {
        let time = i64::try_from(time.as_millis()).unwrap();
        AHEAD.set(AHEAD.get() + time);
        PASSED.set(PASSED.get() + time);
    }

    /// Somebody, or something, sets the clock of this desk's computer.
    pub(crate) fn clock_is_set(&self, by_seconds: i64) {
        AHEAD.set(AHEAD.get() + by_seconds * 1000);
    }

    /// The app is closed and started again, with what it kept.
    pub(crate) async fn started_again(self) -> Self {
        self.shift.end().await;
        Self::with(self.service, self.drawer).await
    }

    /// The manager sits at a desk that keeps things, and events arrive.
    pub(crate) async fn keeping(home: &TempDir) -> Self {
        Self::keeping_at(Setup::default(), home).await
    }

    /// The same at a service of this kind.
    pub(crate) async fn keeping_at(setup: Setup, home: &TempDir) -> Self {
        let service = Simulator::with(setup).await.unwrap();
        service.play_line(CAST).unwrap();
        let drawer = Drawer::keeping(home.path().join("ledger.db"));
        let stage = Self::with(service, Arc::new(drawer)).await;
        stage.sign_in(0).await.unwrap();
        stage.kept(|_| true).await;
        stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
        stage
    }

    /// Another desk of the same account, that keeps things; nobody looks at it.
    pub(crate) async fn another(&self, home: &TempDir, who: usize) -> Shift {
        self.another_with(home, who, None).await
    }

    /// The same with the key of a ledger that is there already.
    pub(crate) async fn another_with(&self, home: &TempDir, who: usize, key: Option<Key>) -> Shift {
        let shift = Shift::start(Ports {
            vault: Arc::new(Drawer::with_key(key)),
            bell: Box::new(Ears::default()),
            clock,
            steady,
            tap: None,
            reader: None,
            ledger: Some(home.path().join("ledger.db")),
        });
        shift.sign_in(self.service.address(), self.password(who), false).await.unwrap();
        self.until_desk(&shift, |desk| desk.link.live).await;
        shift
    }

    /// Waits until another desk looks so.
    pub(crate) async fn until_desk(&self, shift: &Shift, is_it: impl Fn(&DeskView) -> bool) -> DeskView {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let desk = shift.desk().await.unwrap();
            if is_it(&desk) {
                return desk;
            }
            assert!(Instant::now() < deadline, "waited in vain; the desk says {:#?}", desk.responder);
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The manager sits at the desk and events arrive.
    pub(crate) async fn at_work() -> Self {
        let stage = Self::empty().await;
        stage.sign_in(0).await.unwrap();
        stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
        stage
    }

    /// Signs in as the service's first (a manager) or second (a plain agent).
    pub(crate) async fn sign_in(&self, who: usize) -> Result<(), Problem> {
        self.shift.sign_in(self.service.address(), self.password(who), false).await
    }

    /// At a service of this kind, and signed in there as its first or second agent.
    pub(crate) async fn at(setup: Setup, who: usize, only: Option<Dialect>) -> Self {
        let stage = Self::before(setup).await;
        stage.sign_in_to(Place { service: stage.service.address(), extra_ca: None, only }, who).await.unwrap();
        stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
        stage
    }

    pub(crate) async fn sign_in_to(&self, place: Place, who: usize) -> Result<(), Problem> {
        self.shift.sign_in(place, self.password(who), false).await
    }

    pub(crate) fn password(&self, who: usize) -> Credential {
        let login = self.service.logins().swap_remove(who);
        Credential::Password { email: login.email, password: login.password }
    }

    /// Waits until the keyring holds something of that kind.
    pub(crate) async fn kept(&self, is_it: impl Fn(&Kept) -> bool) {
        self.until("the keyring", || self.drawer.kept.lock().unwrap().as_ref().is_some_and(&is_it).then_some(())).await;
    }

    /// What is subscribed next: the agent's own topics, then the customer's.
    pub(crate) async fn both_subscriptions(&mut self) -> Vec<String> {
        let mut both = Vec::new();
        for _ in 0..2 {
            let subscribed = |seen: &Seen| matches!(seen, Seen::Subscribed { .. });
            let topics = self
                .service_sees("a subscription", |seen| match seen {
                    Seen::Subscribed { topics } if subscribed(seen) => Some(topics.clone()),
                    _ => None,
                })
                .await;
            both.extend(topics);
        }
        both
    }

    /// So many of the next alerts break the session down in the middle of its work.
    pub(crate) fn breaks_down(&self, times: usize) {
        self.ears.breaks(times);
    }

    pub(crate) fn play(&self, lines: &str) {
        self.service.play_line(lines).unwrap();
    }

    /// Waits until the window holds something: what the closure makes of it, or the
    /// whole of it where the closure says no more than yes.
    pub(crate) async fn sees<F: Finding<Patch>>(&self, what: &str, is_it: impl Fn(&Patch) -> F) -> F::Found {
        self.until(what, || self.held().iter().find_map(|patch| is_it(patch).found_in(patch))).await
    }

    /// Waits until all that the window holds is so.
    pub(crate) async fn sees_all(&self, what: &str, is_so: impl Fn(&[Patch]) -> bool) {
        self.until(what, || is_so(&self.held()).then_some(())).await;
    }

    /// Waits until the window holds no such thing any more.
    pub(crate) async fn sees_no(&self, what: &str, is_it: impl Fn(&Patch) -> bool) {
        self.until(what, || self.held().iter().all(|patch| !is_it(patch)).then_some(())).await;
    }

    pub(crate) async fn sees_screen(&self, screen: Screen) {
        let is_it = |patch: &Patch| matches!(patch, Patch::PutSession { session } if session.screen == screen);
        self.sees("another screen", is_it).await;
    }

    /// Waits until the agent was told of something; its title.
    pub(crate) async fn hears(&self, wanted: AlertKind) -> Message {
        self.until("an alert", || {
            self.ears.heard().into_iter().find_map(|alert| match alert {
                Alert::Raise { kind, title, .. } if kind == wanted => Some(title),
                _ => None,
            })
        })
        .await
    }

    /// Waits until the agent was told of such a thing so many times, and no more.
    pub(crate) async fn hears_times(&self, wanted: AlertKind, times: usize) {
        self.until("an alert", || (self.heard(wanted) >= times).then_some(())).await;
        self.settles().await;
        assert_eq!(self.heard(wanted), times, "{wanted:?}");
    }

    /// Waits until all that the service has sent by now has been through the desk:
    /// a frame that nobody knows is sent after it, and stands in the journal once it
    /// has come the same way.
    pub(crate) async fn settles(&self) {
        let mark = format!("mark_{}", self.marks.replace(self.marks.get() + 1));
        self.play(&format!(r#"send the frame {{"event_type":"{mark}","topic":"nobody","data":{{"id":"{mark}"}}}}"#));
        let deadline = Instant::now() + PATIENCE;
        loop {
            // What the frame before it brought about is carried out before this is answered.
            let entries = self.shift.journal(0).await.unwrap();
            if entries.iter().any(|entry| entry.kind == mark) {
                return;
            }
            assert!(Instant::now() < deadline, "{mark} never came through; the journal ends with {:?}", entries.last());
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// How often the agent was told of such a thing.
    pub(crate) fn heard(&self, wanted: AlertKind) -> usize {
        let heard = self.ears.heard();
        heard.iter().filter(|alert| matches!(alert, Alert::Raise { kind, .. } if *kind == wanted)).count()
    }

    /// Waits until the service has seen something.
    pub(crate) async fn service_sees<F: Finding<Seen>>(&mut self, what: &str, is_it: impl Fn(&Seen) -> F) -> F::Found {
        let look = async {
            loop {
                match self.seen.recv().await {
                    Ok(seen) => {
                        if let Some(found) = is_it(&seen).found_in(&seen) {
                            return found;
                        }
                    }
                    Err(error) => panic!("{what}: {error}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("the service never saw {what}"))
    }

    /// Everything that ever crossed to the window, as text.
    pub(crate) fn crossed(&self) -> String {
        self.window.0.lock().unwrap().crossed.clone()
    }

    pub(crate) fn held(&self) -> Vec<Patch> {
        self.window.0.lock().unwrap().things.values().cloned().collect()
    }

    async fn until<T>(&self, what: &str, mut found: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}; the window holds {:#?}", self.held());
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// What a closure says of something that was seen.
pub(crate) trait Finding<S> {
    /// What whoever waited for it gets.
    type Found;

    fn found_in(self, seen: &S) -> Option<Self::Found>;
}

impl<S: Clone> Finding<S> for bool {
    type Found = S;

    fn found_in(self, seen: &S) -> Option<S> {
        self.then(|| seen.clone())
    }
}

impl<S, T> Finding<S> for Option<T> {
    type Found = T;

    fn found_in(self, _: &S) -> Self {
        self
    }
}

thread_local! {
    /// How far the clock of this test's desk is ahead; a test and its desk share a thread.
    static AHEAD: Cell<i64> = const { Cell::new(0) };
    /// How much of that is time that passed.
    static PASSED: Cell<i64> = const { Cell::new(0) };
}

fn steady() -> i64 {
    ringside_shift::steady() + PASSED.get()
}

pub(crate) fn clock() -> i64 {
    ringside_shift::clock() + AHEAD.get()
}

#[tokio::test]
#[should_panic(expected = "Ringing")]
async fn an_alert_too_many_is_noticed_however_late_it_comes() {
    let stage = Stage::at_work().await;
    stage.play("john calls dana\nstranger calls dana");
    stage.hears_times(AlertKind::Ringing, 1).await;
}
