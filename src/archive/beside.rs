//! A writer on a thread of its own: what makes the bytes and what takes them work side by side.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

/// So many bytes are handed over at once.
const SIZE: usize = 128 << 10;
/// One is filled, one waits, one is emptied.
const BUFFERS: usize = 3;

/// Hands bytes over to a writer on another thread. An error of that comes with a later call.
pub struct Beside<W> {
    filling: Vec<u8>,
    /// None once the writer has failed.
    full: Option<SyncSender<Vec<u8>>>,
    empty: Receiver<Vec<u8>>,
    writer: Option<JoinHandle<io::Result<W>>>,
}

impl<W: Write + Send + 'static> Beside<W> {
    pub fn new(to: W) -> io::Result<Self> {
        let (full, taken) = sync_channel(BUFFERS);
        let (given_back, empty) = channel();
        for _ in 1..BUFFERS {
            // The other end is here.
            let _ = given_back.send(Vec::with_capacity(SIZE));
        }
        let write = move || write_all(to, &taken, &given_back);
        let writer = thread::Builder::new().name("writer".to_owned()).spawn(write)?;
        let filling = Vec::with_capacity(SIZE);
        Ok(Self { filling, full: Some(full), empty, writer: Some(writer) })
    }

    /// The writer, once it has taken all.
    pub fn finish(mut self) -> io::Result<W> {
        self.hand_over()?;
        self.join()
    }

    fn hand_over(&mut self) -> io::Result<()> {
        if self.filling.is_empty() {
            return Ok(());
        }
        let next = self.empty.recv();
        let (Ok(next), Some(full)) = (next, &self.full) else { return self.failed() };
        let filled = std::mem::replace(&mut self.filling, next);
        if full.send(filled).is_ok() { Ok(()) } else { self.failed() }
    }

    fn failed(&mut self) -> io::Result<()> {
        self.join().map(drop)?;
        Err(io::Error::other("the writer has ended early"))
    }

    fn join(&mut self) -> io::Result<W> {
        self.full = None;
        let Some(writer) = self.writer.take() else {
            return Err(io::Error::other("the writer has failed before"));
        };
        writer.join().unwrap_or_else(|_| Err(io::Error::other("the writer has panicked")))
    }
}

/// The writer may have something to take back before the process ends.
impl<W> Drop for Beside<W> {
    fn drop(&mut self) {
        self.full = None;
        if let Some(writer) = self.writer.take() {
            drop(writer.join());
        }
    }
}

fn write_all<W: Write>(
    mut to: W,
    taken: &Receiver<Vec<u8>>,
    given_back: &Sender<Vec<u8>>,
) -> io::Result<W> {
    for mut bytes in taken {
        to.write_all(&bytes)?;
        bytes.clear();
        // Nobody fills any more at the end.
        let _ = given_back.send(bytes);
    }
    Ok(to)
}

impl<W: Write + Send + 'static> Write for Beside<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.filling.len() == SIZE {
            self.hand_over()?;
        }
        let taken = bytes.len().min(SIZE - self.filling.len());
        self.filling.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// What was written before is handed over, and not waited for.
    fn flush(&mut self) -> io::Result<()> {
        self.hand_over()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails once it holds more than so many bytes.
    struct Small(usize, Vec<u8>);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.extend(bytes);
            let is_full = self.1.len() > self.0;
            if is_full { Err(io::ErrorKind::StorageFull.into()) } else { Ok(bytes.len()) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_bytes_come_through_in_order() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5 * SIZE + 17).collect();
        let mut beside = Beside::new(Vec::new()).expect("a thread");
        for part in bytes.chunks(SIZE / 3 + 1) {
            beside.write_all(part).expect("taken");
        }
        assert!(beside.finish().expect("finished") == bytes);
    }

    #[test]
    fn an_error_of_the_writer_comes_back() {
        let bytes = vec![0; 2 * SIZE];
        let mut beside = Beside::new(Small(SIZE, Vec::new())).expect("a thread");
        let error = (0..100).find_map(|_| beside.write_all(&bytes).err());
        assert_eq!(error.expect("an error").kind(), io::ErrorKind::StorageFull);
        assert!(beside.write_all(&bytes).is_err(), "it stays failed");
        let last = Beside::new(Small(0, Vec::new())).and_then(|mut beside| {
            beside.write_all(b"a")?;
            beside.finish().map(drop)
        });
        assert_eq!(last.expect_err("an error").kind(), io::ErrorKind::StorageFull);
    }
}
