//! Archives against `tar` and `gzip`: how fast, and in how much memory.
//!
//! `cargo bench --bench archive` prints a table. It writes about 7 GB below the folder for builds, and removes them.

mod data;
mod measured;
mod pack;

use std::env;
use std::path::Path;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [pack::CHILD, claim, scratch] => pack::child(Path::new(claim), Path::new(scratch)),
        _ => pack::bench(),
    }
}
