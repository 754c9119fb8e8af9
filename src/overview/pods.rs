//! How often the containers of pods were started again, and how the newest pod of each module is.

use super::node::Pod;
use crate::kinds::Kind;
use crate::names::{IPC_CONFIG_LABEL, MODULE_LABEL};
use crate::object::Object;
use crate::snapshot::NotKnown;
use crate::source::Source;
use serde_json::Value;
use std::collections::HashMap;

/// The restarts of a namespace, by what the pods belong to, and the newest pods of its modules.
pub struct Restarts {
    by_label: Option<HashMap<(&'static str, String), i64>>,
    newest: HashMap<String, Pod>,
}

impl Restarts {
    /// Reads the pods of a namespace once.
    pub fn read(source: &dyn Source, namespace: &str) -> Self {
        let (mut by_label, mut newest) = (HashMap::new(), HashMap::<String, Pod>::new());
        let count = &mut |pod: &Object| {
            for label in [MODULE_LABEL, IPC_CONFIG_LABEL] {
                if let Some(name) = pod.label(label) {
                    *by_label.entry((label, name.to_owned())).or_default() += restarts(pod);
                }
            }
            if let Some(module) = pod.label(MODULE_LABEL) {
                let is_newer = |known: &Pod| known.created.as_deref() < created(pod);
                if newest.get(module).is_none_or(is_newer) {
                    newest.insert(module.to_owned(), newest_pod(pod));
                }
            }
        };
        match source.visit(Kind::Pod, namespace, count) {
            Ok(()) => Self { by_label: Some(by_label), newest },
            Err(NotKnown) => Self { by_label: None, newest },
        }
    }

    /// The newest pod of a module.
    pub fn newest_pod(&self, name: &str) -> Option<Pod> {
        self.newest.get(name).cloned()
    }

    /// Those of a module's pods. None where pods could not be read.
    pub fn of_module(&self, name: &str) -> Option<i64> {
        self.of(MODULE_LABEL, name)
    }

    /// Those of the pods of an IpcConfig.
    pub fn of_ipc_config(&self, name: &str) -> Option<i64> {
        self.of(IPC_CONFIG_LABEL, name)
    }

    fn of(&self, label: &'static str, name: &str) -> Option<i64> {
        let by_label = self.by_label.as_ref()?;
        Some(by_label.get(&(label, name.to_owned())).copied().unwrap_or(0))
    }
}

fn restarts(pod: &Object) -> i64 {
    let of = |list| pod.at(list).and_then(Value::as_array).into_iter().flatten();
    of("/status/initContainerStatuses")
        .chain(of("/status/containerStatuses"))
        .filter_map(|container| container["restartCount"].as_i64())
        .sum()
}

fn newest_pod(pod: &Object) -> Pod {
    let text = |path| pod.text(path).map(str::to_owned);
    let of = |list| pod.at(list).and_then(Value::as_array).into_iter().flatten();
    let is_ready =
        |condition: &Value| condition["type"] == "Ready" && condition["status"] == "True";
    let waits_for = |container: &Value| {
        let state = &container["state"];
        let reason = state["waiting"]["reason"].as_str().or(state["terminated"]["reason"].as_str());
        reason.map(str::to_owned)
    };
    Pod {
        name: pod.reference().name.clone(),
        ready: of("/status/conditions").any(is_ready),
        phase: text("/status/phase"),
        reason: of("/status/containerStatuses").find_map(waits_for),
        created: created(pod).map(str::to_owned),
    }
}

fn created(pod: &Object) -> Option<&str> {
    pod.text("/metadata/creationTimestamp")
}
