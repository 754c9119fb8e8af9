//! Values that are wrong: refused before anything reaches a cluster, with a message that names the key.

use crate::helm::Helm;

fn is_refused(chart: &str, values: &str, words: &[&str]) {
    let message = Helm::alone().template(chart, values, &[]).refused();
    for word in words {
        assert!(message.contains(word), "{values}: {word:?} is not in:\n{message}");
    }
}

#[test]
fn unknown_keys() {
    for (chart, values, key) in [
        ("crds", "agregate: false", "'agregate' not allowed"),
        ("operator", "operatr: {replicas: 2}", "'operatr' not allowed"),
        ("operator", "operator: {replica: 2}", "at '/operator': additional properties 'replica'"),
        ("operator", "operator: {operator: {env: {loglevel: info}}}", "'loglevel' not allowed"),
        ("operator", "operator: {tolerations: [{ky: a}]}", "at '/operator/tolerations/0'"),
        ("bot", "botModule: []", "'botModule' not allowed"),
        ("bot", "botModules: [{name: a, spec: {image: a, metricPort: 1}}]", "'metricPort'"),
        ("bot", "botModules: [{name: a, spec: {image: a}, sepc: {}}]", "'sepc' not allowed"),
        ("bot", "ipcConfig: {spec: {nats: {manged: {}}}}", "at '/ipcConfig/spec/nats'"),
        ("bot", "backupStore: {bucket: x}", "'bucket' not allowed"),
        (
            "bot",
            "backupSchedules: [{name: a, spec: {schedule: '@daily', s3store: {name: b}}}]",
            "'s3store' not allowed",
        ),
        ("eevee", "opertor: {}", "'opertor' not allowed"),
        ("eevee", "bot: {nam: x}", "'nam' not allowed"),
        ("eevee", "operator: {operator: {operator: {envs: {}}}}", "'envs' not allowed"),
    ] {
        is_refused(chart, values, &[key]);
    }
}

#[test]
fn wrong_types() {
    for (chart, values, words) in [
        ("crds", "rbac: {aggregate: 'no'}", ["/rbac/aggregate", "want boolean"]),
        ("operator", "operator: {replicas: two}", ["/operator/replicas", "want integer"]),
        ("operator", "operator: {replicas: '2'}", ["/operator/replicas", "want integer"]),
        (
            "operator",
            "operatorApiToken: {token: 12345}",
            ["/operatorApiToken/token", "want string"],
        ),
        ("operator", "operatorApiToken: {token: ' x'}", ["/operatorApiToken/token", "pattern"]),
        (
            "operator",
            "kubernetesClusterDomain: cluster.local..",
            ["/kubernetesClusterDomain", "pattern"],
        ),
        (
            "operator",
            "operator: {operator: {env: {logLevel: loud}}}",
            ["/operator/operator/env/logLevel", "'trace'"],
        ),
        (
            "operator",
            "operator: {operator: {env: {watchOtherNamespaces: 'yes'}}}",
            ["/operator/operator/env/watchOtherNamespaces", "must be one of"],
        ),
        (
            "operator",
            "operator: {operator: {env: {httpApiPort: 70000}}}",
            ["/operator/operator/env/httpApiPort", "65,535"],
        ),
        (
            "operator",
            "operator: {operator: {env: {httpApiPort: '70000'}}}",
            ["/operator/operator/env/httpApiPort", "pattern"],
        ),
        (
            "operator",
            "operator: {operator: {env: {healthPort: 0}}}",
            ["/operator/operator/env/healthPort", "minimum"],
        ),
        ("operator", "operator: {strategy: {type: Recreat}}", ["/operator/strategy", "'Recreate'"]),
        ("operator", "serviceAccount: {name: a_b}", ["/serviceAccount/name", "a_b"]),
        (
            "operator",
            "operatorApiToken: {existingSecret: a/b}",
            ["/operatorApiToken/existingSecret", "a/b"],
        ),
        (
            "operator",
            "operatorApiToken: {existingSecretKey: a/b}",
            ["/operatorApiToken/existingSecretKey", "a/b"],
        ),
        (
            "operator",
            "operator: {operator: {image: {tag: 'a b'}}}",
            ["/operator/operator/image/tag", "a b"],
        ),
        ("bot", "test: {apiTokenSecret: a/b}", ["/test/apiTokenSecret", "a/b"]),
        (
            "operator",
            "operator: {operator: {resources: {limits: {memory: 1Gb}}}}",
            ["/operator/operator/resources/limits/memory", "1Gb"],
        ),
        (
            "operator",
            "commonLabels: {app.kubernetes.io/name: x}",
            ["/commonLabels/app.kubernetes.io~1name", "false schema"],
        ),
    ] {
        is_refused(chart, values, &words);
    }
}

