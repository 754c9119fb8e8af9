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
    told(status, &serde_json::from_slice(&body).unwrap_or_default())
}

/// The status that the server itself answers with. The API server says with a Status that it did not
/// reach it, and a proxy between both says what it likes.
fn told(status: u16, body: &Value) -> Seen<u16> {
    let text = |field: &str| body[field].as_str();
    match (text("kind"), text("status")) {
        (Some("Status"), _) => {
            Err(format!("HTTP {status}: {}", text("message").unwrap_or_default()))
        }
        (None, Some(_)) => Ok(status),
        _ => Err(format!("HTTP {status}, of which no NATS server is the author")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_servers_own_answer_is_told_from_that_of_whoever_is_between() {
        assert_eq!(told(200, &json!({ "status": "ok" })), Ok(200));
        let unwell = json!({ "status": "unavailable", "status_code": 503, "error": "closed" });
        assert_eq!(told(503, &unwell), Ok(503));
        let refused = json!({ "kind": "Status", "status": "Failure", "message": "forbidden" });
        assert_eq!(told(403, &refused), Err("HTTP 403: forbidden".to_owned()));
        assert!(told(403, &Value::Null).is_err() && told(200, &json!("hello")).is_err());
    }
}
