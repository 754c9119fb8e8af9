//! What the module answers to each message.

use crate::diary::Diary;
use crate::settings::Settings;
use crate::{operator, wire};
use async_nats::Client;
use async_nats::connection::State;
use prometheus::{Encoder, IntCounter, IntGauge, Registry, TextEncoder};
use std::time::Duration;

/// How long another module may take.
const PATIENCE: Duration = Duration::from_secs(5);

const NOTHING: &str = "I remember nothing: my spec has no persistentVolumeClaim";

pub struct Module {
    settings: Settings,
    nats: Client,
    starts: Option<u64>,
    diary: Option<Diary>,
    registry: Registry,
    requests: IntCounter,
    connected: IntGauge,
}

impl Module {
    pub fn new(
        settings: Settings,
        nats: Client,
        starts: Option<u64>,
        diary: Option<Diary>,
    ) -> Module {
        let registry = Registry::new();
        let requests = IntCounter::new("example_requests_total", "Requests answered.");
        let connected = IntGauge::new("example_nats_connected", "1 while NATS is connected.");
        // The names are constants, valid and each registered once.
        let (requests, connected) = (requests.expect("a name"), connected.expect("a name"));
        registry.register(Box::new(requests.clone())).expect("registered once");
        registry.register(Box::new(connected.clone())).expect("registered once");
        Module { settings, nats, starts, diary, registry, requests, connected }
    }

    pub fn name(&self) -> &str {
        &self.settings.name
    }

    pub fn is_connected(&self) -> bool {
        self.nats.connection_state() == State::Connected
    }

    /// All metrics in the text format of Prometheus.
    pub fn metrics(&self) -> String {
        self.connected.set(self.is_connected().into());
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// | request | answer |
    /// |---|---|
    /// | `hello` | the configured greeting, and who says it |
    /// | `starts` | how often the module was started, over all its pods |
    /// | `diary` | how many rows the diary has, and whether its database is sound |
    /// | `forget` | nothing, but all rows of the diary are gone |
    /// | `ask NAME REQUEST` | what the module NAME answers to REQUEST |
    /// | `restart NAME` | what the operator says when it is told to restart the module NAME |
    pub async fn answer(&self, request: &str) -> String {
        self.requests.inc();
        let mut words = request.trim().splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some("hello"), None, None) => self.hello(),
            (Some("starts"), None, None) => self.remembered_starts(),
            (Some("diary"), None, None) => self.diary().await.unwrap_or_else(|why| why),
            (Some("forget"), None, None) => self.forget().await.err().unwrap_or_default(),
            (Some("ask"), Some(other), Some(request)) => self.ask(other, request).await,
            (Some("restart"), Some(other), None) => self.restart(other).await,
            _ => "I know: hello, starts, diary, forget, ask NAME REQUEST, restart NAME".to_owned(),
        }
    }

    fn hello(&self) -> String {
        format!("{} from {}", self.settings.config.greeting, self.name())
    }

    fn remembered_starts(&self) -> String {
        match self.starts {
            Some(starts) => starts.to_string(),
            None => NOTHING.to_owned(),
        }
    }

    /// What is in the diary, as JSON.
    pub async fn diary(&self) -> Result<String, String> {
        let told = self.of_diary(Diary::tell).await?;
        serde_json::to_string(&told).map_err(|e| e.to_string())
    }

    async fn forget(&self) -> Result<(), String> {
        self.of_diary(Diary::forget).await
    }

    /// Beside the one thread that answers: a database may keep whoever asks waiting.
    async fn of_diary<T: Send + 'static>(
        &self,
        ask: fn(&Diary) -> rusqlite::Result<T>,
    ) -> Result<T, String> {
        let diary = self.diary.clone().ok_or(NOTHING)?;
        let asked = tokio::task::spawn_blocking(move || ask(&diary)).await;
        asked.map_err(|e| e.to_string())?.map_err(|e| format!("the diary: {e}"))
    }

    async fn ask(&self, other: &str, request: &str) -> String {
        let asked = self.nats.request(wire::subject(other), request.to_owned().into());
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => String::from_utf8_lossy(&answer.payload).into_owned(),
            Ok(Err(e)) => format!("{other} was not reached: {e}"),
            Err(_) => format!("{other} did not answer within {} s", PATIENCE.as_secs()),
        }
    }

    async fn restart(&self, other: &str) -> String {
        let Some(operator) = &self.settings.operator else {
            return "I may not: my spec has no mountOperatorApiToken".to_owned();
        };
        let restarted = operator::restart(operator, &self.settings.namespace, other);
        match tokio::time::timeout(PATIENCE, restarted).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(e)) => format!("the operator was not reached: {e}"),
            Err(_) => format!("the operator did not answer within {} s", PATIENCE.as_secs()),
        }
    }
}
