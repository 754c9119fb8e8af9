//! What is sent with a request.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Sent at a time: hyper copies where it cannot write at once.
const PIECE: usize = 64 << 10;

/// Bytes, which are shared and not copied when they are sent again, and their digest.
#[derive(Clone)]
pub struct Payload {
    bytes: Bytes,
    pub digest: [u8; 32],
}

impl Payload {
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let digest = Sha256::digest(&bytes).into();
        Self { bytes, digest }
    }

    /// Of a buffer that is used again when nobody sends it any more.
    pub fn of(buffer: &Arc<Vec<u8>>) -> Self {
        Self::new(Bytes::from_owner(Shared(Arc::clone(buffer))))
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }
}

struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = PIECE.min(self.bytes.len());
        let piece = self.bytes.split_to(piece);
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}
