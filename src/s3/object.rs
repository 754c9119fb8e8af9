//! One object: its size, its end, and the steps by which it comes into being.

use super::bucket::{Bucket, late_refusal};
use super::error::RequestError;
use super::payload::Payload;
use super::request::Request;
use super::xml::{Element, escaped};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::{HeaderMap, Method, StatusCode};

/// Longest ETag and longest id of an upload that are repeated to the store.
const LONGEST: usize = 2048;

/// The size of an object. None where there is none.
pub async fn bytes(bucket: &Bucket, key: &str) -> Result<Option<u64>, RequestError> {
    match bucket.ask(&Request::of_object(Method::HEAD, key)).await {
        Ok(answer) => length(&answer.headers).map(Some),
        Err(fault) if fault.status() == Some(StatusCode::NOT_FOUND) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The length that an answer gives.
pub fn length(headers: &HeaderMap) -> Result<u64, RequestError> {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    length.ok_or(RequestError::Malformed("its answer has no length"))
}

/// The ETag that an answer gives.
pub fn etag(headers: &HeaderMap) -> Option<String> {
    let etag = headers.get(ETAG)?.to_str().ok()?;
    (!etag.is_empty() && etag.len() <= LONGEST).then(|| etag.to_owned())
}

pub async fn delete(bucket: &Bucket, key: &str) -> Result<(), RequestError> {
    gone(bucket.ask(&Request::of_object(Method::DELETE, key)).await)
}

/// What is not there any more is gone.
fn gone<T>(outcome: Result<T, RequestError>) -> Result<(), RequestError> {
    match outcome {
        Err(fault) if fault.status() != Some(StatusCode::NOT_FOUND) => Err(fault),
        _ => Ok(()),
    }
}

/// A whole object at once.
pub async fn put(bucket: &Bucket, key: &str, payload: Payload) -> Result<(), RequestError> {
    let request = Request::of_object(Method::PUT, key).payload(payload);
    bucket.transfer(&request.header(CONTENT_TYPE, "application/gzip")).await.map(|_| ())
}

/// Gives the id of the upload, and whether it may have a twin.
pub async fn begin(bucket: &Bucket, key: &str) -> Result<(String, bool), RequestError> {
    let request = Request::of_object(Method::POST, key).query("uploads", "");
    let answer = bucket.ask(&request.header(CONTENT_TYPE, "application/gzip")).await?;
    let id = Element::read(&answer.body).and_then(|document| {
        let is_one = document.is("InitiateMultipartUploadResult");
        document.text_of("UploadId").filter(|_| is_one).map(str::to_owned)
    });
    let id = id.filter(|id| !id.is_empty() && id.len() <= LONGEST);
    let id = id.ok_or(RequestError::Malformed("its answer names no upload"))?;
    Ok((id, answer.is_repeated))
}

/// Gives the ETag of the part.
pub async fn part(
    bucket: &Bucket,
    key: &str,
    upload: &str,
    number: usize,
    payload: Payload,
) -> Result<String, RequestError> {
    let request = Request::of_object(Method::PUT, key).payload(payload);
    let request = request.query("partNumber", number).query("uploadId", upload);
    let answer = bucket.transfer(&request).await?;
    etag(&answer.headers).ok_or(RequestError::Malformed("its answer has no ETag"))
}

/// Makes an object of the parts whose ETags are given in their order.
pub async fn complete(
    bucket: &Bucket,
    key: &str,
    upload: &str,
    etags: &[String],
) -> Result<(), RequestError> {
    let parts: String = (1..).zip(etags).map(|(number, etag)| part_of(number, etag)).collect();
    let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let request = Request::of_object(Method::POST, key).query("uploadId", upload);
    let request = request.header(CONTENT_TYPE, "application/xml");
    let answer = bucket.transfer(&request.payload(Payload::new(document))).await?;
    let document = Element::read(&answer.body);
    if document.is_some_and(|document| document.is("CompleteMultipartUploadResult")) {
        return Ok(());
    }
    Err(late_refusal(&answer.body))
}

fn part_of(number: usize, etag: &str) -> String {
    format!("<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>", escaped(etag))
}

pub async fn abort(bucket: &Bucket, key: &str, upload: &str) -> Result<(), RequestError> {
    let request = Request::of_object(Method::DELETE, key).query("uploadId", upload);
    gone(bucket.ask(&request).await)
}
