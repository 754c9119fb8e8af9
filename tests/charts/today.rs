//! Values files that people have for the charts of the TypeScript operator install as they are, and each of their keys
//! is honoured.

use crate::helm::{Helm, each, one, rendered};
use crate::place::{get, namespace};
use serde_json::{Value, json};

/// Every key of the former chart `operator`, each with a value that is not our default.
const OPERATOR: &str = r#"
eeveeOperatorService:
  ports:
  - port: 9000
    targetPort: 9000
  type: NodePort
kubernetesClusterDomain: cluster.example
operator:
  nodeSelector: {disk: fast}
  operator:
    containerSecurityContext:
      allowPrivilegeEscalation: false
      privileged: false
      readOnlyRootFilesystem: true
      runAsGroup: 1000
      runAsNonRoot: true
      runAsUser: 1000
    env:
      httpApiPort: "9000"
      kubeInClusterConfig: "true"
      logLevel: debug
      watchOtherNamespaces: "false"
    image:
      repository: registry.example/operator
      tag: 2.2.8
    imagePullPolicy: Always
    resources:
      limits: {cpu: 1500m, memory: 2Gi}
      requests: {cpu: "1", memory: 512Mi}
  podSecurityContext:
    fsGroupChangePolicy: Always
    runAsNonRoot: true
  replicas: 2
  revisionHistoryLimit: 3
  strategy:
    rollingUpdate: {maxSurge: 50%, maxUnavailable: 0}
    type: RollingUpdate
  tolerations: [{key: chat, operator: Exists}]
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule}
operatorApiToken:
  token: a-token
serviceAccount:
  annotations: {who: me}
  automount: false
  create: true
  name: my-operator
"#;

/// The same for chart `bot`.
const BOT: &str = r#"
name: my-bot
ipcConfig:
  name: my-ipc
  spec:
    nats:
      managed:
        enabled: true
        image: docker.io/nats:latest
      token:
        generate: true
        secretKeyRef:
          secret: {name: nats-auth-secret}
          key: token
botModules:
- name: router
  spec:
    size: 1
    image: ghcr.io/eeveebot/router:1.2.14
    pullPolicy: Always
    metrics: true
    metricsPort: 8080
    ipcConfig: my-ipc
    moduleName: router
    moduleConfig: |
      blocklist:
      - pattern: ".*"
        enabled: true
- name: seen
  spec:
    image: ghcr.io/eeveebot/seen:1.1.3
    metrics: false
    metricsPort: 8080
    ipcConfig: my-ipc
    moduleName: seen
    mountOperatorApiToken: true
    envSecret: {name: seen-secrets}
    persistentVolumeClaim:
      storageClassName: filesystem
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
"#;

/// The same as values of chart `eevee`.
fn both() -> String {
    let indent = |text: &str| text.lines().map(|line| format!("  {line}\n")).collect::<String>();
    format!("operator:\n  enabled: true\n{}bot:\n{}", indent(OPERATOR), indent(BOT))
}

fn honours_the_operators_keys(objects: &[Value]) {
    let service = one(objects, "Service");
    assert_eq!(service["spec"]["type"], "NodePort");
    let port = json!([{ "name": "http", "port": 9000, "targetPort": 9000 }]);
    assert_eq!(service["spec"]["ports"], port);
    let accounts = each(objects, "ServiceAccount");
    let account = accounts.into_iter().find(|it| it["metadata"]["name"] == "my-operator");
    let account = account.expect("the operator's account");
    assert_eq!(account["metadata"]["annotations"]["who"], "me");
    assert_eq!(account["automountServiceAccountToken"], false);
    assert_eq!(one(objects, "Secret")["data"]["token"], "YS10b2tlbg==");
    assert!(!objects.iter().any(|object| object["kind"] == "ClusterRole"));
    honours_those_of_its_pods(&one(objects, "Deployment")["spec"]);
}

