//! The archive of a platform: the program, its pages, its completions and its licence.

use crate::place::{VERSION, folder, printed, repository, run};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const PROGRAM: &str = env!("CARGO_BIN_EXE_eevee-operator");

fn packed(program: &Path, folder: &Path) -> PathBuf {
    let [program, folder] = [program, folder].map(|path| path.to_str().expect("UTF-8"));
    PathBuf::from(run("archive", &[program, "linux-amd64", folder]).fine().trim_end())
}

fn files_in(folder: &Path, top: &Path) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            files.extend(files_in(&path, top));
        } else {
            files.insert(path.strip_prefix(top).expect("below it").display().to_string());
        }
    }
    files
}

/// A program of a few bytes: what is compiled for tests takes long to compress.
fn script(folder: &Path, text: &str) -> PathBuf {
    let program = folder.join("program");
    // Written by another process: nobody runs what a process forked meanwhile has open for writing.
    let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" >\"$2\" && chmod +x \"$2\"";
    printed("sh", &["-c", write, "sh", text, program.to_str().expect("UTF-8")]);
    program
}

/// A machine that makes releases has them. One that runs tests may not.
fn can_pack() -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    let is_there =
        |program| env::split_paths(&folders).any(|folder| folder.join(program).is_file());
    let can = ["find", "gzip"].into_iter().all(is_there);
    if !can {
        eprintln!("not tried: it needs find and gzip");
    }
    can
}

const STAND_IN: &str = "case $1 in
  --version) echo eevee-operator 9.8.7-rc.1 ;;
  man) echo page >\"$3/eevee-operator.1\" ;;
  completions) echo \"$2\" ;;
esac";

#[test]
fn all_is_in_one_folder_of_its_name_and_works() {
    if !can_pack() {
        return;
    }
    let folder = folder("archive");
    let name = format!("eevee-operator-{VERSION}-linux-amd64");
    let program = script(&folder, &format!("exec '{PROGRAM}' \"$@\""));
    let archive = packed(&program, &folder);
    assert_eq!(archive, folder.join(format!("{name}.tar.gz")));
    let [from, into] = [&archive, &folder].map(|path| path.to_str().expect("UTF-8"));
    printed("tar", &["-xzf", from, "-C", into]);
    let own = folder.join(&name);
    let files = files_in(&own, &own);
    let all = files_in(&folder, &folder);
    let others = all.iter().filter(|file| !file.starts_with(&format!("{name}/")));
    assert_eq!(others.count(), 2, "{all:#?}");
    for file in [
        "LICENSE",
        "completions/eevee-operator.fish",
        "completions/eevee-operator.zsh",
        "man/eevee-operator-render.1",
        "man/eevee-operator.1",
    ] {
        assert!(files.contains(file), "{file} is not in {files:#?}");
    }
    let program = own.join("eevee-operator");
    assert_eq!(printed(&program, &["--version"]), format!("eevee-operator {VERSION}\n"));
    let read = |name: &str| fs::read_to_string(own.join(name)).expect("a text");
    assert_eq!(read("man/eevee-operator-diff.1"), printed(PROGRAM, &["man", "diff"]));
    assert_eq!(read("completions/eevee-operator.bash"), printed(PROGRAM, &["completions", "bash"]));
    let license = fs::read_to_string(repository().join("LICENSE")).expect("the licence");
    assert_eq!(read("LICENSE"), license);
}

#[test]
fn the_same_program_makes_the_same_archive() {
    if !can_pack() {
        return;
    }
    let bytes = |name| {
        let folder = folder(name);
        let archive = packed(&script(&folder, STAND_IN), &folder);
        assert!(archive.ends_with("eevee-operator-9.8.7-rc.1-linux-amd64.tar.gz"));
        fs::read(archive).expect("an archive")
    };
    assert!(bytes("archive-once") == bytes("archive-twice"), "they differ");
}

#[test]
fn a_program_that_writes_no_pages_makes_no_archive() {
    let folder = folder("archive-without-pages");
    let program = script(&folder, "[ \"$1\" != man ] || exit 1\necho eevee-operator 9.8.7");
    let [program, into] = [&program, &folder].map(|path| path.to_str().expect("UTF-8"));
    assert!(!run("archive", &[program, "linux-amd64", into]).is_good);
    assert_eq!(files_in(&folder, &folder).len(), 1, "only the program is there");
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
    let names: Vec<&str> = sums.lines().filter_map(|line| Some(line.split_once("  ")?.1)).collect();
    assert_eq!(names, ["a b.txt", "b.txt"]);
    assert!(sums.starts_with("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  "));
}

#[test]
fn an_empty_folder_has_no_checksums() {
    let folder = folder("no-checksums");
    run("checksums", &[folder.to_str().expect("UTF-8")]).is_refused(&["is empty"]);
}
