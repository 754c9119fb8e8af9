//! The HTTP API: what it answers, to which clients, and how much of it.
//!
//! ```text
//! turn ──▶ connection ──▶ warp filter ──▶ limiter ──▶ route ──▶ token ──▶ page
//! ```
//!
//! | file | what it does |
//! |---|---|
//! | `server`, `connection` | takes connections, and ends those that are slow, idle or too many |
//! | `turns` | how many connections of one client are served at once, and whose is next |
//! | `routes` | every route, as a table |
//! | `answer` | one request through all of the above |
//! | `limiter`, `client` | how many requests one client may send |
//! | `auth` | who may ask |
//! | `body` | request bodies, with a limit |
//! | `error_response` | every error, in one JSON shape |
//! | `accept`, `web_page` | the page for browsers, and who gets it |
//! | `status`, `conditional` | how all resources are, and whether a client knows that already |
//! | `modules`, `pod_status` | what is told of modules |
//! | `restart` | the one thing that can be done to them |

mod accept;
mod answer;
mod auth;
mod body;
mod client;
mod conditional;
mod connection;
mod error_response;
mod limiter;
mod limits;
mod modules;
mod pod_status;
mod restart;
mod routes;
mod server;
mod status;
mod turns;
mod web_page;

pub use limits::Limits;
pub use server::{listen, serve};

use super::metrics::Metrics;
use crate::object::{Object, ObjectRef};
use crate::overview::Overview;
use auth::Auth;
use jiff::Timestamp;
use limiter::Limiter;
use routes::Route;
use status::LastTold;
use std::future::Future;
use std::sync::{Arc, Mutex};

/// What the HTTP API asks of the operator that it belongs to.
pub trait Backend: Send + Sync + 'static {
    /// The BotModules of every watched namespace, sorted by namespace and name. From caches.
    fn modules(&self) -> Vec<Arc<Object>>;
    /// Whether resources of a namespace are looked after.
    fn watches(&self, namespace: &str) -> bool;
    /// The newest pod of the current ReplicaSet of a module. From caches.
    fn newest_pod(&self, module: &ObjectRef) -> Option<Arc<Object>>;
    /// How the resources of every watched namespace are. From caches.
    fn overview(&self) -> Overview;
    /// Another number after every change of what the caches hold.
    fn changes(&self) -> u64;
    /// Restarts the pods of a module's Deployment: one patch of annotation
    /// `kubectl.kubernetes.io/restartedAt`. `module` is the BotModule.
    fn restart(
        &self,
        module: &ObjectRef,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), RestartError>> + Send;
    /// Whether every loop of the operator has moved lately.
    ///
    /// # Errors
    /// What hangs.
    fn live(&self) -> Result<(), String>;
    /// Whether the CRDs are served and the caches are filled.
    ///
    /// # Errors
    /// What is waited for.
    fn ready(&self) -> Result<(), String>;
}

/// Why a module was not restarted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestartError {
    /// The module has no Deployment, or one that belongs to somebody else.
    NoDeployment(String),
    /// Somebody has paused the Deployment: nothing would come of it.
    Paused(String),
    /// The cluster refused or did not answer.
    Cluster(String),
}

/// Everything that answering a request needs.
pub struct Api<B> {
    backend: Arc<B>,
    auth: Auth,
    metrics: Metrics,
    limits: Limits,
    limiter: Mutex<Limiter>,
    routes: &'static [Route],
    /// Whether browsers get a page.
    web_page: bool,
    last_told: LastTold,
}

impl<B: Backend> Api<B> {
    /// An API with the limits of [`Limits::default`]. Without a token, the routes that need one
    /// refuse everybody.
    pub fn new(backend: Arc<B>, token: Option<&str>, metrics: Metrics) -> Self {
        Self::with_limits(backend, token, metrics, Limits::default())
    }

    /// An API with other limits.
    pub fn with_limits(
        backend: Arc<B>,
        token: Option<&str>,
        metrics: Metrics,
        limits: Limits,
    ) -> Self {
        Self::of(&routes::API, backend, token, metrics, limits)
    }

    /// What the kubelet asks for and nothing else, with the limits of [`Limits::health`]: on a
    /// listener of its own, it is answered whatever happens to the API's. Where a proxy hides the
    /// addresses of clients, the kubelet may have that of an attacker.
    pub fn health(backend: Arc<B>, metrics: Metrics) -> Self {
        Self::of(&routes::HEALTH, backend, None, metrics, Limits::health())
    }

    fn of(
        routes: &'static [Route],
        backend: Arc<B>,
        token: Option<&str>,
        metrics: Metrics,
        limits: Limits,
    ) -> Self {
        let limiter = Mutex::new(Limiter::new(&limits));
        Self {
            backend,
            auth: Auth::new(token),
            metrics,
            limits,
            limiter,
            routes,
            web_page: true,
            last_told: LastTold::default(),
        }
    }

    /// The same, with the page for browsers or without it.
    pub fn with_web_page(self, web_page: bool) -> Self {
        Self { web_page, ..self }
    }
}