#[test]
fn wrong_types_of_a_bot() {
    for (chart, values, words) in [
        ("bot", "botModules: {}", ["/botModules", "want array"]),
        ("bot", "botModules: [{name: a, spec: {}}]", ["/botModules/0/spec", "'image'"]),
        ("bot", "botModules: [{name: a_b, spec: {image: a}}]", ["/botModules/0/name", "a_b"]),
        (
            "bot",
            "botModules: [{name: a, spec: {image: a, metricsPort: '1'}}]",
            ["/botModules/0/spec/metricsPort", "want null or integer"],
        ),
        (
            "bot",
            "botModules: [{name: a, spec: {image: a, moduleConfig: {x: 1}}}]",
            ["/botModules/0/spec/moduleConfig", "got object"],
        ),
        (
            "bot",
            "botModules: [{name: a, spec: {image: a, pullPolicy: Sometimes}}]",
            ["/botModules/0/spec/pullPolicy", "'IfNotPresent'"],
        ),
        ("bot", "ipcConfig: {name: a.b}", ["/ipcConfig/name", "a.b"]),
        ("bot", "backupStore: {name: a}", ["/backupStore", "'spec'"]),
        ("bot", "backupStore: {name: a, spec: {bucket: 1}}", ["/backupStore/spec", "want string"]),
        (
            "bot",
            "backupSchedules: [{name: a, spec: {schedule: '@daily', s3Store: {name: b}, keep: {last: 0}}}]",
            ["/backupSchedules/0/spec/keep/last", "minimum"],
        ),
        (
            "eevee",
            "bot: {backupSchedules: [{name: a, spec: {schedule: '@daily'}}]}",
            ["/backupSchedules/0/spec", "'s3Store'"],
        ),
        (
            "eevee",
            "bot: {botModules: [{name: a, spec: {image: 1}}]}",
            ["/botModules/0/spec/image", "want string"],
        ),
    ] {
        is_refused(chart, values, &words);
    }
}

#[test]
fn what_no_schema_can_say() {
    for (chart, values, words) in [
        (
            "bot",
            "backupSchedules: [{name: a, spec: &s {schedule: '@daily', s3Store: {name: b}}}, {name: a, spec: *s}]",
            ["backupSchedules: ", "two schedules are called \"a\""],
        ),
        (
            "bot",
            "botModules: [{name: a, spec: {image: a}}, {name: a, spec: {image: a}}]",
            ["botModules: ", "two modules are called \"a\""],
        ),
        (
            "operator",
            "operator: {operator: {extraEnv: [{name: LOG_LEVEL, value: x}]}}",
            ["operator.operator.extraEnv", "LOG_LEVEL"],
        ),
        (
            "operator",
            "operator: {operator: {extraEnv: [{name: A, value: x}, {name: A, value: z}]}}",
            ["operator.operator.extraEnv", "sets A twice"],
        ),
        (
            "operator",
            "serviceAccount: {create: false}",
            ["serviceAccount.create", "serviceAccount.name"],
        ),
        (
            "operator",
            "operator: {operator: {env: {httpApiPort: 8081}}}",
            ["healthPort is 8081", "httpApiPort: each needs a port of its own"],
        ),
        (
            "operator",
            "operator: {operator: {env: {httpApiPort: '9000', healthPort: 9000}}}",
            ["healthPort is 9000", "httpApiPort: each needs a port of its own"],
        ),
    ] {
        is_refused(chart, values, &words);
    }
}

#[test]
fn empty_backup_values_are_fine() {
    Helm::alone().template("bot", "{backupStore: {}, backupSchedules: []}", &[]).fine();
}

#[test]
fn charts_may_be_taken_in_by_others() {
    for chart in ["crds", "operator", "bot"] {
        Helm::alone().template(chart, "{global: {x: 1}, enabled: true}", &[]).fine();
    }
    Helm::alone().template("eevee", "global: {x: 1}", &[]).fine();
}

#[test]
fn an_older_kubernetes_is_refused() {
    let older = ["template", "eevee", "operator", "--kube-version=1.32.9"];
    let message = Helm::alone().run(&older, "").refused();
    assert!(message.contains(">=1.33.0-0"), "{message}");
}
