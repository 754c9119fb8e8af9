//! The commands of the pages, run as they stand: every one of them, in an order in which somebody may follow the page, on
//! clusters on which pods are said to run (see [`cluster`]).
//!
//! A [`walk::Walk`] knows the commands of a page, and is over when each was run or passed by for a reason that the test
//! names. So a command that comes into a page later fails its walk until somebody runs it.

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../docs/console.rs"]
mod console;
#[path = "../docs/page.rs"]
mod page;
#[path = "../support/mod.rs"]
mod support;
#[path = "../docs/terminal.rs"]
mod terminal;
#[path = "../e2e/upgrade/values.rs"]
mod values;

mod operator;
mod reader;
mod walk;

mod backups;
mod charts;
mod commands;
mod every_page;
mod install;
mod newcomer;
mod planted;
mod references;
mod upgrade;
mod wrong;
