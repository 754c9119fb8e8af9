//! The page of the running operator, with what is really in the cluster.

use crate::browser::DESKTOP;
use crate::operator::{LONG, Running, TOKEN, cluster};
use crate::page::Page;
use crate::shown::{Shown, bot};
use crate::support::{Edge, Objects};
use serde_json::{Value, json};

async fn apply(objects: &Objects, name: &str, spec: Value) {
    let manifest = json!({
        "apiVersion": "eevee.bot/v1", "kind": "BotModule", "metadata": { "name": name }, "spec": spec,
    });
    objects.apply_value(manifest).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn modules_become_ready_without_a_reload_and_one_is_restarted() {
    let objects = Objects::in_fresh_namespace(cluster(), "page").await;
    let edge = Edge::new();
    let running = Running::start(cluster(), &objects, &edge).await;
    let page = Page::signed_in(running.address, TOKEN, DESKTOP).await;
    page.mark().await;
    page.sees("#nothing", "There is no bot here yet").await;

    apply(&objects, "echo", json!({ "image": "echo:1.2" })).await;
    apply(&objects, "lost", json!({ "image": "lost:1", "ipcConfig": "nobody" })).await;
    page.sees(".item[data-level=ok] .name", "echo").await;
    page.sees(".item[data-level=ok] .reason", "AvailableReplicas").await;
    page.sees(".item[data-level=failed] .reason", "IpcConfigNotFound").await;
    page.sees(".facts", "1/1 ready").await;

    page.toggle("echo").await;
    let before = pod_of(&objects).await;
    page.sees(".more dd", &before).await;
    page.browser
        .run("document.querySelector('[aria-label=\"Restart echo\"]').click()", vec![])
        .await;
    page.sees("dialog[open]", "Restart echo?").await;
    page.browser.run("document.getElementById('ask-yes').click()", vec![]).await;
    let said = page.sees(".outcome", "Restarted: the new pod ").await;
    assert!(!said.contains(&before), "{said}");
    let after = said.split(' ').nth(4).expect("a name").to_owned();
    objects.wait("pods", &before, LONG, |pod| pod.is_none().then_some(())).await;
    assert_eq!(pod_of(&objects).await, after);
    page.sees(".more dd", &after).await;

    objects
        .apply_value(json!({
            "apiVersion": "eevee.bot/v1", "kind": "IpcConfig", "metadata": { "name": "nobody" }, "spec": {},
        }))
        .await;
    page.loses(".item[data-level=failed]").await;
    page.assert_same_document().await;
    page.assert_untouched().await;
    running.stop().await;
}

async fn pod_of(objects: &Objects) -> String {
    let pods = objects.list("pods").await;
    let of_echo: Vec<&Value> = pods
        .iter()
        .filter(|pod| pod["metadata"]["labels"]["eevee.bot/module"] == "echo")
        .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
        .collect();
    let [pod] = of_echo[..] else { panic!("{of_echo:?}") };
    pod["metadata"]["name"].as_str().expect("a name").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_turned_off_leaves_the_json_to_browsers_too() {
    let shown = Shown::without_page(bot(vec![]));
    let page = Page::open(shown.address, DESKTOP).await;
    let text = page.text().await;
    assert!(text.contains("\"message\":\"eevee.bot Operator API\""), "{text}");
}
