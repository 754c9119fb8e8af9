//! `probe`, against a server that says what it is told to.

use crate::program::{Ending, Program};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

const TOKEN: &str = "token-of-the-probe";
const NOT_THERE: &str = "HTTP/1.0 503 Service Unavailable\r\n\r\ncaches are filling";

/// Answers one request after the other and gives their heads.
fn serve(answers: &[&str]) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
    let server = thread::spawn(move || {
        let answer = |answer: &String| {
            let (mut stream, _) = listener.accept().expect("a request");
            let head = head(&stream);
            stream.write_all(answer.as_bytes()).expect("the answer is read");
            head
        };
        answers.iter().map(answer).collect()
    });
    (address, server)
}

fn head(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream).lines().map(|line| line.expect("text"));
    lines.take_while(|line| !line.is_empty()).map(|line| line + "\n").collect()
}

fn ok(body: &str) -> String {
    format!("HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{body}")
}

fn probe(arguments: &[&str]) -> Ending {
    let program = Program::new(&[&["probe"], arguments].concat());
    program.with("EEVEE_OPERATOR_API_TOKEN", TOKEN).with("NAMESPACE", "bots").run()
}

/// Asks once for a list of modules that holds these.
fn modules(list: &str, arguments: &[&str]) -> Ending {
    let (server, heads) = serve(&[&ok(list)]);
    let url = format!("{server}/api/bot-modules");
    let ending = probe(&[&["--patience=0", url.as_str()], arguments].concat());
    heads.join().expect("the server ends");
    ending
}

#[test]
fn it_tries_until_the_answer_is_200() {
    let (server, heads) = serve(&[NOT_THERE, &ok("")]);
    let url = format!("{server}/readyz");
    assert_eq!(probe(&[&url]).fine(), format!("{url}: 200\n"));
    assert!(heads.join().expect("the server ends")[1].starts_with("GET /readyz HTTP/1.0\n"));
}

#[test]
fn it_says_the_last_answer_when_patience_ends() {
    let (server, _) = serve(&[NOT_THERE]);
    let ending = probe(&["--patience=0", &format!("{server}/readyz")]);
    assert_eq!(ending.code, 1);
    ending.says(&["/readyz: status 503: caches are filling"]);
}

#[test]
fn it_says_that_nobody_listens() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("http://{}/readyz", free.local_addr().expect("an address"));
    drop(free);
    let ending = probe(&["--patience=0", &url]);
    assert_eq!(ending.code, 1);
    ending.says(&[&url, "refused"]);
}

#[test]
fn the_token_goes_to_the_api_and_nowhere_else() {
    let (server, heads) = serve(&[&ok(""), &ok("")]);
    probe(&[&format!("{server}/healthz"), &format!("{server}/api/health")]).fine();
    let heads = heads.join().expect("the server ends");
    assert!(!heads[0].contains(TOKEN));
    assert!(heads[1].contains(&format!("Authorization: Bearer {TOKEN}\n")));
}

#[test]
fn modules_have_to_be_ready_or_not_enabled() {
    let list = r#"[
        {"crName": "up", "namespace": "bots", "enabled": true, "podStatus": {"ready": true}},
        {"crName": "off", "namespace": "bots", "enabled": false, "podStatus": null},
        {"crName": "down", "namespace": "bots", "enabled": true, "podStatus": {"ready": false}},
        {"crName": "new", "namespace": "bots", "enabled": true, "podStatus": null},
        {"crName": "far", "namespace": "elsewhere", "enabled": true, "podStatus": {"ready": true}}
    ]"#;
    modules(list, &["--module=up", "--module=off"]).fine();
    for (module, state) in [
        ("down", "down is not ready"),
        ("new", "new is without a pod"),
        ("far", "far is not there"),
    ] {
        let ending = modules(list, &["--module=up", &format!("--module={module}")]);
        assert_eq!(ending.code, 1);
        ending.says(&[state]);
        assert!(!ending.err.contains("up is"), "{}", ending.err);
    }
}

#[test]
fn what_is_no_plain_address_is_refused() {
    for address in ["https://localhost:1/", "http://localhost/", "http://localhost:1", "x"] {
        let ending = probe(&[address]);
        assert_eq!(ending.code, 2);
        ending.says(&[address, "http://host:port/path"]);
    }
    assert_eq!(probe(&[]).code, 2);
}
