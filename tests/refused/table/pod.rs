//! What else pods are: labels, names, security and how they are replaced.

use super::{Case, case};
use serde_json::{Value, json};

pub fn labels() -> Vec<Case> {
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

pub fn names() -> Vec<Case> {
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
pub fn security() -> Vec<Case> {
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

pub fn strategies() -> Vec<Case> {
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
