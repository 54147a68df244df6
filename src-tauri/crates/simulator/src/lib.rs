//! VoIPBIN on loopback: the demo and training desk, and the server of the tests.
//!
//! A real WebSocket and REST server in the documented dialect. Nothing of the
//! app knows that it talks to it and not to the cloud: it checks tokens and
//! permissions, acknowledges and refuses topics, pings, publishes every event
//! of the seed under its topics, and answers the REST calls an agent desktop
//! makes. A [`Scenario`] is a small text file that says what happens when; the
//! same lines can be given one by one with [`Simulator::play_line`].

mod floor;
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

pub use floor::Login;
pub use scenario::{Scenario, ScenarioError};

use floor::Floor;
use scenario::Step;

/// The morning that the demo desk plays.
pub const MORNING: &str = include_str!("../scenarios/morning.txt");

/// Publications that a slow connection may be behind.
const BEHIND: usize = 8192;

/// A running service. It ends when dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
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
    /// Topics were confirmed.
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
    /// An agent changed status over REST.
    Status {
        /// To this.
        status: String,
    },
}

/// One event and the topics it is published under.
#[derive(Debug, Clone)]
pub(crate) struct Publication {
    event: &'static str,
    id: String,
    topics: Vec<String>,
    data: serde_json::Value,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Hub {
    floor: Mutex<Floor>,
    events: broadcast::Sender<Publication>,
    seen: broadcast::Sender<Seen>,
    cut: broadcast::Sender<()>,
}

impl Hub {
    fn floor(&self) -> MutexGuard<'_, Floor> {
        self.floor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, publications: Vec<Publication>) {
        for publication in publications {
            // Nobody connected is no error: events are not kept.
            self.events.send(publication).ok();
        }
    }

    fn see(&self, seen: Seen) {
        // Nobody looking is no error.
        self.seen.send(seen).ok();
    }
}

impl Simulator {
    /// Starts a service on any free port of this machine.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let hub = Arc::new(Hub {
            floor: Mutex::new(Floor::new()),
            events: broadcast::channel(BEHIND).0,
            seen: broadcast::channel(BEHIND).0,
            cut: broadcast::channel(8).0,
        });
        let listening = tokio::spawn(server::listen(listener, Arc::clone(&hub))).abort_handle();
        Ok(Self { address, hub, listening })
    }

    /// The address to sign in at.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
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
    if let Step::Cut(away) = step {
        hub.floor().away_until = Some(Instant::now() + *away);
        // Nobody connected is no error.
        hub.cut.send(()).ok();
    }
}

/// How long after a text its receipt follows.
const RECEIPT_AFTER: Duration = Duration::from_millis(400);
