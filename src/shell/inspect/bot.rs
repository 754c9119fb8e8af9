//! The bot of a namespace, as rendering reads it, with all Secrets that it names.

use super::Inspection;
use crate::check::{self, Facts, Seen};
use crate::kinds::Kind;
use crate::shell::fetch::Fetch;
use crate::shell::survey::{Survey, survey_of_some};
use crate::snapshot::{Observed, Settings};
use kube::Client;
use std::sync::Arc;

pub async fn bot(client: &Client, inspection: &Inspection, facts: &Facts) -> Seen<Survey> {
    let served = facts.served.as_ref().map_err(Clone::clone)?;
    if Kind::custom().any(|kind| kind.is_needed() && !served.contains_key(&kind)) {
        return Err("the cluster does not serve its resources".to_owned());
    }
    let settings = Settings {
        namespace: facts.home.clone(),
        watch_other_namespaces: facts.home != facts.namespace,
        ..inspection.settings.clone()
    };
    let mut survey = survey_of_some(client, &settings, &facts.namespace).await?;
    let names = check::named_secrets(&survey.snapshot, &facts.namespace);
    if !names.is_empty() {
        let cluster = Fetch::new(client.clone()).await?;
        for name in names {
            let observed = match cluster.one(&name).await {
                Ok(Some(secret)) => Observed::Present(Arc::new(secret)),
                Ok(None) => Observed::Absent,
                Err(_) => Observed::Unknown,
            };
            survey.snapshot.note(&name, observed);
        }
    }
    Ok(survey)
}
