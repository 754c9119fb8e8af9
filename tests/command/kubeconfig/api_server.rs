//! A loopback API server that remembers what it is sent, and gives every request the same answer.

use super::certificates::{Authority, Issued};
use super::listener::{head, listen};
use rustls::crypto::ring::{default_provider, sign::any_supported_type};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

pub const FORBIDDEN: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"apis is forbidden: no","reason":"Forbidden","code":403}"#;

pub struct ApiServer {
    pub port: u16,
    memory: Arc<Memory>,
}

struct Memory {
    requests: Mutex<Vec<String>>,
    answer: Mutex<(u16, String)>,
}

impl Memory {
    fn hear(&self, request: String) {
        self.requests.lock().expect("the requests").push(request);
    }

    fn respond(&self, stream: &mut impl Write) {
        let (code, body) = self.answer.lock().expect("the answer").clone();
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {code} Said\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        // A client that is gone hears nothing.
        let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
    }
}

impl ApiServer {
    pub fn over_tls(issued: &Issued, authority: &Authority) -> Self {
        let key = any_supported_type(&issued.key).expect("a key");
        Self::proving(CertifiedKey::new(vec![issued.certificate.clone()], key), authority)
    }

    /// With a certificate whose key is another's.
    pub fn impostor(shown: &Issued, held: &Issued, authority: &Authority) -> Self {
        let key = any_supported_type(&held.key).expect("a key");
        Self::proving(CertifiedKey::new(vec![shown.certificate.clone()], key), authority)
    }

    fn proving(certified: CertifiedKey, authority: &Authority) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(authority.certificate.clone()).expect("an authority");
        let provider = Arc::new(default_provider());
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()
                .expect("a verifier");
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_client_cert_verifier(clients)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        let config = Arc::new(config);
        Self::start(move |tcp, memory| {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { return };
            let mut stream = StreamOwned::new(connection, tcp);
            let Some(head) = head(&mut stream) else { return };
            let certificates = stream.conn.peer_certificates().map_or(0, <[_]>::len);
            memory.hear(format!("{}\r\ncertificates: {certificates}\r\n", head.trim_end()));
            memory.respond(&mut stream);
        })
    }

    pub fn over_plain_http() -> Self {
        Self::start(|mut tcp, memory| {
            let Some(head) = head(&mut tcp) else { return };
            memory.hear(head);
            memory.respond(&mut tcp);
        })
    }

    fn start(serve: impl Fn(TcpStream, &Memory) + Send + Sync + 'static) -> Self {
        let memory = Arc::new(Memory {
            requests: Mutex::default(),
            answer: Mutex::new((403, FORBIDDEN.to_owned())),
        });
        let remembers = Arc::clone(&memory);
        let port = listen(move |tcp| serve(tcp, &remembers));
        Self { port, memory }
    }

    /// What every request is answered from now on.
    pub fn answers(&self, code: u16, body: &str) {
        *self.memory.answer.lock().expect("the answer") = (code, body.to_owned());
    }

    pub fn requests(&self) -> Vec<String> {
        self.memory.requests.lock().expect("the requests").clone()
    }

    /// Whether the last request holds all this.
    pub fn heard(&self, words: &[&str]) {
        let requests = self.requests();
        let last = requests.last().expect("a request");
        for word in words {
            assert!(last.contains(word), "{word:?} is not in:\n{last}");
        }
    }
}
