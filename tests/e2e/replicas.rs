//! The operator is upgraded while it is at work.

use crate::bot::{Bot, Pod};
use crate::cluster::eventually;
use crate::place::{self, LONG, Place};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const PLACE: Place = Place("replicas");

/// How many changes follow the upgrade.
const MORE: usize = 15;

/// Modules without pods, whose configuration is changed all the time.
const BUSY: [&str; 3] = ["busy0", "busy1", "busy2"];

fn two_replicas(upgrade: &str) -> Value {
    let mut values = place::operator();
    values["operator"]["replicas"] = 2.into();
    values["operator"]["podAnnotations"] = json!({ "upgrade": upgrade });
    values
}

/// Changes one module after the other until it is told to stop, and some more. Gives the last text for each.
fn load(bot: &Bot, stop: &AtomicBool) -> BTreeMap<&'static str, String> {
    let mut last = BTreeMap::new();
    let mut left = MORE;
    for (number, module) in BUSY.iter().cycle().enumerate() {
        if stop.load(Ordering::Relaxed) {
            left -= 1;
        }
        if left == 0 {
            break;
        }
        let text = format!("greeting: number {number}\n");
        let patch = json!({ "spec": { "moduleConfig": text } }).to_string();
        let resource = format!("botmodule/{}", bot.module(module));
        PLACE.kubectl(&["patch", &resource, "--type=merge", "--patch", &patch]).success();
        last.insert(*module, text);
    }
    last
}

#[test]
fn an_upgrade_under_load_loses_no_change_and_restarts_no_module() {
    place::install_crds();
    PLACE.install("eevee-operator", "operator", &two_replicas("before"));
    let idle = json!({ "size": 0 });
    let mut modules = vec![("alice", json!({})), ("bob", json!({}))];
    modules.extend(BUSY.map(|name| (name, idle.clone())));
    let bot = Bot::install(PLACE, "busy", &modules);
    let pods = || {
        ["alice", "bob"].map(|name| bot.pods(name).iter().map(Pod::identity).collect::<Vec<_>>())
    };
    let before = pods();
    let leader = leader();

    let stop = AtomicBool::new(false);
    let texts = thread::scope(|scope| {
        let texts = scope.spawn(|| load(&bot, &stop));
        PLACE.install("eevee-operator", "operator", &two_replicas("after"));
        PLACE.await_rollout("eevee-operator");
        stop.store(true, Ordering::Relaxed);
        texts.join().expect("the load")
    });
    eventually("another leads", LONG, || (self::leader() != leader).then_some(()));
    for (module, text) in texts {
        let config = format!("configmap/eevee-{}-module-config", bot.module(module));
        eventually(&format!("the last text for {module}"), LONG, || {
            (PLACE.find(&[&config], r"{.data.config\.yaml}") == text).then_some(())
        });
    }
    assert_eq!(pods(), before);
    bot.remove();
    PLACE.uninstall("eevee-operator");
}

/// The replica that writes.
fn leader() -> String {
    eventually("a leader", LONG, || {
        let holder = PLACE.find(&["lease/eevee-operator"], "{.spec.holderIdentity}");
        (!holder.is_empty()).then_some(holder)
    })
}
