//! A cluster of many modules, read by a program that may open few files: `snapshot` and `diff` keep
//! few connections open at once, and say why they cannot read.

use crate::program::{Ending, Folder, Program};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const MODULES: usize = 300;
/// Below what one connection for each name would need, far above what the program opens itself.
const DESCRIPTORS: usize = 96;
/// More than the program ever opens side by side, the odd one that closes just then included.
const CONNECTIONS: usize = 20;

/// An API server that has many modules and nothing else.
struct Server {
    address: String,
    most: Arc<AtomicUsize>,
}

impl Server {
    /// `by_name` is the answer to who asks for an object by name.
    fn start(by_name: fn() -> (u16, Value)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let seen = Arc::clone(&most);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let open = Arc::clone(&open);
                seen.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    serve(&connection, by_name);
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, most }
    }

    fn run(&self, command: &str) -> Ending {
        let kubeconfig = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "many",
            "contexts": [{ "name": "many", "context": { "cluster": "many", "user": "many" } }],
            "clusters": [{ "name": "many", "cluster": { "server": format!("http://{}", self.address) } }],
            "users": [{ "name": "many", "user": {} }],
        });
        let folder = Folder::of(&[("kubeconfig.yaml", &kubeconfig.to_string())]);
        let program = Program::new(&[command, "--kubeconfig", "kubeconfig.yaml"]);
        program.with_descriptors(DESCRIPTORS).within(&folder).run()
    }
}

/// Answers one request after the other until the client goes.
fn serve(connection: &TcpStream, by_name: fn() -> (u16, Value)) {
    let mut lines = BufReader::new(connection).lines();
    while let Some(Ok(request)) = lines.next() {
        let headers =
            lines.by_ref().take_while(|line| line.as_ref().is_ok_and(|it| !it.is_empty()));
        headers.for_each(drop);
        let path = request.split(' ').nth(1).unwrap_or_default();
        let (code, body) = answer(path.split('?').next().unwrap_or_default(), by_name);
        let body = body.to_string();
        let head = format!("HTTP/1.1 {code} -\r\ncontent-type: application/json\r\n");
        let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        let mut writer = connection;
        if writer.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(path: &str, by_name: fn() -> (u16, Value)) -> (u16, Value) {
    if path == "/apis/eevee.bot/v1" {
        let resource = |name: &str, kind: &str| json!({ "name": name, "singularName": "", "kind": kind, "namespaced": true, "verbs": ["get", "list"] });
        let resources = [resource("botmodules", "BotModule"), resource("ipcconfigs", "IpcConfig")];
        return (
            200,
            json!({ "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "eevee.bot/v1", "resources": resources }),
        );
    }
    let in_namespace = path.split("/namespaces/eevee-bot/").nth(1).unwrap_or_default();
    if in_namespace.contains('/') {
        return by_name();
    }
    let items: Vec<Value> = match in_namespace {
        "botmodules" => (0..MODULES).map(module).collect(),
        _ => Vec::new(),
    };
    let metadata = json!({ "resourceVersion": "1" });
    (200, json!({ "kind": "List", "apiVersion": "v1", "metadata": metadata, "items": items }))
}

fn module(number: usize) -> Value {
    json!({
        "apiVersion": "eevee.bot/v1",
        "kind": "BotModule",
        "metadata": {
            "name": format!("module-{number}"), "namespace": "eevee-bot", "uid": format!("uid-{number}"),
            "resourceVersion": "1", "generation": 1,
        },
        "spec": { "image": "echo:1", "moduleConfig": "a: 1" },
    })
}

fn status(code: u16, reason: &str, message: &str) -> (u16, Value) {
    let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message });
    (code, status)
}

#[test]
fn many_names_are_read_over_few_connections() {
    for (command, code) in [("snapshot", 0), ("diff", 1)] {
        let server = Server::start(|| status(404, "NotFound", "not found"));
        let ending = server.run(command);
        assert_eq!(ending.code, code, "{command}: {}", ending.err);
        assert!(ending.out.contains("module-299"), "{command} is not whole");
        let most = server.most.load(Ordering::SeqCst);
        assert!(most <= CONNECTIONS, "{command} opened {most} connections at once");
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_cause_and_not_at_length() {
    let server = Server::start(|| status(403, "Forbidden", "somebody may not read this"));
    let refused = server.run("diff");
    refused.is_refused(&[
        "cannot compare without reading",
        " more (HTTP 403: cannot read ",
        "somebody may not read this",
    ]);
    assert!(refused.err.len() < 1000, "{}", refused.err);
    let noted = server.run("snapshot");
    assert_eq!(noted.code, 0, "{}", noted.err);
    noted.says(&["note: could not be read", "somebody may not read this"]);
}
