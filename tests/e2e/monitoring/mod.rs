//! A real Prometheus looks at a running bot.

mod targets;

use crate::backups::jobs;
use crate::backups::store::Store;
use crate::bot::Bot;
use crate::cluster::{Process, eventually, free_port, shared_node};
use crate::helm::one;
use crate::place::{self, LONG, Place};
use crate::support::documents;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const CHART: &str = "metrics: {serviceMonitor: {enabled: true}, podMonitor: {enabled: true}, botPodMonitors: {enabled: true}, dashboard: {enabled: true}, prometheusRule: {enabled: true}}";

/// Those of the chart.
const MONITORS: [(&str, &str); 4] = [
    ("ServiceMonitor", "eevee-operator"),
    ("PodMonitor", "eevee-operator"),
    ("PodMonitor", "eevee-nats"),
    ("PodMonitor", "eevee-modules"),
];

/// Shows nothing as long as no backup has failed.
const OF_FAILURES: &str =
    "1000 * max by (namespace, schedule, name) (eevee_operator_backup_last_failure";

/// Prometheus with the chart's rules, which ends when dropped.
struct Prometheus {
    port: u16,
    folder: PathBuf,
    _process: Process,
}

impl Prometheus {
    fn start(targets: &[Value], rules: &Value) -> Prometheus {
        let folder = shared_node().folder().join("prometheus");
        fs::create_dir_all(&folder).expect("a folder");
        let config = json!({
            "global": { "scrape_interval": "1s", "evaluation_interval": "1s" },
            "rule_files": ["rules.yaml"],
            "scrape_configs": targets,
        });
        fs::write(folder.join("rules.yaml"), rules.to_string()).expect("the rules");
        fs::write(folder.join("prometheus.yaml"), config.to_string()).expect("the configuration");
        let port = free_port();
        let mut command = Command::new("prometheus");
        command.current_dir(&folder).arg("--config.file=prometheus.yaml");
        command.arg("--storage.tsdb.path=data");
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let process = Process::start("prometheus", &folder, command);
        Prometheus { port, folder, _process: process }
    }

    /// The samples that an expression gives now; None while Prometheus is not up, or does not understand it.
    fn query(&self, expression: &str) -> Option<Vec<Value>> {
        let server = format!("http://127.0.0.1:{}", self.port);
        let query = ["query", "instant", "--format=json", &server, expression];
        let output = promtool(&self.folder).args(query).output().expect("promtool starts");
        serde_json::from_slice(&output.stdout).ok().filter(|_| output.status.success())
    }

    #[track_caller]
    fn await_data(&self, what: &str, expression: &str) {
        eventually(&format!("{what}: {expression}"), LONG, || {
            self.query(expression).filter(|samples| !samples.is_empty())
        });
    }

    #[track_caller]
    fn await_nothing(&self, what: &str, expression: &str) {
        eventually(&format!("nothing of {what}: {expression}"), LONG, || {
            self.query(expression).filter(Vec::is_empty)
        });
    }
}

fn promtool(folder: &Path) -> Command {
    let mut command = Command::new(crate::cluster::promtool());
    command.current_dir(folder);
    command
}

/// Title and expression of every panel, with what Grafana puts in.
fn panels(objects: &[Value]) -> Vec<(String, String)> {
    let text = one(objects, "ConfigMap")["data"]["eevee-operator.json"].as_str().expect("a text");
    let dashboard: Value = serde_json::from_str(text).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels").iter();
    let queries = panels.flat_map(|panel| {
        let targets = panel["targets"].as_array().into_iter().flatten();
        targets
            .map(|target| (panel["title"].to_string(), target["expr"].as_str().expect("a query")))
    });
    let filled = |query: &str| query.replace("$__rate_interval", "1m").replace("$namespace", ".*");
    queries.map(|(title, query)| (title, filled(query))).collect()
}

/// A bot with a backup that was tried.
fn backed_up() -> Bot {
    const NAME: &str = "watched";
    let place = Place::shared();
    let store = Store::make(place, NAME);
    jobs::schedule(store, NAME, json!({ "drill": { "schedule": "0 0 29 2 *" } }));
    let kept = json!({ "persistentVolumeClaim": {}, "backupSchedule": { "name": NAME } });
    let bot = Bot::install(place, NAME, &[("alice", kept)]);
    let alice = bot.module("alice");
    jobs::back_up(place, NAME, &alice);
    jobs::begin_drill(place, NAME, &alice).await_success();
    bot
}

#[test]
fn prometheus_scrapes_everything_and_every_panel_shows_data() {
    let bot = backed_up();
    let namespace = format!("--namespace={}", bot.place.0);
    let template = ["template", "eevee-operator", "operator", &namespace, "--values=-"];
    let objects = documents(&place::helm().run(&template, CHART).fine());
    let rules = &one(&objects, "PrometheusRule")["spec"];
    let prometheus = Prometheus::start(&targets::scrape_configs(bot.place, &objects), rules);

    for (kind, name) in MONITORS {
        let job = targets::job(kind, name);
        prometheus.await_data("up", &format!("up{{job=\"{job}\"}} == 1"));
    }
    prometheus.await_data("NATS", "gnatsd_varz_connections >= 1");
    prometheus.await_data("the module", "example_nats_connected == 1");

    let checked = promtool(&prometheus.folder).args(["check", "rules", "rules.yaml"]).output();
    let checked = checked.expect("promtool starts");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let leads = format!("leader_election_master_status{{namespace=\"{}\"}} == 1", bot.place.0);
    prometheus.await_data("the leader", &leads);
    // Long before they fire: each waits for minutes.
    for rule in rules["groups"][0]["rules"].as_array().expect("rules") {
        let text = |part: &str| rule[part].as_str().expect("a text");
        prometheus.await_nothing(text("alert"), text("expr"));
    }

    let panels = panels(&objects);
    assert!(panels.len() > 15, "{panels:?}");
    for (title, query) in panels {
        if query.starts_with(OF_FAILURES) {
            assert!(prometheus.query(&query).is_some(), "{title}: {query}");
        } else {
            prometheus.await_data(&title, &query);
        }
    }
    bot.remove();
}
