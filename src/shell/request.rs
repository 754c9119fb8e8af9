//! Requests to the API server: each with a limit in time, and a failure that says what to do next.

use super::kinds::{self, Fetched, Whole};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::{Observed, ServedKinds};
use kube::core::Request as Urls;
use kube::{Client, Resource};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A request that has no whole answer by then has none.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Characters of an answer that a message repeats.
const LONGEST_ANSWER: usize = 300;

/// Why a request came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestFailure {
    /// There is no such object.
    NotFound(String),
    /// The object is in another state than it was seen in (409, 410): look again.
    Changed(String),
    /// The API server will not do it, however often it is asked.
    Refused { code: u16, message: String },
    /// It may work the next time: no answer, or one that says so.
    Transient(String),
    /// The API server, or a webhook that it asks, is broken (500). That may be over soon, or never.
    Broken { code: u16, message: String },
    /// The API server would not do it, which is remembered: look again, and the status says so.
    Told(String),
    /// This replica is not, or not any more, the one that may write.
    Fenced,
}

impl RequestFailure {
    /// The same with another message.
    pub fn map(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::NotFound(message) => Self::NotFound(change(message)),
            Self::Changed(message) => Self::Changed(change(message)),
            Self::Refused { code, message } => Self::Refused { code, message: change(message) },
            Self::Transient(message) => Self::Transient(change(message)),
            Self::Broken { code, message } => Self::Broken { code, message: change(message) },
            Self::Told(message) => Self::Told(change(message)),
            Self::Fenced => Self::Fenced,
        }
    }
}

impl fmt::Display for RequestFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(message)
            | Self::Changed(message)
            | Self::Transient(message)
            | Self::Told(message) => f.write_str(message),
            Self::Refused { code, message } | Self::Broken { code, message } => {
                write!(f, "HTTP {code}: {message}")
            }
            Self::Fenced => f.write_str("this replica may not write"),
        }
    }
}

/// The URL of a kind in a namespace.
pub fn urls(kind: Kind, namespace: &str) -> Urls {
    Urls::new(Fetched::<Whole>::url_path(&kinds::resource(kind), Some(namespace)))
}

/// Sends a request and gives the answer as JSON.
pub async fn send(
    client: &Client,
    request: Result<http::Request<Vec<u8>>, impl std::error::Error>,
) -> Result<Value, RequestFailure> {
    let request =
        request.map_err(|error| RequestFailure::Refused { code: 0, message: error.to_string() })?;
    within(PATIENCE, client.request::<Value>(request)).await
}

/// An answer in time, or why there is none.
pub async fn within<T>(
    patience: Duration,
    request: impl Future<Output = kube::Result<T>>,
) -> Result<T, RequestFailure> {
    match timeout(patience, request).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(failure(error)),
        Err(_) => Err(RequestFailure::Transient(format!("no answer for {} s", patience.as_secs()))),
    }
}

/// Reads one object by name.
pub async fn get(
    client: &Client,
    reference: &ObjectRef,
    served: &ServedKinds,
) -> Result<Observed<Arc<Object>>, RequestFailure> {
    let request = urls(reference.kind, &reference.namespace)
        .get(&reference.name, &kube::api::GetParams::default());
    match send(client, request).await {
        Ok(value) => Ok(kinds::object(value, reference.kind, served)
            .map_or(Observed::Unknown, |object| Observed::Present(Arc::new(object)))),
        Err(RequestFailure::NotFound(_)) => Ok(Observed::Absent),
        Err(failure) => Err(failure),
    }
}

fn failure(error: kube::Error) -> RequestFailure {
    let kube::Error::Api(status) = error else { return RequestFailure::Transient(why(&error)) };
    let (code, message) = (status.code, status.message.clone());
    match code {
        400..=499 if is_denied(&message) => RequestFailure::Refused { code, message },
        // A proxy's 404 says nothing of the object.
        404 if status.reason == "NotFound" => RequestFailure::NotFound(message),
        409 | 410 => RequestFailure::Changed(message),
        500 => RequestFailure::Broken { code, message },
        400..=499 if !passes(code, &message) => RequestFailure::Refused { code, message },
        _ => RequestFailure::Transient(format!("HTTP {code}: {message}")),
    }
}

