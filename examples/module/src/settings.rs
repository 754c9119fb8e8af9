//! What the operator puts into the environment, and the configuration file.

use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where the HTTP server listens when `metrics` is off.
const DEFAULT_PORT: u16 = 9000;

// No Debug: it holds tokens.
#[derive(Clone)]
pub struct Settings {
    pub name: String,
    pub namespace: String,
    pub nats_host: String,
    pub nats_token: String,
    pub port: u16,
    /// Where files outlive the pod; None without a claim.
    pub data: Option<PathBuf>,
    pub operator: Option<Operator>,
    pub config: Config,
}

/// The operator's HTTP API.
#[derive(Clone)]
pub struct Operator {
    pub url: String,
    pub token: String,
}

/// `moduleConfig`. An unknown key is a mistake that its author wants to hear of.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Config {
    pub greeting: String,
    /// How the diary's database keeps what is not committed.
    pub journal: Journal,
    /// Between two rows of the diary.
    pub pause_milliseconds: u64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub enum Journal {
    #[default]
    Wal,
    Rollback,
}

impl Default for Config {
    fn default() -> Config {
        let greeting = "Hello".to_owned();
        Config { greeting, journal: Journal::default(), pause_milliseconds: 100 }
    }
}

impl Settings {
    /// The error names the variable or file, and what to do.
    pub fn from_environment() -> Result<Settings, String> {
        Ok(Settings {
            name: required("RESOURCE_NAME", "the operator always sets it")?,
            namespace: required("NAMESPACE", "the operator always sets it")?,
            nats_host: required("NATS_HOST", "set ipcConfig in the module's spec")?,
            nats_token: required("NATS_TOKEN", "set ipcConfig in the module's spec")?,
            port: port()?,
            data: optional("MODULE_DATA").map(PathBuf::from),
            operator: operator(),
            config: match optional("MODULE_CONFIG_PATH") {
                Some(path) => read_config(Path::new(&path))?,
                None => Config::default(),
            },
        })
    }
}

fn operator() -> Option<Operator> {
    let url = optional("EEVEE_OPERATOR_API_URL")?;
    let token = optional("EEVEE_OPERATOR_API_TOKEN")?;
    Some(Operator { url, token })
}

fn port() -> Result<u16, String> {
    let Some(text) = optional("HTTP_API_PORT") else {
        return Ok(DEFAULT_PORT);
    };
    text.parse().map_err(|_| format!("HTTP_API_PORT is {text}, which is no port"))
}

fn read_config(path: &Path) -> Result<Config, String> {
    let text = fs::read_to_string(path)
        .map_err(|e| format!("cannot read MODULE_CONFIG_PATH {}: {e}", path.display()))?;
    parse_config(&text).map_err(|e| format!("moduleConfig: {e}"))
}

fn parse_config(text: &str) -> Result<Config, serde_yaml::Error> {
    serde_yaml::from_str(text)
}

fn required(name: &str, remedy: &str) -> Result<String, String> {
    optional(name).ok_or_else(|| format!("{name} is not set: {remedy}"))
}

fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Journal, parse_config};

    #[test]
    fn what_is_not_configured_has_a_default() {
        let config = parse_config("{}").unwrap();
        assert_eq!((config.greeting.as_str(), config.journal), ("Hello", Journal::Wal));
        let config = parse_config("{greeting: Ahoy, journal: rollback}").unwrap();
        assert_eq!((config.greeting.as_str(), config.journal), ("Ahoy", Journal::Rollback));
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let error = parse_config("greting: Ahoy").err().unwrap().to_string();
        assert!(error.contains("greting"), "{error}");
    }
}
