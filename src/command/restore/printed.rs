//! The BackupRestore that does what the command line asks for.

use super::super::environment;
use super::super::store_source::check_id;
use crate::crd::API_VERSION;
use crate::yaml;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

#[derive(Args)]
#[group(skip)]
pub struct Arguments {
    /// BotModule whose data is restored. Prints the BackupRestore that does it, for kubectl apply.
    #[arg(value_name = "MODULE", requires = "store")]
    module: Option<String>,
    /// S3Store that the backup is read from.
    #[arg(long, value_name = "STORE", requires = "module")]
    store: Option<String>,
    /// Namespace of the BotModule.
    #[arg(short, long, value_name = "NS", env = "NAMESPACE", default_value = "eevee-bot")]
    namespace: String,
    /// Which backup: the newest when left out.
    #[arg(long, value_name = "ID", requires = "module")]
    id: Option<String>,
    /// Afterwards the volume holds the backup and nothing else.
    #[arg(long, requires = "module")]
    clean: bool,
    /// Namespace that the backup was made in, where it is another.
    #[arg(long, value_name = "NS", requires = "module")]
    from_namespace: Option<String>,
    /// spec.moduleName that the backup was made with, where it is another.
    #[arg(long, value_name = "NAME", requires = "module")]
    from_module: Option<String>,
}

impl Arguments {
    pub fn is_given(&self) -> bool {
        self.module.is_some()
    }
}

/// The resource as YAML.
///
/// # Errors
/// What on the command line cannot be used.
pub fn print(arguments: &Arguments) -> Result<String, String> {
    environment::check_namespace(&arguments.namespace).map_err(|why| why.to_string())?;
    if let Some(id) = &arguments.id {
        check_id(id).map_err(|why| format!("--id {why}"))?;
    }
    Ok(yaml::to_string(&resource(arguments, Timestamp::now())))
}

fn resource(arguments: &Arguments, now: Timestamp) -> Value {
    let module = arguments.module.as_deref().unwrap_or_default();
    let mut spec = json!({
        "botModule": { "name": module },
        "s3Store": { "name": arguments.store },
        "cleanRestore": arguments.clean,
    });
    if let Some(id) = &arguments.id {
        spec["backupId"] = json!(id);
    }
    for (field, value) in
        [("namespace", &arguments.from_namespace), ("module", &arguments.from_module)]
    {
        if let Some(value) = value {
            spec["from"][field] = json!(value);
        }
    }
    json!({
        "apiVersion": API_VERSION,
        "kind": "BackupRestore",
        "metadata": {
            "name": format!("{module}-{}", now.strftime("%Y%m%d-%H%M%S")),
            "namespace": arguments.namespace,
        },
        "spec": spec,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_not_printed() {
        let arguments = Arguments {
            module: Some("echo".to_owned()),
            store: Some("home".to_owned()),
            namespace: "bots".to_owned(),
            id: None,
            clean: false,
            from_namespace: None,
            from_module: Some("old".to_owned()),
        };
        let expected = json!({
            "apiVersion": "eevee.bot/v1",
            "kind": "BackupRestore",
            "metadata": { "name": "echo-19700101-000000", "namespace": "bots" },
            "spec": {
                "botModule": { "name": "echo" },
                "s3Store": { "name": "home" },
                "cleanRestore": false,
                "from": { "module": "old" },
            },
        });
        assert_eq!(resource(&arguments, Timestamp::UNIX_EPOCH), expected);
    }
}
