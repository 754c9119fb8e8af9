//! What an upgrade leaves as it is, and whose it is afterwards.

use super::{DEPLOYMENTS, NATS, PLACE};
use crate::cluster::shared_node;
use serde_json::Value;

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

/// Which objects there are, and what of them must not change.
#[derive(PartialEq, Eq)]
pub struct Lasting(Vec<String>);

impl Lasting {
    pub fn read() -> Lasting {
        let objects = OWNERS.map(|(object, _)| object);
        let uids = "{range .items[*]}{.kind} {.metadata.uid} {end}";
        let names =
            "{range .items[*]}{.metadata.uid} {.spec.names.kind} {.spec.names.listKind} {end}";
        let selectors = "{range .items[*]}{.spec.selector} {end}";
        let found = vec![
            PLACE.find(&CRDS, names),
            PLACE.find(&["ipcconfigs,botmodules"], uids),
            PLACE.find(&objects, uids),
            PLACE.find(
                &DEPLOYMENTS
                    .map(|name| format!("deployment/{name}"))
                    .each_ref()
                    .map(String::as_str),
                selectors,
            ),
            PLACE.find(&["secret/eevee-operator-api-token"], "{.metadata.uid} {.data.token}"),
            PLACE.find(&["secret/nats-auth-secret"], "{.data}"),
            PLACE.find(&["pvc/eevee-seen-module-pvc"], "{.status.phase}"),
            PLACE.find(&[&format!("service/{NATS}")], "{.spec.clusterIP}"),
        ];
        assert!(found.iter().all(|it| !it.trim().is_empty()), "something is missing: {found:?}");
        Lasting(found)
    }

    /// Panics where something is not as it was. Tokens are not printed.
    #[track_caller]
    pub fn assert_kept(&self) {
        let now = Lasting::read();
        let changed = self.0.iter().zip(&now.0).position(|(before, now)| before != now);
        assert_eq!(
            changed, None,
            "number of what changed: a CRD, resource, object, token or claim"
        );
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

/// The one variable of a module's pod.
pub fn variable(deployment: &str, name: &str) -> Value {
    let deployment = PLACE.get(&format!("deployment/{deployment}")).expect("the Deployment");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let mut variables = container["env"].as_array().expect("variables").iter();
    variables.find(|it| it["name"] == name).expect("the variable").clone()
}

/// Whether an object of the whole cluster is there.
pub fn is_there(object: &str) -> bool {
    !shared_node().kubectl(&["get", object, "--ignore-not-found"], None).success().is_empty()
}
