//! The rights of the chart's account are enough: the operator runs with them, through what a bot can go through, and is
//! never refused. That they are no more than enough is shown by `tests/e2e/privilege`.

use crate::cluster::{Cluster, Process, Versitygw, eventually, free_port, until};
use crate::helm::Helm;
use crate::place::{cluster, get};
use std::process::{Command, Output};
use std::time::Duration;

const LONG: Duration = Duration::from_mins(2);
const TOKEN: &str = "token-of-the-privilege-test";

/// The operator as a pod of the chart would run it.
pub struct Operator {
    process: Process,
    port: u16,
    namespace: String,
}

impl Operator {
    pub fn install(cluster: &Cluster, namespace: &str, all: bool) -> Self {
        Self::install_with(cluster, namespace, all, 0)
    }

    /// The same beside pods of the chart's, which do nothing on fake nodes.
    pub fn install_with(cluster: &Cluster, namespace: &str, all: bool, replicas: u32) -> Self {
        let values = format!(
            "{{operatorApiToken: {{token: {TOKEN}}}, operator: {{replicas: {replicas}, operator: {{env: {{watchOtherNamespaces: {all}}}}}}}}}"
        );
        Helm::on(cluster).install(namespace, "eevee-operator", "operator", &values).fine();
        let port = free_port();
        let mut command = program(namespace);
        command.env("KUBECONFIG", cluster.kubeconfig_of(namespace, "eevee-operator"));
        command.env("WATCH_OTHER_NAMESPACES", all.to_string());
        command.env("HTTP_API_PORT", port.to_string()).env("HEALTH_PORT", "0");
        command.env("EEVEE_OPERATOR_IMAGE", "operator:1");
        let process = Process::start(&format!("operator-{namespace}"), cluster.folder(), command);
        let operator = Self { process, port, namespace: namespace.to_owned() };
        operator.probe(&["/readyz", "/api/health"], &[]);
        operator
    }

    /// What `helm test` would run.
    fn probe(&self, paths: &[&str], modules: &[&str]) {
        let mut command = program(&self.namespace);
        command.args(["probe", "--patience=120"]);
        command.args(modules.iter().map(|name| format!("--module={name}")));
        command.args(paths.iter().map(|path| format!("http://127.0.0.1:{}{path}", self.port)));
        succeeded(&command.output().expect("the probe runs"), &self.process);
    }

    /// A restart by the HTTP API.
    fn restart(&self, module: &str) {
        let body = format!(r#"{{"moduleName": "{module}", "namespace": "{}"}}"#, self.namespace);
        let answer = exchange(self.port, "POST", "/api/action/restart-module", &body);
        assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    }

    fn assert_never_refused(&self) {
        let metrics = exchange(self.port, "GET", "/metrics", "");
        let requests = |line: &&str| line.starts_with("rest_client_requests_total");
        let seen: Vec<&str> = metrics.lines().filter(requests).collect();
        assert!(seen.len() > 10, "{seen:#?}");
        for line in seen {
            assert!(!line.contains("code=\"403\"") && !line.contains("code=\"401\""), "{line}");
        }
        let log = self.process.output();
        assert!(!log.contains("forbidden"), "{log}");
        assert!(!log.contains(TOKEN));
    }
}

fn program(namespace: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    command.env_clear().env("NAMESPACE", namespace).env("EEVEE_OPERATOR_API_TOKEN", TOKEN);
    command
}

fn succeeded(output: &Output, process: &Process) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", process.last_words());
}

