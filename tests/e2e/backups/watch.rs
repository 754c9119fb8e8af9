//! Whether a restore ever met a module. A watch of pods tells all that was, in its order.

use super::wait;
use crate::cluster::{Process, kube_program, shared_node};
use crate::place::Place;
use eevee_operator::names::{BACKUP_TASK, MODULE_LABEL};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Notes all that becomes of pods, until it is dropped.
pub struct Watch {
    place: Place,
    process: Process,
}

/// A pod that has not ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Module,
    Restore,
}

impl Watch {
    pub fn begin(place: Place) -> Watch {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("watch-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let node = shared_node();
        let mut command = Command::new(kube_program("kubectl"));
        command.env_clear().env("KUBECONFIG", node.kubeconfig()).env("HOME", node.folder());
        command.args(["get", "pods", "--namespace", place.0, "--output=json"]);
        command.args(["--watch", "--output-watch-events"]);
        Watch { place, process: Process::start(&name, node.folder(), command) }
    }

    /// Restores of a claim have had pods, so many, and none of them was there together with one of a module.
    #[track_caller]
    pub fn assert_no_meeting(&mut self, claim: &str) -> usize {
        self.catch_up();
        let mut pods: BTreeMap<String, Role> = BTreeMap::new();
        let mut restores = 0;
        for event in self.events() {
            let pod = &event["object"];
            let name = pod["metadata"]["name"].as_str().unwrap_or_default();
            let role = role(pod).filter(|_| uses(pod, claim) && event["type"] != "DELETED");
            match role.filter(|_| !has_ended(pod)) {
                Some(role) => {
                    let is_new = pods.insert(name.to_owned(), role).is_none();
                    restores += usize::from(is_new && role == Role::Restore);
                }
                None => drop(pods.remove(name)),
            }
            let has = |role: Role| pods.values().any(|it| *it == role);
            assert!(
                !has(Role::Module) || !has(Role::Restore),
                "a restore met its module: {:?}",
                pods.keys()
            );
        }
        restores
    }

    /// Waits until it knows what is now.
    #[track_caller]
    fn catch_up(&mut self) {
        self.process.assert_running();
        let path = "{range .items[*]}{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}";
        let now = self.place.find(&["pods"], path);
        wait(self.place, "the watch knows of all pods", || {
            let seen: Vec<String> =
                self.events().iter().map(|event| version(&event["object"])).collect();
            now.lines().all(|line| seen.iter().any(|seen| seen == line)).then_some(())
        });
    }

    /// An event that is being written is left for the next time.
    fn events(&self) -> Vec<Value> {
        let text = self.process.output();
        serde_json::Deserializer::from_str(&text).into_iter().map_while(Result::ok).collect()
    }
}

fn version(pod: &Value) -> String {
    let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
    format!("{} {}", text("name"), text("resourceVersion"))
}

fn role(pod: &Value) -> Option<Role> {
    let labels = &pod["metadata"]["labels"];
    match (labels[MODULE_LABEL].as_str(), labels[BACKUP_TASK].as_str()) {
        (Some(_), _) => Some(Role::Module),
        (_, Some("restore")) => Some(Role::Restore),
        _ => None,
    }
}

fn uses(pod: &Value, claim: &str) -> bool {
    let volumes = pod["spec"]["volumes"].as_array();
    let mut volumes = volumes.into_iter().flatten();
    volumes.any(|volume| volume["persistentVolumeClaim"]["claimName"] == claim)
}

fn has_ended(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}
