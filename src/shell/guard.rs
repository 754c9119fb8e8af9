//! The client: a limit in time and a metric for every request, however it is sent.

use super::metrics::Metrics;
use futures::future::BoxFuture;
use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tower::Service;

/// An answer, a watch's too, begins before this or never.
const FIRST_BYTE: Duration = Duration::from_secs(10);
/// A watch is not begun again before this time since it last began. A proxy may end each at once,
/// and the watcher would begin the next as fast as it can.
const WATCH_PAUSE: Duration = Duration::from_secs(1);

/// The same client with a limit in time for every request, and a metric.
pub fn guarded(client: Client, metrics: Metrics) -> Client {
    let namespace = client.default_namespace().to_owned();
    Client::new(Guarded { client, metrics, watches: WatchTimes::default() }, namespace)
}

#[derive(Clone)]
struct Guarded {
    client: Client,
    metrics: Metrics,
    watches: WatchTimes,
}

/// When the last watch of each path began.
#[derive(Clone, Default)]
struct WatchTimes(Arc<Mutex<HashMap<String, Instant>>>);

impl WatchTimes {
    /// Until when another has to wait.
    fn due(&self, path: &str) -> Option<Instant> {
        self.lock().get(path).map(|began| *began + WATCH_PAUSE)
    }

    fn began(&self, path: String) {
        self.lock().insert(path, Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Request<Body>> for Guarded {
    type Response = Response<Body>;
    type Error = tower::BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // Each call takes a client of its own, and waits for it.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { client, metrics, watches } = self.clone();
        Box::pin(async move {
            let (verb, resource) = (verb(&request), resource_of(request.uri().path()));
            let watch = (verb == "WATCH").then(|| request.uri().path().to_owned());
            if let Some(due) = watch.as_ref().and_then(|path| watches.due(path)) {
                tokio::time::sleep_until(due.into()).await;
            }
            let began = Instant::now();
            let outcome = tokio::time::timeout(FIRST_BYTE, client.send(request)).await;
            let code = match &outcome {
                Ok(Ok(response)) => response.status().as_str().to_owned(),
                Ok(Err(_)) => "<error>".to_owned(),
                Err(_) => "<timeout>".to_owned(),
            };
            metrics.api_server_request(verb, &resource, &code, began.elapsed().as_secs_f64());
            if let (Some(path), Ok(Ok(response))) = (watch, &outcome)
                && response.status().is_success()
            {
                watches.began(path);
            }
            match outcome {
                Ok(answer) => answer.map_err(Into::into),
                Err(_) => Err(format!("no answer for {} s", FIRST_BYTE.as_secs()).into()),
            }
        })
    }
}

fn verb(request: &Request<Body>) -> &'static str {
    match request.method().as_str() {
        "GET" if request.uri().query().is_some_and(|query| query.contains("watch=true")) => "WATCH",
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "OTHER",
    }
}

/// The resource in the path of a URL: `pods` in `/api/v1/namespaces/bot/pods/echo`.
fn resource_of(path: &str) -> String {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let skipped = if parts.next() == Some("api") { 1 } else { 2 };
    let rest: Vec<&str> = parts.skip(skipped).collect();
    match rest.as_slice() {
        ["namespaces", _, resource, ..] | [resource, ..] => (*resource).to_owned(),
        [] => "discovery".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resource_is_found_in_every_kind_of_path() {
        for (path, resource) in [
            ("/api/v1/namespaces/bot/pods/echo", "pods"),
            ("/api/v1/secrets", "secrets"),
            ("/apis/apps/v1/namespaces/bot/deployments", "deployments"),
            ("/apis/eevee.bot/v1/namespaces/bot/botmodules/echo/status", "botmodules"),
            ("/apis/eevee.bot/v1", "discovery"),
        ] {
            assert_eq!(resource_of(path), resource, "{path}");
        }
    }

    #[tokio::test]
    async fn a_watch_that_ends_at_once_is_not_begun_again_at_once() {
        let answers = tower::service_fn(|_: Request<Body>| async {
            Ok::<_, tower::BoxError>(Response::new(Body::empty()))
        });
        let client = guarded(Client::new(answers, "bot"), Metrics::new());
        let ask = |uri: &'static str| client.send(Request::get(uri).body(Body::empty()).unwrap());
        let began = Instant::now();
        ask("/api/v1/pods?watch=true").await.expect("an answer");
        ask("/api/v1/secrets?watch=true").await.expect("an answer");
        ask("/api/v1/pods").await.expect("an answer");
        assert!(began.elapsed() < WATCH_PAUSE, "others do not wait");
        ask("/api/v1/pods?watch=true").await.expect("an answer");
        assert!(began.elapsed() >= WATCH_PAUSE);
    }
}
