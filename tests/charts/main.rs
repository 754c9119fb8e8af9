//! The Helm charts under helm/: what Helm makes of them, and what a real API server says of that.
//!
//! `CHARTS_UPDATE=1` writes the generated files of the charts instead of comparing them, which is what
//! `make chart-files` does.

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../docs/console.rs"]
mod console;
#[path = "../e2e/upgrade/values.rs"]
mod former_values;
#[path = "../docs/page.rs"]
mod page;
#[path = "../support/mod.rs"]
mod support;

mod accepted;
mod alerts;
mod argocd;
mod check;
mod crds;
mod dashboard;
mod emptied;
mod extras;
mod flux;
mod generated;
mod globals;
mod health;
mod helm;
mod install;
mod kubeconform;
mod packages;
mod place;
mod pods;
mod privilege;
mod readme;
mod refused;
mod restricted;
mod schema;
mod switches;
mod templates;
mod test_pods;
mod texts;
mod today;
mod token;
mod umbrella;
mod values;
mod waiting;