fn exchange(port: u16, method: &str, path: &str, body: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let head = format!(
        "{method} {path} HTTP/1.0\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn bot(replicas: u32, echo: &str) -> String {
    format!(
        "
ipcConfig: {{spec: {{nats: {{managed: {{replicas: {replicas}}}}}}}}}
botModules:
- name: router
  spec: {{image: 'router:1', ipcConfig: eevee-bot, metrics: true, mountOperatorApiToken: true}}
- name: echo
  spec: {echo}
"
    )
}

const FULL: &str = "{image: 'echo:1', ipcConfig: eevee-bot, moduleConfig: 'a: 1', backupSchedule: {name: daily}, persistentVolumeClaim: {resources: {requests: {storage: 1Gi}}}}";
const GROWN: &str = "{image: 'echo:1', ipcConfig: eevee-bot, persistentVolumeClaim: {resources: {requests: {storage: 2Gi}}}}";
const OFF: &str = "{image: 'echo:1', ipcConfig: eevee-bot, enabled: false}";

fn install_bot(cluster: &Cluster, namespace: &str, replicas: u32, echo: &str) {
    Helm::on(cluster).install(namespace, "my-bot", "bot", &bot(replicas, echo)).fine();
}

fn waits_until_absent(cluster: &Cluster, namespace: &str, object: &str) {
    let gone = || get(cluster, namespace, object).is_none().then_some(());
    eventually(&format!("{object} is gone"), LONG, gone);
}

/// Everything that makes the operator read, make, change and remove objects of each kind.
fn go_through(cluster: &Cluster, operator: &Operator, namespace: &str) {
    let modules = ["router", "echo"];
    install_bot(cluster, namespace, 2, FULL);
    operator.probe(&["/api/bot-modules"], &modules);
    let budget = || get(cluster, namespace, "poddisruptionbudget/eevee-eevee-bot-nats");
    until(LONG, budget).expect("a disruption budget of NATS");
    operator.restart("router");
    let rotate = ["annotate", "ipcconfigs/eevee-bot", "eevee.bot/rotate-token=1"];
    let within = format!("--namespace={namespace}");
    cluster.kubectl(&[&rotate[..], &[&within]].concat(), None).success();
    back_up_and_restore(cluster, namespace);
    install_bot(cluster, namespace, 1, GROWN);
    waits_until_absent(cluster, namespace, "cronjob/daily-echo-backup");
    waits_until_absent(cluster, namespace, "poddisruptionbudget/eevee-eevee-bot-nats");
    waits_until_absent(cluster, namespace, "service/eevee-eevee-bot-nats-cluster");
    waits_until_absent(cluster, namespace, "configmap/eevee-echo-module-config");
    install_bot(cluster, namespace, 1, OFF);
    waits_until_absent(cluster, namespace, "deployment/eevee-echo-module");
    operator.probe(&["/api/bot-modules"], &modules);
    let secret = get(cluster, namespace, "secret/nats-auth-secret").expect("the NATS token");
    assert_eq!(secret["metadata"]["annotations"]["eevee.bot/rotated-for"], "1");
    assert!(get(cluster, namespace, "pvc/eevee-echo-module-pvc").is_some(), "the claim is gone");
    operator.assert_never_refused();
}

fn backups(server: &Versitygw) -> String {
    let key = |key: &str| format!("{{secretKeyRef: {{secret: {{name: s3}}, key: {key}}}}}");
    format!(
        "
apiVersion: v1
kind: Secret
metadata: {{name: s3}}
stringData: {{id: {id}, key: {secret}}}
---
apiVersion: eevee.bot/v1
kind: S3Store
metadata: {{name: main}}
spec:
  endpoint: http://127.0.0.1:{port}
  bucket: {bucket}
  region: {region}
  pathStyle: true
  accessId: {access_id}
  accessKey: {access_key}
---
apiVersion: eevee.bot/v1
kind: BackupSchedule
metadata: {{name: daily}}
spec: {{schedule: '0 3 * * *', s3Store: {{name: main}}}}
---
apiVersion: eevee.bot/v1
kind: BackupRestore
metadata: {{name: back}}
spec: {{botModule: {{name: echo}}, s3Store: {{name: main}}, backupId: 0198c0de-0000-7000-8000-000000000001}}
",
        id = Versitygw::ACCESS_ID,
        secret = Versitygw::SECRET_KEY,
        port = server.port(),
        bucket = Versitygw::BUCKET,
        region = Versitygw::REGION,
        access_id = key("id"),
        access_key = key("key"),
    )
}

fn back_up_and_restore(cluster: &Cluster, namespace: &str) {
    let server = Versitygw::start();
    let within = format!("--namespace={namespace}");
    let apply = ["apply", "--server-side", "--filename=-", &within];
    cluster.kubectl(&apply, Some(&backups(&server))).success();
    let resources = ["s3store/main", "backupschedule/daily", "backuprestore/back"];
    let ready = ["wait", "--for=condition=Ready", "--timeout=120s", &within];
    cluster.kubectl(&[&ready[..], &resources].concat(), None).success();
    let module = ["botmodule/echo"];
    cluster.kubectl(&[&ready[..], &module].concat(), None).success();
}

#[test]
fn the_role_is_enough_for_one_namespace() {
    let cluster = cluster();
    let operator = Operator::install(cluster, "one", false);
    go_through(cluster, &operator, "one");
}

/// The operator's Role is for the Lease alone then.
#[test]
fn the_cluster_role_is_enough_for_all() {
    // One of its own: the operator would look after the bots of other tests, too.
    let cluster = &Cluster::fake_nodes();
    Helm::on(cluster).install("eevee-crds", "eevee-crds", "crds", "").fine();
    let operator = Operator::install(cluster, "all", true);
    go_through(cluster, &operator, "all");
    install_bot(cluster, "elsewhere", 1, FULL);
    let ready = ["wait", "botmodules", "--all", "--for=condition=Ready", "--timeout=120s"];
    cluster.kubectl(&[&ready[..], &["--namespace=elsewhere"]].concat(), None).success();
    let copy = get(cluster, "elsewhere", "secret/eevee-operator-api-token");
    assert!(copy.is_some(), "modules elsewhere need the token, too");
    operator.assert_never_refused();
}
