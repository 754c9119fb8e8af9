//! The operator dies in the middle of its work.

use crate::bot::Bot;
use crate::cluster::eventually;
use crate::place::{self, LONG, Place};
use serde_json::{Value, json};
use std::process::Command;

const OPERATOR: &str =
    "--selector=app.kubernetes.io/name=operator,app.kubernetes.io/component!=test";

#[test]
fn an_operator_that_is_killed_while_modules_are_added_goes_on() {
    place::install_crds();
    let place = Place("killed");
    place.install("eevee-operator", "operator", &place::operator());
    let names: Vec<String> = (0..8).map(|number| format!("m{number}")).collect();
    let some = |count: usize| -> Vec<(&str, Value)> {
        names[..count].iter().map(|name| (name.as_str(), json!({}))).collect()
    };

    let mut bot = Bot::begin(place, "crowd", &some(4));
    await_deployments(place, 1);
    kill(place);
    // Nobody is there to see these.
    bot.add(&some(8)[4..]);
    await_deployments(place, 6);
    kill(place);

    bot.await_ready();
    for name in &names {
        assert_eq!(bot.ask(name, "hello"), format!("Hello from crowd-{name}"));
        assert_eq!(bot.rollouts(name), 0, "{name}");
    }
    assert!(restarts(place) >= 2, "it was not killed");
    bot.remove();
    place.uninstall("eevee-operator");
}

fn await_deployments(place: Place, count: usize) {
    eventually("Deployments of modules", LONG, || {
        let names = place
            .find(&["deployments", "--selector=eevee.bot/module"], "{.items[*].metadata.name}");
        (names.split_whitespace().count() >= count).then_some(())
    });
}

/// SIGKILL, as the kernel does when memory runs out. Returns when it is dead, or started again.
pub fn kill(place: Place) {
    let fields = ["containerID", "restartCount", "state.running.startedAt"];
    let container =
        fields.map(|field| format!("{{.items[0].status.containerStatuses[0].{field}}}"));
    let container = container.join(" ");
    let found = eventually("a running operator", LONG, || {
        // What does not run has no time.
        let found = place.find(&["pods", OPERATOR], &container);
        Some(found).filter(|found| found.split_whitespace().count() == 3)
    });
    let mut words = found.split_whitespace();
    let id = words.next().expect("an id").trim_start_matches("containerd://");
    let before: u32 = words.next().expect("a count").parse().expect("a number");
    let mut ctr = Command::new("ctr");
    ctr.args(["--namespace=k8s.io", "tasks", "kill", "--signal=SIGKILL", id]);
    let output = ctr.output().expect("ctr starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    eventually("the kubelet starts it again", LONG, || (restarts(place) > before).then_some(()));
}

fn restarts(place: Place) -> u32 {
    let count =
        place.find(&["pods", OPERATOR], "{.items[0].status.containerStatuses[0].restartCount}");
    count.parse().unwrap_or_default()
}
