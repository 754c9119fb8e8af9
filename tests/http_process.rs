//! The HTTP API in a process of its own: its memory, and its file descriptors.

#[path = "http/client.rs"]
#[allow(dead_code, reason = "each test target uses its own part")]
mod client;
#[path = "http/fake.rs"]
#[allow(dead_code, reason = "each test target uses its own part")]
mod fake;
#[path = "http/server.rs"]
#[allow(dead_code, reason = "each test target uses its own part")]
mod server;

use client::{Client, post, request};
use fake::Fake;
use server::{BEARER, Server};
use std::io::{BufRead, BufReader, Lines, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::task::JoinSet;

/// One wave of a thousand clients, each from an address of its own: a page, a wrong token, a path
/// that is no name, and a body that is too large.
async fn wave(address: SocketAddr, number: u8) {
    let mut clients = JoinSet::new();
    for client in 0..1000_u16 {
        let [high, low] = client.to_be_bytes();
        clients.spawn(async move {
            let from = Ipv4Addr::new(127, number, high, low.max(1));
            let mut client = Client::connect_from(from, address).await;
            client.send(request("GET", "/metrics", &[])).await;
            assert_eq!(client.answer().await.status, 200);
            let mut client = Client::connect_from(from, address).await;
            // Digests take long without optimization: only some send a long token.
            let length = if low % 10 == 0 { 64 * 1024 } else { 64 };
            let wrong = format!("Bearer {}", "x".repeat(length));
            client.send(request("GET", "/api/health", &[("Authorization", &wrong)])).await;
            assert_eq!(client.answer().await.status, 401);
            let mut client = Client::connect_from(from, address).await;
            let path = format!("/nowhere/{number}/{high}/{low}");
            client.send(request("GET", &path, &[])).await;
            assert_eq!(client.answer().await.status, 404);
            let mut client = Client::connect_from(from, address).await;
            let body = " ".repeat(100 * 1024);
            client.send(post("/api/action/restart-module", &[BEARER], &body)).await;
            assert_eq!(client.answer().await.status, 413);
        });
    }
    clients.join_all().await;
}

/// Serves until its input ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process that the other tests start"]
async fn serve() {
    let server = Server::start(Fake::default());
    println!("\n{}", server.address);
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    end.await.expect("no panic").expect("input");
}

/// The process that serves with so many file descriptors, and where. It writes its result when it
/// ends: the output stays open.
fn start(descriptors: u32) -> (Child, Lines<impl BufRead>, SocketAddr) {
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -n {descriptors} && exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "serve", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program starts");
    let mut output = BufReader::new(child.stdout.take().expect("piped")).lines();
    let address = output.find_map(|line| line.expect("text").parse().ok());
    (child, output, address.expect("an address"))
}

/// KiB of a process in memory: `VmRSS` now, `VmHWM` at most.
fn memory(process: &Child, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id()));
    let status = status.expect("Linux");
    let line = status.lines().find(|line| line.starts_with(what)).expect("a size");
    line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
}

#[tokio::test]
async fn memory_stays_as_it_is_after_the_first_thousands_of_clients() {
    let (mut server, _output, address) = start(1024);
    let mut sizes = Vec::new();
    for number in 0..9 {
        wave(address, number).await;
        sizes.push(memory(&server, "VmRSS"));
    }
    let peak = memory(&server, "VmHWM");
    drop(server.stdin.take());
    assert!(server.wait().expect("it ends").success());
    // How many clients are served at once differs from wave to wave, and with it what that takes. What clients
    // leave behind is in all later sizes.
    let before = sizes[..3].iter().max().expect("three");
    let after = sizes[6..].iter().min().expect("three");
    // The thousands of clients that are counted meanwhile take some hundred KiB.
    assert!(*after < before + 2 * 1024, "{sizes:?} KiB");
    // Every slot with a head of 64 KiB and a body of 64 KiB would be 16 MiB more; measured were 5.
    assert!(peak < after + 16 * 1024, "{peak} KiB at most, {sizes:?} KiB");
}

/// Clock ticks, of which there are a hundred a second, that a process has worked.
fn worked(process: &Child) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).expect("Linux");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().expect("ticks"))
        .sum()
}

#[tokio::test]
async fn without_file_descriptors_it_waits_for_some_and_goes_on() {
    let (mut server, _output, address) = start(32);
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(Client::connect(address).await);
    }
    let before = worked(&server);
    let mut waiting = Client::connect(address).await;
    waiting.send(request("GET", "/livez", &[])).await;
    assert!(!waiting.has_answer(Duration::from_secs(2)).await, "there were descriptors left");
    let ticks = worked(&server) - before;
    assert!(ticks < 50, "it worked {ticks} ticks of 200 at nothing");
    drop(idle);
    assert_eq!(waiting.answer().await.status, 200);
    drop(server.stdin.take());
    assert!(server.wait().expect("it ends").success());
}
