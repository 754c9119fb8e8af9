//! The least of a NATS client: it shows a token, asks one question and waits for the answer.

use serde_json::json;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// An answer takes milliseconds; a module that asks another gives up after 5 seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The address of a Service may lead for a moment to a pod that is gone, where nothing answers.
const CONNECTING: Duration = Duration::from_secs(1);

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
    let address = (host, 4222).to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
    let stream = TcpStream::connect_timeout(&address, CONNECTING)?;
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
