//! The page in a real browser. `make browser` runs it in a place without a way out: tests/browser/run.

#[allow(dead_code, reason = "that of the tests of the HTTP API, whole")]
#[path = "../http/fake.rs"]
mod fake;

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../shell/support/mod.rs"]
mod support;

mod browser;
#[allow(dead_code, reason = "that of the tests of the operator, whole")]
#[path = "../shell/operator.rs"]
mod operator;
mod page;
mod shown;

mod hostile;
mod keyboard;
mod live;
mod looks;
mod many;
mod patience;
mod token;
