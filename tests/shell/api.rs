//! The operator's HTTP API, as its clients use it.

use crate::http_client::{Answer, Client, post, request};
use crate::operator::TOKEN;
use serde_json::json;
use std::net::SocketAddr;

pub const RESTART: &str = "/api/action/restart-module";

pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Sends one request on a connection of its own.
pub async fn ask(address: SocketAddr, bytes: String) -> Answer {
    let mut client = Client::connect(address).await;
    client.send(bytes).await;
    client.answer().await
}

pub async fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(address, request("GET", path, headers)).await
}

/// Asks for a restart, with the token that is right.
pub async fn restart(address: SocketAddr, module: &str, namespace: &str) -> Answer {
    let authorization = bearer(TOKEN);
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let body = json!({ "moduleName": module, "namespace": namespace }).to_string();
    ask(address, post(RESTART, &headers, &body)).await
}
