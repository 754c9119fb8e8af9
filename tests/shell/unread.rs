//! Reads that fail: nothing is written on the strength of them, and all goes on when they succeed.

use crate::bot::{self, BOT, RESOURCES};
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Fault, Request, Verb, condition};
use crate::watches::WATCHED;
use futures::{StreamExt, stream};
use serde_json::json;
use std::time::Duration;

/// Longer than the longest back-off of a watch or a resource.
const A_WHILE: Duration = Duration::from_secs(2);

/// How many operators start at once.
const SIDE_BY_SIDE: usize = 14;

const FAULTS: [Fault; 4] = [Fault::Status(500), Fault::Status(403), Fault::Timeout, Fault::Cut];

/// A fault of one kind of reads.
#[derive(Clone, Debug)]
struct Case {
    verb: Verb,
    resource: &'static str,
    fault: Fault,
}

impl Case {
    fn all(verb: Verb, resources: &'static [&'static str]) -> Vec<Case> {
        let of = |fault: Fault| {
            resources.iter().map(move |resource| Case { verb, resource, fault: fault.clone() })
        };
        FAULTS.into_iter().flat_map(of).collect()
    }

    /// Starts an operator that meets the fault from the beginning on, and judges what it writes
    /// meanwhile. Then all must go well.
    async fn check(self, may_write: impl Fn(&Request) -> bool) {
        let Case { verb, resource, fault } = self.clone();
        let mut stage = Stage::without_operator("unread").await;
        stage.apply(BOT).await;
        let rule = stage.edge.rule(move |r| r.is(verb, resource), fault);
        stage.start().await;
        rule.hit(LONG).await;
        stage.edge.settled(A_WHILE, LONG).await;
        let wrong: Vec<Request> =
            stage.edge.writes().into_iter().filter(|request| !may_write(request)).collect();
        assert!(wrong.is_empty(), "{self:?}: {wrong:?}\n{}", stage.edge.listing());
        rule.release();
        bot::settle(&stage).await;
        let deletions = stage.edge.select(|r| r.verb == Verb::Delete);
        assert!(deletions.is_empty(), "{}", stage.edge.listing());
    }
}

async fn check_all(cases: Vec<Case>, may_write: impl Fn(&Case, &Request) -> bool) {
    let checks = cases.into_iter().map(|case| {
        let may_write = &may_write;
        async move { case.clone().check(|request| may_write(&case, request)).await }
    });
    stream::iter(checks).buffer_unordered(SIDE_BY_SIDE).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_every_list_is_there_nothing_is_written() {
    check_all(Case::all(Verb::List, &WATCHED), |_, _| false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watches_that_fail_from_the_start_are_made_up_for() {
    check_all(Case::all(Verb::Watch, &WATCHED), |_, request| request.verb != Verb::Delete).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_depends_on_an_object_that_cannot_be_read_is_not_written() {
    const READ: [&str; 5] =
        ["configmaps", "deployments", "poddisruptionbudgets", "secrets", "services"];
    check_all(Case::all(Verb::Get, &READ), |case, request| {
        // That NATS is not there yet is known without what cannot be read.
        if says(request, "IpcConfigNotReady") {
            return case.resource != "secrets";
        }
        // NATS reads no ConfigMap, and modules read neither Service nor PodDisruptionBudget.
        let of_nats = is_about(request, "main", "eevee-main-");
        let of_modules = ["full", "plain"]
            .iter()
            .any(|module| is_about(request, module, &format!("eevee-{module}-")));
        match case.resource {
            "secrets" => false,
            "configmaps" => !of_modules,
            "deployments" => !of_modules && !of_nats,
            _ => !of_nats,
        }
    })
    .await;
}

/// Whether a write is of a status that is Ready, or not, for that reason.
fn says(request: &Request, reason: &str) -> bool {
    condition(&request.body, "Ready").is_some_and(|ready| ready["reason"] == reason)
}

/// Whether a write is to a custom resource, an event about it or an object made for it.
fn is_about(request: &Request, resource: &str, children: &str) -> bool {
    let name = request.name.as_deref().or(request.body["metadata"]["name"].as_str());
    let name = name.unwrap_or_default();
    name == resource || name.starts_with(&format!("{resource}.")) || name.starts_with(children)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_begin_to_fail_change_nothing_in_a_settled_cluster() {
    let checks = FAULTS.into_iter().map(|fault| async move {
        let stage = bot::settled("unread").await;
        stage.edge.clear();
        for resource in WATCHED {
            begin_to_fail(&stage, resource, fault.clone()).await;
        }
        stage.settled().await;
        assert!(stage.edge.writes().is_empty(), "{fault:?}:\n{}", stage.edge.listing());
    });
    futures::future::join_all(checks).await;
}

/// The watch of a resource ends, and neither list nor watch nor get works for a while.
async fn begin_to_fail(stage: &Stage<'_>, resource: &'static str, fault: Fault) {
    let edge = &stage.edge;
    let rule = edge.rule(move |r| r.resource == resource && !r.verb.changes(), fault);
    let expired = edge.rule(move |r| r.resource == resource, Fault::Expire.times(1));
    expired.hit(LONG).await;
    rule.hit(LONG).await;
    // Everything is decided again meanwhile.
    for (kind, name) in RESOURCES {
        let labels = json!({ "metadata": { "labels": { "looked-at": resource } } });
        stage.objects.patch(kind, name, labels).await;
    }
    edge.settled(Duration::from_millis(500), LONG).await;
    let before = edge.requests().last().map_or(0, |request| request.number);
    rule.release();
    drop(expired);
    edge.wait_for_request("a new watch", LONG, |r| {
        r.number > before && r.is(Verb::Watch, resource) && r.succeeded()
    })
    .await;
}
