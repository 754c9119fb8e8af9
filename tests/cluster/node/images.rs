//! The node's images.

use super::super::programs::tool;
use super::super::wait::until;
use super::commands::REGISTRY;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What a pod names to run an image of `tests/e2e/images`.
pub fn image(name: &str) -> String {
    format!("localhost:5000/{name}:e2e")
}

/// Puts every archive of the folder into the registry, as the image of its name.
pub fn push_all(archives: &Path) {
    let listening = until(Duration::from_mins(1), || TcpStream::connect(REGISTRY).ok());
    assert!(listening.is_some(), "the registry does not listen on {REGISTRY}");
    for archive in tar_files(archives) {
        let name = archive.file_stem().unwrap_or_default().to_string_lossy();
        push(&archive, &image(&name));
    }
}

/// Gives an image another name, of any registry.
pub fn copy(name: &str, reference: &str) {
    let (_, path) = reference.split_once('/').expect("a registry");
    crane(&["copy", &image(name), &format!("{REGISTRY}/{path}")]);
}

fn tar_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| {
        panic!("cannot read {}: {e}; `tests/e2e/run` puts images there", folder.display())
    });
    let files = entries.flatten().map(|entry| entry.path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "tar")).collect()
}

fn push(archive: &Path, image: &str) {
    crane(&["push", &archive.display().to_string(), image]);
}

fn crane(args: &[&str]) {
    let mut command = Command::new(tool("crane"));
    command.args(args).arg("--insecure");
    let output = command.output().unwrap_or_else(|e| panic!("cannot run crane: {e}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "crane {}: {complaint}", args.join(" "));
}
