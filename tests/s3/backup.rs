//! `eevee-operator backup` against a real store.

use crate::cluster::Versitygw;
use crate::place::{direct, of, runtime, server};
use eevee_operator::backup::Said;
use eevee_operator::s3::Stored;
use std::env::temp_dir;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A claim that goes with the test.
struct Claim(PathBuf);

impl Claim {
    fn new(name: &str) -> Self {
        let path = temp_dir().join(format!("eevee-s3-backup-{}-{name}", std::process::id()));
        fs::create_dir(&path).expect("a folder");
        fs::write(path.join("file"), name).expect("a file");
        Self(path)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(claim: &Path, module: &str, others: &[(&str, &str)]) -> (Output, Said) {
    let endpoint = format!("http://127.0.0.1:{}", server().port());
    let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    command.arg("backup").env_clear().env("BACKUP_PVC_PATH", claim).envs([
        ("S3_ENDPOINT", endpoint.as_str()),
        ("S3_BUCKET", Versitygw::BUCKET),
        ("S3_REGION", Versitygw::REGION),
        ("S3_PATH_STYLE", "true"),
        ("S3_ACCESS_ID", Versitygw::ACCESS_ID),
        ("S3_SECRET_KEY", Versitygw::SECRET_KEY),
        ("BACKUP_NAMESPACE", "bots"),
        ("BACKUP_MODULE", module),
    ]);
    let output = command.envs(others.iter().copied()).output().expect("it runs");
    let said = Said::read(&String::from_utf8_lossy(&output.stdout)).expect("it says what it did");
    (output, said)
}

fn stored(module: &str) -> Vec<Stored> {
    runtime().block_on(direct().backups(&of(module))).expect("a list")
}

#[test]
fn a_backup_lies_in_the_store_and_older_ones_go() {
    let claim = Claim::new("kept");
    let mut made = Vec::new();
    for _ in 0..3 {
        let proved = made.first().map_or("", String::as_str);
        let others = [("BACKUP_KEEP", r#"{"last":1}"#), ("BACKUP_PROVED", proved)];
        let (output, said) = run(&claim.0, "backup-kept", &others);
        assert_eq!(output.status.code(), Some(0), "{said:?}");
        assert_eq!((said.files, said.warnings.len()), (2, 0), "{said:?}");
        let newest = &stored("backup-kept")[0];
        assert_eq!((Some(&newest.id), newest.bytes), (said.id.as_ref(), said.bytes));
        made.extend(said.id);
    }
    let left: Vec<String> = stored("backup-kept").into_iter().map(|stored| stored.id).collect();
    assert_eq!(left, [made[2].as_str(), &made[0]], "the newest, and the one that is proved");
}

#[test]
fn a_claim_in_the_middle_of_a_restore_leaves_nothing_in_the_store() {
    let claim = Claim::new("moving");
    fs::create_dir(claim.0.join(".eevee-restore")).expect("a folder");
    let journal = claim.0.join(".eevee-restore/journal.json");
    fs::write(journal, r#"{"state":"moving"}"#).expect("a journal");
    let (output, said) = run(&claim.0, "backup-moving", &[]);
    assert_eq!(output.status.code(), Some(3), "{said:?}");
    assert!(said.error.is_some_and(|error| error.contains("let it finish")));
    assert_eq!(stored("backup-moving"), []);
}
