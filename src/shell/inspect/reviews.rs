//! What an account may do, by access reviews.

use super::ask::post;
use crate::check::{self, Account, Facts, InstallPhase, Reviews, Right, Seen};
use crate::shell::request::RequestFailure;
use futures::StreamExt;
use futures::stream;
use kube::Client;
use serde_json::{Value, json};

/// Reviews that are asked for at a time.
const AT_A_TIME: usize = 8;
const GROUP: &str = "/apis/authorization.k8s.io/v1";

/// Whose rights are asked for.
enum Who {
    /// Those of whoever asks, under this name.
    Oneself(String),
    /// Those of another.
    Other(Account),
}

/// Before an installation those of the person that installs, after it those of the operator.
pub async fn reviews(client: &Client, facts: &Facts) -> Seen<Reviews> {
    let me = whoami(client).await?;
    let operators = facts.operators.as_ref().map(Vec::as_slice).unwrap_or_default();
    let (who, rights) = match facts.phase {
        InstallPhase::Before => {
            let lacks_crds = !facts.unserved().is_empty();
            (Who::Oneself(me), check::of_installer(&facts.home, lacks_crds))
        }
        InstallPhase::After => {
            let account = check::account(operators, &facts.home);
            let who =
                if account.to_string() == me { Who::Oneself(me) } else { Who::Other(account) };
            let own = check::own_operator(operators, &facts.home);
            let within = (!own.is_some_and(check::watches_all)).then_some(facts.home.as_str());
            (who, check::needed(&facts.home, within))
        }
    };
    // One answers for all: who may not ask need not be told so for each.
    let mut rights = rights.into_iter();
    let Some(first) = rights.next() else { return Err("nothing is needed".to_owned()) };
    let answer = review(client, &who, &first).await?;
    let rest = rights.map(|right| async {
        let answer = review(client, &who, &right).await;
        (right, answer)
    });
    let mut answers = vec![(first, Ok(answer))];
    answers.extend(stream::iter(rest).buffered(AT_A_TIME).collect::<Vec<_>>().await);
    let account = match who {
        Who::Oneself(name) => name,
        Who::Other(account) => account.to_string(),
    };
    Ok(Reviews { account, answers })
}

async fn whoami(client: &Client) -> Seen<String> {
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let answer = post(client, path, &review).await.map_err(|failure| failure.to_string())?;
    let name = answer.pointer("/status/userInfo/username").and_then(Value::as_str);
    Ok(name.unwrap_or_default().to_owned())
}

async fn review(client: &Client, who: &Who, right: &Right) -> Seen<bool> {
    let Right { verb, group, resource, subresource, name, within } = right;
    let attributes = json!({
        "verb": verb, "group": group, "resource": resource, "subresource": subresource,
        "name": name.unwrap_or_default(), "namespace": within.as_deref().unwrap_or_default(),
    });
    let mut spec = json!({ "resourceAttributes": attributes });
    let mut metadata = json!({});
    let (kind, path) = match (who, within) {
        (Who::Oneself(_), _) => {
            ("SelfSubjectAccessReview", format!("{GROUP}/selfsubjectaccessreviews"))
        }
        (Who::Other(account), within) => {
            spec["user"] = account.to_string().into();
            spec["groups"] = account.groups().into();
            match within {
                // An administrator of the namespace may ask this.
                Some(namespace) => {
                    metadata["namespace"] = namespace.as_str().into();
                    let path = format!("{GROUP}/namespaces/{namespace}/localsubjectaccessreviews");
                    ("LocalSubjectAccessReview", path)
                }
                None => ("SubjectAccessReview", format!("{GROUP}/subjectaccessreviews")),
            }
        }
    };
    let body = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": kind, "metadata": metadata, "spec": spec,
    });
    let answer = post(client, &path, &body).await.map_err(told)?;
    Ok(answer.pointer("/status/allowed").and_then(Value::as_bool).unwrap_or(false))
}

fn told(failure: RequestFailure) -> String {
    failure.to_string()
}
