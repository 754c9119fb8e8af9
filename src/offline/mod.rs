//! Rendering without a cluster: files in, text out. Pure; reading files is the caller's.

mod arrival;
mod difference;
mod preserve;
mod secrecy;

use crate::action::ApplyAction;
use crate::manifest::{self, Defaults, Input, Loaded, Unusable};
use crate::names::API_TOKEN_KEY;
use crate::render::{self, render};
use crate::snapshot::ClusterSnapshot;
use crate::world::World;
use arrival::{arrive, is_of_ours, left_alone};

pub use difference::{Difference, difference, namespaces};
pub use preserve::snapshot_as_yaml;

/// What is wanted of the rendering.
pub struct Options {
    pub format: Format,
    /// One round of actions instead of the objects that all rounds come to.
    pub actions: bool,
    pub show_secrets: bool,
}

/// How output is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Yaml,
    Json,
}

/// What a rendering came to.
#[derive(Debug)]
pub struct Printout {
    /// For standard output.
    pub text: String,
    /// Facts that a reader should know.
    pub notes: Vec<String>,
    /// One line for each resource that could not be rendered.
    pub faults: Vec<String>,
}

const NO_OWNERS: &str = "ownerReferences are left out where the input carries no uid: the operator sets them on a cluster";
const IN_PLACE: &str =
    "some objects of the input would be patched or deleted, which --actions shows";
const STAND_INS: &str = "as on a cluster, every object has a uid and a resourceVersion, and there is a digest key: where the input carries none, the ones shown are stand-ins";

/// Renders files.
///
/// # Errors
/// [`Unusable`] when nothing can be made of the input.
pub fn render_sources(
    sources: &[Input],
    defaults: Defaults,
    options: &Options,
) -> Result<Printout, Unusable> {
    let mut loaded = manifest::load(sources, defaults)?;
    if loaded.documents == 0 {
        return Err(Unusable::because(
            "the input is empty: give at least one Kubernetes object as YAML or JSON",
        ));
    }
    let mut faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    let mut notes = std::mem::take(&mut loaded.notes);
    if faults.is_empty() && !loaded.snapshot.objects().any(|object| is_of_ours(object)) {
        notes.push("the input has no resource of eevee.bot, such as a BotModule".to_owned());
    }
    notes.extend(left_alone(&loaded.snapshot));
    let arrival = arrive(&loaded);
    faults.extend(arrival.faults(&loaded.snapshot, &loaded));
    faults.extend(arrival.refused(&loaded.snapshot, &loaded));
    if options.actions {
        notes.push(STAND_INS.to_owned());
        let actions = one_round(loaded);
        let text = match options.format {
            Format::Yaml => manifest::actions_as_yaml(&actions, options.show_secrets),
            Format::Json => manifest::actions_as_json(&actions, options.show_secrets),
        };
        return Ok(Printout { text, notes, faults });
    }
    if loaded.without_uid {
        notes.push(NO_OWNERS.to_owned());
    }
    if arrival.changes_in_place() {
        notes.push(IN_PLACE.to_owned());
    }
    let objects = arrival.objects().map(|(target, manifest)| {
        if options.show_secrets { manifest } else { manifest::masked(target.kind, manifest) }
    });
    let text = match options.format {
        Format::Yaml => manifest::objects_as_yaml(objects),
        Format::Json => manifest::objects_as_json(objects),
    };
    Ok(Printout { text, notes, faults })
}

/// The actions of one round on the cluster that the input describes, with what an API server
/// gives every object and with a digest key.
fn one_round(loaded: Loaded) -> Vec<ApplyAction> {
    render(admitted(loaded).snapshot())
}

/// The input as a cluster. It has a digest key unless the input says otherwise, because without
/// one a module waits.
pub fn admitted(loaded: Loaded) -> World {
    let Loaded { mut snapshot, without_digest_key, .. } = loaded;
    if !without_digest_key {
        manifest::give_digest_key(&mut snapshot);
    }
    let mut world = World::new(snapshot);
    world.admit();
    world
}

/// The operator's API token is the one on the cluster where the settings know of none: who asks
/// need not have the operator's environment.
pub fn with_its_token(live: &mut ClusterSnapshot) {
    if live.settings.api_token.is_some() {
        return;
    }
    let secret = render::api_token_secret(&live.settings.namespace);
    let token =
        live.get(&secret).ok().flatten().and_then(|secret| secret.secret_value(API_TOKEN_KEY));
    live.settings.api_token =
        token.and_then(|token| String::from_utf8(token).ok()).filter(|token| !token.is_empty());
}
