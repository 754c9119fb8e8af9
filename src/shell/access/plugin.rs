//! Exec plugins: programs of a user that print credentials.

use super::entries::Exec;
use super::header::bearer;
use crate::yaml;
use http::HeaderValue;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal};
use std::process::{Command, Stdio};

const GROUP: &str = "client.authentication.k8s.io/";

/// A plugin, ready to be run.
#[derive(Clone)]
pub struct Plugin {
    command: OsString,
    args: Vec<String>,
    variables: Vec<(String, String)>,
    api_version: String,
    install_hint: Option<String>,
    interactive: Interactive,
    /// What it is told of the cluster, if it asks for that.
    cluster: Option<Value>,
}

/// Whether a person may be asked.
#[derive(Clone, Copy, PartialEq)]
enum Interactive {
    Never,
    IfAvailable,
    Always,
}

/// What a plugin gave.
pub struct Given {
    pub header: Option<HeaderValue>,
    /// A certificate and its key, in PEM.
    pub identity: Option<(String, String)>,
    pub expiry: Option<Timestamp>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Answer {
    api_version: Option<String>,
    status: Option<Status>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
    expiration_timestamp: Option<String>,
}

impl Plugin {
    /// A plugin of a kubeconfig. `resolved` is where a command with a folder in it is found.
    ///
    /// # Errors
    /// The field that is missing or wrong.
    pub fn new(
        exec: &Exec,
        resolve: impl Fn(&str) -> OsString,
        cluster: impl FnOnce() -> Value,
    ) -> Result<Self, String> {
        let Exec {
            command,
            args,
            env,
            api_version,
            install_hint,
            provide_cluster_info,
            interactive_mode,
        } = exec;
        let missing = |field: &str| format!("exec.{field} is missing");
        let command = command.as_deref().ok_or_else(|| missing("command"))?;
        let api_version = api_version.clone().ok_or_else(|| missing("apiVersion"))?;
        let version = api_version.strip_prefix(GROUP);
        let interactive = match (interactive_mode.as_deref(), version) {
            (_, None | Some("v1alpha1")) => {
                return Err(format!("exec.apiVersion is {api_version:?}: {GROUP}v1 is understood"));
            }
            (Some("Never"), _) => Interactive::Never,
            (Some("Always"), _) => Interactive::Always,
            (Some("IfAvailable"), _) | (None, Some("v1beta1")) => Interactive::IfAvailable,
            (None, _) => return Err(missing("interactiveMode")),
            (Some(other), _) => {
                return Err(format!(
                    "exec.interactiveMode is {other:?}: it must be Never, IfAvailable or Always"
                ));
            }
        };
        if env.iter().any(|variable| variable.name.is_empty()) {
            return Err("exec.env holds a variable without a name".to_owned());
        }
        Ok(Self {
            command: resolve(command),
            args: args.clone(),
            variables: env.iter().map(|it| (it.name.clone(), it.value.clone())).collect(),
            api_version,
            install_hint: install_hint.clone(),
            interactive,
            cluster: provide_cluster_info.then(cluster),
        })
    }

    /// Runs it, and waits. What it writes to standard error is for the person at the terminal.
    ///
    /// # Errors
    /// What became of it. What it printed is not told: that may be a token.
    pub fn run(&self) -> Result<Given, String> {
        let named = |why: String| format!("exec: {} {why}", self.command.display());
        let has_terminal = std::io::stdin().is_terminal();
        if self.interactive == Interactive::Always && !has_terminal {
            return Err(named("asks a person, and standard input is no terminal".to_owned()));
        }
        let interactive = has_terminal && self.interactive != Interactive::Never;
        let output = self.command(interactive).output().map_err(|error| match error.kind() {
            ErrorKind::NotFound => named(self.not_found()),
            _ => named(format!("cannot be run: {error}")),
        })?;
        if !output.status.success() {
            return Err(named(format!("failed: {}", output.status)));
        }
        self.given(&output.stdout).map_err(named)
    }

    fn command(&self, interactive: bool) -> Command {
        let mut spec = json!({ "interactive": interactive });
        if let Some(cluster) = &self.cluster {
            spec["cluster"] = cluster.clone();
        }
        let question =
            json!({ "kind": "ExecCredential", "apiVersion": self.api_version, "spec": spec });
        let mut command = Command::new(&self.command);
        command
            .args(&self.args)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("KUBERNETES_EXEC_INFO", question.to_string())
            .stdin(if interactive { Stdio::inherit() } else { Stdio::null() })
            .stderr(Stdio::inherit());
        command
    }

    fn not_found(&self) -> String {
        let hint = self.install_hint.as_deref().unwrap_or_default();
        let hint: String = hint.chars().filter(|c| !c.is_control() || *c == '\n').collect();
        let separator = if hint.is_empty() { "" } else { ": " };
        format!("is not there{separator}{}", hint.trim())
    }

    fn given(&self, printed: &[u8]) -> Result<Given, String> {
        let answer = read(printed).ok_or("printed no ExecCredential")?;
        if answer.api_version.as_ref() != Some(&self.api_version) {
            return Err(format!("printed another apiVersion than {}", self.api_version));
        }
        let status = answer.status.ok_or("printed no status")?;
        let filled = |field: Option<String>| field.filter(|text| !text.is_empty());
        let token = filled(status.token);
        let identity =
            match (filled(status.client_certificate_data), filled(status.client_key_data)) {
                (Some(certificate), Some(key)) => Some((certificate, key)),
                (None, None) => None,
                _ => return Err("printed a certificate or a key, and not both".to_owned()),
            };
        if token.is_none() && identity.is_none() {
            return Err("printed neither a token nor a certificate".to_owned());
        }
        let header = token.map(|token| bearer(token.as_bytes())).transpose();
        let expiry = filled(status.expiration_timestamp).map(|time| time.parse()).transpose();
        Ok(Given {
            header: header.map_err(|why| format!("printed a token that {why}"))?,
            identity,
            expiry: expiry.map_err(|_| "printed an expirationTimestamp that is no time")?,
        })
    }
}

fn read(printed: &[u8]) -> Option<Answer> {
    let document = yaml::read(&yaml::decode(printed).ok()?).ok()?.into_iter().next()?;
    serde_json::from_value(document.value).ok()
}
