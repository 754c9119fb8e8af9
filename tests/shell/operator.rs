//! The operator under test, in this process, behind an edge.

use crate::cluster::{Casing, Cluster, shared_fake_nodes};
use crate::support::{Edge, Objects};
use eevee_operator::shell::{self, Launch, Timing, http};
use eevee_operator::snapshot::Settings;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{LazyLock, Once};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Its HTTP API's token in every test that does not say otherwise.
pub const TOKEN: &str = "api-token-of-the-tests";

/// For what takes a second or two on two idle cores.
pub const LONG: Duration = Duration::from_mins(1);

/// The shared cluster with fake nodes and our CRDs.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: LazyLock<&'static Cluster> = LazyLock::new(|| {
        let cluster = shared_fake_nodes();
        cluster.install_crds(Casing::Camel);
        cluster
    });
    &CLUSTER
}

/// `SHELL_LOG=debug` shows what the operators of all tests log.
fn show_log() {
    static SHOWN: Once = Once::new();
    SHOWN.call_once(|| {
        if let Ok(level) = std::env::var("SHELL_LOG") {
            let level = level.parse::<tracing::Level>().expect("SHELL_LOG is a level");
            tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
        }
    });
}

/// A running operator. It ends without a farewell when dropped, as in a crash.
pub struct Running {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), String>>,
    edge: Edge,
}

/// The settings of an operator that looks after one namespace.
pub fn settings(namespace: &str) -> Settings {
    Settings {
        namespace: namespace.to_owned(),
        api_token: Some(TOKEN.to_owned()),
        operator_image: Some("example/operator:1".to_owned()),
        ..Settings::default()
    }
}

impl Running {
    /// Starts an operator for the namespace of `objects`, whose requests cross `edge`.
    pub async fn start(cluster: &Cluster, objects: &Objects, edge: &Edge) -> Running {
        Self::start_as(cluster, settings(objects.namespace()), edge, "test").await
    }

    /// Starts a replica with a name of its own.
    pub async fn start_as(
        cluster: &Cluster,
        settings: Settings,
        edge: &Edge,
        identity: &str,
    ) -> Running {
        Self::start_timed(cluster, settings, edge, identity, Timing::default()).await
    }

    /// The same with other times for its Lease.
    pub async fn start_timed(
        cluster: &Cluster,
        settings: Settings,
        edge: &Edge,
        identity: &str,
        timing: Timing,
    ) -> Running {
        show_log();
        let listener = http::listen((Ipv4Addr::LOCALHOST, 0).into()).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let launch = Launch {
            client: edge.client(cluster).await,
            settings,
            identity: identity.to_owned(),
            timing,
            listener,
            health: None,
            web_page: true,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(shell::run(launch, async {
            let _ = stopped.await;
        }));
        Running { address, stop: Some(stop), task, edge: edge.clone() }
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        let ended = (&mut self.task).await.expect("the operator ends without a panic");
        ended.expect("it ends because it was asked to");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
        if std::thread::panicking() {
            eprintln!("The operator's requests:\n{}", self.edge.listing());
        }
    }
}
