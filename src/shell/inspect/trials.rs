//! Pods that the API server is asked to make, without making them.

use super::Inspection;
use super::ask::post;
use crate::check::{self, Admission, Attempt, Facts, Seen, Trial};
use crate::shell::request::RequestFailure;
use futures::StreamExt;
use futures::stream;
use kube::Client;

/// Pods that are tried at a time.
const AT_A_TIME: usize = 4;

/// Tries the pods that the namespace has to take.
pub async fn trials(client: &Client, inspection: &Inspection, facts: &Facts) -> Vec<Trial> {
    if matches!(facts.place, Ok(None)) {
        return Vec::new();
    }
    let path = format!("/api/v1/namespaces/{}/pods?dryRun=All", facts.namespace);
    let tried = check::attempts(facts, &inspection.settings).into_iter().map(
        |Attempt { of, is_optional, pod }| {
            let path = &path;
            async move {
                let admission = admission(post(client, path, &pod).await);
                Trial { of, is_optional, admission }
            }
        },
    );
    stream::iter(tried).buffered(AT_A_TIME).collect().await
}

fn admission<T>(answer: Result<T, RequestFailure>) -> Seen<Admission> {
    match answer {
        Ok(_) => Ok(Admission::Accepted),
        Err(RequestFailure::Refused { message, .. } | RequestFailure::Broken { message, .. })
            if !says_nothing_of_pods(&message) =>
        {
            Ok(Admission::Refused(message))
        }
        Err(failure) => Err(failure.to_string()),
    }
}

/// Whether it is the question that is refused.
fn says_nothing_of_pods(message: &str) -> bool {
    message.contains("cannot create resource") || message.contains("does not support dry run")
}
