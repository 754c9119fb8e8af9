//! An object that is written while it is sent.

use super::blocking::Work;
use super::error::RequestError;
use super::left_behind::LeftBehind;
use super::payload::Payload;
use super::plan::{MOST, UploadPlan};
use super::{StoreClient, StoreProblem, object};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Handle;

const TRIED: &str = "cannot store the backup";

/// Takes bytes and sends them in parts. Dropped before it is finished, it leaves nothing behind.
///
/// It blocks: only for threads that may wait, while another one runs the runtime.
pub struct Upload {
    store: StoreClient,
    runtime: Handle,
    key: String,
    plan: UploadPlan,
    /// The part that is being filled.
    filling: Vec<u8>,
    /// Parts that are being sent, in their order.
    sending: VecDeque<Sending>,
    /// The id of the upload, once there is more than one part.
    id: Option<String>,
    etags: Vec<String>,
    bytes: u64,
    /// Why nothing more is taken.
    broken: Option<StoreProblem>,
    /// Whether another upload was begun, since the first answer was lost.
    has_twin: bool,
    left_behind: LeftBehind,
}

struct Sending {
    buffer: Arc<Vec<u8>>,
    etag: Work<Result<String, RequestError>>,
}

impl Upload {
    /// Nothing is sent before the first part is full.
    ///
    /// # Errors
    /// None yet: whatever is wrong with the store shows when something is sent.
    pub fn begin(
        store: &StoreClient,
        runtime: &Handle,
        key: &str,
        expected_bytes: u64,
    ) -> Result<Self, StoreProblem> {
        Ok(Self {
            store: store.clone(),
            runtime: runtime.clone(),
            key: key.to_owned(),
            plan: UploadPlan::of(expected_bytes),
            filling: Vec::new(),
            sending: VecDeque::new(),
            id: None,
            etags: Vec::new(),
            bytes: 0,
            broken: None,
            has_twin: false,
            left_behind: LeftBehind::default(),
        })
    }

    /// Sends what is left and completes the object. Gives its size, which the store has confirmed.
    ///
    /// # Errors
    /// Why the object is not there.
    pub fn finish(mut self) -> Result<u64, StoreProblem> {
        if let Some(problem) = &self.broken {
            return Err(problem.clone());
        }
        if self.id.is_some() {
            self.complete()?;
        } else {
            self.put()?;
        }
        self.confirm()?;
        self.id = None;
        self.left_behind = LeftBehind { parts: self.has_twin, object: false };
        Ok(self.bytes)
    }

    /// Leaves nothing behind.
    pub fn abort(self) {
        drop(self);
    }

    /// A small object goes as one.
    fn put(&mut self) -> Result<(), StoreProblem> {
        self.left_behind.object = true;
        let (store, key) = (self.store.clone(), self.key.clone());
        let payload = Payload::new(std::mem::take(&mut self.filling));
        let put = self.run(async move { object::put(&store.bucket, &key, payload).await })?;
        self.unless_there(put)
    }

    fn complete(&mut self) -> Result<(), StoreProblem> {
        if !self.filling.is_empty() {
            self.send()?;
        }
        while !self.sending.is_empty() {
            self.receive()?;
        }
        self.left_behind.object = true;
        let (store, key, etags) = (self.store.clone(), self.key.clone(), self.etags.clone());
        let upload = self.id.clone().unwrap_or_default();
        let completed =
            self.run(async move { object::complete(&store.bucket, &key, &upload, &etags).await })?;
        self.unless_there(completed)
    }

    /// An answer may be lost of a request that did its work.
    fn unless_there(&self, outcome: Result<(), RequestError>) -> Result<(), StoreProblem> {
        match outcome {
            Err(fault) if self.stored()? != Ok(Some(self.bytes)) => Err(self.problem(&fault)),
            _ => Ok(()),
        }
    }

