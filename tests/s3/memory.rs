//! A Job has 64 MiB.

use crate::place::{MIB, access, of, runtime, server, store_with};
use eevee_operator::s3::{Download, Upload};
use std::env;
use std::fs;
use std::io::{Read, Write};
use std::process::Command;

const PORT: &str = "PORT_OF_THE_STORE";
const SIZE: usize = 96 * MIB;
/// Three buffers of 8 MiB and what a program needs.
const MOST: u64 = 48 << 10;

/// In a process of its own, since a process remembers the most it ever had.
#[test]
fn buffers_are_few_however_large_the_object_is() {
    let me = env::current_exe().expect("a path");
    let child = Command::new(me)
        .args(["--exact", "memory::there_and_back", "--ignored", "--nocapture"])
        .env(PORT, server().port().to_string())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{said} {}", String::from_utf8_lossy(&child.stderr));
    let most = said.split("most KiB: ").nth(1).and_then(|rest| rest.lines().next());
    let most: u64 = most.and_then(|number| number.parse().ok()).expect("a number");
    assert!(most < MOST, "{most} KiB");
    println!("{most} KiB");
}

#[test]
#[ignore = "the test above runs it"]
fn there_and_back() {
    let port = env::var(PORT).expect("a port").parse().expect("a number");
    let store = store_with(&access(port, ""));
    let key = of("memory").key("", "a");
    let mut upload = Upload::begin(&store, runtime(), &key, SIZE as u64).expect("a beginning");
    let piece = vec![7; MIB];
    for _ in 0..SIZE / MIB {
        upload.write_all(&piece).expect("it is taken");
    }
    assert_eq!(upload.finish(), Ok(SIZE as u64));
    let mut download = Download::begin(&store, runtime(), &key).expect("a beginning");
    let mut piece = vec![0; MIB];
    let mut read = 0;
    loop {
        match download.read(&mut piece).expect("bytes") {
            0 => break,
            some => read += some,
        }
    }
    assert_eq!(read, SIZE);
    let status = fs::read_to_string("/proc/self/status").expect("a status");
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    println!("most KiB: {}", most.trim().trim_end_matches(" kB"));
}
