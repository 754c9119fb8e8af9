//! What hangs keeps nobody else waiting, and what fails at once is not tried as fast as it fails.

use crate::findings::deployment;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Fault, Request, Verb};
use futures::future::join_all;
use serde_json::json;
use std::time::{Duration, Instant};

/// More than the operator works on at once, twice over.
const MANY: usize = 30;

/// A read that hangs takes ten seconds; were they to wait in a row, others would wait for half a minute.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_modules_whose_secret_cannot_be_read_keep_no_other_waiting() {
    let mut stage = Stage::set("pace").await;
    let of_secret = |request: &Request| {
        request.is(Verb::Get, "secrets") && request.name.as_deref() == Some("credentials")
    };
    let hung = stage.edge.rule(of_secret, Fault::Timeout);
    let spec = json!({ "image": "a", "envSecret": { "name": "credentials" } });
    let names: Vec<String> = (0..MANY).map(|number| format!("hung-{number}")).collect();
    join_all(names.iter().map(|name| stage.apply_module(name, spec.clone()))).await;
    hung.hit(LONG).await;
    stage.apply_module("echo", json!({ "image": "a" })).await;
    stage.objects.wait_until_there("deployments", &deployment("echo"), SOON).await;
    hung.release();
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_that_ends_after_each_list_is_begun_anew_more_and_more_slowly() {
    let mut stage = Stage::set("pace").await;
    stage.settled().await;
    let lists = |requests: &[Request]| {
        requests.iter().filter(|request| request.is(Verb::List, "services")).count()
    };
    let before = lists(&stage.edge.requests());
    let expired = stage.edge.rule(|request| request.is(Verb::Watch, "services"), Fault::Expire);
    let start = Instant::now();
    let many = |requests: &[Request]| (lists(requests) >= before + 6).then_some(());
    stage.edge.wait_for("six lists", LONG, many).await;
    let time = start.elapsed();
    assert!(time > Duration::from_secs(3), "{time:?}\n{}", stage.edge.listing());
    expired.release();
    stage.stop().await;
}
