//! Request bodies: so many bytes, in so much time.

use super::error_response::ErrorResponse;
use super::limits::Limits;
use futures::{Stream, StreamExt};
use serde_json::{Map, Value};
use std::pin::pin;
use warp::Buf;

/// The JSON object in a body.
///
/// # Errors
/// 400 for anything else, 408 and 413 beyond the limits.
pub async fn object<S, D, E>(body: S, limits: &Limits) -> Result<Map<String, Value>, ErrorResponse>
where
    S: Stream<Item = Result<D, E>>,
    D: Buf,
{
    let bytes = tokio::time::timeout(limits.body_time, bytes(body, limits))
        .await
        .map_err(|_| ErrorResponse::too_slow(limits))??;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(ErrorResponse::bad_request("Request body must be a JSON object")),
        Err(error) => {
            Err(ErrorResponse::bad_request("Request body must be JSON").details(error.to_string()))
        }
    }
}

async fn bytes<S, D, E>(body: S, limits: &Limits) -> Result<Vec<u8>, ErrorResponse>
where
    S: Stream<Item = Result<D, E>>,
    D: Buf,
{
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(part) = body.next().await {
        let mut part =
            part.map_err(|_| ErrorResponse::bad_request("Request body is incomplete"))?;
        if bytes.len() + part.remaining() > limits.body_bytes {
            return Err(ErrorResponse::too_large(limits));
        }
        while part.has_remaining() {
            let chunk = part.chunk();
            bytes.extend_from_slice(chunk);
            let read = chunk.len();
            part.advance(read);
        }
    }
    Ok(bytes)
}
