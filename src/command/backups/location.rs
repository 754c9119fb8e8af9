//! From a module to where its backups are.

use crate::backup::key::Of;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::s3::Access;
use crate::shell::Fetch;
use serde_json::Value;

/// Where the backups of a module are.
pub struct BackupLocation {
    pub module: ObjectRef,
    pub store: ObjectRef,
    pub of: Of,
    pub access: Access,
    pub proof: Proof,
}

/// What drills have said of the backups of a module.
#[derive(Default)]
pub struct Proof {
    /// The newest that was restored and checked.
    pub proved: Option<String>,
    /// The one that could not be.
    pub failed: Option<String>,
}

/// The module of a name, or all of a namespace that are backed up.
///
/// # Errors
/// One line that says why they cannot be read.
pub async fn modules(
    cluster: &Fetch,
    namespace: &str,
    name: Option<&str>,
) -> Result<Vec<Object>, String> {
    if let Some(name) = name {
        let reference = ObjectRef::new(Kind::BotModule, namespace, name);
        let module = cluster.one(&reference).await?;
        return Ok(vec![module.ok_or_else(|| format!("there is no {reference}"))?]);
    }
    let mut modules = cluster.all(Kind::BotModule, namespace).await?;
    modules.retain(|module| module.text(SCHEDULE).is_some());
    if modules.is_empty() {
        return Err(format!(
            "no BotModule in namespace {namespace} names a BackupSchedule: set backupSchedule.name, or give another namespace with -n"
        ));
    }
    Ok(modules)
}

const SCHEDULE: &str = "/spec/backupSchedule/name";

impl BackupLocation {
    /// # Errors
    /// What is missing between the module and its backups.
    pub async fn of(cluster: &Fetch, module: &Object) -> Result<Self, String> {
        let reference = module.reference();
        let schedule =
            module.text(SCHEDULE).ok_or("it names no BackupSchedule: set backupSchedule.name")?;
        let schedule = there(cluster, Kind::BackupSchedule, reference, schedule).await?;
        let store = schedule.text("/spec/s3Store/name");
        let store = store.ok_or_else(|| format!("{} names no S3Store", schedule.reference()))?;
        let store = there(cluster, Kind::S3Store, reference, store).await?;
        let name = module.module_name().to_owned();
        Ok(Self {
            of: Of { namespace: reference.namespace.clone(), module: name },
            access: access(cluster, &store).await?,
            proof: Proof::of(&schedule, &reference.name),
            module: reference.clone(),
            store: store.reference().clone(),
        })
    }
}

async fn there(
    cluster: &Fetch,
    kind: Kind,
    beside: &ObjectRef,
    name: &str,
) -> Result<Object, String> {
    let reference = ObjectRef::new(kind, &beside.namespace, name);
    let object = cluster.one(&reference).await?;
    object.ok_or_else(|| format!("there is no {reference}"))
}

async fn access(cluster: &Fetch, store: &Object) -> Result<Access, String> {
    let text = |field: &str| store.text(&format!("/spec/{field}")).map(str::to_owned);
    let required =
        |field: &str| text(field).ok_or_else(|| format!("{} has no {field}", store.reference()));
    Ok(Access {
        endpoint: required("endpoint")?,
        bucket: required("bucket")?,
        prefix: text("prefix").unwrap_or_default(),
        region: text("region").unwrap_or_else(|| "us-east-1".to_owned()),
        path_style: store.at("/spec/pathStyle").and_then(Value::as_bool).unwrap_or(false),
        ca_bundle: text("caBundle"),
        access_id: secret(cluster, store, "accessId").await?,
        secret_key: secret(cluster, store, "accessKey").await?,
    })
}

/// The value that a field of a store refers to.
async fn secret(cluster: &Fetch, store: &Object, field: &str) -> Result<String, String> {
    let of = store.reference();
    let at = |path: &str| store.text(&format!("/spec/{field}/secretKeyRef/{path}"));
    let name = at("secret/name").zip(at("key"));
    let (name, key) = name.ok_or_else(|| format!("{of} names no Secret in {field}"))?;
    if at("secret/namespace").is_some_and(|namespace| namespace != of.namespace) {
        return Err(format!(
            "{of} names a Secret of another namespace in {field}, which is refused"
        ));
    }
    let secret = there(cluster, Kind::Secret, of, name).await?;
    let value = secret.secret_value(key).and_then(|bytes| String::from_utf8(bytes).ok());
    value.ok_or_else(|| format!("{} has no text under {key:?}", secret.reference()))
}

impl Proof {
    /// Reads the status of a schedule, which may say nothing yet.
    pub fn of(schedule: &Object, module: &str) -> Self {
        let modules = schedule.at("/status/modules").and_then(Value::as_array);
        let is_it = |entry: &&Value| entry.get("name").and_then(Value::as_str) == Some(module);
        let Some(entry) = modules.into_iter().flatten().find(is_it) else {
            return Self::default();
        };
        let text = |path: &str| entry.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let drilled = text("/lastDrill/id");
        let is_good = text("/lastDrill/result").as_deref() == Some("Succeeded");
        let (good, failed) = if is_good { (drilled, None) } else { (None, drilled) };
        Self { proved: good.or_else(|| text("/proved")), failed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn proof(modules: Value) -> (Option<String>, Option<String>) {
        let value = json!({
            "apiVersion": "eevee.bot/v1",
            "kind": "BackupSchedule",
            "metadata": { "name": "nightly" },
            "status": { "modules": modules },
        });
        let schedule = Object::new(value, "bots").expect("an object");
        let Proof { proved, failed } = Proof::of(&schedule, "echo");
        (proved, failed)
    }

    #[test]
    fn the_status_of_a_schedule_tells_what_was_proved() {
        let some = |id: &str| Some(id.to_owned());
        assert_eq!(proof(Value::Null), (None, None));
        assert_eq!(proof(json!([{ "name": "other", "proved": "a" }])), (None, None));
        let good = json!([{ "name": "echo", "lastDrill": { "id": "a", "result": "Succeeded" } }]);
        assert_eq!(proof(good), (some("a"), None));
        let bad = json!([
            { "name": "echo", "proved": "a", "lastDrill": { "id": "b", "result": "Failed" } },
        ]);
        assert_eq!(proof(bad), (some("a"), some("b")));
    }
}
