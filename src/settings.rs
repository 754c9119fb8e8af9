//! The environment, read into plain settings.

use crate::crd::image::{IMAGE_RULE, OPERATOR, is_image};
use crate::snapshot::{NatsImages, Settings};

/// Everything that the running operator is told by its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// What render knows of it.
    pub settings: Settings,
    /// Whether the credentials are those of the pod's service account, in place of a kubeconfig's.
    pub in_cluster: bool,
    /// Port that the HTTP API listens on.
    pub http_port: u16,
    /// Port that the kubelet asks on, if not on that of the HTTP API alone.
    pub health_port: Option<u16>,
    /// Whether the HTTP API has a page for browsers.
    pub web_page: bool,
    pub log_level: LogLevel,
    pub log_format: LogFormat,
    /// Name of the pod that the operator runs in, by which its lease knows it.
    pub pod_name: Option<String>,
}

/// The least severe lines that are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Default of HEALTH_PORT, which controller-runtime has, too.
const HEALTH_PORT: u16 = 8081;

const LEVELS: [(&str, LogLevel); 5] = [
    ("error", LogLevel::Error),
    ("warn", LogLevel::Warn),
    ("info", LogLevel::Info),
    ("debug", LogLevel::Debug),
    ("trace", LogLevel::Trace),
];

const FORMATS: [(&str, LogFormat); 2] = [("text", LogFormat::Text), ("json", LogFormat::Json)];

impl Environment {
    /// Reads all that the operator needs. Mistakes are all named at once.
    ///
    /// # Errors
    /// One line per variable that cannot be used.
    pub fn read(variable: impl FnMut(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut reader = Reader { variable, mistakes: Vec::new() };
        let (http_port, health_port) = reader.ports();
        let environment = Self {
            settings: reader.settings(),
            in_cluster: reader.boolean("KUBE_IN_CLUSTER_CONFIG"),
            http_port,
            health_port,
            web_page: reader.boolean_or_true("WEB_PAGE"),
            log_level: reader.choice("LOG_LEVEL", &LEVELS),
            log_format: reader.choice("LOG_FORMAT", &FORMATS),
            pod_name: reader.filled("POD_NAME"),
        };
        reader.finish(environment)
    }
}

/// Reads what `render` needs of the environment. Mistakes are all named at once.
///
/// # Errors
/// One line per variable that cannot be used.
pub fn from_environment(
    variable: impl FnMut(&str) -> Option<String>,
) -> Result<Settings, Vec<String>> {
    let mut reader = Reader { variable, mistakes: Vec::new() };
    let settings = reader.settings();
    reader.finish(settings)
}

/// Reads variables and gathers what is wrong with them.
struct Reader<F> {
    variable: F,
    mistakes: Vec<String>,
}

impl<F: FnMut(&str) -> Option<String>> Reader<F> {
    fn finish<T>(self, read: T) -> Result<T, Vec<String>> {
        if self.mistakes.is_empty() { Ok(read) } else { Err(self.mistakes) }
    }

    fn settings(&mut self) -> Settings {
        let defaults = Settings::default();
        let namespace = self.name("NAMESPACE", &defaults.namespace, is_namespace, NAMESPACE_RULE);
        let cluster_domain = self.cluster_domain(&defaults.cluster_domain);
        let watch_other_namespaces = self.boolean("WATCH_OTHER_NAMESPACES");
        let api_token = self.api_token();
        let nats_images = NatsImages {
            server: self.image("NATS_IMAGE", defaults.nats_images.server),
            exporter: self.image("NATS_EXPORTER_IMAGE", defaults.nats_images.exporter),
        };
        let operator_image = self.optional_image("EEVEE_OPERATOR_IMAGE");
        Settings {
            namespace,
            watch_other_namespaces,
            cluster_domain,
            api_token,
            nats_images,
            operator_image,
            ..defaults
        }
    }

    fn image(&mut self, key: &str, default: String) -> String {
        let Some(image) = self.filled(key) else { return default };
        if !is_image(&image) {
            self.refuse(key, &image, &format!("{IMAGE_RULE} {default}"));
        }
        image
    }

    fn optional_image(&mut self, key: &str) -> Option<String> {
        let image = self.filled(key)?;
        if !is_image(&image) {
            self.refuse(key, &image, &format!("{IMAGE_RULE} {OPERATOR}"));
        }
        Some(image)
    }

