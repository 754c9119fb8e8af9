//! How long the page waits, and what it says when nothing comes.

use crate::browser::DESKTOP;
use crate::fake::{Fake, Outcome, module as resource};
use crate::page::Page;
use crate::shown::{Shown, TOKEN, bot, ipc_config, module, pod};
use eevee_operator::overview::Overview;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn overview(pod_name: &str) -> Overview {
    let mut echo = module("echo", "echo:1");
    echo.pod = Some(pod(pod_name, true));
    let mut overview = bot(vec![ipc_config(vec![echo])]);
    "bots".clone_into(&mut overview.namespaces[0].name);
    overview
}

/// A proxy without an operator behind it, which asks for an hour of patience.
async fn proxy(address: SocketAddr) {
    let listener = TcpListener::bind(address).await.expect("the port");
    loop {
        let (mut client, _) = listener.accept().await.expect("a client");
        let _ = client.read(&mut [0; 4096]).await;
        let answer = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let _ = client.write_all(answer.as_bytes()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_for_an_hour_is_asked_again_within_half_a_minute() {
    let shown = Shown::start(overview("pod-before"));
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    let note = "window.waits = []; const wait = window.setTimeout;
        window.setTimeout = (deed, time) => (window.waits.push(time), wait(deed, time))";
    page.browser.run(note, vec![]).await;
    let proxy = tokio::spawn(proxy(shown.stop().await));
    page.sees("#trouble", "The operator cannot tell: HTTP 503").await;
    let longest = page.browser.run("return Math.max(...window.waits)", vec![]).await;
    assert_eq!(longest, 30_000);
    page.assert_untouched().await;
    proxy.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_restart_without_an_answer_the_page_knows_nothing_and_looks_for_the_pod() {
    let mut fake = Fake::with([resource("bots", "echo", json!({ "image": "echo:1" }))]);
    fake.outcome = Outcome::Waits(Arc::default());
    fake.change(overview("pod-before"));
    let shown = Shown::with(fake);
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    let hurry = "const limit = AbortSignal.timeout.bind(AbortSignal);
        AbortSignal.timeout = (time) => limit(time / 10)";
    page.browser.run(hurry, vec![]).await;
    page.toggle("echo").await;
    let restart = "document.querySelector('[aria-label=\"Restart echo\"]').click()";
    page.browser.run(restart, vec![]).await;
    page.sees("dialog[open]", "Restart echo?").await;
    page.browser.run("document.getElementById('ask-yes').click()", vec![]).await;
    page.sees(".outcome", "It is not known whether it was restarted").await;
    shown.backend.change(overview("pod-after"));
    page.sees(".outcome", "Restarted: the new pod pod-after is ready").await;
    page.assert_untouched().await;
}
