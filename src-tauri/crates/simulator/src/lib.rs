//! VoIPBIN on loopback: the demo and training desk, and the server of the tests.
//!
//! A real WebSocket and REST server in either dialect. Nothing of the app knows
//! that it talks to it and not to the cloud: it checks tokens and permissions,
//! acknowledges and refuses topics or drops the connection for them, pings,
//! publishes every event under its topics, and answers the REST calls an agent
//! desktop makes. It has the live service's habits, and [`Fault`]s on demand. A [`Scenario`] is a small text file that says what happens when; the
//! same lines can be given one by one with [`Simulator::play_line`].

mod certificate;
mod faulty;
mod floor;
mod limit;
mod rest;
mod scenario;
mod server;
mod socket;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::Instant;

pub use certificate::{Certificate, CertificateError, ELSEWHERE};
pub use floor::Login;
pub use scenario::{Scenario, ScenarioError};

use faulty::Lines;
use floor::Floor;
use limit::Limits;
use scenario::Step;
use tokio_rustls::TlsAcceptor;

/// The morning that the demo desk plays.
pub const MORNING: &str = include_str!("../scenarios/morning.txt");
/// The rules of the demo desk.
pub const RULES: &str = include_str!("../scenarios/rules.toml");

/// Publications that a slow connection may be behind.
const BEHIND: usize = 65_536;

/// How the service speaks (live-service.md, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// As published: acknowledgments, named events.
    #[default]
    Documented,
    /// As it runs: prefix topics, no answers, bare resources.
    Live,
}

/// How to start a service.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setup {
    /// How it speaks.
    pub dialect: Dialect,
    /// Encrypted, showing this certificate; unencrypted without.
    pub certificate: Option<Certificate>,
    /// No rate limits, for floods.
    pub unlimited: bool,
}

/// Why a service did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// No port can be had.
    #[error("no port can be had")]
    Port(#[from] std::io::Error),
    /// No certificate can be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// Something that goes wrong with the open connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// They are reset.
    Reset,
    /// They are closed without a Close frame.
    Drop,
    /// They carry nothing for a time.
    Stall(Duration),
    /// They look alive and carry nothing ever again.
    HalfOpen,
    /// They carry a few bytes at a time, for a time.
    Slow(Duration),
    /// The next that is written is cut in half, in the middle of a TLS record or frame.
    CutShort,
    /// They receive a text that is nothing.
    Garbage,
    /// They receive a text too large to be real.
    HugeFrame,
    /// They receive a binary frame.
    BinaryFrame,
    /// The service is gone for a time, and nothing answers at its address.
    Restart(Duration),
}

/// A running service. It ends when dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    authority: Option<String>,
    hub: Arc<Hub>,
    listening: AbortHandle,
}

/// Something the service saw or did, for whoever tests against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum Seen {
    /// A socket was opened by this agent; none for an access key.
    Connected {
        /// The agent's sign-in name.
        agent: Option<String>,
    },
    /// A handshake was answered with this status instead, as ordered.
    TurnedAway {
        /// The HTTP status.
        status: u16,
    },
    /// Topics were confirmed, or taken without a word.
    Subscribed {
        /// Which.
        topics: Vec<String>,
    },
    /// Topics were given back.
    Unsubscribed {
        /// Which.
        topics: Vec<String>,
    },
    /// A socket is gone; whether the client said goodbye.
    Closed {
        /// Whether it sent a close frame.
        goodbye: bool,
    },
    /// A frame was written to a socket.
    Wrote {
        /// Its event type.
        event: String,
        /// The object it is about.
        id: String,
        /// Microseconds since 1970, taken just before the write.
        at_us: i64,
    },
    /// A text was handed in over REST.
    Text {
        /// From our number.
        from: String,
        /// To the customer's.
        to: String,
        /// The words.
        text: String,
    },
    /// Somebody was looked up in the address book.
    LookedUp {
        /// The number.
        number: String,
        /// Microseconds since 1970, taken just before the answer.
        at_us: i64,
    },
    /// Something was asked to be done to a call or in a conversation.
    Asked {
        /// The path.
        path: String,
        /// The body, as JSON.
        body: String,
    },
    /// An agent changed status over REST.
    Status {
        /// To this.
        status: String,
    },
}

/// One event and the topics it is published under.
#[derive(Debug, Clone)]
pub(crate) struct Publication {
    /// When it happened, by the service's clock.
    at: voipbin_wire::Timestamp,
    event: &'static str,
    id: String,
    topics: Vec<String>,
    data: serde_json::Value,
}

/// What every open socket is told besides events.
#[derive(Debug, Clone)]
pub(crate) enum Shout {
    Drop,
    /// A frame as it stands, whether it is JSON, or even letters, or not.
    Frame {
        bytes: Vec<u8>,
        is_text: bool,
    },
    /// A goodbye with its code and reason.
    Close(u16, String),
    Garbage,
    HugeFrame,
    BinaryFrame,
}

/// What all connections share.
pub(crate) struct Hub {
    dialect: Dialect,
    tls: Option<TlsAcceptor>,
    floor: Mutex<Floor>,
    lines: Lines,
    limits: Option<Limits>,
    /// Nothing answers at the address until then.
    gone_until: Mutex<Option<Instant>>,
    dice: Mutex<fastrand::Rng>,
    events: broadcast::Sender<Arc<Publication>>,
    seen: broadcast::Sender<Seen>,
    shouts: broadcast::Sender<Shout>,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hub")
    }
}

