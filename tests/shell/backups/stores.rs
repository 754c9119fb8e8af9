//! What is said of S3Stores, and when they are asked.

use super::store::{SECRET, Silent, s3, s3_store};
use crate::cluster::{Versitygw, free_port};
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{message, module};
use serde_json::{Value, json};
use std::time::Duration;

/// How soon a changed Secret is noticed. A store that failed is asked again after 30 s anyway.
const NOTICED: Duration = Duration::from_secs(5);

const FAILED: (&str, &str) = ("False", "ConnectionFailed");
const NO_SECRET: (&str, &str) = ("False", "SecretNotFound");
const INVALID: (&str, &str) = ("False", "InvalidSpec");

/// Each store by name, with what it says and words of the message.
fn stores(silent: &Silent) -> Vec<(Value, (&'static str, &'static str), &'static str)> {
    let of = |name: &str, also: Value| s3_store(name, also);
    let key = |secret: &str, key: &str| json!({ "secretKeyRef": { "secret": { "name": secret }, "key": key } });
    let endpoint = |endpoint: &str| json!({ "endpoint": endpoint });
    let closed = format!("http://127.0.0.1:{}", free_port());
    let mut elsewhere = key(SECRET, "id");
    elsewhere["secretKeyRef"]["secret"]["namespace"] = "elsewhere".into();
    vec![
        (of("good", json!({})), ("True", "ConnectionSuccessful"), Versitygw::BUCKET),
        (of("prefixed", json!({ "prefix": "a/b-" })), ("True", "ConnectionSuccessful"), ""),
        (of("no-bucket", json!({ "bucket": "nobody" })), FAILED, "NoSuchBucket"),
        (
            of("wrong-key", json!({ "accessKey": key("wrong", "key") })),
            FAILED,
            "SignatureDoesNotMatch",
        ),
        (of("wrong-id", json!({ "accessId": key("wrong", "id") })), FAILED, "accessId"),
        (of("wrong-region", json!({ "region": "us-east-1" })), FAILED, Versitygw::REGION),
        (of("closed", endpoint(&closed)), FAILED, "refused"),
        (of("unknown-host", endpoint("http://s3.test.invalid")), FAILED, "s3.test.invalid"),
        (of("silent", endpoint(&silent.endpoint())), FAILED, "no answer"),
        (of("no-secret", json!({ "accessId": key("nobody", "id") })), NO_SECRET, "nobody"),
        (of("no-key", json!({ "accessKey": key(SECRET, "nothing") })), NO_SECRET, "nothing"),
        (of("elsewhere", json!({ "accessId": elsewhere })), INVALID, "elsewhere"),
        (of("by-name", json!({ "pathStyle": false })), INVALID, "pathStyle"),
        (of("in-url", endpoint("http://me:hunter2@s3.example.org")), INVALID, "credentials"),
        (of("metadata", endpoint("http://169.254.169.254")), INVALID, "link-local"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reason_of_a_store_is_said_and_no_secret_with_it() {
    let silent = Silent::start().await;
    let mut stage = Stage::set("stores").await;
    stage.apply_right_credentials().await;
    stage.apply_credentials("wrong", "nobody", "hunter2").await;
    let stores = stores(&silent);
    for (store, ..) in &stores {
        stage.apply_all(vec![store.clone()]).await;
    }
    for (store, said, words) in &stores {
        let name = store["metadata"]["name"].as_str().expect("a name");
        let live = stage.objects.wait_for_condition(("s3stores", name), "Ready", *said, LONG).await;
        let message = message(&live, "Ready");
        assert!(message.contains(words), "{name}: {message}");
        for secret in [Versitygw::SECRET_KEY, "hunter2"] {
            assert!(!live["status"].to_string().contains(secret), "{name}: {message}");
        }
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_asked_at_once_when_its_secret_changes_or_somebody_asks_for_it() {
    let mut stage = Stage::set("stores").await;
    stage.apply_credentials(SECRET, Versitygw::ACCESS_ID, "wrong").await;
    stage.apply_all(vec![s3_store("main", json!({}))]).await;
    let (main, good) = (("s3stores", "main"), ("True", "ConnectionSuccessful"));
    stage.objects.wait_for_condition(main, "Ready", FAILED, LONG).await;
    stage.apply_right_credentials().await;
    stage.objects.wait_for_condition(main, "Ready", good, NOTICED).await;
    stage.objects.delete("secrets", SECRET).await;
    stage.objects.wait_for_condition(main, "Ready", NO_SECRET, NOTICED).await;
    stage.apply_right_credentials().await;
    stage.objects.wait_for_condition(main, "Ready", good, NOTICED).await;

    let other = json!({ "spec": { "bucket": "made-later" } });
    stage.objects.patch("s3stores", "main", other).await;
    stage.objects.wait_for_condition(main, "Ready", FAILED, NOTICED).await;
    // Nothing tells the operator of it.
    std::fs::create_dir(s3().file("../made-later")).expect("a bucket");
    stage.annotate(main, "eevee.bot/reconcile-requested", "now".into()).await;
    stage.objects.wait_for_condition(main, "Ready", good, NOTICED).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_stores_that_hang_are_asked_a_few_at_once_and_delay_nobody() {
    let silent = Silent::start().await;
    let mut stage = Stage::set("hanging").await;
    stage.apply_right_credentials().await;
    let hanging = |number: u32| {
        s3_store(&format!("hangs-{number}"), json!({ "endpoint": silent.endpoint() }))
    };
    stage.apply_all((0..100).map(hanging).collect()).await;
    silent.has_seen(4).await;
    stage.apply_all(vec![module("echo", json!({ "image": "a" }))]).await;
    stage.apply_all(vec![s3_store("good", json!({}))]).await;
    stage.ready("echo").await;
    let good = ("True", "ConnectionSuccessful");
    stage.objects.wait_for_condition(("s3stores", "good"), "Ready", good, LONG).await;
    assert!(silent.now() > 0, "nothing hangs any more");
    // The next come as soon as the first are given up.
    silent.has_seen(9).await;
    assert!((2..=8).contains(&silent.most()), "{} at once", silent.most());
    stage.stop().await;
}

/// A status is written once it says something else, and an answer that says the same is nothing new.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_asked_again_and_says_the_same_is_not_written() {
    let mut stage = Stage::set("stores").await;
    stage.apply_right_credentials().await;
    stage.apply_all(vec![s3_store("main", json!({}))]).await;
    let good = ("True", "ConnectionSuccessful");
    stage.objects.wait_for_condition(("s3stores", "main"), "Ready", good, LONG).await;
    stage.statuses_settled().await;
    stage.starts_without_a_write().await;
    stage.stop().await;
}
