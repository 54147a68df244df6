//! Texts as bytes: one odd letter costs no more than its letter.
//!
//! The WebSocket library ends the connection when a text is not UTF-8 (RFC 6455,
//! section 8.1, asks for that), and with it every later call. So what the service
//! calls a text is handed to the library as bytes: on the way in, the opcode of
//! each text frame becomes that of a binary one, and nothing else is touched.
//! Where the letters end is then for whoever reads the message.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const OPCODE: u8 = 0x0f;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7f;
/// The length follows in two bytes, …
const LENGTH_OF_TWO: u8 = 126;
/// … or in eight.
const LENGTH_OF_EIGHT: u8 = 127;
const MASK: u64 = 4;

/// A line on which no frame from the other side is a text.
#[derive(Debug)]
pub(crate) struct AsBytes<S> {
    line: S,
    frames: Frames,
}

impl<S> AsBytes<S> {
    /// The other side's first frame comes next.
    pub(crate) fn new(line: S) -> Self {
        Self { line, frames: Frames { at: Place::Start } }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for AsBytes<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.line).poll_read(context, buffer);
        self.frames.pass(&mut buffer.filled_mut()[before..]);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for AsBytes<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.line).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_shutdown(context)
    }
}

/// The way through a stream of frames, wherever it is cut.
#[derive(Debug)]
struct Frames {
    at: Place,
}

/// What the next byte is.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// The first byte of a frame, with its opcode.
    Start,
    /// The second, with the length or how it is written.
    Length,
    /// One of so many bytes of a long length; what was read of it, and how much
    /// comes between it and the payload.
    LongLength { left: u8, read: u64, mask: u64 },
    /// One of so many bytes that mean nothing here.
    Payload { left: u64 },
}

impl Frames {
    fn pass(&mut self, mut bytes: &mut [u8]) {
        while let Some(byte) = bytes.first_mut() {
            let mut taken = 1;
            self.at = match self.at {
                Place::Start => {
                    if *byte & OPCODE == TEXT {
                        *byte = *byte & !OPCODE | BINARY;
                    }
                    Place::Length
                }
                Place::Length => {
                    let mask = if *byte & MASKED == 0 { 0 } else { MASK };
                    match *byte & LENGTH {
                        LENGTH_OF_TWO => Place::LongLength { left: 2, read: 0, mask },
                        LENGTH_OF_EIGHT => Place::LongLength { left: 8, read: 0, mask },
                        short => Place::payload(u64::from(short), mask),
                    }
                }
                Place::LongLength { left, read, mask } => match (left - 1, read << 8 | u64::from(*byte)) {
                    (0, length) => Place::payload(length, mask),
                    (left, read) => Place::LongLength { left, read, mask },
                },
                Place::Payload { left } => {
                    taken = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
                    Place::payload(left - taken as u64, 0)
                }
            };
            bytes = &mut bytes[taken..];
        }
    }
}

impl Place {
    fn payload(length: u64, mask: u64) -> Self {
        match length.saturating_add(mask) {
            0 => Self::Start,
            left => Self::Payload { left },
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, StreamExt as _};
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;

    const CONTINUED: u8 = 0x0;
    const PING: u8 = 0x9;
    const PONG: u8 = 0xa;

    /// A line that brings these bytes in pieces, and then nothing.
    struct InPieces {
        bytes: Vec<u8>,
        at: usize,
        longest: usize,
        dice: fastrand::Rng,
    }

    impl AsyncRead for InPieces {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            if self.at == self.bytes.len() {
                return Poll::Pending;
            }
            let longest = self.longest;
            let piece = self.dice.usize(1..=longest).min(to.remaining()).min(self.bytes.len() - self.at);
            to.put_slice(&self.bytes[self.at..self.at + piece]);
            self.at += piece;
            Poll::Ready(Ok(()))
        }
    }

    impl AsyncWrite for InPieces {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn frame(is_last: bool, opcode: u8, payload: &[u8], masked: bool) -> Vec<u8> {
        let mut frame = vec![if is_last { 0x80 } else { 0 } | opcode];
        let mask = if masked { MASKED } else { 0 };
        match payload.len() {
            short @ ..126 => frame.push(mask | u8::try_from(short).unwrap()),
            middle @ ..65_536 => {
                frame.push(mask | LENGTH_OF_TWO);
                frame.extend(u16::try_from(middle).unwrap().to_be_bytes());
            }
            long => {
                frame.push(mask | LENGTH_OF_EIGHT);
                frame.extend((long as u64).to_be_bytes());
            }
        }
        if masked {
            // A mask and a payload that look like the beginnings of texts.
            frame.extend([0x81, 0x01, 0x81, 0x7f]);
        }
        frame.extend(payload);
        frame
    }

