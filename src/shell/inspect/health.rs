//! What NATS servers answer, by way of the API server.

use crate::check::{Facts, Health, Seen, nats_servers};
use crate::names::nats;
use crate::shell::request::why;
use futures::StreamExt;
use futures::stream;
use http::Request;
use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// Port of the server's monitoring.
const PORT: u16 = 8222;
/// The API server itself waits far longer for a server that is not there.
const PATIENCE: Duration = Duration::from_secs(5);
/// Servers that are asked at a time.
const AT_A_TIME: usize = 8;

/// Asks every server of the namespace.
pub async fn health(client: &Client, facts: &Facts) -> Vec<Health> {
    let Ok(bot) = &facts.bot else { return Vec::new() };
    let servers = nats_servers(bot, &facts.namespace);
    let asked = servers.into_iter().map(|of| async {
        let answer = timeout(PATIENCE, ask(client, &facts.namespace, &of)).await;
        let silent = || format!("no answer for {} s", PATIENCE.as_secs());
        let status = answer.unwrap_or_else(|_| Err(silent()));
        Health { of, status }
    });
    stream::iter(asked).buffered(AT_A_TIME).collect().await
}

async fn ask(client: &Client, namespace: &str, ipc_config: &str) -> Seen<u16> {
    let service = nats::server(ipc_config);
    let path =
        format!("/api/v1/namespaces/{namespace}/services/http:{service}:{PORT}/proxy/healthz");
    let request = Request::get(path).body(Body::empty()).map_err(|error| error.to_string())?;
    let answer = client.send(request).await.map_err(|error| why(&error))?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.map_err(|error| why(&error))?.to_bytes();
    // What the API server says itself is an object of its own.
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if body["kind"] == "Status" {
        let message = body["message"].as_str().unwrap_or_default();
        return Err(format!("HTTP {status}: {message}"));
    }
    Ok(status)
}
