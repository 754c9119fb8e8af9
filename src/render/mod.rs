//! The whole brain: a snapshot in, actions out, nothing else.
//!
//! `render` performs no I/O, reads no clock, no environment and no random source, and cannot fail:
//! a bad resource becomes a condition on that resource and nothing else.

mod adopt;
mod answers;
mod backup;
mod backup_restore;
mod backup_schedule;
mod bot_module;
mod change;
mod context;
mod desired;
mod digest;
mod env_conflict;
mod event;
pub(crate) mod former;
mod generate;
mod grace;
mod ipc_config;
mod mend;
mod meta;
mod namespace;
mod operator;
mod pod;
mod prune;
mod ready;
mod registry;
mod report;
mod resource;
mod restore;
mod rollout;
mod round;
mod s3_store;
mod secret;
mod status;
mod stop;
mod trouble;
mod validation;
mod vitals;
mod volume;

pub use answers::NOT_KEPT;
pub use backup_schedule::are_held as are_backups_held;
pub use bot_module::awaits_bootstrap;
pub use digest::{key_secret, keyed_config_hash};
pub use ipc_config::{LONGEST_TOKEN, current_token_digest, token_secret_of};
pub use meta::operator_labels;
pub use namespace::secret_ref as api_token_secret;
pub use registry::{is_awaited, is_rendered, kinds, needs_cluster};
pub use restore::has_ended;
pub use rollout::{is_available, paused as paused_rollout, tells_of_pause};
pub use round::Manifests;
pub use status::{counts_alone_differ, is_paused, live_condition};
pub use vitals::{Vitals, exists, vitals};

use crate::action::{ApplyAction, Subject};
use crate::kinds::Index;
use crate::object::ObjectRef;
use crate::snapshot::{Answer, ClusterSnapshot, Entropy};
use crate::source::{Recorder, Source};
use jiff::Timestamp;
use resource::ResourceRendering;
use std::collections::BTreeSet;

/// What comes of one Subject.
#[derive(Default)]
pub struct Rendering {
    /// In the order in which they are to be performed. Empty where nothing is to be done.
    pub actions: Vec<ApplyAction>,
    /// When there may be something to do although nothing has changed: a first status has waited long
    /// enough, a refused request may be sent again, or a schedule or a restore is due.
    pub look_again: Option<Timestamp>,
    /// Path of the field that is to blame for it that nothing is done.
    pub field: Option<String>,
}

/// Every action that brings the cluster closer to what its custom resources ask for, in the order
/// in which they are to be performed. Empty for a settled cluster.
pub fn render(snapshot: &ClusterSnapshot) -> Vec<ApplyAction> {
    let subjects = subjects(snapshot);
    subjects.iter().flat_map(|subject| render_subject(snapshot, subject).actions).collect()
}

/// What comes of one Subject.
pub fn render_subject(source: &dyn Source, subject: &Subject) -> Rendering {
    let outcome = match subject {
        Subject::Operator => ResourceRendering::of(operator::render(source)),
        Subject::Namespace(namespace) => {
            ResourceRendering::of(namespace::render(source, namespace))
        }
        Subject::Resource(at) => match registry::of(at.kind) {
            Some(renderer) => resource::render(source, subject, at, renderer),
            None => ResourceRendering::default(),
        },
    };
    let look_again = look_again(source, subject).into_iter().chain(outcome.due).min();
    Rendering { actions: outcome.actions, look_again, field: outcome.field }
}

fn look_again(source: &dyn Source, subject: &Subject) -> Option<Timestamp> {
    let answers = source.answers(subject);
    let retries = answers.iter().filter_map(Answer::retry_at).filter(|at| *at > source.now());
    let grace =
        subject.resource().and_then(|at| grace::ends(source, at, registry::workload(at).as_ref()));
    retries.chain(grace).min()
}

/// The part of a cluster that decides one Subject's actions: what its rendering asks for. The whole
/// cluster gives the same ones, so that the cost of an event is that of what it touches.
pub fn neighbourhood(source: &dyn Source, subject: &Subject) -> ClusterSnapshot {
    let recorder = Recorder::new(source);
    render_subject(&recorder, subject);
    vitals(&recorder, subject);
    exists(&recorder, subject);
    recorder.into_snapshot()
}

/// A Subject's neighbourhood for rendering that Subject alone: what else is in it is only there to
/// be read. The digest key's own Subject is part of it, because nothing is done without the key.
pub fn alone(source: &dyn Source, subject: &Subject) -> ClusterSnapshot {
    let mut part = neighbourhood(source, subject);
    part.only = [Subject::Operator, subject.clone()].into();
    part
}

/// The manifests that are to be kept applied, whether the live objects are as desired or not. What
/// comes behind a step that stops a plan is not among them.
pub fn desired(snapshot: &ClusterSnapshot) -> Manifests {
    let mut all = Manifests::new();
    for subject in subjects(snapshot) {
        if let Subject::Resource(at) = &subject
            && let Some(renderer) = registry::of(at.kind)
        {
            all.extend(resource::desired(snapshot, &subject, at, renderer));
        }
    }
    all
}

/// A value that stands in for the operator's API token where none is known.
pub fn api_token(entropy: Entropy) -> String {
    let secret = namespace::secret_ref("");
    generate::secret_value(entropy, &secret, "api-token")
}

/// Every Subject of the watched namespaces, in the order in which they are rendered. Those that the
/// snapshot names, where it is of their neighbourhoods alone.
pub fn subjects(snapshot: &ClusterSnapshot) -> BTreeSet<Subject> {
    let objects = snapshot.objects().map(|object| object.reference());
    let watched = objects.filter(|at| snapshot.watches(&at.namespace));
    let mut subjects: BTreeSet<Subject> = watched.flat_map(subjects_of).collect();
    subjects.insert(Subject::Operator);
    if !snapshot.only.is_empty() {
        subjects.retain(|subject| snapshot.only.contains(subject));
    }
    subjects
}

/// The Subjects that there are because of an object.
fn subjects_of(at: &ObjectRef) -> impl Iterator<Item = Subject> {
    let may_need_token =
        at.kind == Index::WANTS_API_TOKEN.kind() || *at == namespace::secret_ref(&at.namespace);
    let namespace = may_need_token.then(|| Subject::Namespace(at.namespace.clone()));
    let resource = is_rendered(at.kind).then(|| Subject::Resource(at.clone()));
    namespace.into_iter().chain(resource)
}
