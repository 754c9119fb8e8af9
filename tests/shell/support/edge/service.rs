//! The layer: what happens to a request before it reaches the server.

use super::Edge;
use super::crash::Outcome;
use super::fault::Fault;
use super::request::{Request, Verb};
use super::stream::{self, EdgeBody};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as HttpBody, Bytes};
use kube::client::Body;
use serde_json::json;
use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::Mutex;
use tower::{BoxError, Layer, Service, ServiceExt};

pub type Answer = Result<http::Response<EdgeBody>, BoxError>;

impl<S> Layer<S> for Edge {
    type Service = EdgeService<S>;

    fn layer(&self, inner: S) -> EdgeService<S> {
        EdgeService { edge: self.clone(), inner: Arc::new(Mutex::new(inner)) }
    }
}

pub struct EdgeService<S> {
    edge: Edge,
    /// Locked only until the request is sent.
    inner: Arc<Mutex<S>>,
}

impl<S, B> Service<http::Request<Body>> for EdgeService<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<EdgeBody>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(cross(self.edge.clone(), self.inner.clone(), request))
    }
}

async fn cross<S, B>(edge: Edge, inner: Arc<Mutex<S>>, request: http::Request<Body>) -> Answer
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (head, body) = request.into_parts();
    let body = body.collect_bytes().await?;
    let (record, harm) = edge.meet(&head, &body);
    let number = record.number;
    let _abandoned = Finishes { edge: edge.clone(), number };
    let send = async {
        let answer = perform(&inner, http::Request::from_parts(head, Body::from(body))).await;
        if let Ok(answer) = &answer {
            edge.finish(number, Some(answer.status().as_u16()));
        }
        answer.map(|answer| stream::through(answer, edge.clone(), record.clone()))
    };
    match harm {
        Harm::None => send.await,
        Harm::Fault(rule, Fault::Hold) => {
            edge.until(|state| (!state.rules.stands(rule)).then_some(())).await;
            edge.unless_crashed(send).await
        }
        Harm::Fault(_, Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            edge.unless_crashed(send).await
        }
        Harm::Fault(_, Fault::Status(code)) => {
            Ok(edge.refuse(&record, code, "refused by a rule of the test"))
        }
        Harm::Fault(_, Fault::Refuse(code, message)) => Ok(edge.refuse(&record, code, &message)),
        Harm::Fault(_, Fault::Timeout) => pending().await,
        Harm::Fault(_, Fault::TimeoutAfter) => {
            read_whole(&record, send.await?).await?;
            pending().await
        }
        Harm::Unanswered | Harm::Fault(_, Fault::CutAfter) => {
            read_whole(&record, send.await?).await?;
            Err(connection_lost())
        }
        Harm::Unsent
        | Harm::Fault(_, Fault::Cut | Fault::HoldEvents | Fault::CutStream | Fault::Expire) => {
            Err(connection_lost())
        }
    }
}

/// A client that no longer waits drops the future that this lies in.
struct Finishes {
    edge: Edge,
    number: u64,
}

impl Drop for Finishes {
    fn drop(&mut self) {
        self.edge.finish(self.number, None);
    }
}

enum Harm {
    None,
    Unsent,
    Unanswered,
    /// By the rule of that id.
    Fault(u64, Fault),
}

impl Edge {
    /// Records a request, and decides what befalls it.
    fn meet(&self, head: &http::request::Parts, body: &[u8]) -> (Request, Harm) {
        self.change(|state| {
            state.seen += 1;
            let request = Request::read(state.seen, head, body);
            state.requests.push(request.clone());
            let harm = match state.crash.on_request(&request) {
                Outcome::Unsent => Harm::Unsent,
                Outcome::Unanswered => Harm::Unanswered,
                Outcome::Unharmed => match state.rules.on_request(&request) {
                    Some((rule, fault)) => Harm::Fault(rule, fault),
                    None => Harm::None,
                },
            };
            (request, harm)
        })
    }

    /// For a request that had to wait.
    async fn unless_crashed(&self, send: impl Future<Output = Answer>) -> Answer {
        if self.state().crash.happened() {
            return Err(connection_lost());
        }
        send.await
    }

    fn refuse(&self, request: &Request, code: u16, message: &str) -> http::Response<EdgeBody> {
        self.finish(request.number, Some(code));
        let body = status(request.verb, code, message).to_string();
        let body = Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync();
        let mut response = http::Response::new(body);
        *response.status_mut() =
            http::StatusCode::from_u16(code).unwrap_or_else(|e| panic!("HTTP status {code}: {e}"));
        let json = http::HeaderValue::from_static("application/json");
        response.headers_mut().insert(http::header::CONTENT_TYPE, json);
        response
    }
}

async fn perform<S, B>(
    inner: &Mutex<S>,
    request: http::Request<Body>,
) -> Result<http::Response<B>, BoxError>
where
    S: Service<http::Request<Body>, Response = http::Response<B>>,
    S::Error: Into<BoxError>,
{
    let answer = inner.lock().await.ready().await.map_err(Into::into)?.call(request);
    answer.await.map_err(Into::into)
}

/// The API server has done its work when the answer is there to its end; that of a watch has none.
async fn read_whole(request: &Request, answer: http::Response<EdgeBody>) -> Result<(), BoxError> {
    if request.verb != Verb::Watch {
        answer.into_body().collect().await?;
    }
    Ok(())
}

pub fn connection_lost() -> BoxError {
    io::Error::new(io::ErrorKind::ConnectionReset, "connection cut by a rule of the test").into()
}

/// As the API server words a refusal.
pub fn status(verb: Verb, code: u16, message: &str) -> serde_json::Value {
    let reason = match code {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        409 if verb == Verb::Create => "AlreadyExists",
        409 => "Conflict",
        410 => "Expired",
        413 => "RequestEntityTooLarge",
        422 => "Invalid",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "",
    };
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {},
        "status": "Failure", "message": message, "reason": reason, "code": code,
    })
}
