//! A client that sends exactly the bytes it is told to.

use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Longer than any limit of a test: what takes so long hangs.
pub const FOREVER: Duration = Duration::from_secs(30);

pub struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer, taken apart.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Client {
    pub async fn connect(server: SocketAddr) -> Self {
        Self::connect_from(Ipv4Addr::LOCALHOST, server).await
    }

    /// Any address 127.x.y.z belongs to this machine.
    pub async fn connect_from(address: Ipv4Addr, server: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from((address, 0))).expect("an address");
        let stream = timeout(FOREVER, socket.connect(server)).await.expect("in time");
        Self { stream: stream.expect("a connection"), read: Vec::new() }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).await.expect("the server takes it");
    }

    pub async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        timeout(FOREVER, self.stream.write_all(bytes.as_ref())).await.expect("in time")
    }

    /// Says that nothing more will be sent.
    pub async fn finish(&mut self) {
        self.try_finish().await.expect("a connection");
    }

    pub async fn try_finish(&mut self) -> std::io::Result<()> {
        self.stream.shutdown().await
    }

    /// The next answer, whose body has a Content-Length.
    pub async fn answer(&mut self) -> Answer {
        self.read_answer(true).await
    }

    /// The next answer to a HEAD request.
    pub async fn answer_without_body(&mut self) -> Answer {
        self.read_answer(false).await
    }

    async fn read_answer(&mut self, with_body: bool) -> Answer {
        let head = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break self.take(end + 4);
            }
            assert!(self.read_more().await > 0, "closed without an answer");
        };
        let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
        let mut answer = Answer { status, head, body: String::new() };
        if with_body {
            let length = answer.header("content-length").expect("a length");
            let length: usize = length.parse().expect("a number");
            while self.read.len() < length {
                assert!(self.read_more().await > 0, "closed in the middle of an answer");
            }
            answer.body = self.take(length);
        }
        answer
    }

    /// Whether the server closes without another byte.
    pub async fn is_closed(&mut self) -> bool {
        self.read.is_empty() && self.read_more().await == 0
    }

    /// Whether an answer has begun to arrive within a time.
    pub async fn has_answer(&mut self, time: Duration) -> bool {
        timeout(time, self.stream.readable()).await.is_ok()
    }

    /// All that the server sends until it closes.
    pub async fn read_to_end(&mut self) -> String {
        while self.read_more().await > 0 {}
        self.take(self.read.len())
    }

    /// Whether the server closes within a time.
    pub async fn is_closed_within(&mut self, time: Duration) -> bool {
        let mut byte = [0];
        match timeout(time, self.stream.read(&mut byte)).await {
            Ok(read) => matches!(read, Ok(0) | Err(_)),
            Err(_) => false,
        }
    }

    /// A connection that was reset is closed, too.
    async fn read_more(&mut self) -> usize {
        self.read.reserve(64 * 1024);
        let read = timeout(FOREVER, self.stream.read_buf(&mut self.read)).await.expect("in time");
        read.unwrap_or(0)
    }

    fn take(&mut self, length: usize) -> String {
        let taken: Vec<u8> = self.read.drain(..length).collect();
        String::from_utf8(taken).expect("text")
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The member `error` of an error, which has no members but `error` and `details`.
    pub fn error(&self) -> String {
        let json = self.json();
        let members = json.as_object().expect("an object");
        assert!(members.keys().all(|key| key == "error" || key == "details"), "{json}");
        json["error"].as_str().expect("a text").to_owned()
    }
}

/// A request without a body.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{method} {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n")
}

/// A POST with a body.
pub fn post(path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let length = body.len().to_string();
    let headers = [headers, &[("Content-Length", &length)]].concat();
    request("POST", path, &headers) + body
}
