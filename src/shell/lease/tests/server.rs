//! An API server that keeps one Lease, and may be slow to hear, slow to answer, or out of sorts.

use http::{Request, Response, StatusCode};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tower::service_fn;

#[derive(Clone, Default)]
pub struct Server(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    lease: Option<Value>,
    version: u64,
    asked: Vec<(Instant, http::Method)>,
}

/// What becomes of a request before it is answered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    /// Until the API server hears of it.
    pub there: Duration,
    /// Until its answer is heard of.
    pub back: Duration,
    /// Answered so, and not performed.
    pub refused: Option<u16>,
}

impl Server {
    /// A client, whose requests go the way that is chosen for the number and method of each.
    pub fn client(
        &self,
        choose: impl Fn(usize, &http::Method) -> Way + Clone + Send + 'static,
    ) -> Client {
        let (server, sent) = (self.clone(), Arc::new(Mutex::new(0)));
        let serve = service_fn(move |request: Request<Body>| {
            let number = {
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                *sent += 1;
                *sent - 1
            };
            let way = choose(number, request.method());
            let answer = server.clone().answer(request, way);
            // What was sent arrives, even if nobody waits for the answer any more.
            let answer = tokio::spawn(answer);
            async move { Ok::<_, Infallible>(answer.await.expect("an answer")) }
        });
        Client::new(serve, "bot")
    }

    async fn answer(self, request: Request<Body>, way: Way) -> Response<Body> {
        let asked = (Instant::now(), request.method().clone());
        self.state().asked.push(asked);
        let method = request.method().clone();
        let body = request.into_body().collect_bytes().await.expect("a body");
        sleep(way.there).await;
        let (code, answer) = match way.refused {
            Some(code) => (code, status(code)),
            None => self.state().perform(&method, &body),
        };
        sleep(way.back).await;
        let code = StatusCode::from_u16(code).expect("a status code");
        let answer = Body::from(answer.to_string().into_bytes());
        Response::builder().status(code).body(answer).expect("an answer")
    }

    /// Somebody changes the Lease, or deletes it.
    pub fn edit(&self, edit: impl FnOnce(&mut Option<Value>)) {
        let mut state = self.state();
        edit(&mut state.lease);
        if let Some(lease) = state.lease.take() {
            state.store(lease);
        }
    }

    pub fn holder(&self) -> String {
        let state = self.state();
        let holder =
            state.lease.as_ref().and_then(|lease| lease["spec"]["holderIdentity"].as_str());
        holder.unwrap_or_default().to_owned()
    }

    /// When each request so far was sent, and its method.
    pub fn asked(&self) -> Vec<(Instant, http::Method)> {
        self.state().asked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn perform(&mut self, method: &http::Method, body: &[u8]) -> (u16, Value) {
        let sent = || serde_json::from_slice::<Value>(body).expect("JSON");
        match (method.as_str(), self.lease.clone()) {
            ("GET", Some(lease)) => (200, lease),
            ("GET", None) => (404, status(404)),
            ("POST", None) => (201, self.store(sent())),
            ("PUT", Some(lease)) if is_version_of(&lease, &sent()) => (200, self.store(sent())),
            ("POST" | "PUT", _) => (409, status(409)),
            (method, _) => panic!("unexpected {method}"),
        }
    }

    fn store(&mut self, mut lease: Value) -> Value {
        self.version += 1;
        lease["metadata"]["resourceVersion"] = self.version.to_string().into();
        self.lease.insert(lease).clone()
    }
}

fn is_version_of(lease: &Value, sent: &Value) -> bool {
    lease["metadata"]["resourceVersion"] == sent["metadata"]["resourceVersion"]
}

fn status(code: u16) -> Value {
    let reason = if code == 404 { "NotFound" } else { "Test" };
    json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": reason })
}
