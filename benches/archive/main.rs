//! Archives against `tar` and `gzip`: how fast, and in how much memory.
//!
//! `cargo bench --bench archive` prints two tables, and one of them with `-- pack` or `-- unpack`. It writes about 7 GB below the folder for builds, and removes them.

mod data;
mod measured;
mod pack;
mod unpack;

use std::env;
use std::path::Path;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [pack::CHILD, claim, scratch] => pack::child(Path::new(claim), Path::new(scratch)),
        [unpack::CHILD, archive, claim] => unpack::child(Path::new(archive), Path::new(claim)),
        ["pack", ..] => pack::bench(),
        ["unpack", ..] => unpack::bench(),
        _ => {
            pack::bench();
            unpack::bench();
        }
    }
}
