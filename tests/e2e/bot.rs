//! A bot of example modules, installed by chart bot.

use crate::cluster::{image, until};
use crate::nats;
use crate::place::{LONG, Place, image_of};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// A release of chart bot in a namespace. Names of modules begin with the bot's: several bots share a namespace.
pub struct Bot {
    pub place: Place,
    name: &'static str,
    values: Value,
}

impl Bot {
    /// Installs a bot with its own NATS and these modules, each with what its spec has beyond the image. Returns when all of
    /// them are Ready.
    #[track_caller]
    pub fn install(place: Place, name: &'static str, modules: &[(&str, Value)]) -> Bot {
        let bot = Self::begin(place, name, modules);
        bot.await_ready();
        bot
    }

    /// The same without the waiting.
    #[track_caller]
    pub fn begin(place: Place, name: &'static str, modules: &[(&str, Value)]) -> Bot {
        let bot = Self::planned(place, name, modules);
        bot.apply();
        bot
    }

    /// A bot that somebody else installs.
    pub fn planned(place: Place, name: &'static str, modules: &[(&str, Value)]) -> Bot {
        let mut bot = Bot { place, name, values: values(name) };
        bot.plan(modules);
        bot
    }

    fn plan(&mut self, modules: &[(&str, Value)]) {
        let modules = modules.iter().map(|(module, spec)| named(self.name, module, spec.clone()));
        self.values["botModules"].as_array_mut().expect("a list").extend(modules);
    }

    /// Values of chart bot.
    pub fn values(&self) -> &Value {
        &self.values
    }

    /// Plans a value of the chart.
    pub fn set(&mut self, value: &str, to: Value) {
        self.values[value] = to;
    }

    /// Adds modules by an upgrade of the release.
    #[track_caller]
    pub fn add(&mut self, modules: &[(&str, Value)]) {
        self.plan(modules);
        self.apply();
    }

    /// Changes spec fields of a module by an upgrade of the release.
    #[track_caller]
    pub fn change(&mut self, module: &str, spec: Value) {
        let name = self.module(module);
        let modules = self.values["botModules"].as_array_mut().expect("a list");
        let found = modules.iter_mut().find(|module| module["name"] == name.as_str());
        merge(&mut found.expect("a module of the bot")["spec"], spec);
        self.apply();
    }

    /// Changes how NATS is deployed by an upgrade of the release.
    #[track_caller]
    pub fn change_nats(&mut self, managed: Value) {
        merge(&mut self.values["ipcConfig"]["spec"]["nats"]["managed"], managed);
        self.apply();
    }

    /// Installs the release as it is planned, or upgrades it.
    #[track_caller]
    pub fn apply(&self) {
        self.place.apply(self.name, "bot", &self.values);
    }

    /// Waits for NATS and every module.
    #[track_caller]
    pub fn await_ready(&self) {
        let instance = format!("--selector=app.kubernetes.io/instance={}", self.name);
        self.place.wait("condition=Ready", &["ipcconfigs,botmodules", &instance]);
    }

    /// The name of a module's resource.
    pub fn module(&self, module: &str) -> String {
        format!("{}-{module}", self.name)
    }

    /// The name of a module's Deployment.
    pub fn deployment(&self, module: &str) -> String {
        format!("eevee-{}-{module}-module", self.name)
    }

    /// The name of the NATS Deployment, and of its Service.
    pub fn nats(&self) -> String {
        format!("eevee-{}-nats", self.name)
    }

