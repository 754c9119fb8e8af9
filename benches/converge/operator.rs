//! The operator as a process, looked at from outside.

use crate::cluster::{Process, free_port};
use crate::cpu;
use crate::scene::Scene;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::time::Duration;
use tokio::time::sleep;

/// Between two looks at something that cannot be awaited.
const LOOK: Duration = Duration::from_millis(250);

const TOKEN: &str = "token-of-the-benchmark";

pub struct Operator {
    process: Process,
    port: u16,
}

/// The variables that the image sets.
fn of_image() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("../../Dockerfile").lines();
    let pairs = lines.filter_map(|line| line.strip_prefix("ENV ")).flat_map(str::split_whitespace);
    pairs.filter_map(|pair| pair.split_once('='))
}

impl Operator {
    /// Starts one for the bot of a scene. `name` is its name in the Lease: under the same one a new process goes on at
    /// once, as a restarted container does.
    pub fn start(scene: &Scene, name: &str) -> Operator {
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
        command.env_clear().envs(of_image()).env("KUBECONFIG", scene.cluster.kubeconfig());
        command.env("NAMESPACE", scene.namespace()).env("POD_NAME", name);
        command.env("EEVEE_OPERATOR_API_TOKEN", TOKEN);
        command.env("HTTP_API_PORT", port.to_string()).env("HEALTH_PORT", "0");
        Operator {
            process: Process::start("eevee-operator", scene.cluster.folder(), command),
            port,
        }
    }

    /// Waits until it is ready to look after anything.
    pub async fn is_up(&mut self) {
        while !self.get("/readyz").starts_with("HTTP/1.1 200") {
            self.process.assert_running();
            sleep(LOOK).await;
        }
    }

    /// Requests that changed something, events and the Lease apart, and events.
    pub fn writes(&self) -> (u64, u64) {
        let (mut writes, mut events) = (0, 0);
        for line in self.metrics().lines() {
            let is_write = ["POST", "PUT", "PATCH", "DELETE"]
                .iter()
                .any(|method| line.contains(&format!("method=\"{method}\"")));
            if !line.starts_with("rest_client_requests_total{") || !is_write {
                continue;
            }
            let count = line.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
            if line.contains("kind=\"events\"") {
                events += count;
            } else if !line.contains("kind=\"leases\"") {
                writes += count;
            }
        }
        (writes, events)
    }

    /// Seconds of a core that it has used.
    pub fn cpu(&self) -> f64 {
        cpu::of(&self.process.id().to_string())
    }

    /// Megabytes of memory in use.
    pub fn memory(&self) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
        let kilobytes = line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number of kB");
        kilobytes / 1024.0
    }

    /// Ends it as a crash does.
    pub fn kill(mut self) {
        self.process.kill();
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).expect("a live process")
    }

    fn metrics(&self) -> String {
        self.get("/metrics")
    }

    /// The answer to somebody who has the token.
    pub fn get_as_holder(&self, path: &str) -> String {
        self.ask(path, &format!("Authorization: Bearer {TOKEN}\r\n"))
    }

    fn get(&self, path: &str) -> String {
        self.ask(path, "")
    }

    /// Empty while nobody listens.
    fn ask(&self, path: &str, headers: &str) -> String {
        let mut answer = String::new();
        if let Ok(mut connection) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n"
            );
            let _ = connection.write_all(request.as_bytes());
            let _ = connection.read_to_string(&mut answer);
        }
        answer
    }
}
