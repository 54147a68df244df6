//! A line to a client on which things go wrong when they are told to.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// A dead line is given up by the service itself after this time.
const DEAD_FOR: Duration = Duration::from_secs(70);
/// A slow line carries this many bytes …
const SLOW_BYTES: usize = 8;
/// … in this time.
const SLOW_TICK: Duration = Duration::from_millis(2);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Flows,
    Stalls {
        until: Instant,
    },
    /// Looks alive and carries nothing, until it is given up.
    Dead {
        until: Instant,
    },
    Slow {
        until: Instant,
    },
    /// Half of what is written next goes out, and then nothing.
    CutShort,
    Reset,
}

/// The lines that are open now.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<Vec<Weak<Line>>>);

#[derive(Debug)]
struct Line {
    mode: Mutex<Mode>,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl Lines {
    pub(crate) fn open(&self, stream: TcpStream) -> Faulty {
        let line =
            Arc::new(Line { mode: Mutex::new(Mode::Flows), reader: AtomicWaker::new(), writer: AtomicWaker::new() });
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(&line));
        Faulty { stream, line, alarm: Box::pin(sleep_until(Instant::now())), slow_until: Instant::now() }
    }

    pub(crate) fn reset(&self) {
        self.set(Mode::Reset);
    }

    pub(crate) fn stall(&self, time: Duration) {
        self.set(Mode::Stalls { until: Instant::now() + time });
    }

    pub(crate) fn die(&self) {
        self.set(Mode::Dead { until: Instant::now() + DEAD_FOR });
    }

    pub(crate) fn slow(&self, time: Duration) {
        self.set(Mode::Slow { until: Instant::now() + time });
    }

    pub(crate) fn cut_short(&self) {
        self.set(Mode::CutShort);
    }

    fn set(&self, mode: Mode) {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for line in lines.iter().filter_map(Weak::upgrade) {
            *line.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
            line.reader.wake();
            line.writer.wake();
        }
    }
}

/// One line.
#[derive(Debug)]
pub(crate) struct Faulty {
    stream: TcpStream,
    line: Arc<Line>,
    alarm: Pin<Box<Sleep>>,
    slow_until: Instant,
}

impl Faulty {
    fn mode(&self) -> Mode {
        let mut mode = self.line.mode.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match *mode {
            Mode::Stalls { until } | Mode::Slow { until } if now >= until => *mode = Mode::Flows,
            Mode::Dead { until } if now >= until => *mode = Mode::Reset,
            _ => {}
        }
        *mode
    }

    fn wait(&mut self, until: Instant, context: &mut Context<'_>) {
        self.alarm.as_mut().reset(until);
        if self.alarm.as_mut().poll(context).is_ready() {
            context.waker().wake_by_ref();
        }
    }

    fn broken(&self) -> io::Error {
        if let Err(error) = self.stream.set_zero_linger() {
            tracing::debug!(%error, "no reset");
        }
        io::ErrorKind::ConnectionReset.into()
    }
}

impl AsyncRead for Faulty {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.line.reader.register(context.waker());
        match self.mode() {
            Mode::Reset => Poll::Ready(Err(self.broken())),
            Mode::Stalls { until } | Mode::Dead { until } => {
                self.wait(until, context);
                Poll::Pending
            }
            Mode::Flows | Mode::Slow { .. } | Mode::CutShort => Pin::new(&mut self.stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Faulty {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.line.writer.register(context.waker());
        match self.mode() {
            Mode::Flows => Pin::new(&mut self.stream).poll_write(context, bytes),
            Mode::Reset => Poll::Ready(Err(self.broken())),
            Mode::Stalls { until } => {
                self.wait(until, context);
                Poll::Pending
            }
            // Into the void: the one side of a half-open line notices nothing.
            Mode::Dead { .. } => Poll::Ready(Ok(bytes.len())),
            Mode::Slow { .. } => {
                let now = Instant::now();
                if now < self.slow_until {
                    let until = self.slow_until;
                    self.wait(until, context);
                    return Poll::Pending;
                }
                self.slow_until = now + SLOW_TICK;
                let few = bytes.len().min(SLOW_BYTES);
                Pin::new(&mut self.stream).poll_write(context, &bytes[..few])
            }
            Mode::CutShort => {
                let half = &bytes[..bytes.len().div_ceil(2)];
                let written = Pin::new(&mut self.stream).poll_write(context, half);
                if written.is_ready() {
                    *self.line.mode.lock().unwrap_or_else(PoisonError::into_inner) = Mode::Reset;
                }
                written
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
