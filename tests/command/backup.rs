//! `backup` as a Job without a usable environment.

use crate::program::{Folder, Program};
use serde_json::Value;

#[test]
fn every_variable_that_is_missing_is_named_to_whoever_listens() {
    let folder = Folder::of(&[("log", "of an earlier run")]);
    let arguments = ["backup", "--termination-log", "log"];
    let ending = Program::new(&arguments).within(&folder).with("BACKUP_MODULE", "echo").run();
    assert_eq!(ending.code, 2);
    let missing = ["S3_ENDPOINT", "S3_BUCKET", "BACKUP_NAMESPACE", "BACKUP_PVC_PATH"];
    ending.says(&missing);
    assert!(!ending.err.contains("BACKUP_MODULE"), "{}", ending.err);
    let said: Value = serde_json::from_str(&ending.out).expect("a line of JSON");
    for name in missing {
        assert!(said["error"].as_str().is_some_and(|error| error.contains(name)), "{said}");
    }
    assert_eq!(
        format!("{}\n", std::fs::read_to_string(folder.path("log")).expect("the file")),
        ending.out
    );
}
