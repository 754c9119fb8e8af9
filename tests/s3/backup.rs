//! `eevee-operator backup` against a real store.

use crate::job::{Folder, run};
use crate::place::{direct, of, runtime};
use eevee_operator::s3::StoredBackup;
use std::fs;

fn stored(module: &str) -> Vec<StoredBackup> {
    runtime().block_on(direct().backups(&of(module))).expect("a list")
}

#[test]
fn a_backup_lies_in_the_store_and_older_ones_go() {
    let claim = Folder::with("kept", &[("file", "kept")]);
    let mut made = Vec::new();
    for _ in 0..3 {
        let proved = made.first().map_or("", String::as_str);
        let others = [("BACKUP_KEEP", r#"{"last":1}"#), ("BACKUP_PROVED", proved)];
        let (code, said) = run("backup", &claim.0, "backup-kept", &others);
        assert_eq!(code, 0, "{said:?}");
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
    let claim = Folder::with("moving", &[("file", "moving")]);
    fs::create_dir(claim.0.join(".eevee-restore")).expect("a folder");
    let journal = claim.0.join(".eevee-restore/journal.json");
    fs::write(journal, r#"{"state":"moving"}"#).expect("a journal");
    let (code, said) = run("backup", &claim.0, "backup-moving", &[]);
    assert_eq!(code, 3, "{said:?}");
    assert!(said.error.is_some_and(|error| error.contains("let it finish")));
    assert_eq!(stored("backup-moving"), []);
}
