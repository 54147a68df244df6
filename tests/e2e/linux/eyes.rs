//! Eyes on the screen itself: when does what is painted stop changing?
//!
//! A page can only say when it asked for a frame; whether the frame is on the
//! screen, only the screen can say.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};
use x11rb::rust_connection::RustConnection;

use super::Done;
use super::desktop::now_us;

/// A picture that has not changed for this long is done.
const SETTLED: Duration = Duration::from_millis(300);
/// One that has not changed for this long is not being painted at this moment.
const AT_REST: Duration = Duration::from_millis(60);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A rectangle of the screen, in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area {
    pub(crate) x: i16,
    pub(crate) y: i16,
    pub(crate) width: u16,
    pub(crate) height: u16,
}

pub(crate) struct Eyes {
    server: RustConnection,
    root: u32,
}

/// One colour all over: a window that is there but not painted.
fn is_blank(picture: &[u8]) -> bool {
    const PIXEL: usize = 4;
    picture.chunks_exact(PIXEL).zip(picture.chunks_exact(PIXEL).skip(1)).all(|(one, next)| one == next)
}

impl Eyes {
    pub(crate) fn on(display: &str) -> Done<Self> {
        let (server, screen) = x11rb::connect(Some(display))?;
        let root = server.setup().roots[screen].root;
        Ok(Self { server, root })
    }

    /// Waits until an area holds still, and says since when it has looked as
    /// it does then, in microseconds since 1970. Starting from a picture that
    /// `before` took, so that what was there already does not count.
    pub(crate) async fn settled(&self, area: Area, before: &[u8]) -> Done<i64> {
        let (mut last, mut since_us, mut still) = (before.to_vec(), now_us(), Instant::now());
        let deadline = Instant::now() + Duration::from_secs(5);
        loop {
            let at_us = now_us();
            let seen = self.look(area)?;
            if seen != last {
                (last, since_us, still) = (seen, at_us, Instant::now());
            } else if last != before && !is_blank(&last) && still.elapsed() > SETTLED {
                return Ok(since_us);
            }
            if Instant::now() > deadline {
                return Err("the screen did not change, or did not hold still".into());
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// What an area looks like once it holds still.
    pub(crate) async fn at_rest(&self, area: Area) -> Done<Vec<u8>> {
        let deadline = Instant::now() + Duration::from_secs(5);
        let mut last = self.look(area)?;
        while Instant::now() < deadline {
            sleep(AT_REST).await;
            let seen = self.look(area)?;
            if seen == last {
                return Ok(seen);
            }
            last = seen;
        }
        Err("the screen did not hold still".into())
    }

    /// What an area looks like now.
    pub(crate) fn look(&self, area: Area) -> Done<Vec<u8>> {
        let Area { x, y, width, height } = area;
        let image = self.server.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, u32::MAX)?;
        Ok(image.reply()?.data)
    }
}
