//! Single questions to the API server, with their answers as JSON.

use crate::check::Seen;
use crate::shell::pages::PAGE;
use crate::shell::request::{self, RequestFailure};
use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
use kube::Client;
use serde_json::Value;

/// Of an object no more than its metadata.
const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/// What stands at a path, or that nothing does.
pub async fn get(client: &Client, path: &str) -> Seen<Option<Value>> {
    absent_or(send(client, Request::get(path), Vec::new()).await)
}

/// The metadata of what stands at a path.
pub async fn metadata(client: &Client, path: &str) -> Seen<Option<Value>> {
    absent_or(send(client, Request::get(path).header(ACCEPT, METADATA), Vec::new()).await)
}

fn absent_or(answer: Result<Value, RequestFailure>) -> Seen<Option<Value>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(RequestFailure::NotFound(_)) => Ok(None),
        Err(failure) => Err(failure.to_string()),
    }
}

/// All that a list has, page by page.
pub async fn list(client: &Client, path: &str, query: &str) -> Seen<Vec<Value>> {
    let mut items = Vec::new();
    let mut more = String::new();
    loop {
        let uri = format!("{path}?limit={PAGE}&{query}{more}");
        let page = send(client, Request::get(uri), Vec::new()).await;
        let mut page = page.map_err(|failure| failure.to_string())?;
        if let Value::Array(found) = page["items"].take() {
            items.extend(found);
        }
        match page.pointer("/metadata/continue").and_then(Value::as_str) {
            Some(token) if !token.is_empty() => more = format!("&continue={}", encoded(token)),
            _ => return Ok(items),
        }
    }
}

/// Asks by a body, as reviews and dry runs do.
pub async fn post(client: &Client, path: &str, body: &Value) -> Result<Value, RequestFailure> {
    let request = Request::post(path).header(CONTENT_TYPE, "application/json");
    send(client, request, body.to_string().into_bytes()).await
}

async fn send(
    client: &Client,
    request: http::request::Builder,
    body: Vec<u8>,
) -> Result<Value, RequestFailure> {
    request::send(client, request.body(body)).await
}

/// A token of the API server's, which is base64.
fn encoded(token: &str) -> String {
    token.replace('%', "%25").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}
