//! The life of the process: what it waits for, and how it ends.

use crate::binary::{Binary, FAREWELL};
use crate::cluster::{Casing, Cluster, shared};
use crate::operator::{LONG, cluster};
use crate::stage::Stage;
use crate::support::{Fault, Objects, Request, Verb, module, text};
use serde_json::{Value, json};
use std::time::Instant;
use tokio::task::block_in_place;

fn holder(lease: &Value) -> &str {
    text(lease, "/spec/holderIdentity")
}

async fn leads(objects: &Objects, identity: &str) {
    let is_held = |lease: Option<&Value>| (holder(lease?) == identity).then_some(());
    objects.wait("leases", "eevee-operator", LONG, is_held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_is_told_to_end_gives_the_lease_back() {
    let objects = Objects::in_fresh_namespace(cluster(), "life").await;
    let mut operator = Binary::start(cluster(), objects.namespace(), &[("POD_NAME", "first")]);
    operator.is_ready().await;
    for path in ["/livez", "/readyz"] {
        assert_eq!(operator.get(path, &[]).await.status, 200);
        assert_eq!(operator.probe(path).await.status, 200);
    }
    assert_eq!(operator.probe("/metrics").await.status, 404);
    leads(&objects, "first").await;
    operator.ends_well().await;
    let lease = objects.existing("leases", "eevee-operator").await;
    assert_eq!(holder(&lease), "");

    let mut next = Binary::start(cluster(), objects.namespace(), &[("POD_NAME", "second")]);
    leads(&objects, "second").await;
    next.ends_well().await;
}

/// The API server does not refuse connections then: it answers nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_in_time_when_the_cluster_does_not_answer() {
    let mut stage = Stage::set("life").await;
    leads(&stage.objects, "test").await;
    let silence = stage.edge.rule(|_| true, Fault::Timeout);
    silence.hit(LONG).await;
    let start = Instant::now();
    stage.stop().await;
    assert!(start.elapsed() < FAREWELL, "{:?}", start.elapsed());
}

/// The renewal that was under way has changed the Lease, and its answer was not awaited.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lease_is_given_back_in_the_midst_of_a_renewal() {
    let mut stage = Stage::set("life").await;
    leads(&stage.objects, "test").await;
    let renews = |request: &Request| request.is(Verb::Update, "leases");
    let unanswered = stage.edge.rule(renews, Fault::TimeoutAfter.times(1));
    unanswered.hit(LONG).await;
    let is_done = |requests: &[Request]| {
        let renewal = requests.iter().rfind(|request| renews(request))?;
        (renewal.status == Some(200)).then_some(())
    };
    stage.edge.wait_for("the renewal is performed", LONG, is_done).await;
    stage.stop().await;
    let lease = stage.objects.existing("leases", "eevee-operator").await;
    assert_eq!(holder(&lease), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_waits_for_the_crds_says_so_and_goes_on() {
    let cluster = Cluster::api();
    let objects = Objects::within(&cluster, "default").await;
    let mut operator = Binary::start(&cluster, "default", &[("POD_NAME", "first")]);
    let answer = operator.says(503, "install the CRDs").await;
    for resource in ["ipcconfigs", "botmodules"] {
        assert!(answer.body.contains(resource), "{answer:?}");
    }
    operator.logs("install the CRDs").await;
    assert_eq!(operator.get("/livez", &[]).await.status, 200);
    let mut impatient = Binary::start(&cluster, "default", &[]);
    impatient.says(503, "install the CRDs").await;
    impatient.ends_well().await;

    block_in_place(|| cluster.install_crds(Casing::Camel));
    operator.is_ready().await;
    objects.apply_value(module("echo", json!({ "image": "a" }))).await;
    objects.wait_until_there("deployments", "eevee-echo-module", LONG).await;
    operator.ends_well().await;
}

/// As where the CRDs are older than the operator.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_works_without_the_crds_of_backups_says_so_and_takes_them_up_when_they_come() {
    let cluster = Cluster::api();
    cluster.install_crds(Casing::Camel);
    let backups = ["s3stores", "backupschedules", "backuprestores"];
    let names = backups.map(|resource| format!("{resource}.eevee.bot"));
    let delete: Vec<&str> =
        ["delete", "crd"].into_iter().chain(names.iter().map(String::as_str)).collect();
    block_in_place(|| cluster.kubectl(&delete, None).success());
    let objects = Objects::within(&cluster, "default").await;
    let mut operator = Binary::start(&cluster, "default", &[("POD_NAME", "first")]);
    operator.is_ready().await;
    operator.logs("s3stores and backupschedules and backuprestores").await;
    let spec = json!({ "image": "a", "backupSchedule": { "name": "daily" } });
    objects.apply_value(module("echo", spec)).await;
    objects.wait_until_there("deployments", "eevee-echo-module", LONG).await;
    assert_eq!(operator.log().matches("install the CRDs").count(), 1);

    block_in_place(|| cluster.install_crds(Casing::Camel));
    for resource in backups {
        operator.logs(&format!("served from now on resource={resource:?}")).await;
    }
    assert_eq!(operator.get("/livez", &[]).await.status, 200);
    operator.ends_well().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_waits_for_the_api_server_and_ends_well_in_an_outage() {
    let cluster = Cluster::api();
    cluster.install_crds(Casing::Camel);
    block_in_place(|| cluster.stop_api());
    let mut operator = Binary::start(&cluster, "default", &[("POD_NAME", "first")]);
    operator.says(503, "the API server does not answer").await;
    operator.logs("the API server does not answer").await;
    assert_eq!(operator.get("/livez", &[]).await.status, 200);
    let mut impatient = Binary::start(&cluster, "default", &[]);
    impatient.says(503, "the API server does not answer").await;
    impatient.ends_well().await;

    block_in_place(|| cluster.start_api());
    operator.is_ready().await;
    leads(&Objects::within(&cluster, "default").await, "first").await;
    block_in_place(|| cluster.stop_api());
    operator.ends_well().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_command_it_is_the_operator_and_ctrl_c_ends_it() {
    let mut operator = Binary::start(shared(), "default", &[]);
    operator.logs("starting").await;
    let (status, _) = operator.interrupt().await;
    assert_eq!(status.code(), Some(0));
}
