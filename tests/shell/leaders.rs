//! Two replicas, of which one at a time writes.

use crate::bot::{BOT, FULL, PLAIN, all_ready};
use crate::cluster::{Process, eventually, free_port};
use crate::operator::{LONG, Running, TOKEN, cluster, settings};
use crate::refused::impossible;
use crate::stage::{QUIET, Stage};
use crate::support::{self, Edge, Fault, Objects, Request, Verb};
use eevee_operator::shell::Timing;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long nobody may lead after the leader is gone.
const TAKEOVER: Duration = Duration::from_secs(15 + 2);

/// For a write that has to be in flight past the end of a Lease: a client gives up after 10 seconds.
const SHORT: Timing = Timing {
    duration: Duration::from_secs(4),
    renew_deadline: Duration::from_secs(2),
    retry: Duration::from_millis(500),
};

async fn led_by(objects: &Objects, identity: &str) {
    let holds =
        |lease: Option<&Value>| (lease?["spec"]["holderIdentity"] == identity).then_some(());
    objects.wait("leases", "eevee-operator", LONG, holds).await;
}

/// A bot that is Ready, and two replicas, of which the first leads.
async fn two_replicas(name: &str, timing: Timing) -> (Objects, [Running; 2], [Edge; 2]) {
    let objects = Objects::in_fresh_namespace(cluster(), name).await;
    let settings = settings(objects.namespace());
    let edges = [Edge::new(), Edge::new()];
    let leader = Running::start_timed(cluster(), settings.clone(), &edges[0], "a", timing).await;
    led_by(&objects, "a").await;
    let next = Running::start_timed(cluster(), settings, &edges[1], "b", timing).await;
    objects.apply(BOT).await;
    all_ready(&objects).await;
    (objects, [leader, next], edges)
}

/// Whether a request has taken or renewed the Lease.
fn renews(request: &Request) -> bool {
    request.resource == "leases" && request.verb.changes() && request.succeeded()
}

/// Gives a module another image, and waits until its Deployment has it.
async fn roll(objects: &Objects, image: &str) {
    objects.patch("botmodules", "plain", json!({ "spec": { "image": image } })).await;
    has_image(objects, image).await;
}

