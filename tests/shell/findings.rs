//! What the operator and the cluster have made on a stage.

use crate::stage::Stage;
use crate::support::{Request, text};
use serde_json::Value;

impl Stage<'_> {
    /// The writes so far to the Deployment of a module.
    pub fn deployment_writes(&self, module: &str) -> Vec<Request> {
        self.writes_to_deployment(&deployment(module))
    }

    pub fn writes_to_deployment(&self, name: &str) -> Vec<Request> {
        self.edge.select(|request| {
            request.is_write()
                && request.resource == "deployments"
                && request.names(self.namespace(), name)
        })
    }

    /// Notes of the events with a reason about one object.
    pub async fn told(&self, reason: &str, about: &str) -> Vec<String> {
        let events = self.objects.list("events").await;
        let told = events
            .iter()
            .filter(|event| event["reason"] == reason && event["involvedObject"]["name"] == about);
        told.map(|event| text(event, "/message").to_owned()).collect()
    }

    /// How many revisions a Deployment has had.
    pub async fn revisions(&self, deployment: &str) -> usize {
        let sets = self.objects.list("replicasets").await;
        let of_it = |set: &&Value| set["metadata"]["ownerReferences"][0]["name"] == deployment;
        sets.iter().filter(of_it).count()
    }

    /// Names of the pods that stay.
    pub async fn pods(&self) -> Vec<String> {
        let mut pods = self.objects.list("pods").await;
        pods.retain(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        pods.iter().map(|pod| text(pod, "/metadata/name").to_owned()).collect()
    }
}

/// The name of a module's Deployment.
pub fn deployment(module: &str) -> String {
    format!("eevee-{module}-module")
}
