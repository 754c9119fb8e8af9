//! Chromium, driven by chromedriver.

use crate::cluster::{Process, free_port};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use url::{ParseError, Url};

/// A start takes a second or two on idle cores; the rest is for a machine that compiles meanwhile.
const START: Duration = Duration::from_mins(1);

/// How large a window is.
#[derive(Clone, Copy)]
pub struct Screen {
    width: u32,
    height: u32,
    is_phone: bool,
}

pub const DESKTOP: Screen = Screen { width: 1200, height: 800, is_phone: false };
pub const PHONE: Screen = Screen { width: 390, height: 844, is_phone: true };

/// Notes whatever a policy refuses and whatever runs that must not, before anything of the page runs.
const WITNESS: &str = "
    window.witnessed = [];
    document.addEventListener('securitypolicyviolation', (event) =>
        window.witnessed.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    window.addEventListener('error', (event) => window.witnessed.push(`error ${event.message}`));
    window.addEventListener('unhandledrejection', (event) => window.witnessed.push(`rejection ${event.reason}`));
    window.planted = (what) => window.witnessed.push(`ran ${what}`);
";

/// One window of one browser. Both end with it.
pub struct Browser {
    pub client: Client,
    _driver: Process,
}

impl Browser {
    pub async fn open(screen: Screen) -> Self {
        let room = room();
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).env("HOME", &room);
        let mut driver = Process::start(&format!("chromedriver-{port}"), &room, command);
        let profile = room.join(format!("profile-{port}"));
        let address = format!("http://127.0.0.1:{port}");
        let connected = timeout(START, connect(&address, screen, &profile)).await;
        let client = connected.unwrap_or_else(|_| {
            driver.assert_running();
            panic!("no browser within {START:?}. Its driver's last words:\n{}", driver.last_words())
        });
        let browser = Self { client, _driver: driver };
        browser
            .devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WITNESS }))
            .await;
        browser.resize(screen).await;
        browser
    }

    /// A command of the browser's own protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        let sent = Devtools(json!({ "cmd": command, "params": params }));
        let outcome = self.client.issue_cmd(sent).await;
        outcome.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub async fn resize(&self, screen: Screen) {
        let Screen { width, height, is_phone } = screen;
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// What the user's system prefers.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// What a script gives, which may use what it is called with as `arguments`.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let outcome = self.client.execute(script, arguments).await;
        outcome.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What the policy has refused so far, and what has run that must not.
    pub async fn witnessed(&self) -> Value {
        self.run("return window.witnessed", vec![]).await
    }
}

async fn connect(address: &str, screen: Screen, profile: &std::path::Path) -> Client {
    let arguments = [
        "--headless=new".to_owned(),
        // What it would guard against is kept out by the place that all this runs in.
        "--no-sandbox".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-gpu".to_owned(),
        "--no-first-run".to_owned(),
        format!("--user-data-dir={}", profile.display()),
        format!("--window-size={},{}", screen.width, screen.height),
    ];
    let capabilities = json!({ "goog:chromeOptions": { "args": arguments } });
    let Value::Object(capabilities) = capabilities else { unreachable!("an object") };
    let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
    builder.capabilities(capabilities);
    loop {
        if let Ok(client) = builder.connect(address).await {
            return client;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Where a run writes.
fn room() -> PathBuf {
    let room = std::env::var_os("EEVEE_BROWSER_ROOM");
    room.map(PathBuf::from).expect("run by tests/browser/run: make browser")
}

#[derive(Debug)]
struct Devtools(Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}