    fn name(&mut self, key: &str, default: &str, fits: fn(&str) -> bool, rule: &str) -> String {
        let value = (self.variable)(key).unwrap_or_else(|| default.to_owned());
        if !fits(&value) {
            self.refuse(key, &value, rule);
        }
        value
    }

    fn cluster_domain(&mut self, default: &str) -> String {
        let rule = "consist of lowercase letters, digits, '-' and '.', at most 253 characters";
        let fits = |value: &str| is_dns_name(without_outer_dots(value));
        let value = self.name("KUBERNETES_CLUSTER_DOMAIN", default, fits, rule);
        without_outer_dots(&value).to_owned()
    }

    /// False where it is not set.
    fn boolean(&mut self, key: &str) -> bool {
        self.filled(key).is_some_and(|value| self.truth(key, &value))
    }

    /// True where it is not set.
    fn boolean_or_true(&mut self, key: &str) -> bool {
        self.filled(key).is_none_or(|value| self.truth(key, &value))
    }

    fn truth(&mut self, key: &str, value: &str) -> bool {
        boolean(value).unwrap_or_else(|| {
            self.refuse(key, value, "be true or false");
            false
        })
    }

    /// The ports of the HTTP API and of the kubelet's own listener, which 0 turns off.
    fn ports(&mut self) -> (u16, Option<u16>) {
        let http = self.port("HTTP_API_PORT", Settings::API_PORT, 1);
        let health = self.port("HEALTH_PORT", HEALTH_PORT, 0);
        if let (Some(port), true) = (health, health == http) {
            self.mistakes.push(format!(
                "HEALTH_PORT is {port}, and so is HTTP_API_PORT: each needs a port of its own"
            ));
        }
        (http.unwrap_or(Settings::API_PORT), health.filter(|port| *port > 0))
    }

    /// None where it cannot be used.
    fn port(&mut self, key: &str, default: u16, least: u16) -> Option<u16> {
        let Some(value) = self.filled(key) else { return Some(default) };
        let port = value.parse().ok().filter(|port| *port >= least);
        if port.is_none() {
            self.refuse(key, &value, &format!("be a number from {least} to 65535"));
        }
        port
    }

    fn choice<T: Copy + Default>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        let Some(value) = self.filled(key) else { return T::default() };
        let chosen = choices.iter().find(|(name, _)| value.eq_ignore_ascii_case(name));
        if chosen.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.refuse(key, &value, &format!("be one of {}", names.join(", ")));
        }
        chosen.map(|(_, choice)| *choice).unwrap_or_default()
    }

    /// The message never holds the token.
    fn api_token(&mut self) -> Option<String> {
        let key = "EEVEE_OPERATOR_API_TOKEN";
        let token = self.filled(key)?;
        if !fits_a_header(&token) {
            self.mistakes.push(format!(
                "{key} cannot be sent in a header: it must consist of printable ASCII characters, without a space or a line break at either end"
            ));
        }
        Some(token)
    }

    /// A variable that is not empty: charts set what they have no value for to the empty text.
    fn filled(&mut self, key: &str) -> Option<String> {
        (self.variable)(key).filter(|value| !value.is_empty())
    }

    fn refuse(&mut self, key: &str, value: &str, rule: &str) {
        self.mistakes.push(format!("{key} is {value:?}: it must {rule}"));
    }
}

/// Whether `Authorization: Bearer <token>` says what was meant: clients and proxies take white
/// space off the ends of a header, and refuse or rewrite all but printable ASCII.
fn fits_a_header(token: &str) -> bool {
    token.trim() == token && token.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// `true` and `1` in any case are true; `false` and `0` are false.
fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// What [`is_namespace`] asks for, as the end of a sentence.
pub const NAMESPACE_RULE: &str =
    "consist of lowercase letters, digits and '-', at most 63 characters";

/// Whether a namespace may have this name.
pub fn is_namespace(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// A domain without the dot that a full name may end with, and that people begin a suffix with.
pub fn without_outer_dots(domain: &str) -> &str {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    domain.strip_prefix('.').unwrap_or(domain)
}

fn is_dns_name(value: &str) -> bool {
    // Each part of a name follows the rule for namespaces.
    value.len() <= 253 && value.split('.').all(is_namespace)
}

#[cfg(test)]
mod tests;
