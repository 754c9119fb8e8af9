//! One request by HTTP/1.0, whose answer ends with the connection.

use std::fmt;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// To connect, and for each part of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer that is read, in bytes. A list of a thousand modules has about one million.
const LARGEST: u64 = 16 << 20;

/// Where to ask: `http://host:port/path`.
#[derive(Clone)]
pub struct Address {
    authority: String,
    pub path: String,
}

pub struct ProbeResponse {
    pub status: u16,
    pub body: String,
}

impl Address {
    /// # Errors
    /// What an address has to look like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.strip_prefix("http://").and_then(|rest| rest.split_once('/'));
        let usable = |part: &str| part.bytes().all(|byte| byte.is_ascii_graphic());
        match parts {
            Some((authority, path)) if authority.contains(':') && usable(text) => {
                Ok(Self { authority: authority.to_owned(), path: format!("/{path}") })
            }
            _ => Err("it must look like http://host:port/path".to_owned()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

/// # Errors
/// Why there is no answer. The token is not in it.
pub fn get(address: &Address, token: Option<&str>) -> Result<ProbeResponse, String> {
    let answer = exchange(address, token).map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&answer);
    parse(&text).ok_or_else(|| "the answer is not HTTP".to_owned())
}

fn exchange(address: &Address, token: Option<&str>) -> std::io::Result<Vec<u8>> {
    let Address { authority, path } = address;
    let mut stream = connect(authority)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
    let token = token.unwrap_or_default();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {authority}\r\n{token}\r\n")?;
    let mut answer = Vec::new();
    stream.take(LARGEST).read_to_end(&mut answer)?;
    Ok(answer)
}

/// The first address of a name that answers.
fn connect(authority: &str) -> std::io::Result<TcpStream> {
    let mut last = std::io::Error::other("the name has no address");
    for address in authority.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn parse(answer: &str) -> Option<ProbeResponse> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some(ProbeResponse { status, body: body.to_owned() })
}
