//! What the TypeScript operator has left in a cluster: made by POST and PUT of a client that calls itself node-fetch,
//! modules without labels and owners, NATS with owners and without our labels.

use crate::operator::{LONG, TOKEN};
use crate::stage::Stage;
use crate::support::{collection, documents, has_rolled_out, uid};
use http::{Method, Request};
use serde_json::{Value, json};

/// What belongs to the IpcConfig.
const NATS: &str = r"
apiVersion: v1
kind: Secret
metadata: {name: eevee-main-nats-token}
type: Opaque
stringData: {token: b5c1f0a2d3e4968778695a4b3c2d1e0f, host: eevee-main-nats.NAMESPACE.svc.cluster.local}
---
apiVersion: v1
kind: Secret
metadata: {name: eevee-main-nats-config}
type: Opaque
stringData:
  nats.conf: |
    port: 4222
    monitor_port: 8222
    server_name: main
    debug: true
    authorization {
      token: $NATS_TOKEN
    }
---
apiVersion: v1
kind: Service
metadata: {name: eevee-main-nats}
spec:
  type: ClusterIP
  selector: {eevee.bot/nats-server: 'true', eevee.bot/ipcconfig: main}
  ports:
  - {name: client, port: 4222, targetPort: 4222}
  - {name: management, port: 8222, targetPort: 8222}
  - {name: cluster, port: 6222, targetPort: 6222}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: eevee-main-nats}
spec:
  replicas: 1
  selector: {matchLabels: {eevee.bot/nats-server: 'true', eevee.bot/ipcconfig: main}}
  template:
    metadata: {labels: {app: eevee.bot, eevee.bot/nats-server: 'true', eevee.bot/ipcconfig: main}}
    spec:
      securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000}
      containers:
      - name: nats-server
        image: docker.io/nats:latest
        imagePullPolicy: Always
        command: [nats-server]
        args: [--config, /etc/nats-config/nats.conf]
        ports:
        - {containerPort: 4222, name: client}
        - {containerPort: 8222, name: management}
        - {containerPort: 6222, name: cluster}
        env:
        - name: NATS_TOKEN
          valueFrom: {secretKeyRef: {name: eevee-main-nats-token, key: token}}
        volumeMounts: [{name: nats-config-volume, mountPath: /etc/nats-config, readOnly: true}]
      volumes: [{name: nats-config-volume, secret: {secretName: eevee-main-nats-config}}]
";

/// What belongs to nobody.
const OF_MODULES: &str = r"
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: eevee-admin-module-pvc}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: eevee-admin-module-config}
data: {config.yaml: 'a: 1', former.yaml: 'b: 2'}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: eevee-admin-module}
spec:
  replicas: 1
  selector: {matchLabels: {eevee.bot/module: admin}}
  template:
    metadata: {labels: {app: eevee.bot, eevee.bot/module: admin}}
    spec:
      containers:
      - name: module
        image: example/admin:1
        imagePullPolicy: Always
        ports: [{name: metrics, containerPort: 9000, protocol: TCP}]
        env:
        - {name: NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: RESOURCE_NAME, value: admin}
        - {name: NATS_HOST, valueFrom: {secretKeyRef: {name: eevee-main-nats-token, key: host}}}
        - {name: NATS_TOKEN, valueFrom: {secretKeyRef: {name: eevee-main-nats-token, key: token}}}
        - {name: METRICS_ENABLED, value: 'true'}
        - {name: METRICS_PORT, value: '9000'}
        - {name: MODULE_DATA, value: /data}
        - {name: MODULE_CONFIG_PATH, value: /etc/module-config/config.yaml}
        - {name: EEVEE_OPERATOR_API_TOKEN, value: API-TOKEN}
        - {name: EEVEE_FORMER, value: '1'}
        volumeMounts:
        - {name: module-data, mountPath: /data}
        - {name: module-config, mountPath: /etc/module-config}
      volumes:
      - {name: module-data, persistentVolumeClaim: {claimName: eevee-admin-module-pvc}}
      - {name: module-config, configMap: {name: eevee-admin-module-config}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: eevee-dice-module}
spec:
  replicas: 1
  selector: {matchLabels: {eevee.bot/module: dice}}
  template:
    metadata: {labels: {app: eevee.bot, eevee.bot/module: dice}}
    spec:
      containers:
      - name: module
        image: example/dice:1
        imagePullPolicy: Always
        env:
        - {name: NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: RESOURCE_NAME, value: dice}
        - {name: NATS_HOST, valueFrom: {secretKeyRef: {name: eevee-main-nats-token, key: host}}}
        - {name: NATS_TOKEN, valueFrom: {secretKeyRef: {name: eevee-main-nats-token, key: token}}}
";

pub const MODULES: [&str; 2] = ["admin", "dice"];
pub const DEPLOYMENTS: [&str; 3] = ["eevee-main-nats", "eevee-admin-module", "eevee-dice-module"];

/// Makes it all, lets others add their own, and waits until the pods run.
pub async fn leave_behind(stage: &Stage<'_>) {
    apply_resources(stage).await;
    let main = stage.objects.existing("ipcconfigs", "main").await;
    let owner = json!([{
        "apiVersion": "eevee.bot/v1",
        "kind": stage.kind("IpcConfig"),
        "name": "main",
        "uid": uid(&main),
        "controller": true,
        "blockOwnerDeletion": true,
    }]);
    for mut object in documents(&in_place(stage, NATS)) {
        object["metadata"]["ownerReferences"] = owner.clone();
        send(stage, Method::POST, object).await;
    }
    for object in documents(&in_place(stage, OF_MODULES)) {
        send(stage, Method::POST, object).await;
    }
    has_run(stage).await;
    // A new image came with a PUT.
    let name = "eevee-admin-module";
    let mut admin = stage.objects.existing("deployments", name).await;
    admin["spec"]["template"]["spec"]["containers"][0]["image"] = "example/admin:2".into();
    send(stage, Method::PUT, admin).await;
    has_run(stage).await;
    add_from_others(stage);
    has_run(stage).await;
}

