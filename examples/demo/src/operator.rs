//! The operator as a process.

use crate::NAMESPACE;
use crate::cluster::{Interrupted, Process, free_port, random_token, until};
use crate::place::Place;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const READY: Duration = Duration::from_mins(1);

/// Longer than any healthy answer takes.
const ANSWER: Duration = Duration::from_secs(5);

pub struct Operator {
    process: Process,
    port: u16,
    token: String,
    log: PathBuf,
}

impl Operator {
    /// Starts it with nothing of our own environment, and returns when it is ready.
    pub fn start(program: &Path, place: &Place) -> Operator {
        let (port, token) = (free_port(), random_token());
        let mut command = Command::new(program);
        command.arg("run").env_clear();
        command.env("KUBECONFIG", place.kubeconfig()).env("NAMESPACE", NAMESPACE);
        command.env("EEVEE_OPERATOR_API_TOKEN", &token);
        command.env("HTTP_API_PORT", port.to_string()).env("HEALTH_PORT", "0");
        let process = Process::start("eevee-operator", place.folder(), command);
        let log = place.folder().join("eevee-operator.log");
        let mut operator = Operator { process, port, token, log };
        let ready = until(READY, || {
            operator.process.assert_running();
            operator.is_ready().unwrap_or_default().then_some(())
        });
        assert!(
            ready.is_some(),
            "the operator is not ready after {READY:?}.{}",
            operator.last_words()
        );
        operator
    }

    pub fn assert_running(&mut self) {
        self.process.assert_running();
    }

    pub fn last_words(&self) -> String {
        format!(" Its last words:\n{}", self.process.last_words())
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Fails when the operator ends by itself.
    pub fn run_until_interrupted(&mut self) {
        let for_ever = Duration::from_hours(24 * 365);
        let waiting = AssertUnwindSafe(|| {
            until(for_ever, || {
                self.process.assert_running();
                None::<()>
            })
        });
        match catch_unwind(waiting) {
            Err(reason) if !reason.is::<Interrupted>() => resume_unwind(reason),
            _ => {}
        }
    }

    fn is_ready(&self) -> io::Result<bool> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(ANSWER))?;
        connection.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer.split_whitespace().nth(1) == Some("200"))
    }
}