async fn has_image(objects: &Objects, image: &str) {
    let obeys = |live: Option<&Value>| (support::image(live?) == image).then_some(());
    objects.wait("deployments", PLAIN, LONG, obeys).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_was_stopped_past_its_lease_writes_no_more() {
    let objects = Objects::in_fresh_namespace(cluster(), "stopped").await;
    let leader = Leader::start(objects.namespace());
    led_by(&objects, "a").await;
    let edge = Edge::new();
    let next = Running::start_as(cluster(), settings(objects.namespace()), &edge, "b").await;
    objects.apply(BOT).await;
    all_ready(&objects).await;
    let unchanged = leader.writes_when_quiet();
    assert!(unchanged > 10, "{unchanged}");
    assert!(edge.writes().is_empty(), "{}", edge.listing());

    leader.signal(libc::SIGSTOP);
    let stopped = Instant::now();
    led_by(&objects, "b").await;
    let takeover = stopped.elapsed();
    assert!(takeover <= TAKEOVER, "{takeover:?}");
    roll(&objects, "registry.example/plain:2").await;
    objects.delete("deployments", FULL).await;
    objects.wait_until_there("deployments", FULL, LONG).await;

    leader.signal(libc::SIGCONT);
    roll(&objects, "registry.example/plain:3").await;
    all_ready(&objects).await;
    edge.settled(QUIET, LONG).await;
    assert_eq!(leader.metric("leader_election_master_status", &[]), 0);
    assert_eq!(leader.writes(), unchanged);
    has_image(&objects, "registry.example/plain:3").await;
    led_by(&objects, "b").await;
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_in_flight_past_the_lease_is_refused() {
    let (objects, [leader, next], [edge, next_edge]) = two_replicas("flight", SHORT).await;
    edge.settled(QUIET, LONG).await;

    let held = edge.rule(|r| r.is(Verb::Apply, "deployments"), Fault::Hold.times(1));
    let image = json!({ "spec": { "image": "registry.example/plain:2" } });
    objects.patch("botmodules", "plain", image).await;
    held.hit(LONG).await;
    let cut = edge.rule(|r| r.resource == "leases", Fault::Cut);
    led_by(&objects, "b").await;
    has_image(&objects, "registry.example/plain:2").await;
    roll(&objects, "registry.example/plain:3").await;
    let before = edge.writes().len();
    held.release();
    let answered = edge.wait_for_request("the held write", LONG, |r| {
        r.is(Verb::Apply, "deployments") && r.status == Some(409)
    });
    answered.await;
    next_edge.settled(QUIET, LONG).await;
    assert_eq!(edge.writes().len(), before, "{}", edge.listing());
    has_image(&objects, "registry.example/plain:3").await;
    drop(cut);
    leader.stop().await;
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_cannot_renew_stops_to_write_before_another_begins() {
    let (objects, [leader, next], [edge, next_edge]) =
        two_replicas("renewal", Timing::default()).await;

    let cut = edge.rule(|r| r.resource == "leases", Fault::Timeout);
    cut.hit(LONG).await;
    let renewals = edge.select(renews);
    let renewed = renewals.last().expect("a renewal").at;
    let cut_at = Instant::now();
    // Reasons to write all the time, until the other has written.
    let mut number = 1;
    while next_edge.writes().is_empty() {
        number += 1;
        roll(&objects, &format!("registry.example/plain:{number}")).await;
    }
    let writes = edge.writes();
    let last = writes.iter().map(|write| write.at).max().expect("a write");
    let first = next_edge.writes()[0].at;
    assert!(last > cut_at, "it leads for a while without the Lease");
    let late = last.saturating_duration_since(renewed);
    assert!(late <= Timing::default().renew_deadline, "a write {late:?} after the last renewal");
    assert!(last < first);
    let taken = next_edge.select(renews);
    let takeover = taken[0].finished.expect("an answer").duration_since(renewed);
    assert!(takeover <= TAKEOVER, "{takeover:?}");
    next_edge.settled(QUIET, LONG).await;
    assert_eq!(edge.writes().len(), writes.len(), "{}", edge.listing());
    drop(cut);
    leader.stop().await;
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_ends_gives_its_lease_back() {
    let (objects, [leader, next], [_, next_edge]) =
        two_replicas("farewell", Timing::default()).await;
    // One that waits serves all the same.
    get(next.address.port(), "/readyz");
    leader.stop().await;
    let ended = Instant::now();
    led_by(&objects, "b").await;
    let takeover = ended.elapsed();
    assert!(takeover <= Duration::from_secs(3), "{takeover:?}");
    roll(&objects, "registry.example/plain:2").await;
    next_edge.settled(QUIET, LONG).await;
    let again = next_edge.select(|r| r.is(Verb::Create, "secrets") && Request::succeeded(r));
    assert!(again.is_empty(), "{again:?}");
    next.stop().await;
}

/// An operator with a module that the API server has refused, and the digest key that it has read.
async fn with_a_refusal() -> Stage<'static> {
    let stage = Stage::set("leaders").await;
    stage.apply_module("bad", impossible()).await;
    stage.stalled("bad").await;
    stage.settled().await;
    stage.edge.clear();
    stage
}

/// A new leader would send the refused Deployment once more, and read the Secrets.
fn assert_goes_on(stage: &Stage<'_>) {
    let listing = stage.edge.listing();
    assert!(stage.deployment_writes("bad").is_empty(), "{listing}");
    let reads = stage.edge.select(|r| r.is(Verb::Get, "secrets"));
    assert!(reads.is_empty(), "{listing}");
}

async fn renewed(edge: &Edge, times: usize) {
    let before = edge.select(renews).len();
    let are_there = |requests: &[Request]| {
        (requests.iter().filter(|r| renews(r)).count() >= before + times).then_some(())
    };
    edge.wait_for("renewals", LONG, are_there).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_whose_renewals_take_four_seconds_stays_and_remembers_refusals() {
    let mut stage = with_a_refusal().await;
    let slow = Fault::Delay(Duration::from_secs(4));
    let _slow = stage.edge.rule(|r| r.resource == "leases", slow);
    renewed(&stage.edge, 5).await;
    assert_goes_on(&stage);
    let others = stage.edge.select(|r| r.resource == "leases" && !r.is(Verb::Update, "leases"));
    assert!(others.is_empty(), "a renewal is one request: {others:?}");
    stage.apply_module("good", json!({ "image": "a" })).await;
    stage.ready("good").await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_is_edited_or_deleted_or_lost_on_the_way_is_renewed_all_the_same() {
    let mut stage = with_a_refusal().await;
    let lease = ("leases", "eevee-operator");
    stage.annotate(lease, "edited", "by hand".into()).await;
    renewed(&stage.edge, 2).await;
    let unanswered = stage.edge.rule(renewing, Fault::CutAfter.times(1));
    unanswered.hit(LONG).await;
    renewed(&stage.edge, 2).await;
    stage.objects.delete(lease.0, lease.1).await;
    led_by(&stage.objects, "test").await;
    renewed(&stage.edge, 2).await;
    assert_goes_on(&stage);
    stage.stop().await;
}

fn renewing(request: &Request) -> bool {
    request.is(Verb::Update, "leases")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leads_again_with_nobody_in_between_remembers_refusals() {
    let mut stage = with_a_refusal().await;
    let cut = stage.edge.rule(|r| r.resource == "leases", Fault::Cut);
    let port = stage.address().port();
    let leads = |end: &str| {
        let text = get(port, "/metrics");
        let mut lines = text.lines();
        lines.any(|line| line.starts_with("leader_election_master_status{") && line.ends_with(end))
    };
    let becomes = |end: &str| {
        block_in_place(|| eventually("the metric", LONG, || leads(end).then_some(())));
    };
    becomes(" 0");
    cut.release();
    becomes(" 1");
    stage
        .edge
        .wait_for_request("everything is looked at", LONG, |r| r.is(Verb::Get, "secrets"))
        .await;
    stage.settled().await;
    assert!(stage.deployment_writes("bad").is_empty(), "{}", stage.edge.listing());
    stage.stop().await;
}

/// The program itself, as replica `a`.
struct Leader {
    process: Process,
    port: u16,
}

impl Leader {
    fn start(namespace: &str) -> Leader {
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
        command.env("KUBECONFIG", cluster().kubeconfig()).env("NAMESPACE", namespace);
        command.env("HTTP_API_PORT", port.to_string()).env("HEALTH_PORT", "0");
        command.env("EEVEE_OPERATOR_API_TOKEN", TOKEN).env("POD_NAME", "a");
        let process = Process::start(namespace, cluster().folder(), command);
        Leader { process, port }
    }

    fn signal(&self, signal: libc::c_int) {
        let id = self.process.id().cast_signed();
        // SAFETY: a plain system call; the process is not waited for yet, so the id is still its own.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0, "cannot send {signal} to {id}");
    }

    /// How many writes it has sent, Leases apart.
    fn writes(&self) -> u64 {
        let not_writes = ["method=\"GET\"", "method=\"WATCH\"", "kind=\"leases\""];
        self.metric("rest_client_requests_total", &not_writes)
    }

    /// The same, once it has not grown for a while.
    fn writes_when_quiet(&self) -> u64 {
        block_in_place(|| {
            let (mut writes, mut since) = (self.writes(), Instant::now());
            while since.elapsed() < QUIET {
                std::thread::sleep(Duration::from_millis(100));
                let now = self.writes();
                if now != writes {
                    (writes, since) = (now, Instant::now());
                }
            }
            writes
        })
    }

    /// The sum of a metric over all labels, but for those with one of some labels.
    fn metric(&self, name: &str, but: &[&str]) -> u64 {
        let text = get(self.port, "/metrics");
        let lines = text.lines().filter(|line| line.starts_with(&format!("{name}{{")));
        let counted = lines.filter(|line| !but.iter().any(|label| line.contains(label)));
        let value = |line: &str| line.rsplit(' ').next()?.parse::<u64>().ok();
        counted.map(|line| value(line).unwrap_or_else(|| panic!("{line}"))).sum()
    }
}

/// The answer of a replica's HTTP API.
fn get(port: u16, path: &str) -> String {
    block_in_place(|| {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a connection");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    })
}
