//! An operator that shows what a test says.

use crate::fake::Fake;
use eevee_operator::overview::{
    Backup, IpcConfig, Level, Module, Namespace, Nats, Overview, Pod, Problem, ReadyCondition,
    Resource, Token, Totals,
};
use eevee_operator::shell::http::{Api, listen, serve};
use eevee_operator::shell::metrics::Metrics;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const TOKEN: &str = "token-of-the-tests";

pub struct Shown {
    pub address: SocketAddr,
    pub backend: Arc<Fake>,
    pub metrics: Metrics,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Shown {
    /// On a port of its own.
    pub fn start(overview: Overview) -> Self {
        Self::at((Ipv4Addr::LOCALHOST, 0).into(), TOKEN, overview)
    }

    /// On a port, with a token.
    pub fn at(address: SocketAddr, token: &str, overview: Overview) -> Self {
        let fake = Fake::default();
        fake.change(overview);
        Self::serving(address, token, fake, true)
    }

    /// Without the page for browsers.
    pub fn without_page(overview: Overview) -> Self {
        let fake = Fake::default();
        fake.change(overview);
        Self::serving((Ipv4Addr::LOCALHOST, 0).into(), TOKEN, fake, false)
    }

    /// On a port of its own, with all that the test has prepared.
    pub fn with(fake: Fake) -> Self {
        Self::serving((Ipv4Addr::LOCALHOST, 0).into(), TOKEN, fake, true)
    }

    fn serving(address: SocketAddr, token: &str, fake: Fake, web_page: bool) -> Self {
        let listener = listen(address).expect("a port");
        let address = listener.local_addr().expect("an address");
        let backend = Arc::new(fake);
        let metrics = Metrics::new();
        let api = Api::new(Arc::clone(&backend), Some(token), metrics.clone());
        let api = api.with_web_page(web_page);
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, Arc::new(api), async {
            let _ = stopped.await;
        }));
        Self { address, backend, metrics, stop, serving }
    }

    /// Ends it. Gives the address that is free again.
    pub async fn stop(self) -> SocketAddr {
        self.stop.send(()).expect("it serves");
        self.serving.await.expect("no panic");
        self.address
    }
}

/// A bot of one namespace, as an overview has it.
pub fn bot(ipc_configs: Vec<IpcConfig>) -> Overview {
    let mut namespace =
        Namespace { name: "eevee-bot".to_owned(), ipc_configs, ..Namespace::default() };
    let mut totals = Totals::default();
    namespace.levels().for_each(|level| totals.count(level));
    namespace.level = namespace.levels().max().unwrap_or_default();
    Overview { level: namespace.level, totals, namespaces: vec![namespace], ..Overview::default() }
}

pub fn ipc_config(modules: Vec<Module>) -> IpcConfig {
    let nats = Nats {
        managed: true,
        wanted: Some(1),
        ready: Some(1),
        image: Some("docker.io/library/nats:2.15-alpine".to_owned()),
        tag: Some("2.15-alpine".to_owned()),
        restarts: Some(0),
    };
    let token = Token {
        secret: "eevee-main-nats-token".to_owned(),
        present: Some(true),
        created: Some("2026-09-01T12:00:00Z".to_owned()),
        rotated_for: None,
        rotated: None,
    };
    let resource = resource("main", Level::Ok, "NatsDeployed", "");
    IpcConfig { resource, nats: Some(nats), token: Some(token), modules, ..IpcConfig::default() }
}

pub fn module(name: &str, image: &str) -> Module {
    Module {
        resource: resource(name, Level::Ok, "AvailableReplicas", "1 of 1 replicas are available"),
        enabled: true,
        wanted: 1,
        replicas_ready: 1,
        image: Some(image.to_owned()),
        tag: image.rsplit_once(':').map(|(_, tag)| tag.to_owned()),
        restarts: Some(0),
        pod: Some(pod(&format!("eevee-{name}-module-5c9d7-x2x4k"), true)),
        ..Module::default()
    }
}

pub fn pod(name: &str, ready: bool) -> Pod {
    Pod {
        name: name.to_owned(),
        ready,
        phase: Some(if ready { "Running" } else { "Pending" }.to_owned()),
        reason: (!ready).then(|| "ContainerCreating".to_owned()),
        created: Some("2026-11-20T12:00:00Z".to_owned()),
    }
}

/// The same module, with something that is not well.
pub fn unwell(
    mut module: Module,
    level: Level,
    reason: &str,
    message: &str,
    advice: &str,
) -> Module {
    let name = module.resource.name.clone();
    module.resource = resource(&name, level, reason, message);
    module.replicas_ready = 0;
    module.resource.advice = Some(advice.to_owned());
    module.resource.problems.push(Problem {
        level,
        condition: Some("Ready".to_owned()),
        reason: reason.to_owned(),
        message: message.to_owned(),
        advice: advice.to_owned(),
    });
    module
}

pub fn backed_up(mut module: Module, last_success: &str) -> Module {
    module.backup = Some(Backup {
        schedule: "nightly".to_owned(),
        last_success: Some(last_success.to_owned()),
        ..Backup::default()
    });
    module
}

fn resource(name: &str, level: Level, reason: &str, message: &str) -> Resource {
    let status = match level {
        Level::Ok | Level::Paused => "True",
        Level::Progressing | Level::Unknown => "Unknown",
        Level::Warning | Level::Failed => "False",
    };
    let ready = ReadyCondition {
        status: status.to_owned(),
        reason: reason.to_owned(),
        message: message.to_owned(),
        since: Some("2026-11-20T12:00:00Z".to_owned()),
    };
    Resource {
        name: name.to_owned(),
        level,
        ready: Some(ready),
        created: Some("2026-09-01T12:00:00Z".to_owned()),
        ..Resource::default()
    }
}
