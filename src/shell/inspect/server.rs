//! Whether the API server answers, which version it is, and which time it has.

use crate::check::{Seen, Server};
use crate::shell::discovery::refused;
use crate::shell::request::PATIENCE;
use http::header::DATE;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use kube::Client;
use kube::client::Body;
use serde_json::Value;
use tokio::time::timeout;

const VERSION: &str = "/version";

/// What the API server says of itself.
pub async fn server(client: &Client) -> Seen<Server> {
    match timeout(PATIENCE, asked(client)).await {
        Ok(answer) => answer,
        Err(_) => Err("the API server does not answer in time".to_owned()),
    }
}

async fn asked(client: &Client) -> Seen<Server> {
    let request = Request::get(VERSION).body(Body::empty());
    let request = request.map_err(|error| error.to_string())?;
    let answer = client.send(request).await.map_err(|error| refused(&error))?;
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).and_then(time);
    match answer.status() {
        StatusCode::OK => {
            let version = answer.into_body().collect().await.ok();
            let version = version.and_then(|body| serde_json::from_slice(&body.to_bytes()).ok());
            let version: Value = version.unwrap_or_default();
            let version = version["gitVersion"].as_str().unwrap_or_default().to_owned();
            Ok(Server { version, date })
        }
        // Not everybody may know the version.
        StatusCode::FORBIDDEN => Ok(Server { version: String::new(), date }),
        // The client has words for all others.
        status => {
            let again =
                Request::get(VERSION).body(Vec::new()).map_err(|error| error.to_string())?;
            match client.request::<Value>(again).await {
                Err(error) => Err(refused(&error)),
                Ok(_) => Err(format!("the API server answers HTTP {status}")),
            }
        }
    }
}

fn time(date: &str) -> Option<Timestamp> {
    Some(rfc2822::parse(date).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_date_is_a_time() {
        let expected = "2026-01-02T03:04:05Z".parse().expect("a time");
        assert_eq!(time("Fri, 02 Jan 2026 03:04:05 GMT"), Some(expected));
        assert_eq!(time("yesterday"), None);
    }
}
