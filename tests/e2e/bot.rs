//! A bot of example modules, installed by chart bot.

use crate::cluster::image;
use crate::nats;
use crate::place::{Place, image_of};
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
        let modules: Vec<Value> =
            modules.iter().map(|(module, spec)| named(name, module, spec.clone())).collect();
        let bot = Bot { place, name, values: values(name, modules) };
        bot.apply();
        bot.await_ready();
        bot
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

    #[track_caller]
    fn apply(&self) {
        self.place.install(self.name, "bot", &self.values);
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
        let subject = format!("example.{}", self.module(module));
        nats::request(&self.nats_address(), &self.token(), &subject, request)
            .unwrap_or_else(|e| panic!("{subject}: {e}\n{}", self.place.report()))
    }

    /// The names of the running pods of a module.
    pub fn pods(&self, module: &str) -> Vec<String> {
        let selector = format!("--selector=eevee.bot/module={}", self.module(module));
        let names = self.place.find(&["pods", &selector], "{.items[*].metadata.name}");
        names.split_whitespace().map(str::to_owned).collect()
    }

    /// Uninstalls the release.
    pub fn remove(self) {
        self.place.uninstall(self.name);
    }
}

fn values(bot: &str, modules: Vec<Value>) -> Value {
    let (repository, tag) = image_of("eevee-operator");
    json!({
        "name": bot,
        "ipcConfig": { "name": bot, "spec": { "nats": {
            "managed": { "image": image("nats"), "metricsImage": image("prometheus-nats-exporter") },
            "token": { "secretKeyRef": { "secret": { "name": token_secret(bot) } } },
        } } },
        "botModules": modules,
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
