//! The archive of a platform: the program, its pages, its completions and its licence.

use crate::place::{VERSION, folder, printed, repository, run};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PROGRAM: &str = env!("CARGO_BIN_EXE_eevee-operator");

fn packed(folder: &Path) -> PathBuf {
    let into = folder.to_str().expect("UTF-8");
    PathBuf::from(run("archive", &[PROGRAM, "linux-amd64", into]).fine().trim_end())
}

fn listed(archive: &Path) -> BTreeSet<String> {
    let list = printed("tar", &["-tzf", archive.to_str().expect("UTF-8")]);
    list.lines().map(str::to_owned).collect()
}

#[test]
fn all_is_in_one_folder_of_its_name() {
    let archive = packed(&folder("archive"));
    let name = format!("eevee-operator-{VERSION}-linux-amd64");
    assert!(archive.ends_with(format!("{name}.tar.gz")), "{}", archive.display());
    let listed = listed(&archive);
    for file in [
        "eevee-operator",
        "LICENSE",
        "man/eevee-operator.1",
        "man/eevee-operator-render.1",
        "completions/eevee-operator.bash",
        "completions/eevee-operator.fish",
        "completions/eevee-operator.zsh",
    ] {
        assert!(listed.contains(&format!("{name}/{file}")), "{file} is not in {listed:#?}");
    }
    assert!(listed.iter().all(|file| file.starts_with(&name)), "{listed:#?}");
}

#[test]
fn what_is_unpacked_works() {
    let folder = folder("unpacked");
    let archive = packed(&folder);
    let [archive, into] = [&archive, &folder].map(|path| path.to_str().expect("UTF-8"));
    printed("tar", &["-xzf", archive, "-C", into]);
    let own = folder.join(format!("eevee-operator-{VERSION}-linux-amd64"));
    let version = printed(own.join("eevee-operator"), &["--version"]);
    assert_eq!(version, format!("eevee-operator {VERSION}\n"));
    let page = fs::read_to_string(own.join("man/eevee-operator-diff.1")).expect("a page");
    assert_eq!(page, printed(PROGRAM, &["man", "diff"]));
    let script = fs::read_to_string(own.join("completions/eevee-operator.bash")).expect("a script");
    assert_eq!(script, printed(PROGRAM, &["completions", "bash"]));
    let license = fs::read(own.join("LICENSE")).expect("the licence");
    assert_eq!(license, fs::read(repository().join("LICENSE")).expect("the licence"));
}

#[test]
fn the_same_program_makes_the_same_archive() {
    let bytes = |name| fs::read(packed(&folder(name))).expect("an archive");
    assert!(bytes("archive-once") == bytes("archive-twice"), "they differ");
}

#[test]
fn checksums_are_those_of_every_file() {
    let folder = folder("checksums");
    fs::write(folder.join("b.txt"), "b").expect("a file");
    fs::write(folder.join("a b.txt"), "a").expect("a file");
    let path = folder.to_str().expect("UTF-8");
    run("checksums", &[path]).fine();
    // Again: its own file is not among them.
    run("checksums", &[path]).fine();
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).expect("the checksums");
    let names: Vec<&str> =
        sums.lines().filter_map(|line| line.split_once("  ")).map(|it| it.1).collect();
    assert_eq!(names, ["a b.txt", "b.txt"]);
    assert!(sums.starts_with("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  "));
}

#[test]
fn an_empty_folder_has_no_checksums() {
    let folder = folder("no-checksums");
    run("checksums", &[folder.to_str().expect("UTF-8")]).is_refused(&["is empty"]);
}
