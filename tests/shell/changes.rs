//! What people do to the resources on a stage.

use crate::cluster::Casing;
use crate::stage::Stage;
use crate::support::{documents, ipc_config, module};
use serde_json::{Value, json};
use std::process::{Command, Output};

const OURS: [&str; 5] = ["backuprestore", "backupschedule", "botmodule", "ipcconfig", "s3store"];

impl Stage<'_> {
    /// Applies documents as field manager `test`.
    pub async fn apply(&self, text: &str) {
        self.apply_all(documents(text)).await;
    }

    /// Kinds of our own are applied as the cluster serves them.
    pub async fn apply_all(&self, documents: Vec<Value>) {
        for mut document in documents {
            document["kind"] = self.kind(document["kind"].as_str().expect("a kind")).into();
            self.objects.apply_value(document).await;
        }
    }

    /// A kind as the cluster serves it.
    pub fn kind(&self, kind: &str) -> String {
        let is_ours = OURS.contains(&kind.to_lowercase().as_str());
        match self.casing {
            Casing::Lower if is_ours => kind.to_lowercase(),
            _ => kind.to_owned(),
        }
    }

    pub async fn apply_module(&self, name: &str, spec: Value) {
        self.apply_all(vec![module(name, spec)]).await;
    }

    /// Applies an IpcConfig with a NATS of its own.
    pub async fn apply_nats(&self, name: &str) {
        self.apply_all(vec![ipc_config(name)]).await;
    }

    /// Merges into the spec of a module.
    pub async fn change(&self, module: &str, spec: Value) {
        self.objects.patch("botmodules", module, json!({ "spec": spec })).await;
    }

    pub async fn annotate(&self, (resource, name): (&str, &str), key: &str, value: Value) {
        let annotations = json!({ "metadata": { "annotations": { key: value } } });
        self.objects.patch(resource, name, annotations).await;
    }

    /// kubectl in the namespace.
    pub fn kubectl(&self, args: &[&str], stdin: Option<&str>) -> String {
        let namespace = format!("--namespace={}", self.namespace());
        let args = [args, &[namespace.as_str()]].concat();
        tokio::task::block_in_place(|| self.cluster.kubectl(&args, stdin).success())
    }

    /// The program itself, as a command of somebody who looks after the namespace.
    pub fn program(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_eevee-operator"))
            .args(args)
            .env_clear()
            .env("KUBECONFIG", self.cluster.kubeconfig())
            .env("NAMESPACE", self.namespace())
            .output()
            .expect("the program runs")
    }
}
