//! A bucket that is asked, again where that makes sense.

use super::cause;
use super::connect::{self, HttpClient};
use super::error::{Refusal, RequestError};
use super::request::Request;
use super::retry::Retry;
use super::{Access, Patience, StoreProblem};
use crate::backup::endpoint;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Bytes, Incoming};
use object_store::aws::AwsCredential;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// Of an answer, such as a page of a list.
const LARGEST_ANSWER: usize = 2 << 20;
/// Of what a server says with a refusal.
const LARGEST_REFUSAL: usize = 64 << 10;

/// Where it is and how it is reached.
pub struct Bucket {
    name: String,
    endpoint: String,
    url: Url,
    /// What every key begins with.
    pub prefix: String,
    region: String,
    credential: AwsCredential,
    client: HttpClient,
    pub patience: Patience,
}

/// An answer that is a success, read to its end.
pub struct StoreResponse {
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Whether it was asked for more than once, so that a lost question may have been heard, too.
    pub is_repeated: bool,
}

impl Bucket {
    /// # Errors
    /// A field of the access that cannot be used.
    pub fn new(access: &Access, patience: Patience) -> Result<Self, StoreProblem> {
        access.check().map_err(StoreProblem::permanent)?;
        let endpoint = endpoint::endpoint(&access.endpoint, access.path_style);
        let endpoint = endpoint.map_err(StoreProblem::permanent)?;
        let url = endpoint.of_bucket(&access.bucket).map_err(StoreProblem::permanent)?;
        let (key_id, secret_key) = (access.access_id.clone(), access.secret_key.clone());
        Ok(Self {
            name: access.bucket.clone(),
            endpoint: endpoint.to_string(),
            url,
            prefix: access.prefix.clone(),
            region: access.region.clone(),
            credential: AwsCredential { key_id, secret_key, token: None },
            client: connect::client(endpoint.is_plain(), access.ca_bundle.as_deref(), &patience)?,
            patience,
        })
    }

    /// What was tried, where, and what came of it.
    pub fn problem(&self, tried: &str, fault: &RequestError) -> StoreProblem {
        let Self { name, endpoint, .. } = self;
        let message = format!("{tried} (bucket {name} at {endpoint}): {}", fault.advice());
        StoreProblem { message, is_permanent: fault.is_permanent() }
    }

    /// A small question.
    ///
    /// # Errors
    /// Why it has no good answer in time.
    pub async fn ask(&self, request: &Request<'_>) -> Result<StoreResponse, RequestError> {
        self.ask_often(request, self.patience.tries).await
    }

    /// A small question, tried so often at most.
    ///
    /// # Errors
    /// Why it has no good answer in time.
    pub async fn ask_often(
        &self,
        request: &Request<'_>,
        tries: u32,
    ) -> Result<StoreResponse, RequestError> {
        let patience = Patience { tries, ..self.patience };
        let answer =
            self.insist(request, Retry::new(patience, patience.question), patience.question);
        timeout(patience.question, answer).await.unwrap_or(Err(RequestError::TimedOut))
    }

    /// Something that takes as long as it takes, as long as it moves.
    ///
    /// # Errors
    /// Why it has no good answer.
    pub async fn transfer(&self, request: &Request<'_>) -> Result<StoreResponse, RequestError> {
        let limit = self.patience.transfer;
        self.insist(request, Retry::new(self.patience, limit), limit).await
    }

    async fn insist(
        &self,
        request: &Request<'_>,
        mut retry: Retry,
        reading: Duration,
    ) -> Result<StoreResponse, RequestError> {
        let mut is_repeated = false;
        loop {
            match self.once(request, reading).await {
                Ok(answer) => return Ok(StoreResponse { is_repeated, ..answer }),
                Err(fault) => retry.pause(fault).await?,
            }
            is_repeated = true;
        }
    }

    async fn once(
        &self,
        request: &Request<'_>,
        reading: Duration,
    ) -> Result<StoreResponse, RequestError> {
        let (head, body) = self.open(request).await?.into_parts();
        let body = timeout(reading, whole(body, LARGEST_ANSWER)).await;
        let body = body.unwrap_or(Err(RequestError::TimedOut))?;
        Ok(StoreResponse { headers: head.headers, body, is_repeated: false })
    }

    /// Sends a request once. The body of the answer is still to be read.
    ///
    /// # Errors
    /// Whatever is no success.
    pub async fn open(&self, request: &Request<'_>) -> Result<Response<Incoming>, RequestError> {
        let signed = request.signed(&self.url, &self.region, &self.credential)?;
        let answer = self.client.request(signed).await.map_err(|error| cause::fault(&error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let (head, body) = answer.into_parts();
        let said = timeout(self.patience.idle, whole(body, LARGEST_REFUSAL)).await;
        let said = said.unwrap_or(Err(RequestError::TimedOut)).unwrap_or_default();
        Err(RequestError::Refused(Refusal::new(head.status, &head.headers, &said)))
    }
}

/// A body to its end, if that comes soon enough.
async fn whole(body: Incoming, largest: usize) -> Result<Bytes, RequestError> {
    match Limited::new(body, largest).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(RequestError::Malformed("its answer does not end"))
        }
        Err(error) => Err(cause::fault(&*error)),
    }
}

/// A success that holds an error all the same, as an answer may that began before its end was known.
pub fn late_refusal(body: &[u8]) -> RequestError {
    let refusal = Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, &HeaderMap::new(), body);
    match refusal.code {
        Some(_) => RequestError::Refused(refusal),
        None => RequestError::Malformed("its answer is none of S3"),
    }
}