    /// The store must have as much as was sent.
    fn confirm(&self) -> Result<(), StoreProblem> {
        match self.stored()? {
            Ok(Some(bytes)) if bytes == self.bytes => Ok(()),
            Ok(Some(bytes)) => Err(StoreProblem::passing(format!(
                "{TRIED}: the store has {bytes} bytes of it, {} were sent",
                self.bytes
            ))),
            Ok(None) => Err(StoreProblem::passing(format!(
                "{TRIED}: the store has it not, although it said so"
            ))),
            Err(fault) => Err(self.problem(&fault)),
        }
    }

    fn stored(&self) -> Result<Result<Option<u64>, RequestError>, StoreProblem> {
        let (store, key) = (self.store.clone(), self.key.clone());
        self.run(async move { object::bytes(&store.bucket, &key).await })
    }

    /// Begins to send the part that is full, when there is room for another one.
    fn send(&mut self) -> Result<(), StoreProblem> {
        let upload = self.upload()?;
        let number = self.etags.len() + self.sending.len() + 1;
        if number > MOST {
            let why = "it has grown far beyond what was found at its beginning";
            return Err(StoreProblem::passing(format!("{TRIED}: {why}")));
        }
        let buffer = Arc::new(std::mem::take(&mut self.filling));
        let payload = Payload::of(&buffer);
        let (store, key) = (self.store.clone(), self.key.clone());
        let etag = Work::begin(&self.runtime, async move {
            object::part(&store.bucket, &key, &upload, number, payload).await
        });
        self.sending.push_back(Sending { buffer, etag });
        Ok(())
    }

    /// Waits for the part that was sent first, and uses its buffer again.
    fn receive(&mut self) -> Result<(), StoreProblem> {
        let Some(Sending { buffer, etag }) = self.sending.pop_front() else { return Ok(()) };
        let etag = etag.wait()?.map_err(|fault| self.problem(&fault))?;
        self.etags.push(etag);
        // A connection that is about to be closed may hold it still.
        if let Ok(mut buffer) = Arc::try_unwrap(buffer) {
            buffer.clear();
            self.filling = buffer;
        }
        Ok(())
    }

    fn upload(&mut self) -> Result<String, StoreProblem> {
        if let Some(upload) = &self.id {
            return Ok(upload.clone());
        }
        self.left_behind.parts = true;
        let (store, key) = (self.store.clone(), self.key.clone());
        let begun = self.run(async move { object::begin(&store.bucket, &key).await })?;
        let (upload, has_twin) = begun.map_err(|fault| self.problem(&fault))?;
        self.has_twin = has_twin;
        self.id = Some(upload.clone());
        Ok(upload)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<usize, StoreProblem> {
        if self.filling.len() == self.plan.part_bytes && !bytes.is_empty() {
            self.send()?;
        }
        if self.filling.capacity() == 0 {
            if self.sending.len() >= self.plan.in_flight {
                self.receive()?;
            }
            let room = self.plan.part_bytes.saturating_sub(self.filling.capacity());
            self.filling.reserve_exact(room);
        }
        let room = self.plan.part_bytes - self.filling.len();
        let taken = &bytes[..room.min(bytes.len())];
        self.filling.extend_from_slice(taken);
        self.bytes += taken.len() as u64;
        Ok(taken.len())
    }

    fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, StoreProblem> {
        Work::begin(&self.runtime, work).wait()
    }

    fn problem(&self, fault: &RequestError) -> StoreProblem {
        self.store.problem(TRIED, fault)
    }
}

impl io::Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(problem) = &self.broken {
            return Err(problem.clone().into());
        }
        self.take(bytes).map_err(|problem| {
            self.broken = Some(problem.clone());
            problem.into()
        })
    }

    /// Parts are sent when they are full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.left_behind == LeftBehind::default() {
            return;
        }
        // A store may keep a part that arrives while its upload is aborted, and the upload with it.
        let until = Instant::now() + self.store.bucket.patience.question;
        for Sending { etag, .. } in self.sending.drain(..) {
            etag.wait_at_most(until.saturating_duration_since(Instant::now()));
        }
        let (store, key) = (self.store.clone(), self.key.clone());
        let (left, upload) = (self.left_behind, self.id.take());
        let limit = store.bucket.patience.question;
        let work = async move { left.clean_up(&store, &key, upload).await };
        Work::begin(&self.runtime, work).wait_at_most(limit);
    }
}
