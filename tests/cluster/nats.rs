//! A real nats-server, to learn what it makes of a configuration.

use super::folder::Folder;
use super::ports::free_port;
use super::process::Process;
use super::programs::tool;
use super::wait::until;
use serde_json::{Value, json};
use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

const READY: Duration = Duration::from_secs(30);

/// Longer than any answer of a healthy server takes; what is slower is taken for no answer.
const ANSWER: Duration = Duration::from_secs(10);

/// nats-server with a given configuration; it ends when dropped.
pub struct NatsServer {
    process: Process,
    port: u16,
    monitor_port: u16,
    // Dropped last: the server writes into it.
    _folder: Folder,
}

/// nats-server ended instead of serving.
#[derive(Debug)]
pub struct Refused {
    pub status: ExitStatus,
    /// All that it printed.
    pub output: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nats-server ended ({}): {}", self.status, self.output)
    }
}

impl NatsServer {
    /// Starts it on `config`, in which the ports and addresses of clients and monitoring are overruled by free ports of
    /// 127.0.0.1. It sees no environment variable but those of `env`. Returns when it serves, or with its refusal.
    ///
    /// Mind that a configuration with routes makes it look up and call their hosts.
    pub fn start(config: &str, env: &[(&str, &str)]) -> Result<NatsServer, Refused> {
        let folder = Folder::new();
        let (port, monitor_port) = (free_port(), free_port());
        let mut command = nats_server(&folder.write("nats.conf", config), env);
        command.args([
            "--addr",
            "127.0.0.1",
            "--port",
            &port.to_string(),
            "--http_port",
            &monitor_port.to_string(),
        ]);
        let process = Process::start("nats-server", folder.path(), command);
        let mut server = NatsServer { process, port, monitor_port, _folder: folder };
        let outcome = until(READY, || match server.process.exit_status() {
            Some(status) => Some(Err(Refused { status, output: server.process.output() })),
            None => server.greeting().is_ok().then_some(Ok(())),
        });
        outcome.unwrap_or_else(|| {
            panic!("nats-server not ready after {READY:?}:\n{}", server.process.output())
        })?;
        Ok(server)
    }

    /// Only has `config` read, so that one with routes can be checked too.
    pub fn check(config: &str, env: &[(&str, &str)]) -> Result<(), Refused> {
        let folder = Folder::new();
        let output = nats_server(&folder.write("nats.conf", config), env)
            .arg("-t")
            .output()
            .unwrap_or_else(|e| panic!("cannot start nats-server: {e}"));
        if output.status.success() {
            return Ok(());
        }
        let printed = [output.stdout, output.stderr].concat();
        Err(Refused {
            status: output.status,
            output: String::from_utf8_lossy(&printed).into_owned(),
        })
    }

    /// Port of 127.0.0.1 for clients.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Port of 127.0.0.1 for monitoring by HTTP.
    pub fn monitor_port(&self) -> u16 {
        self.monitor_port
    }

    /// All that it logged so far.
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Connects as a client that shows `token`. Err is the server's reason to refuse it.
    ///
    /// The server reads at most `max_control_line` bytes (4096 by default) of the line that carries it.
    pub fn login(&self, token: &str) -> Result<(), String> {
        self.connect(&json!({ "auth_token": token }))
    }

    /// Connects with other members of the CONNECT message, or with none: `json!({})`.
    pub fn connect(&self, options: &Value) -> Result<(), String> {
        self.dialogue(options).unwrap_or_else(|e| Err(format!("connection lost: {e}")))
    }

    fn dialogue(&self, options: &Value) -> io::Result<Result<(), String>> {
        let mut connection = self.greeting()?;
        connection.get_mut().write_all(format!("CONNECT {options}\r\nPING\r\n").as_bytes())?;
        loop {
            let line = read_line(&mut connection)?;
            if line == "PONG" {
                return Ok(Ok(()));
            }
            if let Some(reason) = line.strip_prefix("-ERR ") {
                return Ok(Err(reason.trim_matches('\'').to_owned()));
            }
        }
    }

    /// A connection whose first line, the server's INFO, has been read.
    fn greeting(&self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        let mut connection = BufReader::new(stream);
        let line = read_line(&mut connection)?;
        if line.starts_with("INFO ") { Ok(connection) } else { Err(io::Error::other(line)) }
    }
}

fn nats_server(config: &Path, env: &[(&str, &str)]) -> Command {
    let mut command = Command::new(tool("nats-server"));
    command.env_clear().envs(env.iter().copied()).arg("--config").arg(config);
    command
}

fn read_line(connection: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