impl Hub {
    fn floor(&self) -> MutexGuard<'_, Floor> {
        self.floor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody connected is no error: events are not kept. The live service
    /// handles each event beside the others, so they may come in another order,
    /// and more than once (live-service.md, section 2.5).
    fn publish(&self, publications: Vec<Publication>) {
        let mut publications: Vec<_> = publications.into_iter().map(Arc::new).collect();
        if self.dialect == Dialect::Live {
            let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
            let again: Vec<_> = publications.iter().filter(|_| dice.f64() < 0.3).cloned().collect();
            publications.extend(again);
            dice.shuffle(&mut publications);
        }
        for publication in publications {
            self.events.send(publication).ok();
        }
    }

    fn is_gone(&self) -> bool {
        let until = *self.gone_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn fault(&self, fault: Fault) {
        let shout = match fault {
            Fault::Reset => return self.lines.reset(),
            Fault::Stall(time) => return self.lines.stall(time),
            Fault::HalfOpen => return self.lines.die(),
            Fault::Slow(time) => return self.lines.slow(time),
            Fault::CutShort => {
                self.lines.cut_short();
                Shout::BinaryFrame
            }
            Fault::Restart(time) => {
                let until = Instant::now() + time;
                *self.gone_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
                return self.lines.reset();
            }
            Fault::Drop => Shout::Drop,
            Fault::Garbage => Shout::Garbage,
            Fault::HugeFrame => Shout::HugeFrame,
            Fault::BinaryFrame => Shout::BinaryFrame,
        };
        self.shout(shout);
    }

    /// Nobody connected is no error.
    fn shout(&self, shout: Shout) {
        self.shouts.send(shout).ok();
    }

    fn see(&self, seen: Seen) {
        // Nobody looking is no error.
        self.seen.send(seen).ok();
    }
}

impl Simulator {
    /// Starts a service in the documented dialect on any free port of this machine.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self, StartError> {
        Self::with(Setup::default()).await
    }

    /// Starts a service on any free port of this machine.
    ///
    /// # Errors
    /// When no port can be had or no certificate can be made.
    pub async fn with(setup: Setup) -> Result<Self, StartError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (authority, tls) = setup.certificate.map(certificate::authority).transpose()?.unzip();
        let hub = Arc::new(Hub {
            dialect: setup.dialect,
            tls,
            floor: Mutex::new(Floor::new(setup.dialect)),
            lines: Lines::default(),
            limits: (setup.dialect == Dialect::Live && !setup.unlimited).then(Limits::new),
            gone_until: Mutex::new(None),
            dice: Mutex::new(fastrand::Rng::with_seed(7)),
            events: broadcast::channel(BEHIND).0,
            seen: broadcast::channel(BEHIND).0,
            shouts: broadcast::channel(8).0,
        });
        let listening = tokio::spawn(server::listen(listener, Arc::clone(&hub))).abort_handle();
        Ok(Self { address, authority, hub, listening })
    }

    /// The certificate authority as PEM, when the service is encrypted.
    pub fn authority(&self) -> Option<String> {
        self.authority.clone()
    }

    /// Lets something go wrong with all connections that are open now.
    pub fn fault(&self, fault: Fault) {
        self.hub.fault(fault);
    }

    /// The address to sign in at.
    pub fn address(&self) -> String {
        match self.authority {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// Who can sign in: a manager first, a plain agent next.
    pub fn logins(&self) -> Vec<Login> {
        self.hub.floor().logins()
    }

    /// The access key of this start.
    pub fn access_key(&self) -> String {
        self.hub.floor().access_key().to_owned()
    }

    /// What the service sees and does from now on.
    pub fn watch(&self) -> broadcast::Receiver<Seen> {
        self.hub.seen.subscribe()
    }

    /// Plays a scenario, in time, to its end or for ever if it says so.
    pub fn play(&self, scenario: Scenario) -> JoinHandle<()> {
        let hub = Arc::clone(&self.hub);
        tokio::spawn(async move {
            loop {
                for step in scenario.steps() {
                    if let Step::Wait(wait) = step {
                        tokio::time::sleep(*wait).await;
                    } else {
                        perform(&hub, step);
                    }
                }
                if !scenario.repeats() {
                    return;
                }
            }
        })
    }

    /// Does what one line of a scenario says, at once; a wait is passed over.
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn play_line(&self, line: &str) -> Result<(), ScenarioError> {
        for step in Scenario::parse(line)?.steps() {
            perform(&self.hub, step);
        }
        Ok(())
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn perform(hub: &Arc<Hub>, step: &Step) {
    let publications = hub.floor().perform(step);
    hub.publish(publications);
    match step {
        Step::Cut(away) => {
            hub.floor().away_until = Some(Instant::now() + *away);
            hub.fault(Fault::Drop);
        }
        Step::Fault(fault) => hub.fault(*fault),
        Step::Frame { bytes, is_text } => hub.shout(Shout::Frame { bytes: bytes.clone(), is_text: *is_text }),
        Step::Close { code, reason } => hub.shout(Shout::Close(*code, reason.clone())),
        _ => {}
    }
}

/// How long after a text its receipt follows.
const RECEIPT_AFTER: Duration = Duration::from_millis(400);
