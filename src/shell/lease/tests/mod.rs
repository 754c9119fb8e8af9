//! Elections by a clock that leaps over all waiting.

mod server;

use super::*;
use crate::shell::life::Life;
use proptest::prelude::*;
use server::{Server, Way};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

const MINUTE: Duration = Duration::from_mins(1);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A replica that takes part in the election.
struct Replica {
    fence: Fence,
    task: JoinHandle<()>,
    stop: watch::Sender<()>,
}

impl Replica {
    fn start(
        server: &Server,
        identity: &str,
        choose: impl Fn(usize, &http::Method) -> Way + Clone + Send + 'static,
    ) -> Self {
        let client = server.client(choose);
        let (timing, metrics) = (Timing::default(), Metrics::new());
        let (election, fence) = Election::new(client, "bot", identity.to_owned(), timing, metrics);
        let (stop, mut stopped) = watch::channel(());
        let beat = Life::default().expect("the Lease", MINUTE);
        let told = async move { while stopped.changed().await.is_ok() {} };
        let task = tokio::spawn(election.run(beat, told));
        Self { fence, task, stop }
    }

    /// One whose every request takes a time, half of it there and half of it back.
    fn slow(server: &Server, identity: &str, time: Duration) -> Self {
        Self::start(server, identity, move |_, _| Way {
            there: time / 2,
            back: time / 2,
            refused: None,
        })
    }

    async fn leads(&mut self) -> u64 {
        timeout(MINUTE, self.fence.opened()).await.expect("it leads in time")
    }

    /// Whether it leads without a break for a time.
    async fn stays(&mut self, time: Duration) -> bool {
        timeout(time, self.fence.closed()).await.is_err()
    }

