//! How often the containers of pods were started again.

use crate::kinds::Kind;
use crate::names::{IPC_CONFIG_LABEL, MODULE_LABEL};
use crate::object::Object;
use crate::source::Source;
use serde_json::Value;
use std::collections::HashMap;

/// The restarts of a namespace, by what the pods belong to.
pub struct Restarts {
    by_label: Option<HashMap<(&'static str, String), i64>>,
}

impl Restarts {
    /// Reads the pods of a namespace once.
    pub fn read(source: &dyn Source, namespace: &str) -> Self {
        let Ok(pods) = source.list(Kind::Pod, namespace) else { return Self { by_label: None } };
        let mut by_label = HashMap::new();
        for pod in pods {
            for label in [MODULE_LABEL, IPC_CONFIG_LABEL] {
                if let Some(name) = pod.label(label) {
                    *by_label.entry((label, name.to_owned())).or_default() += restarts(&pod);
                }
            }
        }
        Self { by_label: Some(by_label) }
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