    /// Bytes that are seldom UTF-8 and often look like a frame's beginning.
    fn payload(dice: &mut fastrand::Rng, longest: usize) -> Vec<u8> {
        let length = match dice.u8(0..60) {
            0 => dice.usize(65_530..65_545),
            1..9 => dice.usize(120..130),
            _ => dice.usize(0..longest),
        };
        let length = if longest < 126 { length.min(125) } else { length };
        (0..length).map(|_| *dice.choice(&[0x81, 0x01, 0x7e, 0x7f, 0xff, 0xc3, b'"', b'a']).unwrap()).collect()
    }

    /// Some messages, texts and bytes, in one frame or in several with pings between them.
    fn messages(dice: &mut fastrand::Rng) -> (Vec<u8>, Vec<Message>) {
        let (mut bytes, mut messages) = (Vec::new(), Vec::new());
        for _ in 0..dice.usize(1..12) {
            let opcode = if dice.bool() { TEXT } else { BINARY };
            let frames = dice.usize(1..4);
            let mut whole = Vec::new();
            for at in 0..frames {
                let part = payload(dice, 300);
                let opcode = if at == 0 { opcode } else { CONTINUED };
                bytes.extend(frame(at + 1 == frames, opcode, &part, false));
                whole.extend(part);
                if at + 1 < frames && dice.bool() {
                    let control = payload(dice, 100);
                    let is_ping = dice.bool();
                    bytes.extend(frame(true, if is_ping { PING } else { PONG }, &control, false));
                    messages.push(if is_ping { Message::Ping(control.into()) } else { Message::Pong(control.into()) });
                }
            }
            messages.push(Message::binary(whole));
        }
        (bytes, messages)
    }

    #[tokio::test]
    async fn every_message_arrives_whole_however_its_frames_are_cut_and_whatever_its_letters() {
        let mut dice = fastrand::Rng::with_seed(2);
        for round in 0..120 {
            let (bytes, sent) = messages(&mut dice);
            let longest = *dice.choice(&[1, 2, 3, 17, 4096, 100_000]).unwrap();
            let line = AsBytes::new(InPieces { bytes, at: 0, longest, dice: fastrand::Rng::with_seed(round) });
            let mut socket = WebSocketStream::from_raw_socket(line, Role::Client, None).await;
            for sent in sent {
                // What a small budget of the runtime interrupts goes on at once.
                let heard = tokio::task::unconstrained(socket.next()).now_or_never();
                assert_eq!(heard.expect("it has arrived").unwrap().unwrap(), sent, "round {round}");
            }
        }
    }

    #[test]
    fn nothing_but_the_opcode_of_a_text_is_touched_masked_or_not_wherever_it_is_cut() {
        let mut dice = fastrand::Rng::with_seed(3);
        for _ in 0..500 {
            let (mut bytes, mut right) = (Vec::new(), Vec::new());
            for _ in 0..dice.usize(1..8) {
                // Reserved bits and opcodes as well: the library has to see them as they came.
                let first = dice.u8(..);
                let (part, masked) = (payload(&mut dice, 300), dice.bool());
                let frame = |first| frame(false, first, &part, masked);
                bytes.extend(frame(first));
                right.extend(frame(if first & OPCODE == TEXT { first & !OPCODE | BINARY } else { first }));
            }
            let mut frames = Frames { at: Place::Start };
            let mut rest = bytes.as_mut_slice();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at_mut(dice.usize(1..=rest.len()));
                frames.pass(piece);
                rest = after;
            }
            assert!(bytes == right);
        }
    }

    #[test]
    fn a_length_that_no_machine_could_hold_is_no_reason_to_fall() {
        let mut frames = Frames { at: Place::Start };
        let mut bytes = [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x81, 0x81, 0x81, 0x81];
        frames.pass(&mut bytes);
        assert_eq!((bytes[0], bytes[14]), (0x82, 0x81));
    }
}