    pub fn ipc_config(&self) -> &'static str {
        self.name
    }

    pub fn token(&self) -> String {
        let secret = format!("secret/{}", token_secret(self.name));
        let data = self.place.find(&[&secret], "{.data.token}");
        String::from_utf8(STANDARD.decode(data).expect("base64")).expect("UTF-8")
    }

    /// The IP address of the NATS Service.
    pub fn nats_address(&self) -> String {
        self.place.find(&[&format!("service/{}", self.nats())], "{.spec.clusterIP}")
    }

    /// What a module answers.
    #[track_caller]
    pub fn ask(&self, module: &str, request: &str) -> String {
        self.try_asking(module, request)
            .unwrap_or_else(|e| panic!("{module}: {e}\n{}", self.place.report()))
    }

    /// Asks a module until it gives this answer.
    #[track_caller]
    pub fn await_answer(&self, module: &str, request: &str, answer: &str) {
        let mut last = Err("never asked".to_owned());
        let found = until(LONG, || {
            last = self.try_asking(module, request);
            (last.as_deref() == Ok(answer)).then_some(())
        });
        let report = || self.place.report();
        assert!(found.is_some(), "{module} answers {request} with {last:?}\n{}", report());
    }

    /// What a module answers, or why it does not.
    pub fn try_asking(&self, module: &str, request: &str) -> Result<String, String> {
        let subject = format!("example.{}", self.module(module));
        nats::request(&self.nats_address(), &self.token(), &subject, request)
    }

    /// The pods of a module that are not being deleted.
    #[track_caller]
    pub fn pods(&self, module: &str) -> Vec<Pod> {
        let selector = format!("--selector=eevee.bot/module={}", self.module(module));
        let list = self.place.kubectl(&["get", "pods", &selector, "--output=json"]).success();
        let list: Value = serde_json::from_str(&list).expect("JSON");
        let pods = list["items"].as_array().expect("items");
        pods.iter()
            .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
            .map(Pod::new)
            .collect()
    }

    /// How often a module's pods were replaced since it was installed, for whatever reason.
    #[track_caller]
    pub fn rollouts(&self, module: &str) -> u32 {
        let deployment = format!("deployment/{}", self.deployment(module));
        let revision = r"{.metadata.annotations.deployment\.kubernetes\.io/revision}";
        let revision = self.place.find(&[&deployment], revision);
        revision.parse::<u32>().expect("a number") - 1
    }

    /// Uninstalls the release.
    pub fn remove(self) {
        self.place.uninstall(self.name);
    }
}

/// What tells whether it is still the same pod, and how it fared.
#[derive(Debug, PartialEq, Eq)]
pub struct Pod {
    pub uid: String,
    /// How often its containers were started again.
    pub restarts: u64,
    /// Since when it is ready, or not.
    pub is_ready: bool,
    pub since: String,
}

impl Pod {
    /// What is another when it was replaced, or its containers were started again.
    pub fn identity(&self) -> (String, u64) {
        (self.uid.clone(), self.restarts)
    }

    fn new(pod: &Value) -> Pod {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let conditions = pod["status"]["conditions"].as_array();
        let ready = conditions.into_iter().flatten().find(|it| it["type"] == "Ready");
        let containers = pod["status"]["containerStatuses"].as_array();
        Pod {
            uid: text(&pod["metadata"]["uid"]),
            restarts: containers
                .into_iter()
                .flatten()
                .filter_map(|it| it["restartCount"].as_u64())
                .sum(),
            is_ready: ready.is_some_and(|ready| ready["status"] == "True"),
            since: ready.map(|ready| text(&ready["lastTransitionTime"])).unwrap_or_default(),
        }
    }
}

fn values(bot: &str) -> Value {
    let (repository, tag) = image_of("eevee-operator");
    json!({
        "name": bot,
        "ipcConfig": { "name": bot, "spec": { "nats": {
            "managed": { "image": image("nats"), "metricsImage": image("prometheus-nats-exporter") },
            "token": { "secretKeyRef": { "secret": { "name": token_secret(bot) } } },
        } } },
        "botModules": [],
        "test": { "image": { "repository": repository, "tag": tag } },
    })
}

fn token_secret(bot: &str) -> String {
    format!("{bot}-token")
}

fn named(bot: &str, module: &str, more: Value) -> Value {
    let mut spec = json!({
        "image": image("example-module"),
        "ipcConfig": bot,
        "metrics": true,
        // The default looks every ten seconds, which is what a test would wait for.
        "readinessProbe": { "httpGet": { "path": "/health", "port": "metrics" }, "periodSeconds": 1 },
    });
    merge(&mut spec, more);
    json!({ "name": format!("{bot}-{module}"), "spec": spec })
}

fn merge(spec: &mut Value, more: Value) {
    let (Value::Object(spec), Value::Object(more)) = (spec, more) else {
        panic!("a spec is an object");
    };
    spec.extend::<Map<_, _>>(more);
}
