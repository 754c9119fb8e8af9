//! The keyboard is enough, and nothing that changes takes the focus away.

use crate::browser::DESKTOP;
use crate::page::{ENTER, ESCAPE, Page, TAB};
use crate::shown::{Shown, TOKEN, bot, ipc_config, module, pod, unwell};
use eevee_operator::overview::{Level, Overview};
use std::sync::atomic::Ordering;

fn overview(pod_name: &str, is_ready: bool) -> Overview {
    let mut echo = module("echo", "echo:1");
    echo.pod = Some(pod(pod_name, is_ready));
    bot(vec![ipc_config(vec![echo, module("other", "echo:2")])])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_is_restarted_with_keys_alone_and_its_new_pod_is_shown() {
    let mut fake = crate::fake::Fake::with([crate::fake::module(
        "bots",
        "echo",
        serde_json::json!({ "image": "echo:1" }),
    )]);
    let before = {
        let mut overview = overview("pod-before", true);
        overview.namespaces[0].name = "bots".to_owned();
        overview
    };
    *fake.overview.get_mut().unwrap() = before;
    let shown = Shown::with(fake);
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    page.tab_to(".name", "echo").await;
    page.press(ENTER).await;
    page.sees(".more dd", "pod-before").await;
    page.tab_to("button", "Restart echo").await;

    // Escape means no, and leads back to where it was asked.
    page.press(ENTER).await;
    page.sees("dialog[open]", "Restart echo?").await;
    page.press(ESCAPE).await;
    page.loses("dialog").await;
    assert!(shown.backend.restarted.lock().unwrap().is_empty());
    page.tab_to("button", "Restart echo").await;

    // The first answer that is offered is no.
    page.press(ENTER).await;
    page.sees("dialog[open]", "Restart echo?").await;
    page.press(TAB).await;
    page.press(ENTER).await;
    page.loses("dialog").await;
    page.sees(".outcome", "the new pod is on its way").await;
    assert_eq!(shown.backend.restarted.lock().unwrap().len(), 1);

    for (is_ready, said) in [
        (false, "The new pod pod-after is not ready yet: ContainerCreating"),
        (true, "Restarted: the new pod pod-after is ready"),
    ] {
        let mut next = overview("pod-after", is_ready);
        next.namespaces[0].name = "bots".to_owned();
        shown.backend.change(next);
        page.sees(".outcome", said).await;
    }
    page.sees(".more dd", "pod-after").await;
    page.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_focus_and_what_is_open_stay_where_they_are_while_everything_changes() {
    let names: Vec<String> = (0..20).map(|number| format!("module-{number:02}")).collect();
    let all = |bad: &str| {
        let modules = names.iter().map(|name| {
            let module = module(name, "echo:1");
            if name == bad {
                unwell(module, Level::Failed, "UnavailableReplicas", "no pod", "Look at the pod.")
            } else {
                module
            }
        });
        let mut modules: Vec<_> = modules.collect();
        modules.sort_by_key(|module| std::cmp::Reverse(module.resource.level));
        bot(vec![ipc_config(modules)])
    };
    let shown = Shown::start(all(""));
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    page.tab_to(".name", "module-12").await;
    page.press(ENTER).await;
    let looks = shown.backend.looks.load(Ordering::SeqCst);
    for bad in ["module-19", "module-12", "module-03"] {
        shown.backend.change(all(bad));
        page.waits(
            &format!("{bad} first"),
            "return document.querySelector('ul:not(.head) > .item b').textContent === arguments[0]",
            vec![bad.into()],
        )
        .await;
        let focused = "return [document.activeElement.querySelector('b')?.textContent, document.activeElement.getAttribute('aria-expanded')]";
        let found = page.browser.run(focused, vec![]).await;
        assert_eq!(found, serde_json::json!(["module-12", "true"]), "after {bad}");
        page.waits(
            "it is told",
            "return document.getElementById('said').textContent.includes(`${arguments[0]} is failed: UnavailableReplicas`)",
            vec![bad.into()],
        )
        .await;
    }
    assert!(shown.backend.looks.load(Ordering::SeqCst) > looks);
    page.assert_untouched().await;
}

/// Landmarks, names and headings, as the accessibility tree of the browser has them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_finds_landmarks_headings_and_names() {
    let shown = Shown::start(overview("pod", true));
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    page.sees(".name", "echo").await;
    let tree = page.browser.devtools("Accessibility.getFullAXTree", serde_json::json!({})).await;
    let nodes: Vec<(String, String)> = tree["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .filter(|node| node["ignored"] != true)
        .map(|node| {
            let text = |key: &str| node[key]["value"].as_str().unwrap_or_default().to_owned();
            (text("role"), text("name"))
        })
        .collect();
    for (role, name) in [
        ("banner", ""),
        ("main", ""),
        ("status", ""),
        ("heading", "eevee.bot"),
        ("heading", "eevee-bot"),
        ("region", "Namespace eevee-bot"),
        ("region", "IpcConfig main"),
        ("searchbox", "Search"),
        ("button", "echo , well"),
        ("button", "Sign out"),
    ] {
        let found = nodes.iter().any(|(it, named)| it == role && named.contains(name));
        assert!(found, "no {role} {name:?} in {nodes:#?}");
    }
    let nameless: Vec<_> =
        nodes.iter().filter(|(role, name)| role == "button" && name.is_empty()).collect();
    assert!(nameless.is_empty(), "{nameless:?}");
}