/// The resources, which stay.
async fn apply_resources(stage: &Stage<'_>) {
    stage.apply_nats("main").await;
    let admin = json!({
        "image": "example/admin:2",
        "metrics": true,
        "ipcConfig": "main",
        "mountOperatorApiToken": true,
        "persistentVolumeClaim": {},
        "moduleConfig": "a: 1",
    });
    stage.apply_module("admin", admin).await;
    stage.apply_module("dice", json!({ "image": "example/dice:1", "ipcConfig": "main" })).await;
}

fn add_from_others(stage: &Stage<'_>) {
    stage.kubectl(&["label", "deployment", "eevee-admin-module", "team=chat"], None);
    stage.kubectl(&["label", "configmap", "eevee-admin-module-config", "team=chat"], None);
    stage.kubectl(&["annotate", "deployment", "eevee-main-nats", "example.org/note=kept"], None);
    stage.kubectl(&["annotate", "service", "eevee-main-nats", "example.org/note=kept"], None);
    stage.kubectl(&["rollout", "restart", "deployment", "eevee-dice-module"], None);
}

/// Waits until every Deployment is rolled out.
pub async fn has_run(stage: &Stage<'_>) {
    for name in DEPLOYMENTS {
        let runs = |live: Option<&Value>| live.is_some_and(has_rolled_out).then_some(());
        stage.objects.wait("deployments", name, LONG, runs).await;
    }
}

fn in_place(stage: &Stage<'_>, text: &str) -> String {
    text.replace("NAMESPACE.svc", &format!("{}.svc", stage.namespace())).replace("API-TOKEN", TOKEN)
}

/// Other programs of Node.js, whose client bears the same name.
pub async fn write_as_others(stage: &Stage<'_>) {
    let template = json!({
        "metadata": {
            "annotations": { "kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05Z" },
            "labels": { "team": "chat" },
        },
        "spec": {
            "containers": [
                { "name": "sidecar", "image": "example/sidecar:1" },
                { "name": "module", "env": [{ "name": "OTHER", "value": "1" }] },
            ],
            "volumes": [{ "name": "scratch", "emptyDir": {} }],
        },
    });
    merge(stage, "deployments", "eevee-dice-module", json!({ "spec": { "template": template } }))
        .await;
    let labels = json!({ "metadata": { "labels": { "tier": "1" } } });
    merge(stage, "configmaps", "eevee-admin-module-config", labels).await;
}

/// What the former operator writes to our objects when it starts again.
pub async fn write_again(stage: &Stage<'_>) {
    let probe = json!({ "httpGet": { "path": "/health", "port": 9000 }, "periodSeconds": 30 });
    let module = json!({
        "name": "module",
        "env": [{ "name": "METRICS_PORT", "value": "9000" }],
        "livenessProbe": probe,
        "readinessProbe": probe,
        "resources": { "limits": { "memory": "64Mi" } },
    });
    let nats = json!({ "name": "nats-server", "image": "docker.io/nats:latest" });
    for (name, container) in [("eevee-dice-module", module), ("eevee-main-nats", nats)] {
        let pod = json!({ "containers": [container], "terminationGracePeriodSeconds": 45 });
        merge(stage, "deployments", name, json!({ "spec": { "template": { "spec": pod } } })).await;
    }
    let data = json!({ "data": { "former.yaml": "b: 2" } });
    merge(stage, "configmaps", "eevee-admin-module-config", data).await;
    let local = json!({ "spec": { "internalTrafficPolicy": "Local" } });
    merge(stage, "services", "eevee-main-nats", local).await;
}

async fn merge(stage: &Stage<'_>, resource: &str, name: &str, patch: Value) {
    let path = format!("{}/{name}", collection(resource, stage.namespace()));
    request(stage, Method::PATCH, &path, "application/strategic-merge-patch+json", patch).await;
}

/// Writes a status as the former operator does.
pub async fn tell(stage: &Stage<'_>, (resource, name): (&str, &str), status: Value) {
    let path = format!("{}/{name}/status", collection(resource, stage.namespace()));
    let status = json!({ "status": status });
    request(stage, Method::PATCH, &path, "application/merge-patch+json", status).await;
}

/// As the former operator's client does.
pub async fn send(stage: &Stage<'_>, method: Method, object: Value) {
    let resource = format!("{}s", object["kind"].as_str().expect("a kind").to_lowercase());
    let mut path = collection(&resource, stage.namespace());
    if method == Method::PUT {
        path = format!("{path}/{}", object["metadata"]["name"].as_str().expect("a name"));
    }
    request(stage, method, &path, "application/json", object).await;
}

/// The API server names the owner of the fields after the client.
async fn request(stage: &Stage<'_>, method: Method, path: &str, content: &str, body: Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("Content-Type", content)
        .header("User-Agent", "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)")
        .body(body.to_string().into_bytes());
    let request = request.expect("a request");
    let made: Value =
        stage.objects.client().request(request).await.unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut managers = made["metadata"]["managedFields"].as_array().into_iter().flatten();
    assert!(managers.any(|entry| entry["manager"] == "node-fetch"), "{made}");
}
