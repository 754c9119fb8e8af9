//! A small bot that uses every kind of object.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::Objects;

pub const BOT: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {}
---
apiVersion: v1
kind: Secret
metadata: {name: credentials}
stringData: {PASSWORD: swordfish}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: full}
spec:
  image: registry.example/full:1
  ipcConfig: main
  envSecret: {name: credentials}
  mountOperatorApiToken: true
  persistentVolumeClaim: {}
  moduleConfig: 'answer: 41'
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: plain}
spec: {image: 'registry.example/plain:1', ipcConfig: main}
";

/// The resources of [`BOT`] that have a condition Ready.
pub const RESOURCES: [(&str, &str); 3] =
    [("ipcconfigs", "main"), ("botmodules", "full"), ("botmodules", "plain")];

/// Names of what [`BOT`] becomes.
pub const FULL: &str = "eevee-full-module";
pub const PLAIN: &str = "eevee-plain-module";
pub const FULL_CONFIG: &str = "eevee-full-module-config";

/// A stage with [`BOT`] on it, and the operator that has made it and rests.
pub async fn settled(prefix: &str) -> Stage<'static> {
    let stage = Stage::set(prefix).await;
    stage.apply(BOT).await;
    settle(&stage).await;
    stage
}

/// Waits until all is ready and nothing is written any more.
#[track_caller]
pub fn settle(stage: &Stage<'_>) -> impl Future<Output = ()> {
    let settled = stage.settled();
    async move {
        all_ready(&stage.objects).await;
        settled.await;
    }
}

/// Waits until every resource of [`BOT`] is Ready as its spec says now.
pub async fn all_ready(objects: &Objects) {
    for at in RESOURCES {
        let reason = if at.0 == "ipcconfigs" { "NatsDeployed" } else { "AvailableReplicas" };
        objects.ready(at, reason, LONG).await;
    }
}
