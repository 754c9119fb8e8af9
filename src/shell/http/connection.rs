//! One connection, from its first byte to its last.

use super::answer::{self, NO_ROUTE};
use super::client::Client;
use super::limits::Limits;
use super::turns::{self, Turns};
use crate::shell::metrics::Metrics;
use http::Request;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tower::{Service, ServiceExt};
use warp::reply::Response;

/// What a connection needs to know.
pub struct Connection {
    pub client: Client,
    pub limits: Limits,
    /// Tells whether others wait for the place of this one.
    pub turns: Arc<Mutex<Turns<TcpStream>>>,
    pub metrics: Metrics,
    /// Changes, or closes, when the server ends.
    pub end: watch::Receiver<()>,
}

impl Connection {
    /// Serves requests until the client closes, takes too long or is cut off.
    pub async fn serve<S>(mut self, stream: TcpStream, api: S)
    where
        S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send,
        S::Future: Send,
    {
        // Answers are written whole: there is nothing to wait for.
        let _ = stream.set_nodelay(true);
        let (client, limits, turns) = (self.client, self.limits, &self.turns);
        let has_body = AtomicBool::new(false);
        let service = service_fn(|mut request: Request<Incoming>| {
            let target = request.uri().clone();
            request.extensions_mut().insert(client);
            request.extensions_mut().insert(target);
            has_body.store(!request.body().is_end_stream(), Ordering::Relaxed);
            let response = api.clone().oneshot(request);
            async move {
                let response = response.await?;
                // Then idle connections keep nobody waiting.
                let scarce = turns::lock(turns).are_scarce(client);
                Ok::<_, Infallible>(if scarce { answer::last(response) } else { response })
            }
        });
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_buf_size(limits.head_bytes)
            // A client that closes its side has asked all it wants, and still reads.
            .half_close(true)
            .serve_connection(TokioIo::new(stream), service);
        let served = async {
            tokio::select! {
                result = &mut connection => return result,
                _ = self.end.changed() => {}
                () = sleep(limits.connection_time) => {}
            }
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        };
        let may_have_input =
            match timeout(limits.connection_time + limits.last_answer_time, served).await {
                Ok(Ok(())) => has_body.load(Ordering::Relaxed),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "an HTTP connection broke off");
                    if let Some(status) = answered_by_hyper(&error) {
                        self.metrics.api_request("", NO_ROUTE, status, 0.0);
                    }
                    !error.is_timeout()
                }
                Err(_) => {
                    tracing::debug!("cut an HTTP connection that had become too old");
                    false
                }
            };
        if may_have_input {
            let stream = connection.into_parts().io.into_inner();
            let _ = timeout(limits.linger_time, linger(stream)).await;
        }
    }
}

/// The status that hyper itself has answered to a malformed head, without a body. A target that
/// is too long counts as a head that is too large.
fn answered_by_hyper(error: &hyper::Error) -> Option<u16> {
    if error.is_parse_too_large() {
        Some(431)
    } else {
        (error.is_parse() && !error.is_parse_version_h2()).then_some(400)
    }
}

/// Closes so that the client can read the last answer, where there may be input unread, such as
/// the rest of a body that is too large: at a plain close the system would tell the client that
/// the connection is broken, and many then do not read the answer.
async fn linger(mut stream: TcpStream) -> std::io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 4096];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
