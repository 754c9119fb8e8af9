//! What the operator watches, and watches that begin again.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Fault, Request, Rule, Verb};

pub const WATCHED: [&str; 15] = [
    "backuprestores",
    "backupschedules",
    "botmodules",
    "configmaps",
    "cronjobs",
    "deployments",
    "ipcconfigs",
    "jobs",
    "persistentvolumeclaims",
    "poddisruptionbudgets",
    "pods",
    "replicasets",
    "s3stores",
    "secrets",
    "services",
];

impl Stage<'_> {
    /// Ends every watch once as one whose version is too old.
    pub fn expire_watches(&self) -> [Rule; WATCHED.len()] {
        WATCHED.map(|resource| {
            let is_of_it = move |request: &Request| request.is(Verb::Watch, resource);
            self.edge.rule(is_of_it, Fault::Expire.times(1))
        })
    }

    /// Makes every watch begin again with a list, and waits for the lists.
    pub async fn relist(&self) {
        let whole = |requests: &[Request]| {
            let is_whole = |request: &&Request| request.verb == Verb::List && request.succeeded();
            requests.iter().filter(is_whole).count()
        };
        let before = whole(&self.edge.requests());
        let _rules = self.expire_watches();
        let are_back =
            |requests: &[Request]| (whole(requests) >= before + WATCHED.len()).then_some(());
        self.edge.wait_for("all watches begin anew", LONG, are_back).await;
    }
}
