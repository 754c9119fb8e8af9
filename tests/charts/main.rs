//! The Helm charts under helm/: what Helm makes of them, and what a real API server says of that.
//!
//! `CHARTS_UPDATE=1` writes the generated files of the charts anew instead of comparing them, which is what
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
mod check;
mod crds;
mod dashboard;
mod emptied;
mod generated;
mod helm;
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
