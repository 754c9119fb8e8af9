//! A store for a stage, and the resources that name it.

use crate::cluster::Versitygw;
use crate::stage::Stage;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// The Secret of the credentials of [`s3`].
pub const SECRET: &str = "s3";

/// The S3 server that all tests share.
pub fn s3() -> &'static Versitygw {
    static SERVER: LazyLock<Versitygw> = LazyLock::new(Versitygw::start);
    &SERVER
}

/// S3Store of a name for [`s3`], with these fields instead.
pub fn s3_store(name: &str, also: Value) -> Value {
    let key = |key: &str| json!({ "secretKeyRef": { "secret": { "name": SECRET }, "key": key } });
    let mut spec = json!({
        "endpoint": format!("http://127.0.0.1:{}", s3().port()),
        "bucket": Versitygw::BUCKET,
        "region": Versitygw::REGION,
        "pathStyle": true,
        "accessId": key("id"),
        "accessKey": key("key"),
    });
    if let (Value::Object(spec), Value::Object(also)) = (&mut spec, also) {
        spec.extend(also);
    }
    resource("S3Store", name, spec)
}

pub fn resource(kind: &str, name: &str, spec: Value) -> Value {
    json!({ "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": { "name": name }, "spec": spec })
}

impl Stage<'_> {
    /// A Secret with credentials.
    pub async fn apply_credentials(&self, name: &str, id: &str, key: &str) {
        let data = json!({ "id": id, "key": key });
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name }, "stringData": data,
        });
        self.objects.apply_value(secret).await;
    }

    /// The right ones.
    pub async fn apply_right_credentials(&self) {
        self.apply_credentials(SECRET, Versitygw::ACCESS_ID, Versitygw::SECRET_KEY).await;
    }
}

/// A server that takes every connection and says nothing.
pub struct Silent {
    pub address: SocketAddr,
    state: Arc<State>,
    _served: JoinSet<()>,
}

#[derive(Default)]
struct State {
    counts: Mutex<Counts>,
    came: Notify,
}

#[derive(Default)]
struct Counts {
    now: usize,
    most: usize,
    all: usize,
}

impl Silent {
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::<State>::default();
        let mut served = JoinSet::new();
        served.spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, _served: served }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until so many connections have come in all.
    pub async fn has_seen(&self, count: usize) {
        loop {
            let came = self.state.came.notified();
            if self.state.read(|counts| counts.all) >= count {
                return;
            }
            came.await;
        }
    }

    /// The most connections that stood at once.
    pub fn most(&self) -> usize {
        self.state.read(|counts| counts.most)
    }

    pub fn now(&self) -> usize {
        self.state.read(|counts| counts.now)
    }
}

impl State {
    fn read<T>(&self, read: impl FnOnce(&mut Counts) -> T) -> T {
        read(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        state.read(|counts| {
            counts.all += 1;
            counts.now += 1;
            counts.most = counts.most.max(counts.now);
        });
        state.came.notify_waiters();
        connections.spawn(hold(stream, Arc::clone(&state)));
    }
}

/// Until the other end has gone.
async fn hold(stream: TcpStream, state: Arc<State>) {
    let mut bytes = [0; 1024];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut bytes) {
            Ok(0) => break,
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => break,
            Ok(_) | Err(_) => {}
        }
    }
    state.read(|counts| counts.now -= 1);
}
