//! Restoring against `tar -xzpf`, which waits for the disk as a restore does.

use super::data::{self, Data};
use super::measured::{ROUNDS, median, peak_of_this_process, timed};
use eevee_operator::archive::Progress;
use eevee_operator::archive::unpack::{Claim, Disk, Wanted};
use eevee_operator::backup::key::Of;
use std::env;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// The bench runs itself so, since memory is that of a process.
pub const CHILD: &str = "--unpack";

pub fn child(archive: &Path, claim: &Path) {
    let progress = Arc::new(Progress::default());
    let claim = Claim::open(claim, Disk::default(), &progress).expect("a claim");
    let of = Of { namespace: "bots".to_owned(), module: "echo".to_owned() };
    let archive = File::open(archive).expect("an archive");
    let journal = claim.unpack(&Wanted::new(&of, "a", false), archive).expect("it is whole");
    claim.put_in_place(journal).expect("it is put in place");
    println!("{}", peak_of_this_process());
}

type Fill = fn(&Path);

pub fn bench() {
    println!("| data | restored in seconds | tar+sync seconds | times as fast | peak MiB |");
    println!("|---|---|---|---|---|");
    let data: [(&str, Fill, usize); 5] = [
        ("512 MiB of text", |to| data::one_file(to, 512), ROUNDS),
        ("512 MiB of noise", |to| data::noise(to, 512), ROUNDS),
        ("200,000 small files", |to| data::small_files(to, 200_000), ROUNDS),
        ("10 GiB, all but a hole", |to| data::sparse(to, 10), 1),
        ("5 GiB in one file", |to| data::one_file(to, 5 << 10), 1),
    ];
    for (name, fill, rounds) in data {
        let packed = Data::new("packed", |_| ());
        let archive = packed.path().join("archive");
        pack(&Data::new("claim", fill), &archive);
        let (mut ours, mut theirs, mut peak) = (Vec::new(), Vec::new(), 0.0_f64);
        for _ in 0..rounds {
            theirs.push(untarred(&archive));
            let (time, of_this) = restored(&archive);
            ours.push(time);
            peak = peak.max(of_this);
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!("| {name} | {ours:.2} | {theirs:.2} | {:.2} | {peak:.1} |", theirs / ours);
    }
}

fn pack(claim: &Data, archive: &Path) {
    let script = "tar -C \"$1\" --sparse -cf - . | gzip -4 > \"$2\"";
    let mut shell = Command::new("sh");
    let status = shell.args(["-c", script, "sh"]).arg(claim.path()).arg(archive).status();
    assert!(status.expect("a shell").success());
}

fn restored(archive: &Path) -> (Duration, f64) {
    let claim = Data::new("restored", |_| ());
    let mut own = Command::new(env::current_exe().expect("the bench"));
    own.arg(CHILD).arg(archive).arg(claim.path());
    let (time, output) = timed(|| own.output().expect("a process"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let peak = String::from_utf8(output.stdout).expect("text").trim().parse().expect("a number");
    (time, peak)
}

fn untarred(archive: &Path) -> Duration {
    let claim = Data::new("restored", |_| ());
    let script = "tar -C \"$1\" -xzpf \"$2\" && sync -f \"$1\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(claim.path()).arg(archive);
    let (time, status) = timed(|| shell.status().expect("a shell"));
    assert!(status.success());
    time
}
