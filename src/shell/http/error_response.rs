//! Every error, in one JSON shape: `{"error": "…", "details": …}`.

use super::limits::Limits;
use http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use warp::reply::{Reply, Response};

/// An answer that is not what was asked for.
#[derive(Debug)]
pub struct ErrorResponse {
    status: StatusCode,
    error: String,
    details: Option<Value>,
    header: Option<Header>,
}

/// What a client is to know beyond the body.
#[derive(Debug)]
enum Header {
    Allow(&'static str),
    Authenticate,
    RetryAfter(u64),
}

impl ErrorResponse {
    fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), details: None, header: None }
    }

    /// The same with what helps to solve it.
    pub fn details(self, details: impl Into<Value>) -> Self {
        Self { details: Some(details.into()), ..self }
    }

    fn header(self, header: Header) -> Self {
        Self { header: Some(header), ..self }
    }

    /// 400.
    pub fn bad_request(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 401.
    pub fn unauthorized(error: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, error).header(Header::Authenticate)
    }

    /// 404.
    pub fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 405, with the methods that are served.
    pub fn method_not_allowed(allowed: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
            .details(format!("this route answers {allowed}"))
            .header(Header::Allow(allowed))
    }

    /// 408: the body took too long.
    pub fn too_slow(limits: &Limits) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "Request body took too long")
            .details(format!("send it within {} s", limits.body_time.as_secs_f32()))
    }

    /// 409.
    pub fn conflict(error: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, error)
    }

    /// 413.
    pub fn too_large(limits: &Limits) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request body is too large")
            .details(format!("send at most {} bytes", limits.body_bytes))
    }

    /// 429, with the seconds until it makes sense to ask again.
    pub fn too_many_requests(limits: &Limits, wait: Duration) -> Self {
        let (requests, window) = (limits.requests, limits.window.as_secs());
        // Rounded up, or the client would come a moment too early.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests")
            .details(format!("send at most {requests} requests in {window} s"))
            .header(Header::RetryAfter(seconds))
    }

    /// 500: the cluster did not do what it was asked for.
    pub fn cluster(error: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error)
    }

    /// 500: a mistake in the operator.
    pub fn mistake() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal error")
            .details("a mistake in the operator: please report it, with the operator's log")
    }

    /// 503.
    pub fn unavailable(error: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error)
    }
}

impl Reply for ErrorResponse {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error });
        if let Some(details) = self.details {
            body["details"] = details;
        }
        let mut response = warp::reply::json(&body).into_response();
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.header.map(Header::pair));
        response
    }
}

impl Header {
    fn pair(self) -> (HeaderName, HeaderValue) {
        match self {
            Self::Allow(methods) => (ALLOW, HeaderValue::from_static(methods)),
            Self::Authenticate => (WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::RetryAfter(seconds) => (RETRY_AFTER, HeaderValue::from(seconds)),
        }
    }
}
