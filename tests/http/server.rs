//! The API, served on a port of its own for one test.

use crate::client::{Answer, Client, post, request};
use crate::fake::Fake;
use eevee_operator::shell::http::{Api, Limits, listen, serve};
use eevee_operator::shell::metrics::Metrics;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const TOKEN: &str = "token-of-the-tests";
pub const BEARER: (&str, &str) = ("Authorization", "Bearer token-of-the-tests");

/// Ends with the runtime of its test.
pub struct Server {
    pub address: SocketAddr,
    pub backend: Arc<Fake>,
    pub metrics: Metrics,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Server {
    pub fn start(backend: Fake) -> Self {
        Self::start_with(backend, Some(TOKEN), Limits::default())
    }

    pub fn start_with(backend: Fake, token: Option<&str>, limits: Limits) -> Self {
        Self::serving(backend, |backend, metrics| Api::with_limits(backend, token, metrics, limits))
    }

    /// Without the page for browsers.
    pub fn start_without_page(backend: Fake) -> Self {
        let token = Some(TOKEN);
        Self::serving(backend, |it, metrics| Api::new(it, token, metrics).with_web_page(false))
    }

    /// What the kubelet asks.
    pub fn start_health(backend: Fake) -> Self {
        Self::serving(backend, Api::health)
    }

    fn serving(backend: Fake, api: impl FnOnce(Arc<Fake>, Metrics) -> Api<Fake>) -> Self {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).expect("a port");
        let address = listener.local_addr().expect("an address");
        let (backend, metrics) = (Arc::new(backend), Metrics::new());
        let api = api(Arc::clone(&backend), metrics.clone());
        let (stop, stopped) = oneshot::channel();
        let end = async {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(serve(listener, Arc::new(api), end));
        Self { address, backend, metrics, stop: Some(stop), serving }
    }

    /// One request without a body.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut client = Client::connect(self.address).await;
        client.send(request(method, path, headers)).await;
        client.answer().await
    }

    /// One GET with the token.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[BEARER]).await
    }

    /// One POST with the token.
    pub async fn post(&self, path: &str, body: &str) -> Answer {
        let mut client = Client::connect(self.address).await;
        client.send(post(path, &[BEARER], body)).await;
        client.answer().await
    }

    /// Asks the server to end.
    pub fn stop(&mut self) {
        self.stop.take().expect("not stopped before").send(()).expect("it serves");
    }

    /// Waits until it has ended.
    pub async fn stopped(self) {
        self.serving.await.expect("no panic");
    }
}
