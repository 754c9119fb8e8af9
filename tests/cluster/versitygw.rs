//! A real S3 server over a folder.

use super::folder::Folder;
use super::ports::free_port;
use super::process::Process;
use super::programs::tool;
use super::wait::until;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const READY: Duration = Duration::from_secs(30);

/// versitygw with one bucket; it ends when dropped.
pub struct Versitygw {
    process: Process,
    port: u16,
    // Dropped last: the server writes into it.
    folder: Folder,
}

impl Versitygw {
    /// Name of its bucket.
    pub const BUCKET: &str = "backups";
    pub const ACCESS_ID: &str = "access-of-a-test";
    pub const SECRET_KEY: &str = "secret-of-a-test";
    pub const REGION: &str = "eu-test-1";

    /// Serves HTTP on a free port of 127.0.0.1.
    pub fn start() -> Versitygw {
        Self::start_on(Ipv4Addr::LOCALHOST)
    }

    /// Serves HTTP on a free port of another address of this machine.
    pub fn start_on(address: Ipv4Addr) -> Versitygw {
        Self::of(Folder::new(), address, &[])
    }

    /// Serves HTTPS with a certificate and a key in PEM.
    pub fn start_tls(certificate: &str, key: &str) -> Versitygw {
        let folder = Folder::new();
        let certificate = folder.write("server.crt", certificate);
        let key = folder.write("server.key", key);
        Self::of(
            folder,
            Ipv4Addr::LOCALHOST,
            &["--cert".as_ref(), &certificate, "--key".as_ref(), &key],
        )
    }

    fn of(folder: Folder, address: Ipv4Addr, options: &[&Path]) -> Versitygw {
        let port = free_port();
        let data = folder.path().join("data");
        fs::create_dir_all(data.join(Self::BUCKET))
            .unwrap_or_else(|e| panic!("cannot make a bucket in {}: {e}", data.display()));
        let mut command = Command::new(tool("versitygw"));
        // It takes variables for settings.
        command.env_clear().args(options);
        command.args(["--port", &format!("{address}:{port}"), "--region", Self::REGION]);
        command.args(["--access", Self::ACCESS_ID, "--secret", Self::SECRET_KEY]);
        // A folder of temporary files may be on a file system without extended attributes.
        let sidecar = folder.path().join("sidecar");
        fs::create_dir(&sidecar)
            .unwrap_or_else(|e| panic!("cannot make {}: {e}", sidecar.display()));
        command.arg("posix").arg("--sidecar").arg(&sidecar).arg(&data);
        let process = Process::start("versitygw", folder.path(), command);
        let mut server = Versitygw { process, port, folder };
        let is_up = until(READY, || {
            server.process.assert_running();
            TcpStream::connect((address, port)).ok()
        });
        assert!(is_up.is_some(), "versitygw not ready after {READY:?}: {}", server.output());
        server
    }

    /// Port of its address.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file that holds an object.
    pub fn file(&self, key: &str) -> PathBuf {
        self.folder.path().join("data").join(Self::BUCKET).join(key)
    }

    /// All that it printed so far.
    pub fn output(&self) -> String {
        self.process.output()
    }
}
