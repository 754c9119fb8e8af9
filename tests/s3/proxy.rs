//! A server in front of the real one, that remembers what it is asked and does what the test says.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Act {
    Pass,
    /// The real server does not hear of it. Status line, headers and body are given.
    Answer(&'static str, String, String),
    /// The connection ends after so many bytes of the request's body.
    CutRequest(usize),
    /// The connection ends after so many bytes of the answer.
    CutAnswer(usize),
    /// One byte of the request's body is changed.
    Damage,
    /// No answer ever.
    Hang,
    /// A status, and a body without an end.
    Endless(&'static str),
    /// An answer that comes byte by byte, for ever.
    Trickle,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub length: usize,
}

type Script = Box<dyn Fn(&Asked, usize) -> Act + Send + Sync>;

pub struct Proxy {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
}

impl Proxy {
    /// `script` says what becomes of a request, of which so many came before.
    pub fn start(
        server: u16,
        script: impl Fn(&Asked, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let over = Arc::new(AtomicBool::new(false));
        let script: Arc<Script> = Arc::new(Box::new(script));
        let proxy = Self { port, asked: Arc::clone(&asked), over: Arc::clone(&over) };
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (script, asked, over) =
                    (Arc::clone(&script), Arc::clone(&asked), Arc::clone(&over));
                // A client that goes away is no failure of the proxy.
                thread::spawn(move || serve(client, server, &script, &asked, &over));
            }
        });
        proxy
    }

    /// One that changes nothing.
    pub fn honest(server: u16) -> Self {
        Self::start(server, |_, _| Act::Pass)
    }

    /// All that came so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)));
    }
}

fn serve(
    mut client: TcpStream,
    server: u16,
    script: &Script,
    asked: &Mutex<Vec<Asked>>,
    over: &AtomicBool,
) -> Option<()> {
    let head = head(&mut client)?;
    let mut words = head.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let length = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let request = Asked { method, target, length };
    let before = {
        let mut all = asked.lock().expect("no panic");
        all.push(request.clone());
        all.len() - 1
    };
    let act = script(&request, before);
    if let Act::CutRequest(bytes) = act {
        body(&mut client, bytes.min(length))?;
        return None;
    }
    let mut sent = body(&mut client, length)?;
    match act {
        Act::Answer(status, headers, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
            );
            let body = if request.method == "HEAD" { String::new() } else { body };
            client.write_all(format!("{head}{body}").as_bytes()).ok()?;
        }
        Act::Hang => wait(over, || true),
        Act::Endless(status) => {
            let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n");
            client.write_all(head.as_bytes()).ok()?;
            wait(over, || client.write_all(&[b'<'; 4096]).is_ok());
        }
        Act::Trickle => {
            client.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").ok()?;
            wait(over, || {
                thread::sleep(Duration::from_millis(10));
                client.write_all(b" ").is_ok()
            });
        }
        act => {
            if matches!(act, Act::Damage)
                && let Some(byte) = sent.last_mut()
            {
                *byte ^= 1;
            }
            let longest = if let Act::CutAnswer(bytes) = act { bytes } else { usize::MAX };
            pass(&mut client, server, &head, &sent, longest)?;
        }
    }
    let _ = client.shutdown(Shutdown::Write);
    Some(())
}

fn wait(over: &AtomicBool, mut goes_on: impl FnMut() -> bool) {
    while !over.load(Ordering::Relaxed) && goes_on() {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Asks the real server, and hands so many bytes of its answer on.
fn pass(
    client: &mut TcpStream,
    server: u16,
    head: &str,
    sent: &[u8],
    mut longest: usize,
) -> Option<()> {
    let mut upstream = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).ok()?;
    let head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    upstream.write_all(head.as_bytes()).ok()?;
    // A server may refuse before it has read everything.
    let _ = upstream.write_all(sent);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = upstream.read(&mut buffer).ok()?;
        let handed = read.min(longest);
        client.write_all(&buffer[..handed]).ok()?;
        longest -= handed;
        if read == 0 || longest == 0 {
            return Some(());
        }
    }
}

/// Of a request, up to and with its empty line.
fn head(client: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn body(client: &mut TcpStream, length: usize) -> Option<Vec<u8>> {
    let mut body = vec![0; length];
    client.read_exact(&mut body).ok()?;
    Some(body)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
