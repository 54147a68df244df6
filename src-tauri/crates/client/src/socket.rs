//! The one task that owns the socket and does what the [`Link`] says.
//!
//! The token is in the clear here for the length of a handshake: the documented
//! service takes it in the address (seed, "Connection Endpoint"), so an address
//! is never logged, shown or put into an error.

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{Response, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};
use voipbin_wire::{Frame, Told, Topic, WhyUnknown};

use crate::link::{Input, Link, LinkReport, LinkState, OpenFailure, Order};
use crate::service::Service;
use crate::tls;
use crate::token::Token;
use crate::wake::Clocks;

/// Events that wait for the desk. The reader pauses when it is full.
const NEWS_WAITING: usize = 4096;
/// A frame that cannot be written within this time means a broken link.
const SEND_WITHIN: Duration = Duration::from_secs(5);
/// How often it is looked whether the computer slept.
const LOOK_FOR_SLEEP_EVERY: Duration = Duration::from_secs(2);
/// The service gets this long to answer our goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);
/// No documented message comes near this size.
const LARGEST_MESSAGE: usize = 8 * 1024 * 1024;

/// What the connection tells.
#[derive(Debug, Clone)]
pub enum News {
    /// The link moved.
    Link {
        /// Where it stands now.
        report: LinkReport,
        /// Time until the next attempt, when one is planned.
        retry_in: Option<Duration>,
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

#[derive(Debug)]
enum Wish {
    RetryNow,
    Leave,
}

/// Starts connecting; news arrive until the connection is left.
pub fn open(service: Service, token: Token, wanted: Vec<Topic>) -> (Connection, mpsc::Receiver<News>) {
    let (wishes, wished) = mpsc::channel(8);
    let (news, told) = mpsc::channel(NEWS_WAITING);
    let owner = Owner {
        link: Link::new(wanted, fastrand::u64(..)),
        epoch: Instant::now(),
        service,
        token,
        opening: None,
        socket: None,
        news,
        reported: None,
    };
    let task = tokio::spawn(owner.run(wished));
    (Connection { wishes, task }, told)
}

impl Connection {
    /// Cuts a wait for the next attempt short.
    pub async fn retry_now(&self) {
        self.wish(Wish::RetryNow).await;
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

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Opening = Pin<Box<dyn Future<Output = Result<Socket, OpenFailure>> + Send>>;

struct Owner {
    link: Link,
    epoch: Instant,
    service: Service,
    token: Token,
    opening: Option<Opening>,
    socket: Option<Socket>,
    news: mpsc::Sender<News>,
    reported: Option<LinkReport>,
}

impl Owner {
    async fn run(mut self, mut wished: mpsc::Receiver<Wish>) {
        self.take(Input::Connect);
        let mut clocks = Clocks::new(SystemTime::now(), std::time::Instant::now());
        let mut looks = interval(LOOK_FOR_SLEEP_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let leaving = self.carry_out_orders().await;
            self.report().await;
            if leaving {
                return;
            }
            let due = self.link.deadline().map(|at| self.epoch + at);
            tokio::select! {
                wish = wished.recv() => self.take(match wish {
                    Some(Wish::RetryNow) => Input::RetryNow,
                    Some(Wish::Leave) | None => Input::Leave,
                }),
                opened = when(&mut self.opening) => {
                    self.opening = None;
                    self.opened(opened);
                }
                message = next(&mut self.socket) => self.received(message).await,
                () = until(due) => self.take(Input::Tick),
                _ = looks.tick() => {
                    if clocks.slept(SystemTime::now(), std::time::Instant::now()) {
                        tracing::info!("the computer slept; the link is tested");
                        self.take(Input::Woke);
                    }
                }
            }
        }
    }

    fn take(&mut self, input: Input) {
        self.link.take(input, self.epoch.elapsed());
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

    async fn received(&mut self, message: Option<Result<Message, tungstenite::Error>>) {
        match message {
            Some(Ok(Message::Text(text))) => {
                self.take(Input::Heard);
                self.read(&text).await;
            }
            Some(Ok(Message::Pong(payload))) => {
                let number = payload.as_ref().try_into().map(u64::from_be_bytes).unwrap_or_default();
                self.take(Input::Pong(number));
            }
            Some(Ok(Message::Close(_))) | None => self.broke("the service closed the connection"),
            Some(Ok(_)) => self.take(Input::Heard),
            Some(Err(error)) => self.broke(in_words(&error)),
        }
    }

    fn broke(&mut self, why: &str) {
        self.socket = None;
        self.take(Input::Broke(why.to_owned()));
    }

    async fn read(&mut self, text: &str) {
        match Frame::decode(text) {
            Frame::Told(told) => self.tell(News::Told(told)).await,
            Frame::Ack(ack) => self.take(Input::Acked(ack)),
            Frame::Refusal(refusal) => self.take(Input::Refused(refusal)),
            Frame::Unknown(unknown) => self.tell(News::Unknown { kind: unknown.kind, why: unknown.why }).await,
        }
    }

    /// Whether the last order was to go.
    async fn carry_out_orders(&mut self) -> bool {
        while let Some(order) = self.link.next_order() {
            match order {
                Order::Open => self.opening = Some(Box::pin(dial(self.service.clone(), self.token.clone()))),
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
            Ok(Err(error)) => self.broke(in_words(&error)),
            Err(_) => self.broke("the connection is stuck"),
        }
    }

    async fn report(&mut self) {
        let report = self.link.report();
        if self.reported.as_ref() == Some(&report) {
            return;
        }
        let retry_in = match report.state {
            LinkState::Reconnecting { retry_at, .. } => retry_at.map(|at| at.saturating_sub(self.epoch.elapsed())),
            _ => None,
        };
        if self.reported.as_ref().map(|reported| reported.state) != Some(report.state) {
            tracing::info!(host = self.service.name(), state = ?report.state, why = report.why, "link");
        }
        self.reported = Some(report.clone());
        self.tell(News::Link { report, retry_in }).await;
    }

    async fn tell(&mut self, news: News) {
        if self.news.send(news).await.is_err() {
            tracing::debug!("nobody listens to the connection any more");
        }
    }
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

async fn dial(service: Service, token: Token) -> Result<Socket, OpenFailure> {
    let mut address = service.socket();
    address.query_pairs_mut().append_pair("token", token.clear());
    let request = address
        .as_str()
        .into_client_request()
        .map_err(|_| OpenFailure::Other("the service address cannot be used".to_owned()))?;
    let tls = tls::config().map_err(|_| OpenFailure::Other("encryption could not be set up".to_owned()))?;
    let limits =
        WebSocketConfig::default().max_message_size(Some(LARGEST_MESSAGE)).max_frame_size(Some(LARGEST_MESSAGE));
    let nodelay = true;
    tokio_tungstenite::connect_async_tls_with_config(request, Some(limits), nodelay, Some(Connector::Rustls(tls)))
        .await
        .map(|(socket, _)| socket)
        .map_err(|error| why_not_opened(&error))
}

fn why_not_opened(error: &tungstenite::Error) -> OpenFailure {
    match error {
        tungstenite::Error::Http(response) => why_not_upgraded(response),
        other => OpenFailure::Other(in_words(other).to_owned()),
    }
}

fn why_not_upgraded(response: &Response<Option<Vec<u8>>>) -> OpenFailure {
    match response.status() {
        StatusCode::UNAUTHORIZED => OpenFailure::Unauthorized,
        StatusCode::TOO_MANY_REQUESTS => {
            let seconds = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            OpenFailure::RateLimited(seconds.map(Duration::from_secs))
        }
        StatusCode::FORBIDDEN => OpenFailure::Other("the service does not let this account in".to_owned()),
        StatusCode::NOT_FOUND => OpenFailure::Other("there is no VoIPBIN service at this address".to_owned()),
        status => OpenFailure::Other(format!("the service answered {status}")),
    }
}

/// Never the error's own text: it may hold the address, and with it the token.
fn in_words(error: &tungstenite::Error) -> &'static str {
    match error {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => "the service closed the connection",
        tungstenite::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => "nothing answers at the service's address",
            std::io::ErrorKind::InvalidData => "the service's certificate was not accepted",
            _ => "the network connection broke",
        },
        tungstenite::Error::Tls(_) => "the service's certificate was not accepted",
        tungstenite::Error::Protocol(_) => "the service closed the connection without a goodbye",
        tungstenite::Error::Capacity(_) => "the service sent a message too large to be real",
        _ => "the connection failed",
    }
}

async fn say_goodbye(mut socket: Socket) {
    if socket.close(None).await.is_ok() {
        while let Some(Ok(_)) = socket.next().await {}
    }
}