fn honours_those_of_its_pods(deployment: &Value) {
    assert_eq!(deployment["replicas"], 2);
    assert_eq!(deployment["revisionHistoryLimit"], 3);
    let strategy = json!({ "maxSurge": "50%", "maxUnavailable": 0 });
    assert_eq!(deployment["strategy"]["rollingUpdate"], strategy);
    let pod = &deployment["template"]["spec"];
    assert_eq!(pod["serviceAccountName"], "my-operator");
    assert_eq!(pod["automountServiceAccountToken"], true, "the operator needs it");
    assert_eq!(pod["nodeSelector"]["disk"], "fast");
    assert_eq!(pod["tolerations"][0]["key"], "chat");
    assert_eq!(pod["topologySpreadConstraints"][0]["maxSkew"], 1);
    assert_eq!(pod["securityContext"]["fsGroupChangePolicy"], "Always");
    let container = &pod["containers"][0];
    assert_eq!(container["name"], "operator");
    assert_eq!(container["image"], "registry.example/operator:2.2.8");
    assert_eq!(container["imagePullPolicy"], "Always");
    assert_eq!(container["securityContext"]["runAsUser"], 1000);
    let limits = json!({ "cpu": "1500m", "memory": "2Gi" });
    assert_eq!(container["resources"]["limits"], limits);
    assert_eq!(container["ports"][0]["containerPort"], 9000);
    for (name, value) in [
        ("HTTP_API_PORT", "9000"),
        ("KUBE_IN_CLUSTER_CONFIG", "true"),
        ("WATCH_OTHER_NAMESPACES", "false"),
        ("LOG_LEVEL", "debug"),
        ("KUBERNETES_CLUSTER_DOMAIN", "cluster.example"),
    ] {
        let mut env = container["env"].as_array().expect("variables").iter();
        let found = env.find(|it| it["name"] == name).expect(name);
        assert_eq!(found["value"], value, "{name}");
    }
}

fn honours_the_bots_keys(objects: &[Value]) {
    let values: Value = serde_yaml::from_str(BOT).expect("YAML");
    let ipc = one(objects, "IpcConfig");
    assert_eq!(ipc["metadata"]["name"], "my-ipc");
    assert_eq!(ipc["metadata"]["labels"]["app.kubernetes.io/part-of"], "my-bot");
    assert_eq!(ipc["spec"], values["ipcConfig"]["spec"]);
    for module in values["botModules"].as_array().expect("modules") {
        let is_it = |object: &&Value| object["metadata"]["name"] == module["name"];
        let found = objects.iter().find(is_it).expect("the module");
        assert_eq!(found["kind"], "BotModule");
        assert_eq!(found["spec"], module["spec"]);
    }
}

#[test]
fn every_key_of_the_operator_is_honoured() {
    honours_the_operators_keys(&rendered("operator", OPERATOR));
}

#[test]
fn every_key_of_the_bot_is_honoured() {
    honours_the_bots_keys(&rendered("bot", BOT));
}

#[test]
fn every_key_of_both_is_honoured() {
    let objects = rendered("eevee", &both());
    honours_the_operators_keys(&objects);
    honours_the_bots_keys(&objects);
}

#[test]
fn all_of_it_installs() {
    let cluster = namespace("today");
    Helm::on(cluster).install("today", "eevee", "eevee", &both()).fine();
    for object in ["deployment/eevee-operator", "botmodules/seen", "ipcconfigs/my-ipc"] {
        assert!(get(cluster, "today", object).is_some(), "{object}");
    }
}

/// Steps 2 and 4 of docs/upgrade.md: the former operator is stopped by deleting its Deployment.
#[test]
fn an_upgrade_makes_a_deployment_that_was_deleted_anew() {
    let cluster = namespace("stopped");
    let upgrade = || Helm::on(cluster).install("stopped", "eevee-operator", "operator", "").fine();
    upgrade();
    let token = || get(cluster, "stopped", "secret/eevee-operator-api-token").expect("a token");
    let before = token()["data"].clone();
    let delete = ["delete", "deployment", "eevee-operator", "--namespace=stopped"];
    cluster.kubectl(&[&delete[..], &["--cascade=foreground"]].concat(), None).success();
    assert!(get(cluster, "stopped", "deployment/eevee-operator").is_none());
    upgrade();
    assert!(get(cluster, "stopped", "deployment/eevee-operator").is_some());
    assert!(token()["data"] == before, "the token changed");
}
