//! What becomes of the bot.

use crate::cluster::until;
use crate::operator::Operator;
use crate::place::Place;
use crate::{NAMESPACE, say};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Of fake pods.
const READY: Duration = Duration::from_mins(3);

/// Of pods whose images are pulled.
const PULLED: Duration = Duration::from_mins(15);

/// Of each resource: its kind and name, then status and reason of its condition Ready.
const STATES: &str = r#"--output=jsonpath={range .items[*]}{.kind}/{.metadata.name}{"\t"}{.status.conditions[?(@.type=="Ready")].status}{"\t"}{.status.conditions[?(@.type=="Ready")].reason}{"\n"}{end}"#;

/// Status and reason; empty where there is no condition yet.
type States = BTreeMap<String, (String, String)>;

/// Prints every change until all resources of the bot are Ready.
pub fn until_ready(place: &Place, operator: &mut Operator, begun: Instant) {
    let start = Instant::now();
    let limit = if matches!(place, Place::Own(_)) { READY } else { PULLED };
    let mut shown = States::new();
    let ready = until(limit, || {
        operator.assert_running();
        let states = states(place)?;
        for (name, state) in &states {
            let (status, reason) = state;
            if shown.get(name) != Some(state) && !status.is_empty() {
                let seconds = start.elapsed().as_secs_f64();
                println!("{seconds:7.1} s  {name:<24} {status:<8} {reason}");
            }
        }
        shown = states;
        let all = shown.values().all(|(status, _)| status == "True");
        (all && !shown.is_empty()).then_some(())
    });
    assert!(ready.is_some(), "not Ready after {limit:?}.{}", operator.last_words());
    let seconds = begun.elapsed().as_secs();
    say(&format!("all {} resources are Ready, {seconds} s after the start", shown.len()));
}

/// None when the cluster did not answer.
fn states(place: &Place) -> Option<States> {
    let output = place.kubectl(&["get", "botmodules,ipcconfigs", "--namespace", NAMESPACE, STATES]);
    output.status.success().then(|| output.stdout.lines().filter_map(state).collect())
}

fn state(line: &str) -> Option<(String, (String, String))> {
    let mut fields = line.split('\t');
    let name = fields.next()?.to_lowercase();
    Some((name, (fields.next()?.to_owned(), fields.next()?.to_owned())))
}
