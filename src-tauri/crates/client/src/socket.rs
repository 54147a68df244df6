//! The one task that owns the socket and does what the [`Link`] says.

mod as_bytes;
mod dial;

#[cfg(test)]
pub(crate) use dial::dial;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::future::{Future, pending};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use ringside_words::{Message as Said, say};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};
use uuid::Uuid;
use voipbin_wire::{Frame, Kind, Told, WhyUnknown, one_line, shortened};

use as_bytes::AsBytes;

use crate::counts::Counts;
use crate::dialect::Speaks;
use crate::feed::{Feed, Writer, feed};
use crate::link::{Extra, Input, Link, LinkReport, LinkState, OpenFailure, Order};
use crate::network::Watch;
use crate::service::Service;
use crate::token::Token;
use crate::topics::Wanted;
use crate::wake::{Clocks, Pause};

/// A frame that cannot be written within this time means a broken link.
const SEND_WITHIN: Duration = Duration::from_secs(5);
/// How often it is looked whether the computer slept.
const LOOK_FOR_SLEEP_EVERY: Duration = Duration::from_secs(2);
/// Before a deadline is judged, what has arrived gets this long to be read.
const LAST_LOOK: Duration = Duration::from_millis(20);
/// So many frames are read before anything else is looked at.
const AT_ONCE: usize = 256;
/// Of a longer reason for a close the rest is left out.
const LONGEST_REASON: usize = 120;
/// Said of a connection that the service ended.
/// The service gets this long to answer our goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// What the connection tells.
#[derive(Debug, Clone)]
pub enum News {
    /// The link moved.
    Link {
        /// Where it stands now.
        report: Box<LinkReport>,
        /// Time until the next attempt, when one is planned.
        retry_in: Option<Duration>,
        /// How long ago, by whichever clock says longer, it was last proven that
        /// nothing was missed; none before the first socket.
        proven_ago: Option<Duration>,
    },
    /// Something happened.
    Told(Box<Told>),
    /// A frame could not be used.
    Unknown {
        /// What it called itself.
        kind: Option<String>,
        /// What is missing.
        why: WhyUnknown,
    },
}

/// A running connection. Dropping it without [`Connection::leave`] cuts it off.
#[derive(Debug)]
pub struct Connection {
    wishes: mpsc::Sender<Wish>,
    task: JoinHandle<()>,
}

/// The connection looked at from inside.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// Where the link stands.
    pub report: LinkReport,
    /// The proxy on the way to the service, if any: host and port.
    pub proxy: Option<String>,
    /// How long ago anything was heard on this socket.
    pub heard_ago: Option<Duration>,
    /// What came over the socket.
    pub counts: Counts,
    /// Events merged into later ones because more came than was taken.
    pub merged: u64,
    /// The most events that ever waited to be taken.
    pub most_waiting: usize,
}

#[derive(Debug)]
enum Wish {
    RetryNow,
    CaughtUp(u64),
    Renew(Token),
    Speak(Speaks),
    Listen(BTreeSet<Extra>),
    Diagnose(oneshot::Sender<Diagnosis>),
    Leave,
}

/// Starts connecting; news arrive until the connection is left. The socket is
/// read on `reader`: on a thread of its own nothing else holds it up.
pub fn open(service: Service, token: Token, wanted: Wanted, speaks: Speaks, reader: &Handle) -> (Connection, Feed) {
    let (wishes, wished) = mpsc::channel(8);
    let (writer, feed) = feed();
    let owner = Owner {
        ours: wanted.customer(),
        link: Link::new(wanted, speaks, fastrand::u64(..)),
        epoch: Instant::now(),
        service,
        token,
        opening: None,
        socket: None,
        writer,
        read: Vec::new(),
        heard: false,
        counts: Counts::default(),
        reported: None,
        proven: Proven { at: Duration::ZERO, wall: SystemTime::now() },
    };
    let task = reader.spawn(owner.run(wished));
    (Connection { wishes, task }, feed)
}

impl Connection {
    /// Cuts a wait for the next attempt short, or tests the link.
    pub async fn retry_now(&self) {
        self.wish(Wish::RetryNow).await;
    }

    /// What was missed before this socket (see [`LinkReport::socket`]) has been
    /// read and merged.
    pub async fn caught_up(&self, socket: u64) {
        self.wish(Wish::CaughtUp(socket)).await;
    }

    /// From the next socket on, this token is shown. The open one stays: it
    /// outlives its token (live-service.md, section 1.2).
    pub async fn renew(&self, token: Token) {
        self.wish(Wish::Renew(token)).await;
    }

