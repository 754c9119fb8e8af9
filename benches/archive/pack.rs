//! Packing against `tar -c | gzip`.

use super::data::{self, Data};
use super::measured::{ROUNDS, median, peak_of_this_process, timed};
use eevee_operator::archive::Progress;
use eevee_operator::archive::manifest::Manifest;
use eevee_operator::archive::pack::{PackRequest, pack};
use std::env;
use std::io;
use std::path::Path;
use std::process::Command;

/// The bench runs itself so, since memory is that of a process.
pub const CHILD: &str = "--pack";

pub fn child(claim: &Path, scratch: &Path) {
    let order = PackRequest { claim, scratch, manifest: Manifest::default() };
    let packed = pack(&order, io::sink(), &Progress::default()).expect("an archive");
    println!("{} {}", packed.bytes, peak_of_this_process());
}

type Fill = fn(&Path);

pub fn bench() {
    println!("| data | packed MB | seconds | tar+gzip MB | seconds | times as fast | peak MiB |");
    println!("|---|---|---|---|---|---|---|");
    let data: [(&str, Fill, usize); 5] = [
        ("512 MiB of text", |to| data::one_file(to, 512), ROUNDS),
        ("512 MiB of noise", |to| data::noise(to, 512), ROUNDS),
        ("200,000 small files", |to| data::small_files(to, 200_000), ROUNDS),
        ("10 GiB, all but a hole", |to| data::sparse(to, 10), 0),
        ("5 GiB in one file", |to| data::one_file(to, 5 << 10), 1),
    ];
    for (name, fill, rounds) in data {
        let claim = Data::new("claim", fill);
        let scratch = Data::new("scratch", |_| ());
        // The first of each warms the caches.
        let (mut ours, mut theirs) = (vec![packed(&claim, &scratch)], Vec::new());
        for _ in 0..rounds {
            theirs.push(tarred(&claim));
            ours.push(packed(&claim, &scratch));
        }
        row(name, &ours, &theirs);
    }
}

struct Run {
    time: std::time::Duration,
    bytes: f64,
    peak: f64,
}

fn row(name: &str, ours: &[Run], theirs: &[Run]) {
    let times = |runs: &[Run]| median(runs.iter().map(|run| run.time).collect());
    let last = |runs: &[Run]| runs.last().map_or(0.0, |run| run.bytes) / 1e6;
    let peak = ours.iter().map(|run| run.peak).fold(0.0, f64::max);
    let seconds = times(ours);
    let (other, ratio) =
        if theirs.is_empty() { (0.0, 0.0) } else { (times(theirs), times(theirs) / seconds) };
    println!(
        "| {name} | {:.1} | {seconds:.2} | {:.1} | {other:.2} | {ratio:.2} | {peak:.1} |",
        last(ours),
        last(theirs)
    );
}

fn packed(claim: &Data, scratch: &Data) -> Run {
    let mut own = Command::new(env::current_exe().expect("the bench"));
    own.arg(CHILD).arg(claim.path()).arg(scratch.path());
    let (time, output) = timed(|| own.output().expect("a process"));
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).expect("text");
    let mut numbers = said.split_whitespace().map(|number| number.parse().expect("a number"));
    let mut next = || numbers.next().expect("two numbers");
    Run { time, bytes: next(), peak: next() }
}

fn tarred(claim: &Data) -> Run {
    let script = "tar -C \"$1\" -cf - . | gzip | wc -c";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(claim.path());
    let (time, output) = timed(|| shell.output().expect("a shell"));
    let bytes = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number");
    Run { time, bytes, peak: 0.0 }
}
