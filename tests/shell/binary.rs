//! The program itself as an operator, in a process of its own.

#![allow(dead_code, reason = "each topic uses its own part")]

use crate::api;
use crate::cluster::{Cluster, Process, free_port};
use crate::http_client::Answer;
use crate::operator::LONG;
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Between two looks at a process, which tells nobody that it has changed.
const PAUSE: Duration = Duration::from_millis(50);

/// Kubernetes' own answer to a process that takes longer is SIGKILL after 30 s; a person's after 5.
pub const FAREWELL: Duration = Duration::from_secs(5);

pub struct Binary {
    process: Process,
    pub address: SocketAddr,
    /// Where the kubelet asks.
    pub health: SocketAddr,
}

impl Binary {
    /// Starts the operator for one namespace, as the administrator of `cluster`.
    pub fn start(cluster: &Cluster, namespace: &str, variables: &[(&str, &str)]) -> Binary {
        Self::start_with(cluster.folder(), cluster.kubeconfig(), namespace, variables)
    }

    /// Starts the operator with nothing of our environment. Its log goes into a folder.
    pub fn start_with(
        logs: &Path,
        kubeconfig: &Path,
        namespace: &str,
        variables: &[(&str, &str)],
    ) -> Binary {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let (port, health) = (free_port(), free_port());
        let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
        let own: [(&str, OsString); 4] = [
            ("KUBECONFIG", kubeconfig.into()),
            ("NAMESPACE", namespace.into()),
            ("HTTP_API_PORT", port.to_string().into()),
            ("HEALTH_PORT", health.to_string().into()),
        ];
        command.env_clear().envs(own).envs(variables.iter().copied());
        let name = format!("operator-{}", STARTED.fetch_add(1, Ordering::Relaxed));
        let [address, health] =
            [port, health].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        Binary { process: Process::start(&name, logs, command), address, health }
    }

    /// All that it logged so far.
    pub fn log(&self) -> String {
        self.process.output()
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        api::get(self.address, path, headers).await
    }

    /// What the kubelet asks.
    pub async fn probe(&self, path: &str) -> Answer {
        api::get(self.health, path, &[]).await
    }

    /// Waits until `/readyz` answers so, and gives the answer.
    pub async fn says(&mut self, status: u16, words: &str) -> Answer {
        let deadline = Instant::now() + LONG;
        let mut last = None;
        while Instant::now() < deadline {
            self.process.assert_running();
            if tokio::net::TcpStream::connect(self.address).await.is_ok() {
                let answer = self.get("/readyz", &[]).await;
                if answer.status == status && answer.body.contains(words) {
                    return answer;
                }
                last = Some(answer);
            }
            sleep(PAUSE).await;
        }
        panic!("/readyz is not {status} {words:?} but {last:?}; log:\n{}", self.log());
    }

    pub async fn is_ready(&mut self) {
        self.says(200, "").await;
    }

    /// Waits until a line of the log holds a text.
    pub async fn logs(&mut self, words: &str) {
        let logged = async {
            while !self.log().contains(words) {
                self.process.assert_running();
                sleep(PAUSE).await;
            }
        };
        timeout(LONG, logged).await.unwrap_or_else(|_| panic!("{words:?} not in:\n{}", self.log()));
    }

    /// Asks it to end as the kubelet does, and gives how it did, and after what time.
    pub async fn terminate(&mut self) -> (ExitStatus, Duration) {
        self.end_by(libc::SIGTERM).await
    }

    /// Asks it to end as a person at a terminal does.
    pub async fn interrupt(&mut self) -> (ExitStatus, Duration) {
        self.end_by(libc::SIGINT).await
    }

    async fn end_by(&mut self, signal: i32) -> (ExitStatus, Duration) {
        let start = Instant::now();
        let id = i32::try_from(self.process.id()).expect("a process id");
        // SAFETY: a plain system call; the process is ours and was not waited for.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0, "the signal is sent");
        loop {
            if let Some(status) = self.process.exit_status() {
                return (status, start.elapsed());
            }
            assert!(start.elapsed() < LONG, "it does not end:\n{}", self.log());
            sleep(PAUSE).await;
        }
    }

    /// The same, where it must end well and in time.
    pub async fn ends_well(&mut self) {
        let (status, time) = self.terminate().await;
        assert_eq!(status.code(), Some(0), "{}", self.log());
        assert!(time < FAREWELL, "{time:?}:\n{}", self.log());
        let log = self.log();
        assert!(log.contains("stopping") && !log.contains("panicked"), "{log}");
    }

    /// Resident memory in bytes.
    pub fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
        let kilobytes: u64 =
            line.trim().trim_end_matches(" kB").parse().expect("a number of kilobytes");
        kilobytes * 1024
    }
}