    /// From the next socket on, which is opened at once, the service is spoken
    /// to like this.
    pub async fn speak(&self, speaks: Speaks) {
        self.wish(Wish::Speak(speaks)).await;
    }

    /// From now on these are listened to, beside what is always needed.
    pub async fn listen(&self, extras: BTreeSet<Extra>) {
        self.wish(Wish::Listen(extras)).await;
    }

    /// The connection looked at from inside; none when it has ended.
    pub async fn diagnose(&self) -> Option<Diagnosis> {
        let (answer, answered) = oneshot::channel();
        self.wish(Wish::Diagnose(answer)).await;
        answered.await.ok()
    }

    /// Unsubscribes, says goodbye and closes. Takes a second at most.
    pub async fn leave(mut self) {
        self.wish(Wish::Leave).await;
        if timeout(GOODBYE_WITHIN * 2, &mut self.task).await.is_err() {
            tracing::info!("the connection did not close in time and was cut off");
        }
    }

    async fn wish(&self, wish: Wish) {
        if self.wishes.send(wish).await.is_err() {
            tracing::debug!("the connection had already ended");
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Socket = WebSocketStream<AsBytes<TokioIo<Upgraded>>>;
type Opening = Pin<Box<dyn Future<Output = Result<Socket, OpenFailure>> + Send>>;

struct Owner {
    link: Link,
    /// The customer whose events these are to be.
    ours: Option<Uuid>,
    epoch: Instant,
    service: Service,
    token: Token,
    opening: Option<Opening>,
    socket: Option<Socket>,
    writer: Writer,
    /// What was read and is not handed on yet.
    read: Vec<News>,
    /// A text came since the link was last told so.
    heard: bool,
    counts: Counts,
    reported: Option<LinkReport>,
    proven: Proven,
}

/// When the link was last proven, by both clocks: the one on the wall counts
/// the hours that the computer slept.
#[derive(Debug, Clone, Copy)]
struct Proven {
    at: Duration,
    wall: SystemTime,
}

/// What the task woke up for.
enum Turn {
    Wish(Option<Wish>),
    Opened(Box<Result<Socket, OpenFailure>>),
    Message(Option<Result<Message, tungstenite::Error>>),
    Room,
    Due,
    Noticed(&'static str),
    Look,
}

impl Owner {
    async fn run(mut self, mut wished: mpsc::Receiver<Wish>) {
        self.take(Input::Connect);
        let mut network = Watch::new();
        let mut clocks = Clocks::new(SystemTime::now(), std::time::Instant::now());
        let mut looks = interval(LOOK_FOR_SLEEP_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let leaving = self.carry_out_orders().await;
            self.report();
            if leaving {
                return;
            }
            let is_full = self.writer.is_full();
            // While we do not read, silence is ours and no sign of a dead link.
            let is_reading = self.socket.is_none() || !is_full;
            let due = self.link.deadline().filter(|_| is_reading).map(|at| self.epoch + at);
            let turn = tokio::select! {
                wish = wished.recv() => Turn::Wish(wish),
                opened = when(&mut self.opening) => Turn::Opened(Box::new(opened)),
                message = next(&mut self.socket), if !is_full => Turn::Message(message),
                () = self.writer.room(), if is_full => Turn::Room,
                () = until(due) => Turn::Due,
                what = network.change() => Turn::Noticed(what),
                _ = looks.tick() => Turn::Look,
            };
            // Before anything is read or judged: it may be from before a pause.
            match clocks.look(SystemTime::now(), std::time::Instant::now(), LOOK_FOR_SLEEP_EVERY) {
                Some(Pause::Slept) => self.woke("the computer slept"),
                Some(Pause::StoodStill) => {
                    tracing::info!("this program stood still; the link is tested");
                    self.take(Input::StoodStill);
                }
                None => {}
            }
            match turn {
                Turn::Wish(wish) => self.obey(wish.unwrap_or(Wish::Leave)),
                Turn::Opened(opened) => {
                    self.opening = None;
                    self.opened(*opened);
                }
                Turn::Message(message) => {
                    self.received(message);
                    self.read_on();
                }
                Turn::Due => {
                    self.read_what_is_there(is_full).await;
                    self.take(Input::Tick);
                }
                Turn::Noticed(what) => self.woke(what),
                Turn::Room | Turn::Look => {}
            }
        }
    }

    /// What arrived before a deadline counts, though nobody had read it yet.
    async fn read_what_is_there(&mut self, is_full: bool) {
        if is_full || self.socket.is_none() {
            return;
        }
        if let Ok(message) = timeout(LAST_LOOK, next(&mut self.socket)).await {
            self.received(message);
            self.read_on();
        }
    }

    fn take(&mut self, input: Input) {
        self.link.take(input, self.epoch.elapsed());
        let at = self.link.proven_at();
        if at != self.proven.at {
            self.proven = Proven { at, wall: SystemTime::now() };
        }
    }

    fn obey(&mut self, wish: Wish) {
        match wish {
            Wish::RetryNow => self.take(Input::RetryNow),
            Wish::CaughtUp(socket) => self.take(Input::CaughtUp(socket)),
            Wish::Renew(token) => {
                self.token = token;
                self.take(Input::Renewed);
            }
            Wish::Speak(speaks) => self.take(Input::Speak(speaks)),
            Wish::Listen(extras) => self.take(Input::Listen(extras)),
            Wish::Diagnose(answer) => {
                if answer.send(self.diagnosis()).is_err() {
                    tracing::debug!("nobody waited for the diagnosis");
                }
            }
            Wish::Leave => self.take(Input::Leave),
        }
    }

    fn woke(&mut self, what: &str) {
        tracing::info!("{what}; the link is tested");
        self.take(Input::Woke);
    }

    fn opened(&mut self, opened: Result<Socket, OpenFailure>) {
        match opened {
            Ok(socket) => {
                self.socket = Some(socket);
                self.take(Input::Opened);
            }
            Err(failure) => self.take(Input::OpenFailed(failure)),
        }
    }

    fn received(&mut self, message: Option<Result<Message, tungstenite::Error>>) {
        match message {
            // All that says something arrives as bytes, with whatever letters.
            Some(Ok(Message::Binary(bytes))) => {
                self.heard = true;
                let text = String::from_utf8_lossy(&bytes);
                if matches!(text, Cow::Owned(_)) {
                    self.counts.not_utf_8();
                }
                self.read(&text);
            }
            Some(Ok(Message::Pong(payload))) => {
                let number = payload.as_ref().try_into().map(u64::from_be_bytes).unwrap_or_default();
                self.take(Input::Pong(number));
            }
            Some(Ok(Message::Close(why))) => self.broke(closed(why.as_ref(), &self.token)),
            None => self.broke(say!("link-lost-closed")),
            Some(Ok(_)) => self.take(Input::Heard),
            Some(Err(error)) => self.broke(dial::why_broken(&self.service, &error)),
        }
    }

    /// Reads what has come by now, as long as the link has nothing to say about it.
    fn read_on(&mut self) {
        for _ in 1..AT_ONCE {
            let socket = self.socket.as_mut().filter(|_| !self.link.has_moved());
            let Some(message) = socket.and_then(|socket| socket.next().now_or_never()) else { break };
            self.received(message);
        }
        if std::mem::take(&mut self.heard) {
            self.take(Input::Heard);
        }
        self.writer.put_all(&mut self.read);
    }

    fn broke(&mut self, why: Said) {
        self.socket = None;
        self.take(Input::Broke(why));
    }

    fn read(&mut self, text: &str) {
        match Frame::decode(text) {
            Frame::Told(told) if self.is_not_ours(&told) => self.counts.not_ours += 1,
            Frame::Told(told) => {
                self.counts.told(&told);
                let is_bare = matches!(told.kind, Kind::Bare(_));
                if self.link.would_learn_from(is_bare) {
                    self.take(if is_bare { Input::Bare } else { Input::Named });
                }
                self.read.push(News::Told(told));
            }
            Frame::Ack(ack) => {
                self.counts.other("ack");
                self.take(Input::Acked(ack));
            }
            Frame::Refusal(mut refusal) => {
                self.counts.other("error");
                if refusal.message.contains(self.token.clear()) {
                    refusal.message.clear();
                }
                self.take(Input::Refused(refusal));
            }
            Frame::Unknown(unknown) => {
                self.counts.unknown(&unknown);
                self.read.push(News::Unknown { kind: unknown.kind, why: unknown.why });
            }
        }
    }

    /// Whether it happened at somebody else's: nothing of it may be shown.
    fn is_not_ours(&self, told: &Told) -> bool {
        self.ours.zip(told.whose).is_some_and(|(ours, whose)| !whose.is(ours))
    }

    /// Whether the last order was to go.
    async fn carry_out_orders(&mut self) -> bool {
        while let Some(order) = self.link.next_order() {
            match order {
                Order::Open(handshake) => {
                    let dialing = dial::dial(self.service.clone(), self.token.clone(), handshake);
                    self.opening = Some(Box::pin(dialing));
                }
                Order::Send(text) => self.send(Message::text(text)).await,
                Order::Ping(number) => self.send(Message::Ping(number.to_be_bytes().to_vec().into())).await,
                Order::Close => {
                    if let Some(socket) = self.socket.take()
                        && timeout(GOODBYE_WITHIN, say_goodbye(socket)).await.is_err()
                    {
                        tracing::debug!("the service did not answer the goodbye");
                    }
                }
                Order::Abandon => {
                    self.opening = None;
                    self.socket = None;
                }
            }
        }
        self.link.state() == LinkState::Disconnected
    }

    async fn send(&mut self, message: Message) {
        let Some(socket) = &mut self.socket else { return };
        match timeout(SEND_WITHIN, socket.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.broke(dial::why_broken(&self.service, &error)),
            Err(_) => self.broke(say!("link-lost-stuck")),
        }
    }

    fn report(&mut self) {
        if !self.link.take_moved() {
            return;
        }
        let report = self.link.report();
        if self.reported.as_ref() == Some(&report) {
            return;
        }
        let retry_in = match report.state {
            LinkState::Reconnecting { retry_at, .. } => retry_at.map(|at| at.saturating_sub(self.epoch.elapsed())),
            _ => None,
        };
        if self.reported.as_ref().map(|reported| reported.state) != Some(report.state) {
            tracing::info!(host = self.service.name(), state = ?report.state, why = ?report.why, "link");
            if let (LinkState::Reconnecting { retry_at: Some(_), .. }, Some(why)) = (report.state, &report.why) {
                self.counts.lost(why);
            }
        }
        let proven_ago = (report.socket > 0).then(|| {
            let asleep_too = SystemTime::now().duration_since(self.proven.wall).unwrap_or_default();
            self.epoch.elapsed().saturating_sub(self.proven.at).max(asleep_too)
        });
        self.reported = Some(report.clone());
        self.writer.put(News::Link { report: Box::new(report), retry_in, proven_ago });
    }

    fn diagnosis(&self) -> Diagnosis {
        let (merged, most_waiting) = self.writer.counts();
        let heard_ago = self.socket.is_some().then(|| self.epoch.elapsed().saturating_sub(self.link.heard_at()));
        let proxy = self.service.proxy();
        Diagnosis { report: self.link.report(), proxy, heard_ago, counts: self.counts.clone(), merged, most_waiting }
    }
}

/// Why the service closed the connection, as far as it says: for whoever has to
/// find out what is wrong. The service's words are cleaned, and never repeat a token.
fn closed(why: Option<&CloseFrame>, token: &Token) -> Said {
    let Some(CloseFrame { code, reason }) = why else { return say!("link-lost-closed") };
    let reason = shortened(&one_line(reason), LONGEST_REASON).into_owned();
    let code = u16::from(*code).to_string();
    if reason.is_empty() || reason.contains(token.clear()) {
        return say!("link-lost-closed-code", code = code);
    }
    say!("link-lost-closed-reason", code = code, reason = reason)
}

async fn when(opening: &mut Option<Opening>) -> Result<Socket, OpenFailure> {
    match opening {
        Some(opening) => opening.await,
        None => pending().await,
    }
}

async fn next(socket: &mut Option<Socket>) -> Option<Result<Message, tungstenite::Error>> {
    match socket {
        Some(socket) => socket.next().await,
        None => pending().await,
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => pending().await,
    }
}

async fn say_goodbye(mut socket: Socket) {
    if socket.close(None).await.is_ok() {
        while let Some(Ok(_)) = socket.next().await {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_says_its_code_and_reason_and_never_a_token() {
        let token = Token::parse("0123456789abcdef0123456789abcdef").unwrap();
        let said =
            |code: u16, reason: &str| closed(Some(&CloseFrame { code: code.into(), reason: reason.into() }), &token);
        assert_eq!(closed(None, &token), say!("link-lost-closed"));
        assert_eq!(said(1012, "deploying\u{7}"), say!("link-lost-closed-reason", code = "1012", reason = "deploying"));
        assert_eq!(said(1000, ""), say!("link-lost-closed-code", code = "1000"));
        assert_eq!(said(1008, &format!("bad token {}", token.clear())), say!("link-lost-closed-code", code = "1008"));
    }
}
