//! Pods that the API server is asked to make, without making them.

use super::Scope;
use super::ask::post;
use crate::check::{self, Attempt, Facts, Moment, Seen, Trial, Verdict};
use crate::shell::request::Failure;
use futures::StreamExt;
use futures::stream;
use kube::Client;

/// Pods that are tried at a time.
const AT_A_TIME: usize = 4;

/// Tries the pods of the bot, and those of one as most are where there is none.
pub async fn trials(client: &Client, scope: &Scope, facts: &Facts) -> Vec<Trial> {
    if matches!(facts.place, Ok(None)) {
        return Vec::new();
    }
    let namespace = facts.namespace.as_str();
    let of_bot = facts.bot.as_ref().ok().filter(|_| facts.moment == Moment::After);
    let mut attempts = of_bot.map(|bot| check::attempts(bot, namespace)).unwrap_or_default();
    if attempts.is_empty() {
        attempts = check::samples(&scope.settings, namespace, facts.now);
    }
    let path = format!("/api/v1/namespaces/{namespace}/pods?dryRun=All");
    let tried = attempts.into_iter().map(|Attempt { of, is_optional, pod }| {
        let path = &path;
        async move {
            let verdict = verdict(post(client, path, &pod).await);
            Trial { of, is_optional, verdict }
        }
    });
    stream::iter(tried).buffered(AT_A_TIME).collect().await
}

fn verdict<T>(answer: Result<T, Failure>) -> Seen<Verdict> {
    match answer {
        Ok(_) => Ok(Verdict::Accepted),
        Err(Failure::Refused { message, .. } | Failure::Broken { message, .. })
            if !says_nothing_of_pods(&message) =>
        {
            Ok(Verdict::Refused(message))
        }
        Err(failure) => Err(failure.to_string()),
    }
}

/// Whether it is the question that is refused.
fn says_nothing_of_pods(message: &str) -> bool {
    message.contains("cannot create resource") || message.contains("does not support dry run")
}
