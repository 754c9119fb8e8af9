mod glance;
mod local;
mod odd_versions;
mod order;
mod size;

use super::*;
use crate::render::{Rendering, render_subject};
use crate::snapshot::{Answer, ClusterSnapshot, NotKnown, Observed};
use crate::source::{Moment, Recorder, Source};
use crate::trim::trim;
use serde_json::{Value, json};

/// What a Subject is decided on once everything is read that it asks for, as an engine does it.
fn settled(cache: &Cache, cluster: &ClusterSnapshot, subject: &Subject) -> ClusterSnapshot {
    decided(cache, cluster, subject).1
}

/// What comes of a Subject then, and all that was asked for.
fn decided(
    cache: &Cache,
    cluster: &ClusterSnapshot,
    subject: &Subject,
) -> (Rendering, ClusterSnapshot) {
    let mut found = LiveReads::default();
    loop {
        let look = cache.look(subject, &found, |view| {
            let view_then = Then { view, cluster };
            let recorder = Recorder::new(&view_then);
            let rendering = render_subject(&recorder, subject);
            let unsettled = view.unsettled().into_iter();
            let unsettled = unsettled.filter(|reference| !found.has(reference));
            let unread = view.unread().into_iter().chain(unsettled).collect::<BTreeSet<_>>();
            (rendering, recorder.into_snapshot(), unread)
        });
        let (rendering, part, unread) = look.expect("random bytes");
        if unread.is_empty() {
            return (rendering, part);
        }
        cache.expect(&unread);
        for reference in unread {
            let read = read(cache, cluster, &reference);
            found.note(reference, read);
        }
    }
}

/// The caches at the moment of a cluster, and with what it has answered.
struct Then<'a> {
    view: &'a View<'a>,
    cluster: &'a ClusterSnapshot,
}

impl Source for Then<'_> {
    fn moment(&self) -> Moment<'_> {
        let Moment { now, entropy, .. } = self.cluster.moment();
        Moment { now, entropy, ..self.view.moment() }
    }
    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        self.view.observe(reference)
    }
    fn find(&self, search: &Search<'_>) -> Result<Vec<Arc<Object>>, NotKnown> {
        self.view.find(search)
    }
    fn answers(&self, subject: &Subject) -> Vec<Answer> {
        Source::answers(self.cluster, subject)
    }
}

fn read(cache: &Cache, cluster: &ClusterSnapshot, reference: &ObjectRef) -> Observed<Arc<Object>> {
    let sent = Instant::now();
    match cluster.observe(reference) {
        Observed::Present(object) => {
            let object = trimmed(object);
            cache.answered(&object, sent);
            Observed::Present(Arc::new(object))
        }
        Observed::Absent => {
            cache.found_absent(reference, sent);
            Observed::Absent
        }
        Observed::Unknown => Observed::Unknown,
    }
}

fn trimmed(object: &Object) -> Object {
    let mut object = object.clone();
    let kind = object.reference().kind;
    trim(object.value_mut(), kind);
    object
}

/// Every list comes in once.
fn relist_all(cache: &Cache, cluster: &ClusterSnapshot) {
    for kind in Kind::cached() {
        cache.begin_list(kind);
        let of_kind = cluster.objects().filter(|object| object.reference().kind == kind);
        let kept = of_kind.filter(|object| is_kept(object));
        kept.for_each(|object| cache.list_item(&trimmed(object)));
        cache.end_list(kind);
    }
    let secrets = cluster.objects().filter(|object| object.reference().kind == Kind::Secret);
    let named = secrets.map(|secret| (secret.reference().clone(), Version::of(secret)));
    cache.listed_secrets(&named.collect());
}

fn object(value: Value) -> Object {
    Object::new(value, "bot").expect("an object")
}

fn module(version: &str, spec: Value) -> Object {
    object(json!({
        "apiVersion": "eevee.bot/v1", "kind": "BotModule", "spec": spec,
        "metadata": { "name": "echo", "uid": "u", "resourceVersion": version },
    }))
}
