//! The events of a watch before they reach the client.

use super::Edge;
use super::fault::Fault;
use super::request::{Request, Verb};
use super::rule::Matcher;
use super::service::{connection_lost, status};
use futures::stream::unfold;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Body as HttpBody, Bytes, Frame};
use serde_json::json;
use std::pin::Pin;
use tokio::sync::watch;
use tower::BoxError;

pub type EdgeBody = UnsyncBoxBody<Bytes, BoxError>;

/// Lets the faults of watches befall an answer.
pub fn through<B>(
    answer: http::Response<B>,
    edge: Edge,
    request: Request,
) -> http::Response<EdgeBody>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (head, body) = answer.into_parts();
    let body = body.map_err(Into::into).boxed_unsync();
    if request.verb != Verb::Watch {
        return http::Response::from_parts(head, body);
    }
    let changes = edge.subscribe();
    let stream = Stream { body: Box::pin(body), edge, request, changes, is_between_events: true };
    let frames = unfold(Some(stream), |stream| async move { stream?.next().await });
    http::Response::from_parts(head, StreamBody::new(frames).boxed_unsync())
}

struct Stream {
    body: Pin<Box<EdgeBody>>,
    edge: Edge,
    request: Request,
    changes: watch::Receiver<()>,
    /// A large event comes in several frames, and no other may stand in the middle of it.
    is_between_events: bool,
}

type Passed = (Result<Frame<Bytes>, BoxError>, Option<Stream>);

impl Stream {
    async fn next(mut self) -> Option<Passed> {
        loop {
            // Marked first, so that a change after the look is not missed.
            self.changes.mark_unchanged();
            match self.edge.on_stream(&self.request) {
                Some(Fault::HoldEvents) => {
                    let _ = self.changes.changed().await;
                    continue;
                }
                Some(Fault::Expire) if self.is_between_events => {
                    return Some((Ok(expired()), None));
                }
                Some(Fault::Expire) | None => {}
                Some(_) => return Some((Err(connection_lost()), None)),
            }
            tokio::select! {
                biased;
                _ = self.changes.changed() => {}
                frame = self.body.frame() => return frame.map(|frame| self.pass(frame)),
            }
        }
    }

    fn pass(mut self, frame: Result<Frame<Bytes>, BoxError>) -> Passed {
        if let Some(last) = frame.as_ref().ok().and_then(|frame| frame.data_ref()?.last()) {
            self.is_between_events = *last == b'\n';
        }
        (frame, Some(self))
    }
}

impl Edge {
    fn on_stream(&self, request: &Request) -> Option<Fault> {
        let mut state = self.state();
        let cut = |(last, matcher): &(u64, Matcher)| request.number <= *last && matcher(request);
        if state.crash.happened() || state.cuts.iter().any(cut) {
            return Some(Fault::CutStream);
        }
        let (fault, is_new) = state.rules.on_stream(request)?;
        drop(state);
        if is_new {
            // For who waits for the rule to be met. Always told, it would wake us for ever.
            self.change(|_| ());
        }
        Some(fault)
    }
}

/// As the API server tells a watch that it no longer knows where to go on.
fn expired() -> Frame<Bytes> {
    let object = status(Verb::Watch, 410, "too old resource version");
    Frame::data(Bytes::from(format!("{}\n", json!({ "type": "ERROR", "object": object }))))
}