/// Whether a webhook has denied a request, with whatever code it likes: the API server puts its own words in front.
fn is_denied(message: &str) -> bool {
    message.starts_with("admission webhook ")
}

/// Whether the reason of a refusal passes by itself.
fn passes(code: u16, message: &str) -> bool {
    match code {
        // Of the credentials, which are renewed. Admission may answer with this code, too, and says
        // why.
        401 => message.is_empty() || message == "Unauthorized",
        404 | 408 | 425 | 429 => true,
        _ => false,
    }
}

/// What became of a request, in words. Of an answer it is what the server says.
pub fn why(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => answered(status),
        // What its answer holds instead is not told: it may be anything.
        kube::Error::SerdeError(_) | kube::Error::FromUtf8(_) => {
            "what answers is no Kubernetes API server: its answer is no object of one".to_owned()
        }
        kube::Error::Service(error) => chain(&**error),
        error => chain(error),
    }
}

/// Whether no request was sent, because the server does not prove who it is.
pub fn is_not_believed(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
        return true;
    }
    // What an error of input and output holds is not its source: the source of that is.
    let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match held {
        Some(held) => is_not_believed(held),
        None => error.source().is_some_and(is_not_believed),
    }
}

fn answered(status: &kube::core::Status) -> String {
    let words = clipped(&status.message);
    let separator = if words.is_empty() { "" } else { ": " };
    format!("HTTP {}{separator}{words}", status.code)
}

/// An answer for a message of one line. Of a proxy it may be a whole page.
pub fn clipped(answer: &str) -> String {
    let words = answer.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST_ANSWER) {
        None => words,
        Some((end, _)) => format!("{} ...", &words[..end]),
    }
}

/// An error with its causes: the outermost often says only that there was one.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::Status;

    fn answer(code: u16, reason: &str) -> RequestFailure {
        failed(Status { code, reason: reason.to_owned(), ..Status::default() })
    }

    fn failed(status: Status) -> RequestFailure {
        failure(kube::Error::Api(Box::new(status)))
    }

    #[test]
    fn only_the_api_server_itself_says_that_an_object_is_not_there() {
        assert!(matches!(answer(404, "NotFound"), RequestFailure::NotFound(_)));
        assert!(matches!(answer(404, "404 page not found"), RequestFailure::Transient(_)));
    }

    #[test]
    fn what_will_not_change_by_itself_is_refused_and_all_else_is_tried_again() {
        for code in [400, 403, 405, 406, 413, 415, 418, 422, 451] {
            assert!(matches!(answer(code, ""), RequestFailure::Refused { .. }), "{code}");
        }
        for code in [401, 408, 425, 429, 502, 503, 504] {
            assert!(matches!(answer(code, ""), RequestFailure::Transient(_)), "{code}");
        }
        for code in [409, 410] {
            assert!(matches!(answer(code, ""), RequestFailure::Changed(_)), "{code}");
        }
        assert!(matches!(answer(500, "InternalError"), RequestFailure::Broken { .. }));
    }

    #[test]
    fn what_a_webhook_denies_is_refused_whatever_code_it_chose() {
        for code in [400, 401, 404, 409, 410, 429] {
            let message = "admission webhook \"w\" denied the request: no".to_owned();
            let answer = failed(Status { code, message, ..Status::default() });
            assert!(matches!(answer, RequestFailure::Refused { .. }), "{code}");
        }
    }

    #[test]
    fn a_policy_that_answers_unauthorized_is_told_from_credentials_that_are_stale() {
        let answer = |text: &str| {
            failed(Status { code: 401, message: text.to_owned(), ..Status::default() })
        };
        assert!(matches!(answer("Unauthorized"), RequestFailure::Transient(_)));
        assert!(matches!(answer("policy p denied request"), RequestFailure::Refused { .. }));
    }
}
