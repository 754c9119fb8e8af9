//! What an upgrade leaves as it is, and whose it is afterwards.

use super::{NATS, PLACE};
use crate::cluster::shared_node;
use serde_json::{Value, json};

const CRDS: [&str; 3] =
    ["crd/botmodules.eevee.bot", "crd/ipcconfigs.eevee.bot", "crd/s3stores.eevee.bot"];

/// Objects of the former operator, each with the kind and name of what owns it in the end.
const OWNERS: [(&str, &str); 9] = [
    ("deployment/eevee-my-ipc-nats", "ipcconfig/my-ipc"),
    ("service/eevee-my-ipc-nats", "ipcconfig/my-ipc"),
    ("secret/eevee-my-ipc-nats-config", "ipcconfig/my-ipc"),
    ("secret/nats-auth-secret", ""),
    ("deployment/eevee-router-module", "botmodule/router"),
    ("configmap/eevee-router-module-config", "botmodule/router"),
    ("deployment/eevee-seen-module", "botmodule/seen"),
    ("persistentvolumeclaim/eevee-seen-module-pvc", ""),
    ("deployment/eevee-clock-module", "botmodule/clock"),
];

/// Which objects there are, and what of them must not change, by name.
pub struct Lasting([(&'static str, String); 7]);

impl Lasting {
    pub fn read() -> Lasting {
        let uids = "{range .items[*]}{.kind} {.metadata.uid} {.spec.selector} {end}";
        let kinds =
            "{range .items[*]}{.metadata.uid} {.spec.names.kind} {.spec.names.listKind} {end}";
        let found = [
            ("CRDs", PLACE.find(&CRDS, kinds)),
            ("resources", PLACE.find(&["ipcconfigs,botmodules"], uids)),
            ("objects", PLACE.find(&OWNERS.map(|(object, _)| object), uids)),
            (
                "API token",
                PLACE.find(&["secret/eevee-operator-api-token"], "{.metadata.uid} {.data}"),
            ),
            ("NATS token", PLACE.find(&["secret/nats-auth-secret"], "{.data}")),
            ("claim", PLACE.find(&["pvc/eevee-seen-module-pvc"], "{.spec} {.status.phase}")),
            ("address of NATS", PLACE.find(&[&format!("service/{NATS}")], "{.spec.clusterIP}")),
        ];
        for (what, found) in &found {
            assert!(!found.trim().is_empty(), "there is no {what}");
        }
        Lasting(found)
    }

    /// Panics where something is not as it was, and prints no token.
    #[track_caller]
    pub fn assert_kept(&self) {
        for (before, now) in self.0.iter().zip(&Lasting::read().0) {
            assert!(before == now, "other than before: {}", now.0);
        }
    }
}

/// Who owns what, as the guide's table has it.
#[track_caller]
pub fn assert_owned() {
    for (object, owner) in OWNERS {
        let owners = "{range .metadata.ownerReferences[*]}{.kind}/{.name}{end}";
        assert_eq!(PLACE.find(&[object], owners), owner, "{object}");
    }
    for crd in CRDS {
        let release = r"{.metadata.annotations.meta\.helm\.sh/release-name}";
        assert_eq!(PLACE.find(&[crd], release), "eevee-crds", "{crd}");
    }
}

/// What is left of the former operator's own ways.
#[track_caller]
pub fn assert_tidy() {
    let router = PLACE.get("configmap/eevee-router-module-config").expect("a ConfigMap");
    let keys: Vec<_> = router["data"].as_object().expect("data").keys().collect();
    assert_eq!(keys, ["config.yaml"]);
    let token = "{.spec.template.spec.containers[0].env[?(@.name==\"EEVEE_OPERATOR_API_TOKEN\")]}";
    let token = PLACE.find(&["deployment/eevee-seen-module"], token);
    let token: Value = serde_json::from_str(&token).expect("JSON");
    let reference = json!({ "name": "eevee-operator-api-token", "key": "token" });
    assert_eq!(token["valueFrom"]["secretKeyRef"], reference);
    assert_eq!(token.get("value"), None, "the token stands in the Deployment");
}

/// Whether an object of the whole cluster is there.
pub fn is_there(object: &str) -> bool {
    !shared_node().kubectl(&["get", object, "--ignore-not-found"], None).success().is_empty()
}
