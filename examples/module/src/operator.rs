//! The operator's HTTP API, as a module with `mountOperatorApiToken` uses it.

use crate::settings::Operator;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use std::error::Error;
use tokio::net::TcpStream;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Has the operator restart a module, and gives its answer: status and body.
pub async fn restart(operator: &Operator, namespace: &str, module: &str) -> Result<String> {
    let body = serde_json::json!({ "moduleName": module, "namespace": namespace });
    let uri: Uri = format!("{}/api/action/restart-module", operator.url).parse()?;
    let authority = uri.authority().ok_or("EEVEE_OPERATOR_API_URL has no host")?.clone();
    let request = Request::post(uri.path())
        .header(HOST, authority.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("Bearer {}", operator.token))
        .body(Full::<Bytes>::from(body.to_string()))?;
    let address = (authority.host(), authority.port_u16().unwrap_or(80));
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender, at the end of this function.
    tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    Ok(format!("{status}: {}", String::from_utf8_lossy(&body)))
}
