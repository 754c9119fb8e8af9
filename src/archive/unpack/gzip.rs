//! gzip → bytes, on a thread of its own, so that unpacking and decoding share the time.

use super::failure::UnpackFailure;
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufReader, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// Buffers that wait between the two threads, and their size.
const BUFFERS: usize = 8;
const BUFFER: usize = 256 << 10;
const COMPRESSED: usize = 256 << 10;

/// The decoded bytes of one gzip stream: one or more members, and nothing after them.
pub struct GzipReader {
    full: Receiver<Result<Vec<u8>, UnpackFailure>>,
    empty: Sender<Vec<u8>>,
    buffer: Vec<u8>,
    position: usize,
    is_at_end: bool,
}

impl GzipReader {
    /// Begins to decode. The thread ends with the archive, or at its next read after this is dropped.
    pub fn begin(archive: impl Read + Send + 'static) -> Self {
        let (filled, full) = sync_channel(BUFFERS);
        let (empty, emptied) = channel();
        thread::spawn(move || decode(archive, &filled, &emptied));
        Self { full, empty, buffer: Vec::new(), position: 0, is_at_end: false }
    }

    /// The next bytes. Empty at the end of a stream that is whole.
    pub fn bytes(&mut self) -> Result<&[u8], UnpackFailure> {
        if self.position == self.buffer.len() && !self.is_at_end {
            // Where the other thread is gone it decodes no more.
            let _ = self.empty.send(std::mem::take(&mut self.buffer));
            self.position = 0;
            self.buffer = self.full.recv().map_err(|_| {
                UnpackFailure::Read(io::Error::other("the thread that decodes it ended early"))
            })??;
            self.is_at_end = self.buffer.is_empty();
        }
        Ok(&self.buffer[self.position..])
    }

    /// So many of the next bytes are done with.
    pub fn consume(&mut self, bytes: usize) {
        self.position = (self.position + bytes).min(self.buffer.len());
    }
}

/// The last buffer is an empty one: a thread that dies sends none.
fn decode(
    archive: impl Read,
    filled: &SyncSender<Result<Vec<u8>, UnpackFailure>>,
    emptied: &Receiver<Vec<u8>>,
) {
    let archive = BufReader::with_capacity(COMPRESSED, Told { inner: archive, failed: false });
    let mut decoder = MultiGzDecoder::new(archive);
    loop {
        let mut buffer = emptied.try_recv().unwrap_or_default();
        buffer.resize(BUFFER, 0);
        let next = fill(&mut decoder, &mut buffer).map(|length| {
            buffer.truncate(length);
            buffer
        });
        let is_last = next.as_ref().map_or(true, Vec::is_empty);
        let next = next.map_err(|error| {
            if decoder.get_ref().get_ref().failed {
                UnpackFailure::Read(error)
            } else {
                bad(&error)
            }
        });
        if filled.send(next).is_err() || is_last {
            return;
        }
    }
}

fn fill(decoder: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match decoder.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn bad(error: &io::Error) -> UnpackFailure {
    UnpackFailure::Archive(match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        _ => format!("it is damaged, or something stands after its end ({error})"),
    })
}

/// Remembers whether it was the reading that failed, not the decoding.
struct Told<R> {
    inner: R,
    failed: bool,
}

impl<R: Read> Read for Told<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        self.failed = read.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        read
    }
}