    async fn stop(self) {
        drop(self.stop);
        self.task.await.expect("it ends");
    }
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_is_answered_after_four_seconds_stays() {
    let server = Server::default();
    let mut leader = Replica::slow(&server, "a", seconds(4));
    let mut other = Replica::slow(&server, "b", seconds(4));
    leader.leads().await;
    assert!(leader.stays(10 * MINUTE).await);
    assert!(timeout(seconds(1), other.fence.opened()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_renewal_is_one_request_two_seconds_after_the_last_was_sent() {
    let server = Server::default();
    let mut leader = Replica::slow(&server, "a", seconds(1));
    leader.leads().await;
    let before = server.asked().len();
    assert!(leader.stays(MINUTE).await);
    let renewals = server.asked().split_off(before);
    assert!(renewals.iter().all(|(_, method)| method == "PUT"), "{renewals:?}");
    for pair in renewals.windows(2) {
        assert_eq!(pair[1].0 - pair[0].0, seconds(2));
    }
}

/// What arrives may be an old answer; what was sent was true when it was sent.
#[tokio::test(start_paused = true)]
async fn no_write_is_begun_ten_seconds_after_the_last_good_renewal_was_sent() {
    let (server, outage) = (Server::default(), Arc::new(AtomicBool::new(false)));
    let (slow, lost) = (seconds(2), 10 * MINUTE);
    let is_out = Arc::clone(&outage);
    let mut leader = Replica::start(&server, "a", move |_, _| {
        if is_out.load(Ordering::SeqCst) {
            Way { there: lost, ..Way::default() }
        } else {
            Way { there: slow, back: slow, refused: None }
        }
    });
    leader.leads().await;
    assert!(leader.stays(MINUTE).await);
    outage.store(true, Ordering::SeqCst);
    let (last_good, _) = server.asked().pop().expect("a renewal");
    assert!(!leader.stays(MINUTE).await);
    assert_eq!(last_good.elapsed(), seconds(10));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_whose_answer_is_lost_costs_nothing() {
    let server = Server::default();
    let lost = Way { back: MINUTE, ..Way::default() };
    let mut leader = Replica::start(&server, "a", move |number, method| {
        if number % 5 == 4 && method == "PUT" { lost } else { Way::default() }
    });
    leader.leads().await;
    assert!(leader.stays(10 * MINUTE).await);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_somebody_edits_or_deletes_is_renewed_all_the_same() {
    let server = Server::default();
    let mut leader = Replica::slow(&server, "a", seconds(1));
    leader.leads().await;
    for _ in 0..10 {
        server.edit(|lease| {
            let lease = lease.as_mut().expect("a Lease");
            lease["metadata"]["annotations"]["edited"] = "by hand".into();
            lease["spec"]["leaseDurationSeconds"] = 1.into();
        });
        assert!(leader.stays(seconds(7)).await);
        server.edit(|lease| *lease = None);
        assert!(leader.stays(seconds(7)).await);
        server.edit(|lease| lease.as_mut().expect("a Lease")["spec"]["holderIdentity"] = "".into());
        assert!(leader.stays(seconds(7)).await);
        assert_eq!(server.holder(), "a");
    }
}

#[tokio::test(start_paused = true)]
async fn who_finds_the_lease_with_another_writes_no_more() {
    let server = Server::default();
    let mut leader = Replica::slow(&server, "a", Duration::ZERO);
    leader.leads().await;
    server.edit(|lease| lease.as_mut().expect("a Lease")["spec"]["holderIdentity"] = "b".into());
    assert!(!leader.stays(seconds(3)).await);
    assert!(timeout(seconds(14), leader.fence.opened()).await.is_err(), "it is not free");
    leader.leads().await;
}

/// Half a minute after the start, for as long.
fn is_out(start: Instant) -> bool {
    (seconds(30)..seconds(60)).contains(&start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn an_outage_closes_the_fence_in_time_and_ends_no_term() {
    let silence = Way { there: 10 * MINUTE, ..Way::default() };
    let answers = |code| Way { refused: Some(code), ..Way::default() };
    for bad in [answers(403), answers(503), silence] {
        let (server, start) = (Server::default(), Instant::now());
        let mut leader =
            Replica::start(
                &server,
                "a",
                move |_, _| {
                    if is_out(start) { bad } else { Way::default() }
                },
            );
        let term = leader.leads().await;
        leader.fence.closed().await;
        let mut renewals = server.asked().into_iter().map(|(sent, _)| sent);
        let last = renewals.rfind(|sent| *sent < start + seconds(30));
        let writing = last.expect("a renewal").elapsed();
        assert_eq!(writing, Timing::default().renew_deadline, "{bad:?}");
        assert_eq!(leader.leads().await, term, "nobody else has led");
        assert!(leader.stays(MINUTE).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_term_ends_when_another_has_led() {
    let (server, start) = (Server::default(), Instant::now());
    let away = Way { refused: Some(503), ..Way::default() };
    let mut leader =
        Replica::start(&server, "a", move |_, _| if is_out(start) { away } else { Way::default() });
    let term = leader.leads().await;
    let mut other = Replica::slow(&server, "b", Duration::ZERO);
    leader.fence.closed().await;
    other.leads().await;
    other.stop().await;
    assert_ne!(leader.leads().await, term);
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_is_told_to_end_in_the_midst_of_anything_leaves_the_lease_free() {
    for step in 0..20 {
        let server = Server::default();
        let leader = Replica::slow(&server, "a", seconds(1));
        sleep(seconds(1) * step / 4).await;
        leader.stop().await;
        assert_eq!(server.holder(), "", "told after {step} quarters of a second");
    }
}

/// Ways that requests go, in the order in which they are sent, over and over.
fn ways() -> impl Strategy<Value = Vec<Way>> {
    let time = || prop_oneof![Just(0_u64), 0..3000_u64, 3000..20_000_u64];
    let refused = prop_oneof![4 => Just(None), 1 => (403_u16..504).prop_map(Some)];
    let way = (time(), time(), refused).prop_map(|(there, back, refused)| Way {
        there: Duration::from_millis(there),
        back: Duration::from_millis(back),
        refused: refused.filter(|code| ![404, 409, 410].contains(code)),
    });
    proptest::collection::vec(way, 1..8)
}

fn leaders(replicas: &[Replica]) -> usize {
    replicas.iter().filter(|replica| replica.fence.is_open()).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_two_replicas_may_write_at_once(ways in [ways(), ways(), ways()]) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let most = runtime.block_on(async {
            let server = Server::default();
            let names = ["a", "b", "c"].into_iter().zip(ways);
            let replicas: Vec<Replica> = names
                .map(|(name, ways)| {
                    Replica::start(&server, name, move |number, _| ways[number % ways.len()])
                })
                .collect();
            let mut most = 0;
            for _ in 0..1200 {
                sleep(Duration::from_millis(100)).await;
                most = most.max(leaders(&replicas));
            }
            most
        });
        prop_assert!(most <= 1, "{most} lead at once");
    }
}
