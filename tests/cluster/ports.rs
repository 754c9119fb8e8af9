//! Ports for servers that cannot be told to take any free one.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

/// Below the range from which the kernel serves outgoing connections (32768 and up on Linux). A server that is down
/// for a while must find its port free again; out of that range a client that keeps trying to reach it could be given
/// that very port as its own, and even connect to itself.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port of 127.0.0.1 on which nobody listens, never the same twice in one process.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    // Random, so that test processes that run side by side rarely try the same ones.
    (0..1000_u32)
        .map(|attempt| RandomState::new().hash_one(attempt) % u64::from(COUNT))
        .map(|offset| FIRST + u16::try_from(offset).expect("below COUNT"))
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() && given.insert(port))
        .expect("no free port on 127.0.0.1 after 1000 attempts")
}
