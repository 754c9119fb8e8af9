//! Whole bots on a real node: pods run, pull their images, mount their volumes and talk through Services. Everything is
//! installed by Helm alone, as a user would.
//!
//! `make e2e` runs it, inside of `tests/e2e/run`. One cluster serves all tests; each has a bot of its own. `BACKUP_ROUNDS=20 make
//! e2e E2E=backups::fire` has restores killed for a quarter of an hour.

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../docs/console.rs"]
mod console;
#[path = "../charts/helm.rs"]
#[allow(dead_code, reason = "the charts' own tests look at more")]
mod helm;
#[path = "../docs/page.rs"]
mod page;
#[path = "../support/mod.rs"]
mod support;
#[path = "../docs/terminal.rs"]
mod terminal;

mod alone;
mod audit;
mod backups;
mod bot;
mod guide;
mod image;
mod lifecycle;
mod monitoring;
mod nats;
mod place;
mod privilege;
mod readme;
mod replicas;
mod run;
mod story;
mod umbrella;
mod upgrade;
mod whole_run;
