//! What a Job of the operator runs, on a folder in place of a claim.

use crate::cluster::Versitygw;
use crate::place::server;
use eevee_operator::backup::Said;
use std::env::temp_dir;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = temp_dir().join(format!("eevee-s3-{}-{name}", std::process::id()));
        fs::create_dir(&path).expect("a folder");
        Self(path)
    }

    pub fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = Self::new(name);
        for (name, text) in files {
            fs::write(folder.0.join(name), text).expect("a file");
        }
        folder
    }

    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("the folder");
        let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        let mut names: Vec<String> =
            entries.map(|entry| name(entry).into_string().expect("a name")).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Gives the exit code, and what was said on standard output and in the termination message.
pub fn run(verb: &str, claim: &Path, module: &str, others: &[(&str, &str)]) -> (i32, Said) {
    let endpoint = format!("http://127.0.0.1:{}", server().port());
    let log = claim.with_extension("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    command.arg(verb).arg("--termination-log").arg(&log).env_clear();
    command.env("BACKUP_PVC_PATH", claim).envs([
        ("S3_ENDPOINT", endpoint.as_str()),
        ("S3_BUCKET", Versitygw::BUCKET),
        ("S3_REGION", Versitygw::REGION),
        ("S3_PATH_STYLE", "true"),
        ("S3_ACCESS_ID", Versitygw::ACCESS_ID),
        ("S3_SECRET_KEY", Versitygw::SECRET_KEY),
    ]);
    let of = if verb == "restore" { "RESTORE" } else { "BACKUP" };
    command.env(format!("{of}_NAMESPACE"), "bots").env(format!("{of}_MODULE"), module);
    let output = command.envs(others.iter().copied()).output().expect("it runs");
    let said = Said::read(&String::from_utf8_lossy(&output.stdout)).expect("it says what it did");
    let message = fs::read_to_string(&log).expect("a termination message");
    fs::remove_file(log).expect("it was there");
    assert_eq!(Said::read(&message).as_ref(), Some(&said));
    (output.status.code().expect("an exit code"), said)
}
