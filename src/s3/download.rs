//! An object that is read while it comes.

use super::blocking::Work;
use super::bucket::Bucket;
use super::cause;
use super::error::RequestError;
use super::object::{etag, length};
use super::request::Request;
use super::retry::Retry;
use super::{StoreClient, StoreProblem};
use http::header::{CONTENT_RANGE, IF_MATCH, RANGE};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use std::io;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

const TRIED: &str = "cannot read the backup";
/// Pieces that wait to be read.
const WAITING: usize = 4;
/// Cuts of one download, each after some progress.
const CUTS: u32 = 200;

/// Gives the bytes of an object, and goes on where a connection was cut.
///
/// It blocks: only for threads that may wait, while another one runs the runtime.
pub struct Download {
    pieces: mpsc::Receiver<Result<Bytes, StoreProblem>>,
    piece: Bytes,
    bytes: u64,
    /// Ends with the download.
    #[expect(dead_code, reason = "it is kept, and not asked")]
    feeding: Work<()>,
}

/// An object that is being read.
struct Reading {
    store: StoreClient,
    key: String,
    bytes: u64,
    /// Of the object whose bytes were read so far.
    etag: Option<String>,
    /// How many were read.
    at: u64,
}

impl Download {
    /// # Errors
    /// Why it cannot begin.
    pub fn begin(store: &StoreClient, runtime: &Handle, key: &str) -> Result<Self, StoreProblem> {
        let (of, key) = (store.clone(), key.to_owned());
        let opened = Work::begin(runtime, async move { Reading::open(of, key).await }).wait()?;
        let (reading, body) = opened.map_err(|fault| store.problem(TRIED, &fault))?;
        let bytes = reading.bytes;
        let (sender, pieces) = mpsc::channel(WAITING);
        let feeding = Work::begin(runtime, reading.feed(body, sender));
        Ok(Self { pieces, piece: Bytes::new(), bytes, feeding })
    }

    /// The size of the object. `Read` has another `bytes`.
    pub fn size(&self) -> u64 {
        self.bytes
    }
}

impl io::Read for Download {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !into.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let read = self.piece.split_to(into.len().min(self.piece.len()));
        into[..read.len()].copy_from_slice(&read);
        Ok(read.len())
    }
}

impl Reading {
    async fn open(store: StoreClient, key: String) -> Result<(Self, Incoming), RequestError> {
        let patience = store.bucket.patience;
        let mut retry = Retry::new(patience, patience.transfer);
        loop {
            let request = Request::of_object(Method::GET, &key);
            match store.bucket.open(&request).await {
                Ok(answer) => {
                    let (head, body) = answer.into_parts();
                    let (bytes, etag) = (length(&head.headers)?, etag(&head.headers));
                    return Ok((Self { store, key, bytes, etag, at: 0 }, body));
                }
                Err(fault) => retry.pause(fault).await?,
            }
        }
    }

    /// Sends all pieces, then an error if there is one.
    async fn feed(mut self, body: Incoming, pieces: mpsc::Sender<Result<Bytes, StoreProblem>>) {
        let outcome = self.read_all(body, &pieces).await;
        if let Err(fault) = outcome {
            let problem = self.store.problem(TRIED, &fault);
            // Who does not read any more needs no error.
            let _ = pieces.send(Err(problem)).await;
        }
    }

    async fn read_all(
        &mut self,
        mut body: Incoming,
        pieces: &mpsc::Sender<Result<Bytes, StoreProblem>>,
    ) -> Result<(), RequestError> {
        let bucket = std::sync::Arc::clone(&self.store.bucket);
        let mut cuts = 0;
        loop {
            let Err(fault) = self.read_on(body, pieces).await else { return Ok(()) };
            cuts += 1;
            if cuts > CUTS || self.etag.is_none() {
                return Err(fault);
            }
            let mut retry = Retry::new(bucket.patience, bucket.patience.transfer);
            retry.pause(fault).await?;
            body = loop {
                match self.reopen(&bucket).await {
                    Ok(body) => break body,
                    Err(fault) => retry.pause(fault).await?,
                }
            };
        }
    }

    /// Reads until the end, or a cut. A reader that has gone is an end, too.
    async fn read_on(
        &mut self,
        mut body: Incoming,
        pieces: &mpsc::Sender<Result<Bytes, StoreProblem>>,
    ) -> Result<(), RequestError> {
        while self.at < self.bytes {
            let frame = body.frame().await.ok_or(RequestError::Cut)?;
            let frame = frame.map_err(|error| cause::fault(&error))?;
            let Ok(piece) = frame.into_data() else { continue };
            self.at += piece.len() as u64;
            if self.at > self.bytes {
                return Err(RequestError::Malformed("it sends more than it announced"));
            }
            if pieces.send(Ok(piece)).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Asks for the rest of the same object.
    async fn reopen(&self, bucket: &Bucket) -> Result<Incoming, RequestError> {
        let request = Request::of_object(Method::GET, &self.key);
        let request = request.header(RANGE, format!("bytes={}-", self.at));
        let request = request.header(IF_MATCH, self.etag.clone().unwrap_or_default());
        let answer = bucket.open(&request).await?;
        let is_rest = answer.status() == StatusCode::PARTIAL_CONTENT
            && range(answer.headers()) == Some((self.at, self.bytes))
            && etag(answer.headers()) == self.etag;
        if is_rest {
            Ok(answer.into_body())
        } else {
            Err(RequestError::Malformed("it does not send the rest of what it began to send"))
        }
    }
}

/// Where a part of an object begins, and how long the whole is.
fn range(headers: &HeaderMap) -> Option<(u64, u64)> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, whole) = range.split_once('/')?;
    let (from, to) = range.split_once('-')?;
    let (from, to, whole) = (from.parse().ok()?, to.parse::<u64>().ok()?, whole.parse().ok()?);
    (to.checked_add(1) == Some(whole)).then_some((from, whole))
}
