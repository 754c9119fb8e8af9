//! `helm install --wait` goes by kstatus, which takes a resource without any status for done. A bot is not done before
//! the operator says so.

use crate::helm::Helm;
use crate::place::{cluster, get};
use crate::privilege::Operator;
use serde_json::Value;

const NAMESPACE: &str = "waiting";

const BOT: &str = "botModules: [{name: echo, spec: {image: 'echo:1', ipcConfig: eevee-bot}}]";

fn install(timeout: &str) -> crate::helm::Ending {
    let more = ["--wait", timeout];
    Helm::on(cluster()).install_with(NAMESPACE, "my-bot", "bot", BOT, &more)
}

fn condition(object: &str) -> Option<Value> {
    let live = get(cluster(), NAMESPACE, object).expect("a resource of the bot");
    let conditions = live["status"]["conditions"].as_array()?;
    conditions.iter().find(|condition| condition["type"] == "Ready").cloned()
}

#[test]
fn helm_waits_until_the_operator_says_that_the_bot_is_ready() {
    let resources = ["botmodules/echo", "ipcconfigs/eevee-bot"];
    // No operator has looked yet.
    let refused = install("--timeout=5s").refused();
    assert!(refused.contains("not ready") || refused.contains("deadline"), "{refused}");
    for resource in resources {
        assert_eq!(condition(resource), None);
    }
    Helm::on(cluster()).uninstall(NAMESPACE, "my-bot");

    let _operator = Operator::install(cluster(), NAMESPACE, false);
    install("--timeout=2m").fine();
    for resource in resources {
        let ready = condition(resource).expect("condition Ready");
        assert_eq!(ready["status"], "True", "{resource}: {ready}");
    }
}
