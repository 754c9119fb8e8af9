//! `restore` at a person's desk, and as a Job without a usable environment.

use crate::documents::read;
use crate::program::Program;

#[test]
fn the_resource_that_restores_is_printed() {
    let arguments = [
        "restore",
        "echo",
        "--store",
        "home",
        "-n",
        "bots",
        "--clean",
        "--id",
        "a-1",
        "--from-namespace",
        "old",
        "--from-module",
        "echo2",
    ];
    let ending = Program::new(&arguments).run();
    assert_eq!(ending.err, "");
    let [restore] = &read(&ending.fine())[..] else { panic!("one document") };
    assert_eq!(restore["kind"], "BackupRestore");
    assert_eq!(restore["metadata"]["namespace"], "bots");
    let name = restore["metadata"]["name"].as_str().expect("a name");
    assert!(name.starts_with("echo-2") && name.len() == "echo-20260102-030405".len(), "{name}");
    let spec = &restore["spec"];
    assert_eq!(
        (&spec["botModule"]["name"], &spec["s3Store"]["name"]),
        (&"echo".into(), &"home".into())
    );
    assert_eq!((&spec["backupId"], &spec["cleanRestore"]), (&"a-1".into(), &true.into()));
    assert_eq!(
        (&spec["from"]["namespace"], &spec["from"]["module"]),
        (&"old".into(), &"echo2".into())
    );
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    let run = |arguments: &[&str]| Program::new(&[&["restore"], arguments].concat()).run();
    run(&["echo", "--store", "home", "--id", "../other"])
        .is_refused(&["--id", "must consist of letters"]);
    run(&["echo", "--store", "home", "-n", "No"]).is_refused(&["--namespace"]);
    run(&["echo"]).is_unusable(&["--store"]);
    run(&["--id", "a"]).is_unusable(&["MODULE"]);
    run(&[]).is_refused(&["eevee-operator restore MODULE --store STORE"]);
}

#[test]
fn every_variable_that_cannot_be_used_is_named() {
    let ending = Program::new(&["restore"])
        .with("RESTORE_MODULE", "echo")
        .with("RESTORE_BACKUP_ID", "../../other")
        .with("RESTORE_CLEAN", "yes")
        .run();
    assert_eq!(ending.code, 2);
    ending.says(&["RESTORE_NAMESPACE is not set", "BACKUP_PVC_PATH is not set", "S3_ENDPOINT"]);
    ending.says(&["RESTORE_BACKUP_ID is \"../../other\"", "RESTORE_CLEAN is \"yes\""]);
}
