//! One connection, from its first byte to its last.

use super::client::Client;
use super::limits::Limits;
use http::header::CONNECTION;
use http::{HeaderValue, Request};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::{Service, ServiceExt};
use warp::reply::Response;

/// What a connection needs to know.
pub struct Connection {
    pub client: Client,
    pub limits: Limits,
    /// Of the connections that may be served at once; this one holds one of them.
    pub slots: Arc<Semaphore>,
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
        let (client, limits, slots) = (self.client, self.limits, Arc::clone(&self.slots));
        let has_body = AtomicBool::new(false);
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(client);
            has_body.store(!request.body().is_end_stream(), Ordering::Relaxed);
            let (api, slots) = (api.clone(), Arc::clone(&slots));
            async move {
                let mut response = api.oneshot(request).await?;
                if is_tight(&slots, &limits) {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response)
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

/// Whether connections are needed by others: more than half of them are in use. Then each ends
/// with its answer, so that idle ones keep nobody waiting.
fn is_tight(slots: &Semaphore, limits: &Limits) -> bool {
    slots.available_permits() * 2 < limits.connections
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
