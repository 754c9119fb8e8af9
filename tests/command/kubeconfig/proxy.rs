//! A loopback proxy that knows the host of one server, which nobody else can resolve, and remembers
//! what it is asked.

use super::certificates::Issued;
use super::listener::{head, listen};
use rustls::crypto::ring::default_provider;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{ErrorKind, Read, Write, copy};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub struct Proxy {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// One of HTTP, for tunnels and for plain requests.
    pub fn of_http(server: u16) -> Self {
        Self::start(move |mut client, asked| {
            let Some(head) = head(&mut client) else { return };
            asked(head.clone());
            let Ok(mut upstream) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else {
                return;
            };
            let begun = if head.starts_with("CONNECT ") {
                client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
            } else {
                upstream.write_all(head.as_bytes())
            };
            if begun.is_ok() {
                join(client, upstream);
            }
        })
    }

    /// One of HTTP, for tunnels, that is reached by TLS.
    pub fn of_https(server: u16, issued: &Issued) -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![issued.certificate.clone()], issued.key.clone_key())
            .expect("a certificate");
        let config = Arc::new(config);
        Self::start(move |client, asked| {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { return };
            let mut client = StreamOwned::new(connection, client);
            let Some(head) = head(&mut client) else { return };
            asked(head.clone());
            let Ok(mut upstream) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else {
                return;
            };
            let opened = client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n");
            let patience = Some(Duration::from_millis(5));
            let timed = upstream.set_read_timeout(patience);
            if opened.and(timed).and(client.sock.set_read_timeout(patience)).is_ok() {
                while pass(&mut client, &mut upstream) && pass(&mut upstream, &mut client) {}
            }
        })
    }

    /// One of SOCKS 5 without a password.
    pub fn of_socks(server: u16) -> Self {
        Self::start(move |mut client, asked| {
            let mut greeting = [0; 3];
            let mut request = [0; 5];
            if client.read_exact(&mut greeting).is_err()
                || client.write_all(&[5, 0]).is_err()
                || client.read_exact(&mut request).is_err()
            {
                return;
            }
            let mut name = vec![0; usize::from(request[4]) + 2];
            if client.read_exact(&mut name).is_err() {
                return;
            }
            let (host, port) = name.split_at(name.len() - 2);
            let port = u16::from_be_bytes([port[0], port[1]]);
            asked(format!("type {} {}:{port}", request[3], String::from_utf8_lossy(host)));
            let granted = client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]);
            if let (Ok(()), Ok(upstream)) =
                (granted, TcpStream::connect((Ipv4Addr::LOCALHOST, server)))
            {
                join(client, upstream);
            }
        })
    }

    /// One that lets nobody through.
    pub fn closed() -> Self {
        Self::start(|mut client, asked| {
            let Some(head) = head(&mut client) else { return };
            asked(head);
            let _ = client.write_all(b"HTTP/1.1 407 Who?\r\ncontent-length: 0\r\n\r\n");
        })
    }

    fn start(serve: impl Fn(TcpStream, &dyn Fn(String)) + Send + Sync + 'static) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&asked);
        let port = listen(move |tcp| {
            serve(tcp, &|what| memory.lock().expect("what is asked").push(what));
        });
        Self { port, asked }
    }

    /// What it was asked, each time.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("what is asked").clone()
    }
}

/// Passes on what one side has to say by now, and tells whether it may say more.
fn pass(from: &mut impl Read, to: &mut impl Write) -> bool {
    let mut bytes = [0; 16 << 10];
    match from.read(&mut bytes) {
        Ok(0) => false,
        Ok(count) => to.write_all(&bytes[..count]).and_then(|()| to.flush()).is_ok(),
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

/// Passes bytes both ways until one side ends.
fn join(client: TcpStream, upstream: TcpStream) {
    let (Ok(mut from_client), Ok(mut to_upstream)) = (client.try_clone(), upstream.try_clone())
    else {
        return;
    };
    std::thread::spawn(move || {
        let _ = copy(&mut from_client, &mut to_upstream);
        let _ = to_upstream.shutdown(Shutdown::Write);
    });
    let (mut from_upstream, mut to_client) = (upstream, client);
    let _ = copy(&mut from_upstream, &mut to_client);
    let _ = to_client.shutdown(Shutdown::Write);
}
