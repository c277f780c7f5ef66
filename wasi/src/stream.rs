//! Standard input, output and error.

use crate::errno::{Errno, Refusal, Stop};
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Read, Write};

/// Standard input: bytes that are at hand, or a stream of the host's.
///
/// One read gives at most one line, its newline included. So what the guest sees depends on the bytes alone and not on
/// how they arrive, and a guest that talks with a person at a terminal is answered line by line.
pub struct Input(Box<dyn BufRead + Send>);

impl Input {
    /// Input that ends at once.
    pub fn empty() -> Input {
        Input::bytes([])
    }

    /// Input of these bytes.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Input {
        Input(Box::new(Cursor::new(bytes.into())))
    }

    /// Input from a stream of the host's, read when the guest reads.
    pub fn stream(reader: impl Read + Send + 'static) -> Input {
        Input(Box::new(BufReader::new(reader)))
    }

    /// Reads up to the end of the line, of the buffer, or of the stream.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Refusal> {
        let mut filled = 0;
        while filled < buffer.len() {
            let there = match self.0.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                other => other.map_err(Stop::host("read the guest's standard input"))?,
            };
            let room = there.len().min(buffer.len() - filled);
            let line = there[..room].iter().position(|&byte| byte == b'\n');
            let taken = line.map_or(room, |newline| newline + 1);
            buffer[filled..filled + taken].copy_from_slice(&there[..taken]);
            self.0.consume(taken);
            filled += taken;
            if line.is_some() || taken == 0 {
                break;
            }
        }
        Ok(filled)
    }
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Input")
    }
}

/// Standard output or standard error.
pub struct Output(Sink);

type Callback = Box<dyn FnMut(&[u8]) + Send>;

enum Sink {
    Buffer { bytes: Vec<u8>, limit: u64 },
    Stream(Box<dyn Write + Send>),
    Callback(Callback),
}

impl Output {
    /// Throws everything away.
    pub fn discard() -> Output {
        Output::callback(|_| {})
    }

    /// Keeps everything in memory, up to `limit` bytes; from there on the guest is told that there is no space left.
    pub fn buffer(limit: u64) -> Output {
        Output(Sink::Buffer {
            bytes: Vec::new(),
            limit,
        })
    }

    /// Writes to a stream of the host's and flushes it after each of the guest's writes.
    pub fn stream(writer: impl Write + Send + 'static) -> Output {
        Output(Sink::Stream(Box::new(writer)))
    }

    /// Hands over each of the guest's writes.
    pub fn callback(callback: impl FnMut(&[u8]) + Send + 'static) -> Output {
        Output(Sink::Callback(Box::new(callback)))
    }

    /// What was kept so far; nothing unless this is a buffer.
    pub fn kept(&self) -> &[u8] {
        match &self.0 {
            Sink::Buffer { bytes, .. } => bytes,
            Sink::Stream(_) | Sink::Callback(_) => &[],
        }
    }

    /// Writes as many of the bytes as there is space for.
    pub(crate) fn write(&mut self, data: &[u8]) -> Result<usize, Refusal> {
        match &mut self.0 {
            Sink::Buffer { bytes, limit } => {
                let space = limit.saturating_sub(bytes.len() as u64);
                let taken = space.min(data.len() as u64) as usize;
                if taken == 0 && !data.is_empty() {
                    return Err(Errno::Nospc.into());
                }
                bytes.extend_from_slice(&data[..taken]);
                return Ok(taken);
            }
            Sink::Stream(writer) => {
                let written = writer.write_all(data).and_then(|()| writer.flush());
                written.map_err(Stop::host("write the guest's output"))?;
            }
            Sink::Callback(callback) => callback(data),
        }
        Ok(data.len())
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Output")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow pipe does.
    struct Slow(Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let end = buffer.len().min(1);
            self.0.read(&mut buffer[..end])
        }
    }

    #[test]
    fn reads_do_not_depend_on_how_bytes_arrive() {
        let text = b"one\n\ntwo and a half\nlast";
        for mut input in [
            Input::bytes(&text[..]),
            Input::stream(Slow(Cursor::new(text.to_vec()))),
        ] {
            let mut buffer = [0; 10];
            let mut reads = Vec::new();
            loop {
                let n = input.read(&mut buffer).unwrap();
                reads.push(buffer[..n].to_vec());
                if n == 0 {
                    break;
                }
            }
            assert_eq!(
                reads,
                [&b"one\n"[..], b"\n", b"two and a ", b"half\n", b"last", b""]
            );
            assert_eq!(input.read(&mut []).unwrap(), 0);
        }
    }

    #[test]
    fn a_full_buffer_takes_what_fits() {
        let mut output = Output::buffer(5);
        assert_eq!(output.write(b"abc").unwrap(), 3);
        assert_eq!(output.write(b"def").unwrap(), 2);
        assert!(matches!(
            output.write(b"g"),
            Err(Refusal::Errno(Errno::Nospc))
        ));
        assert_eq!(output.write(b"").unwrap(), 0);
        assert_eq!(output.kept(), b"abcde");
    }

    #[test]
    fn a_broken_host_stream_stops_the_run() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let error = Output::stream(Broken).write(b"x").unwrap_err();
        assert!(matches!(error, Refusal::Stop(Stop::Host { .. })));
    }
}
