//! Host names to addresses, for the socket and the requests alike.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::dns::Name;
use tokio::net::lookup_host;
use tokio::time::timeout;
use tower_service::Service;

use super::race::best_first;

/// A name that is not found by then will not be found in time for anybody.
const FOUND_WITHIN: Duration = Duration::from_secs(7);

/// Asks the operating system.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// At which port a host will be spoken to: its addresses race.
    doors: Vec<(String, u16)>,
    /// What every name leads to instead.
    #[cfg(test)]
    always: Option<Vec<SocketAddr>>,
}

/// There is no address by that name, as far as this computer can find out.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no such host")]
pub(crate) struct NoSuchHost;

type Found = Pin<Box<dyn Future<Output = Result<std::vec::IntoIter<SocketAddr>, NoSuchHost>> + Send>>;

impl Names {
    /// Every name leads to these.
    #[cfg(test)]
    pub(crate) fn always(addresses: Option<Vec<SocketAddr>>) -> Self {
        Self { always: addresses, ..Self::default() }
    }

    /// The same for the way to these hosts and ports.
    pub(crate) fn towards(&self, doors: impl IntoIterator<Item = (String, u16)>) -> Self {
        let doors = doors.into_iter().map(|(host, port)| (host.trim_matches(['[', ']']).to_owned(), port)).collect();
        let mut names = self.clone();
        names.doors = doors;
        names
    }

    fn find(&self, host: String) -> Found {
        let port = self.doors.iter().find(|(known, _)| known.eq_ignore_ascii_case(&host)).map(|(_, port)| *port);
        let found = self.look_up(host);
        let Some(port) = port else { return found };
        Box::pin(async move { Ok(best_first(found.await?.collect(), port).await.into_iter()) })
    }

    fn look_up(&self, host: String) -> Found {
        #[cfg(test)]
        if let Some(always) = self.always.clone() {
            return Box::pin(async move { Ok(always.into_iter()) });
        }
        Box::pin(async move {
            match timeout(FOUND_WITHIN, lookup_host((host, 0))).await {
                Ok(Ok(found)) => {
                    let found: Vec<SocketAddr> = found.collect();
                    if found.is_empty() { Err(NoSuchHost) } else { Ok(found.into_iter()) }
                }
                Ok(Err(error)) => {
                    tracing::debug!(%error, "a name was not found");
                    Err(NoSuchHost)
                }
                Err(_) => Err(NoSuchHost),
            }
        })
    }
}

impl Service<Name> for Names {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = NoSuchHost;
    type Future = Found;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoSuchHost>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Found {
        self.find(name.as_str().to_owned())
    }
}

impl reqwest::dns::Resolve for Names {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let found = self.find(name.as_str().to_owned());
        Box::pin(async move {
            let found = found.await?;
            Ok(Box::new(found) as reqwest::dns::Addrs)
        })
    }
}
