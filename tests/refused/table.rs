//! What the API server refuses in the pods and claims of a module, field by field: a value that it
//! refuses, and the neighbour that it takes.

use serde_json::{Value, json};

/// One field of a BotModule's spec.
pub struct Case {
    /// The field of the spec.
    pub field: &'static str,
    pub bad: Value,
    pub good: Value,
    /// How the message about the bad value begins.
    #[allow(dead_code, reason = "the API server has words of its own")]
    pub says: &'static str,
}

fn case(field: &'static str, bad: Value, good: Value, says: &'static str) -> Case {
    Case { field, bad, good, says }
}

/// Every field.
pub fn cases() -> Vec<Case> {
    let parts = [resources(), probes(), variables(), tolerations(), spreads(), affinities()];
    parts
        .into_iter()
        .chain([labels(), names(), security(), strategies(), claims()])
        .flatten()
        .collect()
}

fn resources() -> Vec<Case> {
    let field = "resources";
    let requests = |name: &str, request: &str, limit: &str| json!({ "requests": { name: request }, "limits": { name: limit } });
    let huge = |request: &str| json!({ "requests": { "cpu": "1", "hugepages-2Mi": request }, "limits": { "hugepages-2Mi": "4Mi" } });
    vec![
        case(
            field,
            requests("cpu", "2", "1"),
            requests("cpu", "1000m", "1"),
            "spec.resources.requests.cpu is 2: it must not be above",
        ),
        case(
            field,
            requests("memory", "1Gi", "1G"),
            requests("memory", "1G", "1Gi"),
            "spec.resources.requests.memory",
        ),
        case(
            field,
            huge("2Mi"),
            huge("4Mi"),
            "spec.resources.requests.hugepages-2Mi is 2Mi: it must be equal",
        ),
        case(
            field,
            json!({ "limits": { "hugepages-2Mi": "2Mi" } }),
            huge("4Mi"),
            "spec.resources has huge pages alone",
        ),
        case(
            field,
            requests("example.com/gpu", "1", "2"),
            requests("example.com/gpu", "2", "2"),
            "spec.resources.requests.example.com/gpu",
        ),
        case(
            field,
            json!({ "requests": { "example.com/gpu": "1" } }),
            json!({ "limits": { "example.com/gpu": "1" } }),
            "spec.resources.requests.example.com/gpu",
        ),
        case(
            field,
            json!({ "limits": { "example.com/gpu": "1500m" } }),
            json!({ "limits": { "example.com/gpu": "2000m" } }),
            "spec.resources.limits.example.com/gpu",
        ),
        case(
            field,
            json!({ "limits": { "cpu": "-1" } }),
            json!({ "limits": { "cpu": "0" } }),
            "spec.resources.limits.cpu is -1",
        ),
        case(
            field,
            json!({ "limits": { "gpu": "1" } }),
            json!({ "limits": { "ephemeral-storage": "1Gi" } }),
            "spec.resources.limits.gpu",
        ),
        case(
            field,
            json!({ "claims": [{ "name": "a" }] }),
            json!({ "claims": [] }),
            "spec.resources.claims",
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn probes() -> Vec<Case> {
    let get = |get: Value| {
        let mut probe = json!({ "httpGet": { "path": "/", "port": 80 } });
        probe["httpGet"]
            .as_object_mut()
            .expect("a map")
            .extend(get.as_object().expect("a map").clone());
        probe
    };
    let with = |name: &str, value: Value| {
        let mut probe = get(json!({}));
        probe[name] = value;
        probe
    };
    let tcp = |port: Value| json!({ "tcpSocket": { "port": port } });
    let header = |name: &str| get(json!({ "httpHeaders": [{ "name": name, "value": "a" }] }));
    let grpc = |port: i32| json!({ "grpc": { "port": port } });
    vec![
        case(
            "livenessProbe",
            get(json!({ "port": "8080" })),
            get(json!({ "port": "metrics" })),
            "spec.livenessProbe.httpGet.port is \"8080\"",
        ),
        case(
            "livenessProbe",
            get(json!({ "port": 0 })),
            get(json!({ "port": 1 })),
            "spec.livenessProbe.httpGet.port is 0",
        ),
        case(
            "startupProbe",
            tcp(json!("a_b")),
            tcp(json!("a-b")),
            "spec.startupProbe.tcpSocket.port",
        ),
        case(
            "readinessProbe",
            tcp(json!(65536)),
            tcp(json!(65535)),
            "spec.readinessProbe.tcpSocket.port",
        ),
        case("readinessProbe", grpc(0), grpc(1), "spec.readinessProbe.grpc.port"),
        case(
            "livenessProbe",
            get(json!({ "scheme": "https" })),
            get(json!({ "scheme": "HTTPS" })),
            "spec.livenessProbe.httpGet.scheme",
        ),
        case(
            "livenessProbe",
            header("a b"),
            header("X-A"),
            "spec.livenessProbe.httpGet.httpHeaders[0].name",
        ),
        case(
            "livenessProbe",
            json!({ "exec": { "command": [] } }),
            json!({ "exec": { "command": ["a"] } }),
            "spec.livenessProbe.exec.command",
        ),
        case("livenessProbe", json!({}), grpc(1), "spec.livenessProbe must have exactly one"),
        case(
            "livenessProbe",
            json!({ "grpc": { "port": 1 }, "tcpSocket": { "port": 1 } }),
            grpc(1),
            "spec.livenessProbe must have exactly one",
        ),
        case(
            "livenessProbe",
            with("successThreshold", json!(2)),
            with("successThreshold", json!(1)),
            "spec.livenessProbe.successThreshold",
        ),
        case(
            "startupProbe",
            with("successThreshold", json!(2)),
            with("successThreshold", json!(1)),
            "spec.startupProbe.successThreshold",
        ),
        case(
            "readinessProbe",
            with("successThreshold", json!(-1)),
            with("successThreshold", json!(2)),
            "spec.readinessProbe.successThreshold",
        ),
        case(
            "livenessProbe",
            with("timeoutSeconds", json!(-1)),
            with("timeoutSeconds", json!(0)),
            "spec.livenessProbe.timeoutSeconds",
        ),
        case(
            "readinessProbe",
            with("periodSeconds", json!(-1)),
            with("periodSeconds", json!(0)),
            "spec.readinessProbe.periodSeconds",
        ),
        case(
            "startupProbe",
            with("failureThreshold", json!(-1)),
            with("failureThreshold", json!(0)),
            "spec.startupProbe.failureThreshold",
        ),
        case(
            "livenessProbe",
            with("initialDelaySeconds", json!(-1)),
            with("initialDelaySeconds", json!(0)),
            "spec.livenessProbe.initialDelaySeconds",
        ),
        case(
            "livenessProbe",
            with("terminationGracePeriodSeconds", json!(0)),
            with("terminationGracePeriodSeconds", json!(1)),
            "spec.livenessProbe.terminationGracePeriodSeconds",
        ),
        case(
            "readinessProbe",
            with("terminationGracePeriodSeconds", json!(1)),
            get(json!({})),
            "spec.readinessProbe.terminationGracePeriodSeconds",
        ),
    ]
}

fn variables() -> Vec<Case> {
    let named = |name: &str| json!([{ "name": name, "value": "a" }]);
    let from = |source: Value| json!([{ "name": "A", "valueFrom": source }]);
    let secret =
        |name: &str, key: &str| from(json!({ "secretKeyRef": { "name": name, "key": key } }));
    let field = |path: &str| from(json!({ "fieldRef": { "fieldPath": path } }));
    let resource = |name: &str| from(json!({ "resourceFieldRef": { "resource": name } }));
    let map = |key: &str| from(json!({ "configMapKeyRef": { "name": "a", "key": key } }));
    vec![
        case("extraEnv", named("A=B"), named("a.b-c 1"), "spec.extraEnv[0].name"),
        case("extraEnv", named("Ä"), named("~"), "spec.extraEnv[0].name"),
        case("extraEnv", named(""), named("A"), "spec.extraEnv[0].name"),
        case(
            "extraEnv",
            from(json!({})),
            field("metadata.name"),
            "spec.extraEnv[0].valueFrom must have exactly one",
        ),
        case(
            "extraEnv",
            from(
                json!({ "fieldRef": { "fieldPath": "metadata.name" }, "secretKeyRef": { "name": "a", "key": "b" } }),
            ),
            field("status.podIPs"),
            "spec.extraEnv[0].valueFrom must have exactly one",
        ),
        case(
            "extraEnv",
            json!([{ "name": "A", "value": "a", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } }]),
            field("metadata.uid"),
            "spec.extraEnv[0] must have either",
        ),
        case(
            "extraEnv",
            secret("a", "b c"),
            secret("a", ".b"),
            "spec.extraEnv[0].valueFrom.secretKeyRef.key",
        ),
        case(
            "extraEnv",
            secret("", "b"),
            secret("a", "b"),
            "spec.extraEnv[0].valueFrom.secretKeyRef.name",
        ),
        case("extraEnv", map(".."), map("a..b"), "spec.extraEnv[0].valueFrom.configMapKeyRef.key"),
        case(
            "extraEnv",
            field("metadata.labels"),
            field("metadata.labels['a']"),
            "spec.extraEnv[0].valueFrom.fieldRef.fieldPath",
        ),
        case(
            "extraEnv",
            field("spec.image"),
            field("metadata.annotations['a/b']"),
            "spec.extraEnv[0].valueFrom.fieldRef.fieldPath",
        ),
        case(
            "extraEnv",
            resource("cpu"),
            resource("limits.cpu"),
            "spec.extraEnv[0].valueFrom.resourceFieldRef.resource",
        ),
    ]
}

fn tolerations() -> Vec<Case> {
    let one = |toleration: Value| json!([toleration]);
    let field = "tolerations";
    vec![
        case(
            field,
            one(json!({ "operator": "Exist" })),
            one(json!({ "operator": "Exists" })),
            "spec.tolerations[0].operator is \"Exist\"",
        ),
        case(
            field,
            one(json!({ "key": "a", "effect": "NoScheduling" })),
            one(json!({ "key": "a", "effect": "NoSchedule" })),
            "spec.tolerations[0].effect",
        ),
        case(
            field,
            one(json!({ "value": "a" })),
            one(json!({ "key": "a", "operator": "", "effect": "", "value": "" })),
            "spec.tolerations[0].key is missing",
        ),
        case(
            field,
            one(json!({ "key": "a b", "operator": "Exists" })),
            one(json!({ "key": "a.b/C", "operator": "Exists" })),
            "spec.tolerations[0].key",
        ),
        case(
            field,
            one(json!({ "key": "a", "operator": "Exists", "value": "b" })),
            one(json!({ "key": "a", "operator": "Equal", "value": "b" })),
            "spec.tolerations[0].value",
        ),
        case(
            field,
            one(json!({ "key": "a", "value": "b c" })),
            one(json!({ "key": "a", "value": "" })),
            "spec.tolerations[0].value",
        ),
        case(
            field,
            one(json!({ "key": "a", "operator": "Exists", "tolerationSeconds": 1 })),
            one(
                json!({ "key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": -1 }),
            ),
            "spec.tolerations[0].tolerationSeconds",
        ),
    ]
}

fn spreads() -> Vec<Case> {
    let with = |fields: Value| {
        let mut one = json!({ "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {} });
        one.as_object_mut().expect("a map").extend(fields.as_object().expect("a map").clone());
        json!([one])
    };
    let twice = |other: &str| {
        let two = [with(json!({})), with(json!({ "whenUnsatisfiable": other }))];
        Value::from(two.map(|one| one[0].clone()).to_vec())
    };
    let field = "topologySpreadConstraints";
    let anyway = "ScheduleAnyway";
    vec![
        case(
            field,
            with(json!({ "whenUnsatisfiable": "Schedule" })),
            with(json!({ "whenUnsatisfiable": anyway })),
            "spec.topologySpreadConstraints[0].whenUnsatisfiable",
        ),
        case(
            field,
            with(json!({ "topologyKey": "" })),
            with(json!({ "topologyKey": "a/b" })),
            "spec.topologySpreadConstraints[0].topologyKey",
        ),
        case(
            field,
            with(json!({ "maxSkew": 0 })),
            with(json!({ "maxSkew": 2 })),
            "spec.topologySpreadConstraints[0].maxSkew",
        ),
        case(
            field,
            with(json!({ "minDomains": 0 })),
            with(json!({ "minDomains": 1 })),
            "spec.topologySpreadConstraints[0].minDomains",
        ),
        case(
            field,
            with(json!({ "minDomains": 1, "whenUnsatisfiable": anyway })),
            with(json!({ "whenUnsatisfiable": anyway })),
            "spec.topologySpreadConstraints[0].minDomains",
        ),
        case(
            field,
            with(json!({ "nodeTaintsPolicy": "honor" })),
            with(json!({ "nodeTaintsPolicy": "Honor" })),
            "spec.topologySpreadConstraints[0].nodeTaintsPolicy",
        ),
        case(
            field,
            with(json!({ "nodeAffinityPolicy": "" })),
            with(json!({ "nodeAffinityPolicy": "Ignore" })),
            "spec.topologySpreadConstraints[0].nodeAffinityPolicy",
        ),
        case(
            field,
            with(json!({ "matchLabelKeys": ["a b"] })),
            with(json!({ "matchLabelKeys": ["a"] })),
            "spec.topologySpreadConstraints[0].matchLabelKeys[0]",
        ),
        case(
            field,
            with(json!({ "labelSelector": null, "matchLabelKeys": ["a"] })),
            with(json!({ "labelSelector": null })),
            "spec.topologySpreadConstraints[0].matchLabelKeys",
        ),
        case(field, twice("DoNotSchedule"), twice(anyway), "spec.topologySpreadConstraints has"),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn affinities() -> Vec<Case> {
    const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
    const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
    let terms =
        |terms: Value| json!({ "nodeAffinity": { REQUIRED: { "nodeSelectorTerms": terms } } });
    let node = |requirement: Value| terms(json!([{ "matchExpressions": [requirement] }]));
    let name = |key: &str, values: Value| {
        terms(json!([{ "matchFields": [{ "key": key, "operator": "In", "values": values }] }]))
    };
    let weight = |weight: i32| json!({ "nodeAffinity": { PREFERRED: [{ "weight": weight, "preference": { "matchExpressions": [{ "key": "a", "operator": "Exists" }] } }] } });
    let pod = |fields: Value| {
        let mut term = json!({ "topologyKey": "zone", "labelSelector": {} });
        term.as_object_mut().expect("a map").extend(fields.as_object().expect("a map").clone());
        term
    };
    let pods = |fields: Value| json!({ "podAffinity": { REQUIRED: [pod(fields)] } });
    let other = |weight: i32, fields: Value| json!({ "podAntiAffinity": { PREFERRED: [{ "weight": weight, "podAffinityTerm": pod(fields) }] } });
    let selector = |requirement: Value| {
        pods(json!({ "labelSelector": { "matchExpressions": [requirement] } }))
    };
    vec![
        case(
            "affinity",
            terms(json!([])),
            node(json!({ "key": "a", "operator": "Exists" })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
        ),
        case(
            "affinity",
            node(json!({ "key": "a", "operator": "Is" })),
            node(json!({ "key": "a", "operator": "Gt", "values": ["1"] })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator",
        ),
        case(
            "affinity",
            node(json!({ "key": "a", "operator": "In" })),
            node(json!({ "key": "a", "operator": "In", "values": ["b"] })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values",
        ),
        case(
            "affinity",
            node(json!({ "key": "a", "operator": "Exists", "values": ["b"] })),
            node(json!({ "key": "a", "operator": "DoesNotExist" })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values",
        ),
        case(
            "affinity",
            node(json!({ "key": "a", "operator": "Lt", "values": ["1", "2"] })),
            node(json!({ "key": "a", "operator": "Lt", "values": ["1"] })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values",
        ),
        case(
            "affinity",
            node(json!({ "key": "", "operator": "Exists" })),
            node(json!({ "key": "a", "operator": "Exists" })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key",
        ),
        case(
            "affinity",
            name("metadata.uid", json!(["a"])),
            name("metadata.name", json!(["a"])),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key",
        ),
        case(
            "affinity",
            name("metadata.name", json!(["a", "b"])),
            name("metadata.name", json!(["a"])),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values",
        ),
        case(
            "affinity",
            weight(0),
            weight(100),
            "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight",
        ),
        case(
            "affinity",
            other(101, json!({})),
            other(1, json!({})),
            "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight",
        ),
        case(
            "affinity",
            other(1, json!({ "topologyKey": "" })),
            other(1, json!({ "topologyKey": "a" })),
            "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey",
        ),
        case(
            "affinity",
            pods(json!({ "namespaces": ["A"] })),
            pods(json!({ "namespaces": ["a"] })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaces[0]",
        ),
        case(
            "affinity",
            selector(json!({ "key": "a", "operator": "Gt", "values": ["1"] })),
            selector(json!({ "key": "a", "operator": "NotIn", "values": ["1"] })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].operator",
        ),
        case(
            "affinity",
            selector(json!({ "key": "a", "operator": "In", "values": ["b c"] })),
            selector(json!({ "key": "a", "operator": "In", "values": [""] })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].values[0]",
        ),
        case(
            "affinity",
            pods(json!({ "labelSelector": { "matchLabels": { "a b": "c" } } })),
            pods(json!({ "labelSelector": { "matchLabels": { "a": "c" } } })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels",
        ),
        case(
            "affinity",
            pods(json!({ "labelSelector": null, "mismatchLabelKeys": ["a"] })),
            pods(json!({ "mismatchLabelKeys": ["a"] })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].mismatchLabelKeys",
        ),
    ]
}

fn labels() -> Vec<Case> {
    let long = "a".repeat(64);
    let large = "a".repeat(256 << 10);
    vec![
        case(
            "podLabels",
            json!({ "team": "a b" }),
            json!({ "team": "A.b_c" }),
            "spec.podLabels.team",
        ),
        case("podLabels", json!({ "team": long }), json!({ "team": "" }), "spec.podLabels.team"),
        case(
            "podLabels",
            json!({ "a b": "c" }),
            json!({ "example.com/a": "c" }),
            "spec.podLabels: the key",
        ),
        case(
            "nodeSelector",
            json!({ "disk": "a/b" }),
            json!({ "disk": "ssd" }),
            "spec.nodeSelector.disk",
        ),
        case(
            "nodeSelector",
            json!({ "/disk": "a" }),
            json!({ "a/disk": "a" }),
            "spec.nodeSelector: the key",
        ),
        case(
            "podAnnotations",
            json!({ "a b": "c" }),
            json!({ "Example.com/A": "c d" }),
            "spec.podAnnotations: the key",
        ),
        case(
            "podAnnotations",
            json!({ "a": large }),
            json!({ "a": "b" }),
            "spec.podAnnotations has",
        ),
    ]
}

fn names() -> Vec<Case> {
    let pull = |names: [&str; 2]| json!(names.map(|name| json!({ "name": name })));
    vec![
        case("serviceAccountName", json!("A_b"), json!("a.b-c"), "spec.serviceAccountName"),
        case("priorityClassName", json!("High"), json!("high"), "spec.priorityClassName"),
        case(
            "envSecret",
            json!({ "name": "A b" }),
            json!({ "name": "a.b" }),
            "spec.envSecret.name",
        ),
        case(
            "imagePullSecrets",
            pull(["a", "a"]),
            pull(["a", "b"]),
            "spec.imagePullSecrets names a twice",
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn security() -> Vec<Case> {
    let pod = |name: &str, value: Value| json!({ name: value });
    let local = |kind: &str, path: Value| json!({ "type": kind, "localhostProfile": path });
    vec![
        case(
            "podSecurityContext",
            pod("seccompProfile", json!({ "type": "Default" })),
            pod("seccompProfile", json!({ "type": "Unconfined" })),
            "spec.podSecurityContext.seccompProfile.type",
        ),
        case(
            "podSecurityContext",
            pod("seccompProfile", json!({ "type": "Localhost" })),
            pod("seccompProfile", local("Localhost", json!("a/b.json"))),
            "spec.podSecurityContext.seccompProfile.localhostProfile",
        ),
        case(
            "podSecurityContext",
            pod("seccompProfile", local("Localhost", json!("../a"))),
            pod("seccompProfile", local("Localhost", json!("a"))),
            "spec.podSecurityContext.seccompProfile.localhostProfile",
        ),
        case(
            "securityContext",
            pod("seccompProfile", local("RuntimeDefault", json!("a"))),
            pod("seccompProfile", json!({ "type": "RuntimeDefault" })),
            "spec.securityContext.seccompProfile.localhostProfile",
        ),
        case(
            "securityContext",
            pod("appArmorProfile", json!({ "type": "runtime/default" })),
            pod("appArmorProfile", json!({ "type": "Unconfined" })),
            "spec.securityContext.appArmorProfile.type",
        ),
        case(
            "podSecurityContext",
            pod("appArmorProfile", json!({ "type": "Localhost" })),
            pod("appArmorProfile", local("Localhost", json!("a"))),
            "spec.podSecurityContext.appArmorProfile.localhostProfile",
        ),
        case(
            "podSecurityContext",
            pod("runAsUser", json!(-1)),
            pod("runAsUser", json!(0)),
            "spec.podSecurityContext.runAsUser",
        ),
        case(
            "podSecurityContext",
            pod("fsGroup", json!(2_147_483_648_i64)),
            pod("fsGroup", json!(2_147_483_647)),
            "spec.podSecurityContext.fsGroup",
        ),
        case(
            "podSecurityContext",
            pod("supplementalGroups", json!([1, -1])),
            pod("supplementalGroups", json!([1, 0])),
            "spec.podSecurityContext.supplementalGroups[1]",
        ),
        case(
            "podSecurityContext",
            pod("fsGroupChangePolicy", json!("Never")),
            pod("fsGroupChangePolicy", json!("Always")),
            "spec.podSecurityContext.fsGroupChangePolicy",
        ),
        case(
            "podSecurityContext",
            pod("supplementalGroupsPolicy", json!("Merged")),
            pod("supplementalGroupsPolicy", json!("Merge")),
            "spec.podSecurityContext.supplementalGroupsPolicy",
        ),
        case(
            "podSecurityContext",
            pod("sysctls", json!([{ "name": "A", "value": "1" }])),
            pod("sysctls", json!([{ "name": "net.core.somaxconn", "value": "1" }])),
            "spec.podSecurityContext.sysctls[0].name",
        ),
        case(
            "podSecurityContext",
            pod(
                "sysctls",
                json!([{ "name": "a.b", "value": "1" }, { "name": "a.b", "value": "2" }]),
            ),
            pod(
                "sysctls",
                json!([{ "name": "a.b", "value": "1" }, { "name": "a.c", "value": "2" }]),
            ),
            "spec.podSecurityContext.sysctls sets a.b twice",
        ),
        case(
            "securityContext",
            pod("runAsGroup", json!(-1)),
            pod("runAsGroup", json!(1)),
            "spec.securityContext.runAsGroup",
        ),
        case(
            "securityContext",
            pod("procMount", json!("Masked")),
            pod("procMount", json!("Default")),
            "spec.securityContext.procMount",
        ),
        case(
            "securityContext",
            json!({ "privileged": true, "allowPrivilegeEscalation": false }),
            json!({ "privileged": true }),
            "spec.securityContext.allowPrivilegeEscalation",
        ),
        case(
            "securityContext",
            json!({ "capabilities": { "add": ["CAP_SYS_ADMIN"] }, "allowPrivilegeEscalation": false }),
            json!({ "capabilities": { "add": ["CAP_SYS_ADMIN"] }, "allowPrivilegeEscalation": true }),
            "spec.securityContext.allowPrivilegeEscalation",
        ),
    ]
}

fn strategies() -> Vec<Case> {
    let rolling = |surge: Value, unavailable: Value| json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": surge, "maxUnavailable": unavailable } });
    vec![
        case(
            "strategy",
            rolling(json!(0), json!("0%")),
            rolling(json!(1), json!("0%")),
            "spec.strategy.rollingUpdate.maxSurge and maxUnavailable",
        ),
        case(
            "strategy",
            rolling(json!("00%"), json!(0)),
            rolling(json!("01%"), json!(0)),
            "spec.strategy.rollingUpdate.maxSurge and maxUnavailable",
        ),
        case(
            "strategy",
            rolling(json!("1"), json!(1)),
            rolling(json!("150%"), json!(1)),
            "spec.strategy.rollingUpdate.maxSurge",
        ),
        case(
            "strategy",
            rolling(json!(-1), json!(1)),
            rolling(json!(2), json!(1)),
            "spec.strategy.rollingUpdate.maxSurge is -1",
        ),
        case(
            "strategy",
            rolling(json!(1), json!("101%")),
            rolling(json!(1), json!("100%")),
            "spec.strategy.rollingUpdate.maxUnavailable",
        ),
    ]
}

fn claims() -> Vec<Case> {
    let field = "persistentVolumeClaim";
    let modes = |modes: Value| json!({ "accessModes": modes });
    let storage = |amount: &str| json!({ "resources": { "requests": { "storage": amount } } });
    vec![
        case(
            field,
            modes(json!(["ReadWrite"])),
            modes(json!(["ReadWriteMany"])),
            "spec.persistentVolumeClaim.accessModes[0]",
        ),
        case(
            field,
            modes(json!(["ReadWriteOncePod", "ReadWriteOnce"])),
            modes(json!(["ReadWriteOncePod"])),
            "spec.persistentVolumeClaim.accessModes",
        ),
        case(
            field,
            json!({ "volumeMode": "File" }),
            json!({ "volumeMode": "Filesystem" }),
            "spec.persistentVolumeClaim.volumeMode",
        ),
        case(
            field,
            json!({ "storageClassName": "Fast" }),
            json!({ "storageClassName": "" }),
            "spec.persistentVolumeClaim.storageClassName",
        ),
        case(
            field,
            storage("0"),
            storage("1"),
            "spec.persistentVolumeClaim.resources.requests.storage is 0",
        ),
        case(
            field,
            storage("-1Gi"),
            storage("1e3"),
            "spec.persistentVolumeClaim.resources.requests.storage",
        ),
        case(
            field,
            json!({ "selector": { "matchExpressions": [{ "key": "a", "operator": "Has" }] } }),
            json!({ "selector": { "matchLabels": { "a": "b" } } }),
            "spec.persistentVolumeClaim.selector.matchExpressions[0].operator",
        ),
    ]
}
