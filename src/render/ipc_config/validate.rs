//! From a live IpcConfig to one that builders cannot fail on.

use super::nats_conf::{CLIENT_PORT, CLUSTER_PORT, MONITOR_PORT};
use crate::crd::{IpcConfigSpec, ManagedNats};
use crate::names::{self, HOST_KEY};
use crate::object::Object;
use crate::render::validation::{
    Invalid, Verdict, check_free_keys, form, limits, parse_spec, pod, resources, scheduling,
    selectors,
};
use crate::snapshot::NatsImages;
use serde_json::Value;

/// Longest name: Service `eevee-<name>-nats-cluster` has at most 63 characters.
const NAME_LENGTH: usize = 44;
/// Where the Secret of the token is named.
const REFERENCE: &str = "spec.nats.token.secretKeyRef";
const DEFAULT_TOKEN_KEY: &str = "token";
/// Ports that the NATS server listens on.
const SERVER_PORTS: [i32; 3] = [CLIENT_PORT, CLUSTER_PORT, MONITOR_PORT];

/// An IpcConfig that can be rendered.
pub struct ValidIpcConfig {
    pub managed: ManagedNats,
    /// Whether a token may be generated.
    pub generate: bool,
    /// The Secret of the token, in the namespace of the resource.
    pub token_secret: String,
    pub token_key: String,
}

impl ValidIpcConfig {
    /// Judges what the schema cannot, and what objects may hold that are older than the schema.
    ///
    /// # Errors
    /// A sentence that names the field and the fix.
    pub fn validate(resource: &Object) -> Result<Self, Invalid> {
        let nats = Self::read(resource)?;
        let at = resource.reference();
        if at.name.len() > NAME_LENGTH || at.name.contains('.') {
            return Err(Invalid::new(
                "metadata.name",
                format!(
                    "is {:?}: Services are named after it, so it must have at most {NAME_LENGTH} characters and no dots; make the IpcConfig again under another name",
                    at.name
                ),
            ));
        }
        limits::check(resource.at("/spec").unwrap_or(&Value::Null))?;
        check_managed(&nats.managed)?;
        Ok(nats)
    }

    /// Reads what modules need: whether the server could be made does not matter to them.
    ///
    /// # Errors
    /// A sentence that names the field and the fix.
    pub fn read(resource: &Object) -> Result<Self, Invalid> {
        let spec: IpcConfigSpec = parse_spec(resource)?;
        let at = resource.reference();
        let reference = spec.nats.token.secret_key_ref.unwrap_or_default();
        let secret = reference.secret.unwrap_or_default();
        if let Some(other) = secret.namespace.filter(|other| *other != at.namespace) {
            return Err(Invalid::new(
                "spec.nats.token.secretKeyRef.secret.namespace",
                format!(
                    "is {other}: pods read Secrets of their own namespace ({}) alone; leave the field out and copy the Secret there",
                    at.namespace
                ),
            ));
        }
        let token_secret = secret
            .name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| names::nats::token_secret(&at.name));
        pod::name(&format!("{REFERENCE}.secret.name"), Some(&token_secret))?;
        check_secret_name(&token_secret)?;
        let token_key = reference
            .key
            .filter(|key| !key.is_empty())
            .unwrap_or_else(|| DEFAULT_TOKEN_KEY.to_owned());
        form::DATA_KEY.check(&format!("{REFERENCE}.key"), &token_key)?;
        if token_key == HOST_KEY {
            return Err(Invalid::new(
                format!("{REFERENCE}.key"),
                "is host: that key of the Secret names the NATS server, choose another",
            ));
        }
        Ok(Self {
            managed: spec.nats.managed,
            generate: spec.nats.token.generate,
            token_secret,
            token_key,
        })
    }
}

impl ValidIpcConfig {
    /// Whether several servers form a cluster.
    pub fn is_clustered(&self) -> bool {
        self.managed.replicas > 1
    }
}

/// What the schema once filled in where the resource named no image. It is stored in resources that
/// are older than the settings of an installation, and nobody asked for it.
const FORMER_DEFAULTS: [&str; 2] =
    ["docker.io/library/nats:2.15-alpine", "docker.io/natsio/prometheus-nats-exporter:0.20.1"];

/// The images that the pods of a server run.
pub fn images(managed: &ManagedNats, installation: &NatsImages) -> NatsImages {
    let chosen = |own: &Option<String>, default: &str| {
        let own = own.as_deref().filter(|image| !FORMER_DEFAULTS.contains(image));
        own.unwrap_or(default).to_owned()
    };
    NatsImages {
        server: chosen(&managed.image, &installation.server),
        exporter: chosen(&managed.metrics_image, &installation.exporter),
    }
}

fn check_managed(managed: &ManagedNats) -> Verdict {
    if managed.replicas < 1 {
        return Err(Invalid::new(
            "spec.nats.managed.replicas",
            format!(
                "is {}: it must be 1 or more; set enabled to false to run no server",
                managed.replicas
            ),
        ));
    }
    let port = managed.metrics_port;
    if !(1..=65535).contains(&port) || SERVER_PORTS.contains(&port) {
        return Err(Invalid::new(
            "spec.nats.managed.metricsPort",
            format!(
                "is {port}: it must be a number from 1 to 65535 other than 4222, 6222 and 8222, where the server listens"
            ),
        ));
    }
    check_free_keys("spec.nats.managed.podAnnotations", managed.pod_annotations.as_ref())?;
    check_pod("spec.nats.managed", managed)
}

fn check_pod(at: &str, managed: &ManagedNats) -> Verdict {
    for (field, image) in [("image", &managed.image), ("metricsImage", &managed.metrics_image)] {
        if let Some(image) = image {
            form::image(&format!("{at}.{field}"), image)?;
        }
    }
    resources::resources(at, managed.resources.as_ref())?;
    selectors::annotations(&format!("{at}.podAnnotations"), managed.pod_annotations.as_ref())?;
    scheduling::node_selector(at, managed.node_selector.as_ref())?;
    scheduling::tolerations(at, managed.tolerations.as_ref())?;
    scheduling::affinity(at, managed.affinity.as_ref())?;
    pod::pull_secrets(at, managed.image_pull_secrets.as_ref())?;
    pod::name(&format!("{at}.priorityClassName"), managed.priority_class_name.as_deref())
}

/// The token must not share a Secret with what the operator keeps itself.
fn check_secret_name(name: &str) -> Verdict {
    let generated = name.starts_with("eevee-")
        && (name.ends_with("-nats-config") || name.ends_with("-nats-routes"));
    if generated || name == names::API_TOKEN_SECRET || name == names::DIGEST_KEY_SECRET {
        return Err(Invalid::new(
            "spec.nats.token.secretKeyRef.secret.name",
            format!(
                "is {name}: the operator keeps that Secret for something else, choose another name"
            ),
        ));
    }
    Ok(())
}
