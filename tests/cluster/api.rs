//! etcd and kube-apiserver.

use super::certificates::Certificates;
use super::commands::{self, AUDIT_LOG, Callers, Disk};
use super::credentials;
use super::folder::Folder;
use super::kubectl::{Output, kubectl};
use super::ports::free_port;
use super::process::Process;
use super::wait::until;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Ready takes 2 to 3 seconds on two idle cores; the rest is for a machine that compiles meanwhile.
const READY: Duration = Duration::from_secs(90);

/// A Kubernetes control plane that stores and serves objects. It ends when dropped.
///
/// Of size api, no controller runs in it: a Deployment gets no pods, an owner's children are not collected, a deleted
/// namespace stays Terminating for ever. Tests that share one therefore use a namespace of their own each.
pub struct Cluster {
    servers: Mutex<Servers>,
    port: u16,
    etcd_port: u16,
    callers: Callers,
    token: String,
    tokens: PathBuf,
    kubeconfig: PathBuf,
    certificates: Certificates,
    // Dropped last: the servers write into it.
    folder: Folder,
}

/// In the order in which they end.
#[derive(Default)]
struct Servers {
    controllers: Vec<Process>,
    api: Option<Process>,
    etcd: Option<Process>,
}

impl Servers {
    fn assert_running(&mut self) {
        let Servers { controllers, api, etcd } = self;
        controllers.iter_mut().chain(api).chain(etcd).for_each(Process::assert_running);
    }
}

impl Cluster {
    /// Starts a cluster of its own, for a test that stops it, fills it or breaks it. Returns when it is ready.
    pub fn api() -> Cluster {
        Self::api_on(Disk::Volatile)
    }

    /// The same, with a choice of how etcd writes.
    pub fn api_on(disk: Disk) -> Cluster {
        Self::api_for(Callers::Programs, disk)
    }

    /// The same, with a choice of who can call the API server.
    pub(super) fn api_for(callers: Callers, disk: Disk) -> Cluster {
        let folder = Folder::new();
        let port = free_port();
        let token = credentials::random_token();
        let certificates = Certificates::new(&folder);
        let tokens = folder.write("tokens.csv", &credentials::token_file(&token));
        let kubeconfig = folder
            .write("kubeconfig", &credentials::kubeconfig(port, &token, &certificates.authority));
        let cluster = Cluster {
            servers: Mutex::default(),
            port,
            etcd_port: free_port(),
            callers,
            token,
            tokens,
            kubeconfig,
            certificates,
            folder,
        };
        cluster.servers().etcd = Some(cluster.run_etcd(disk));
        cluster.start_api();
        cluster
    }

    /// A kubeconfig file of an administrator (group system:masters).
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The same for a ServiceAccount, good for an hour.
    pub fn kubeconfig_of(&self, namespace: &str, account: &str) -> PathBuf {
        let create = ["create", "token", account, "--namespace", namespace, "--duration", "1h"];
        let token = self.kubectl(&create, None).success();
        let text = credentials::kubeconfig(self.port, token.trim(), self.authority());
        self.write(&format!("kubeconfig-{namespace}-{account}"), &text)
    }

    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The administrator's bearer token, random for each cluster.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// PEM file of the authority that signed the API server's certificate.
    pub fn authority(&self) -> &Path {
        &self.certificates.authority
    }

    /// Where the cluster keeps its files, logs among them. It goes with the cluster.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What pods have asked the API server for, as it notes it: a JSON object in each line. Of size node alone.
    pub fn audit_log(&self) -> String {
        let path = self.folder().join(AUDIT_LOG);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()))
    }

    /// Runs kubectl as the administrator.
    pub fn kubectl(&self, args: &[&str], stdin: Option<&str>) -> Output {
        kubectl(&self.kubeconfig, self.folder(), args, stdin)
    }

    /// An outage: the API server is killed. What it stored stays.
    pub fn stop_api(&self) {
        self.servers().api.take();
    }

    /// The end of an outage: an API server on the same port, with the same objects. Returns when it is ready.
    pub fn start_api(&self) {
        self.servers().api.get_or_insert_with(|| self.run_api());
        let ready = until(READY, || {
            self.assert_running();
            self.is_ready().then_some(())
        });
        if ready.is_none() {
            let servers = self.servers();
            let last_words = servers.api.as_ref().map(Process::last_words).unwrap_or_default();
            panic!("kube-apiserver not ready after {READY:?}. Its last words:\n{last_words}");
        }
    }

    /// Adds a process that acts on what the API server holds. It ends before the API server does.
    pub(super) fn add_controller(&self, name: &str, command: Command) {
        let process = Process::start(name, self.folder(), command);
        self.servers().controllers.push(process);
    }

    /// Kills a process that was added.
    pub(super) fn remove_controller(&self, name: &str) {
        self.servers().controllers.retain(|process| process.name() != name);
    }

    /// Panics when a server has ended by itself, with the last lines of its log.
    pub fn assert_running(&self) {
        self.servers().assert_running();
    }

    /// Writes a file into the cluster's folder.
    pub(super) fn write(&self, name: &str, content: &str) -> PathBuf {
        self.folder.write(name, content)
    }

    /// Writes a file into a folder in the cluster's folder, and gives that folder.
    pub(super) fn write_into(&self, folder: &str, name: &str, content: &str) -> PathBuf {
        let path = self.folder().join(folder);
        fs::create_dir_all(&path).unwrap_or_else(|e| panic!("cannot make {}: {e}", path.display()));
        self.folder.write(&format!("{folder}/{name}"), content);
        path
    }

    pub(super) fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// Ends everything and leaves nothing; later calls do nothing.
    pub(super) fn end(&self) {
        let servers = std::mem::take(&mut *self.servers());
        drop(servers);
        self.folder.remove();
    }

    fn servers(&self) -> MutexGuard<'_, Servers> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_ready(&self) -> bool {
        // kubectl costs a tenth of a second of a core: not worth it before somebody listens.
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok()
            && self.kubectl(&["get", "--raw", "/readyz", "--request-timeout=5s"], None).stdout
                == "ok"
    }

    fn run_etcd(&self, disk: Disk) -> Process {
        let command = commands::etcd(self.folder(), self.etcd_port, disk);
        Process::start("etcd", self.folder(), command)
    }

    fn run_api(&self) -> Process {
        let command = commands::kube_apiserver(
            self.folder(),
            self.port,
            self.etcd_port,
            self.callers,
            &self.tokens,
            &self.certificates,
        );
        Process::start("kube-apiserver", self.folder(), command)
    }
}
