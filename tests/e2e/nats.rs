//! The least of a NATS client: it shows a token, asks one question and waits for the answer.

use serde_json::json;
use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// An answer takes milliseconds; a module that asks another gives up after 5 seconds.
const PATIENCE: Duration = Duration::from_secs(10);

const INBOX: &str = "_INBOX.e2e";

/// What is answered to a request on a subject. Err is the server's refusal, or why there is no answer.
pub fn request(host: &str, token: &str, subject: &str, text: &str) -> Result<String, String> {
    let mut connection = login(host, token)?;
    let asked = write!(
        connection.get_mut(),
        "SUB {INBOX} 1\r\nPUB {subject} {INBOX} {}\r\n{text}\r\n",
        text.len()
    );
    asked.and_then(|()| answer(&mut connection)).map_err(|e| format!("no answer: {e}"))
}

/// Connects with a token. Err is the server's refusal.
pub fn login(host: &str, token: &str) -> Result<BufReader<TcpStream>, String> {
    let mut connection = connect(host).map_err(|e| format!("no NATS at {host}: {e}"))?;
    // Headers, so that the server can say at once that nobody listens.
    let options =
        json!({ "auth_token": token, "verbose": false, "headers": true, "no_responders": true });
    write!(connection.get_mut(), "CONNECT {options}\r\nPING\r\n").map_err(|e| e.to_string())?;
    loop {
        let line = read_line(&mut connection).map_err(|e| format!("connection lost: {e}"))?;
        if line == "PONG" {
            return Ok(connection);
        }
        if let Some(reason) = line.strip_prefix("-ERR ") {
            return Err(reason.trim_matches('\'').to_owned());
        }
    }
}

fn connect(host: &str) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect((host, 4222))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(BufReader::new(stream))
}

fn answer(connection: &mut BufReader<TcpStream>) -> io::Result<String> {
    loop {
        let line = read_line(connection)?;
        if line == "PING" {
            connection.get_mut().write_all(b"PONG\r\n")?;
        }
        if line.starts_with("HMSG ") {
            return Err(io::Error::other("nobody listens"));
        }
        // MSG subject sid length
        if let Some(message) = line.strip_prefix("MSG ") {
            let length = message.rsplit(' ').next().and_then(|length| length.parse().ok());
            let mut text = vec![0; length.ok_or(io::ErrorKind::InvalidData)?];
            connection.read_exact(&mut text)?;
            return Ok(String::from_utf8_lossy(&text).into_owned());
        }
    }
}

fn read_line(connection: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// How many numbered messages were sent, and how many of them a subscriber never got, while something happened. Both
/// clients keep their connection for as long as it holds, and what is sent without one is lost, as with core NATS.
pub fn losses(host: &str, token: &str, happening: impl FnOnce()) -> (usize, usize) {
    let over = AtomicBool::new(false);
    let received = Mutex::new(HashSet::new());
    let mut sent = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let _ =
                    login(host, token).and_then(|connection| receive(connection, &over, &received));
                thread::sleep(RECONNECT);
            }
        });
        let publisher = scope.spawn(|| publish(host, token, &over));
        happening();
        over.store(true, Ordering::Relaxed);
        sent = publisher.join().expect("the publisher ends");
    });
    let received = received.into_inner().expect("not poisoned");
    // What was sent before the subscriber was there is none of it.
    let first = received.iter().min().copied().unwrap_or(sent);
    let last = received.iter().max().copied().unwrap_or(first);
    let expected = last + 1 - first;
    (expected, expected - received.len())
}

/// Between two tries to connect, as the example module does.
const RECONNECT: Duration = Duration::from_millis(500);
/// Between two messages.
const PACE: Duration = Duration::from_millis(10);

fn publish(host: &str, token: &str, over: &AtomicBool) -> usize {
    let mut number = 0;
    let mut connection = None;
    let mut next_try = Instant::now();
    while !over.load(Ordering::Relaxed) {
        if connection.is_none() && next_try <= Instant::now() {
            connection = login(host, token).ok();
            next_try = Instant::now() + RECONNECT;
        }
        if let Some(open) = &mut connection {
            let text = number.to_string();
            let written = write!(open.get_mut(), "PUB {LOSSES} {}\r\n{text}\r\n", text.len());
            if written.is_err() || has_ended(open) {
                connection = None;
            }
        }
        number += 1;
        thread::sleep(PACE);
    }
    number
}

const LOSSES: &str = "e2e.losses";

/// Whether the server has closed a connection. Answers its pings.
fn has_ended(connection: &mut BufReader<TcpStream>) -> bool {
    let _ = connection.get_ref().set_nonblocking(true);
    let mut line = String::new();
    let read = connection.read_line(&mut line);
    let _ = connection.get_ref().set_nonblocking(false);
    if line.starts_with("PING") {
        let _ = connection.get_mut().write_all(b"PONG\r\n");
    }
    match read {
        Ok(count) => count == 0,
        Err(e) => e.kind() != io::ErrorKind::WouldBlock,
    }
}

fn receive(
    mut connection: BufReader<TcpStream>,
    over: &AtomicBool,
    received: &Mutex<HashSet<usize>>,
) -> Result<(), String> {
    let ended = |e: io::Error| e.to_string();
    connection.get_ref().set_read_timeout(Some(RECONNECT)).map_err(ended)?;
    write!(connection.get_mut(), "SUB {LOSSES} 1\r\n").map_err(ended)?;
    while !over.load(Ordering::Relaxed) {
        let line = match read_line(&mut connection) {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => continue,
            other => other.map_err(ended)?,
        };
        if line == "PING" {
            connection.get_mut().write_all(b"PONG\r\n").map_err(ended)?;
        }
        if let Ok(number) = line.parse() {
            received.lock().expect("not poisoned").insert(number);
        }
    }
    Ok(())
}
