//! The operator of the chatbot platform eevee.bot, as a library: a map of its modules.
//!
//! One law rules the layout: **deciding is pure, doing is dumb.**
//!
//! ```text
//! caches of the shell ──┐                                  ┌──▶ requests to the cluster
//!                       ├─▶ Source ─▶ render ─▶ actions ───┤
//! files ─▶ snapshot ────┘  (asked, and recorded)           └──▶ World, or text
//! ```
//!
//! | room | what it does |
//! |---|---|
//! | [`kinds`] | one row for each Kubernetes kind: all that is true of it |
//! | [`names`] | the names, labels and annotations that the cluster knows |
//! | [`crd`] | the custom resources as types, and every reason of a condition; the CRDs are generated |
//! | [`object`], [`snapshot`] | what is known of a cluster: every object Present, Absent or Unknown |
//! | [`query`], [`source`] | what may be asked of a cluster, and a record of what was asked |
//! | [`question`] | what no cache holds and is asked outside: S3, and which pods use a claim |
//! | [`render`] | the whole brain: asks a source, gives actions |
//! | [`action`] | what may be asked of a cluster, and for which Subject |
//! | [`fields`] | whether a live object holds what is desired, and who owns its fields |
//! | [`trim`] | takes off an object what render does not read |
//! | [`world`] | a tiny pure cluster that actions can be performed on |
//! | [`schema`] | judges a custom resource as the API server would |
//! | [`yaml`], [`manifest`] | text ⇄ snapshots and actions |
//! | [`offline`] | rendering files without a cluster, keeping a cluster in a file, comparing the two |
//! | [`check`] | judges what was seen of a cluster: what must hold before an installation and after it |
//! | [`overview`] | how a bot is, at a glance: what `status` prints, as data and as text |
//! | [`backup`] | what the commands that run in Jobs and the operator agree on |
//! | [`archive`], [`s3`] | the data of a module as a stream, and the store that it goes to |
//! | [`trust`] | which certificates of servers are trusted |
//! | [`settings`] | what the variables of the environment mean |
//! | [`shell`] | the running operator: watches, queue, writer, lease, HTTP, metrics |
//! | [`command`] | the command line |
//!
//! `archive`, `s3`, `trust`, `shell` and `command` alone see the outside. The last two see every room, and
//! none sees them.
//!
//! What holds everywhere, and is tested over every fixture and over generated clusters:
//!
//! 1. Deterministic: the same snapshot gives the same actions, whatever the order of its objects.
//! 2. Settled: what was done is not done again; a steady cluster costs no writes.
//! 3. Local: each object has one Subject that may write it, and a Subject's neighbourhood decides
//!    like the whole cluster.
//! 4. Safe: no claim is shrunk or deleted, no token replaced unasked, no foreign object touched.
//! 5. Total: any snapshot renders, and a bad resource harms itself alone.
//! 6. Crash-tolerant: stopped after any prefix of the actions, the same end is reached.
//!
//! Imports point one way: names ← kinds ← object ← action ← snapshot ← source ← render. No two rooms
//! import each other, and neither do two modules of a room. None of the pure rooms mentions a client,
//! a clock, the environment or a random source. Tests enforce it.

#![forbid(unsafe_code)]

// Tests in here share code with those in tests/, which calls the crate by its name.
#[cfg(test)]
extern crate self as eevee_operator;

use mimalloc::MiMalloc;

/// Rendering makes and drops hundreds of small objects: the system's allocator takes twice the time for that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

pub mod action;
pub mod archive;
pub mod backup;
pub mod check;
pub mod command;
pub mod crd;
pub mod fields;
pub mod kinds;
pub mod manifest;
pub mod names;
pub mod object;
pub mod offline;
pub mod overview;
pub mod query;
pub mod question;
pub mod render;
pub mod s3;
pub mod schema;
pub mod settings;
pub mod shell;
pub mod snapshot;
pub mod source;
pub mod trim;
pub mod trust;
pub mod world;
pub mod yaml;
