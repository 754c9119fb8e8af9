//! Namespaces with an operator in them.

use crate::audit;
use crate::cluster::{Output, image, shared_node};
use crate::helm::Helm;
use crate::readme;
use serde_json::{Value, json};
use std::sync::{Once, OnceLock};
use std::time::Duration;

/// How long anything may take: pods start in seconds, but the machine may have other things to do.
pub const LONG: Duration = Duration::from_mins(5);
pub const PATIENCE: &str = "--timeout=5m";

/// Helm, for the node.
pub fn helm() -> Helm<'static> {
    Helm::on(shared_node())
}

/// Installs chart crds, the first time.
pub fn install_crds() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let (repository, tag) = image_of("eevee-operator");
        let values = json!({ "test": { "image": { "repository": repository, "tag": tag } } });
        let place = Place("eevee-bot");
        let values = values.to_string();
        readme::run(helm(), "README.md", "install eevee-crds", place, &values);
    });
}

/// A namespace of the node.
#[derive(Clone, Copy)]
pub struct Place(pub &'static str);

impl Place {
    /// The namespace that most bots share. Chart operator is installed in it.
    pub fn shared() -> Place {
        static INSTALLED: OnceLock<Place> = OnceLock::new();
        *INSTALLED.get_or_init(|| {
            install_crds();
            let place = Place("eevee-bot");
            readme::run(
                helm(),
                "README.md",
                "install eevee-operator",
                place,
                &operator().to_string(),
            );
            place.await_rollout("eevee-operator");
            place
        })
    }

    /// Installs a chart or changes its release, and waits until all that it is made of is ready.
    #[track_caller]
    pub fn install(self, release: &str, chart: &str, values: &Value) {
        let more = ["--wait", PATIENCE];
        helm().install_with(self.0, release, chart, &values.to_string(), &more).fine();
    }

    /// The same without the waiting.
    #[track_caller]
    pub fn apply(self, release: &str, chart: &str, values: &Value) {
        helm().install(self.0, release, chart, &values.to_string()).fine();
    }

    pub fn uninstall(self, release: &str) {
        helm().uninstall(self.0, release);
    }

    /// Makes the namespace, for those who do not have Helm make it.
    pub fn make(self) {
        shared_node().kubectl(&["create", "namespace", self.0], None).success();
    }

    pub fn kubectl(self, args: &[&str]) -> Output {
        shared_node().kubectl(&[&["--namespace", self.0], args].concat(), None)
    }

    /// An object as the API server has it.
    pub fn get(self, object: &str) -> Option<Value> {
        let text = self.kubectl(&["get", object, "--output=json", "--ignore-not-found"]).success();
        (!text.is_empty()).then(|| serde_json::from_str(&text).expect("JSON"))
    }

    /// What a JSONPath finds in what is listed.
    #[track_caller]
    pub fn find(self, objects: &[&str], path: &str) -> String {
        let path = format!("--output=jsonpath={path}");
        self.kubectl(&[&["get"], objects, &[&path]].concat()).success()
    }

    /// Waits for a condition, or for whatever else `kubectl wait` can.
    #[track_caller]
    pub fn wait(self, what: &str, objects: &[&str]) {
        let what = format!("--for={what}");
        let waited = self.kubectl(&[&["wait", PATIENCE, &what], objects].concat());
        let report = || self.report();
        assert!(waited.status.success(), "{objects:?} {what}: {}\n{}", waited.stderr, report());
    }

    /// Waits until condition Ready of a custom resource has this reason.
    #[track_caller]
    pub fn wait_for_reason(self, object: &str, reason: &str) {
        let path = "jsonpath={.status.conditions[?(@.type==\"Ready\")].reason}";
        self.wait(&format!("{path}={reason}"), &[object]);
    }

    /// Waits until a Deployment is rolled out.
    #[track_caller]
    pub fn await_rollout(self, deployment: &str) {
        let deployment = format!("deployment/{deployment}");
        let rollout = self.kubectl(&["rollout", "status", &deployment, PATIENCE]);
        let report = || self.report();
        assert!(rollout.status.success(), "{deployment}: {}\n{}", rollout.stderr, report());
    }

    /// What a person would look at first.
    pub fn report(self) -> String {
        let looks: [&[&str]; 4] = [
            &["get", "botmodules,ipcconfigs", "--output=wide"],
            &["get", "pods", "--output=wide"],
            &["get", "events", "--sort-by=.lastTimestamp"],
            &["logs", "deployment/eevee-operator", "--tail=40"],
        ];
        let look = |args: &&[&str]| {
            let output = self.kubectl(args);
            format!("# {}\n{}{}\n", args.join(" "), output.stdout, output.stderr)
        };
        let denials = format!("# denied\n{:#?}\n", audit::denials());
        looks.iter().map(look).chain([denials]).collect()
    }
}

/// Values of chart operator.
pub fn operator() -> Value {
    let (repository, tag) = image_of("eevee-operator");
    json!({ "operator": { "operator": { "image": { "repository": repository, "tag": tag } } } })
}

/// Repository and tag.
pub fn image_of(name: &str) -> (String, String) {
    let image = image(name);
    let (repository, tag) = image.rsplit_once(':').expect("a tag");
    (repository.to_owned(), tag.to_owned())
}
