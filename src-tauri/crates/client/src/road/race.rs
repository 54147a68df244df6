//! Which of a host's addresses answers first (RFC 8305, "happy eyeballs").
//!
//! The connector of the HTTP library tries the two families side by side, but
//! the addresses of one family after another, seconds apart, and the HTTP client
//! takes no other connector. So they race here, before it sees them: it is given
//! the winner first. The price is a connection that is closed at once.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// The next address is tried this long after the one before, or once that failed.
const STEP: Duration = Duration::from_millis(250);
/// When none has answered by then, they stay in their order.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);

/// The same addresses, the one first that answers first at this port.
pub(super) async fn best_first(found: Vec<SocketAddr>, port: u16) -> Vec<SocketAddr> {
    if found.len() < 2 {
        return found;
    }
    let mut found = interleaved(found);
    if let Ok(Some(winner)) = timeout(ANSWERED_WITHIN, race(&found, port)).await
        && let Some(place) = found.iter().position(|address| *address == winner)
    {
        found[..=place].rotate_right(1);
    }
    found
}

async fn race(addresses: &[SocketAddr], port: u16) -> Option<SocketAddr> {
    let mut waiting = addresses.iter().copied();
    let mut attempts = FuturesUnordered::new();
    loop {
        if let Some(address) = waiting.next() {
            let mut at = address;
            at.set_port(port);
            attempts.push(async move { TcpStream::connect(at).await.is_ok().then_some(address) });
        }
        tokio::select! {
            ended = attempts.next() => match ended {
                Some(Some(winner)) => return Some(winner),
                Some(None) => {}
                None => return None,
            },
            () = sleep(STEP), if waiting.len() > 0 => {}
        }
    }
}

/// The families take turns, beginning with that of the first.
fn interleaved(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = found.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = found.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let mut all = Vec::with_capacity(one.len() + other.len());
    loop {
        let (next_of_one, next_of_other) = (one.next(), other.next());
        if next_of_one.is_none() && next_of_other.is_none() {
            return all;
        }
        all.extend(next_of_one.into_iter().chain(next_of_other));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns_and_none_is_lost() {
        let at = |text: &str| format!("{text}:0").parse::<SocketAddr>().unwrap();
        let found = vec![at("[::1]"), at("[::2]"), at("[::3]"), at("127.0.0.1")];
        assert_eq!(interleaved(found), [at("[::1]"), at("127.0.0.1"), at("[::2]"), at("[::3]")]);
    }
}
