//! The backups of one module in a store, for commands that read one.

use crate::archive::Progress;
use crate::archive::unpack::UnpackFailure;
use crate::backup::key::{Of, is_id};
use crate::backup::variables::{S3_BUCKET, S3_PREFIX};
use crate::s3::{Access, Download, StoreClient, StoreProblem};
use std::io::{self, Read};
use std::sync::Arc;
use tokio::runtime::Handle;

/// Where the backups of a module are.
pub struct StoreSource {
    store: StoreClient,
    prefix: String,
    of: Of,
    runtime: Handle,
    progress: Arc<Progress>,
}

impl StoreSource {
    pub fn new(
        access: &Access,
        of: Of,
        runtime: &Handle,
        progress: &Arc<Progress>,
    ) -> Result<Self, UnpackFailure> {
        let store = StoreClient::new(access).map_err(failure)?;
        let (runtime, progress) = (runtime.clone(), Arc::clone(progress));
        Ok(Self { store, prefix: access.prefix.clone(), of, runtime, progress })
    }

    pub fn of(&self) -> &Of {
        &self.of
    }

    /// The id of the newest backup.
    pub fn newest(&self) -> Result<String, UnpackFailure> {
        let (store, of) = (self.store.clone(), self.of.clone());
        let backups = self.wait(async move { store.backups(&of).await })?;
        let newest = backups.into_iter().next().ok_or_else(|| self.none("no backup"))?;
        Ok(newest.id)
    }

    /// Opens a backup, and gives its size.
    pub fn open(&self, id: &str) -> Result<(Metered<Download>, u64), UnpackFailure> {
        let key = self.of.key(&self.prefix, id);
        let (store, asked) = (self.store.clone(), key.clone());
        if self.wait(async move { store.bytes(&asked).await })?.is_none() {
            return Err(self.none(&format!("no backup {id}")));
        }
        let inner = Download::begin(&self.store, &self.runtime, &key).map_err(failure)?;
        let bytes = inner.size();
        self.progress.expect(bytes);
        Ok((Metered { inner, progress: Arc::clone(&self.progress) }, bytes))
    }

    fn none(&self, what: &str) -> UnpackFailure {
        let Of { namespace, module } = &self.of;
        let why = format!(
            "{what} of {namespace}/{module} in the store: look at {S3_BUCKET}, {S3_PREFIX}, and at the namespace and \
             the moduleName that the backup was made with"
        );
        UnpackFailure::Store { why, is_permanent: true }
    }

    /// Waits for an answer, on a thread that may.
    fn wait<T: Send + 'static>(
        &self,
        question: impl Future<Output = Result<T, StoreProblem>> + Send + 'static,
    ) -> Result<T, UnpackFailure> {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.runtime.spawn(async move { sender.send(question.await) });
        let ended = || UnpackFailure::Read(io::Error::other("the runtime ended early"));
        receiver.recv().map_err(|_| ended())?.map_err(failure)
    }
}

/// An id that names no other folder.
pub fn check_id(id: &str) -> Result<(), String> {
    let rule = "must consist of letters, digits, '-', '_' and '.', and begin with no '.'";
    if is_id(id) { Ok(()) } else { Err(format!("is {id:?}: it {rule}")) }
}

/// What to say of a failure, and whether it is permanent.
pub fn described(failure: &UnpackFailure) -> (String, bool) {
    let problem = match failure {
        UnpackFailure::Read(error) => {
            error.get_ref().and_then(|inner| inner.downcast_ref::<StoreProblem>())
        }
        _ => None,
    };
    match problem {
        Some(problem) => (problem.message.clone(), problem.is_permanent),
        None => (failure.to_string(), failure.is_permanent()),
    }
}

fn failure(problem: StoreProblem) -> UnpackFailure {
    UnpackFailure::Store { why: problem.message, is_permanent: problem.is_permanent }
}

/// A reader that says how far it is, and stops when it is asked to.
pub struct Metered<R> {
    inner: R,
    progress: Arc<Progress>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.progress.go_on()?;
        let read = self.inner.read(buffer)?;
        self.progress.add_bytes(read as u64);
        Ok(read)
    }
}
