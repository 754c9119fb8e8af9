//! BackupRestores.

use super::store::Store;
use super::{apply, condition, report, wait};
use crate::place::Place;
use serde_json::{Map, Value, json};

pub struct Restore {
    place: Place,
    pub name: String,
}

/// Restores into a module, and waits for the success.
#[track_caller]
pub fn restore(store: Store, name: &str, module: &str, more: Value) -> Restore {
    let restore = Restore::begin(store, name, module, more);
    restore.await_success();
    restore
}

impl Restore {
    #[track_caller]
    pub fn begin(store: Store, name: &str, module: &str, more: Value) -> Restore {
        let mut spec =
            json!({ "botModule": { "name": module }, "s3Store": { "name": store.name } });
        if let (Value::Object(spec), Value::Object(more)) = (&mut spec, more) {
            spec.extend::<Map<_, _>>(more);
        }
        apply(store.place, "BackupRestore", name, &spec);
        Restore { place: store.place, name: name.to_owned() }
    }

    pub fn object(&self) -> String {
        format!("backuprestore/{}", self.name)
    }

    /// Reason and message.
    pub fn ready(&self) -> (String, String) {
        condition(self.place, &self.object(), "Ready")
    }

    #[track_caller]
    pub fn await_success(&self) {
        let (reason, message) = self.await_end();
        assert_eq!(reason, "Succeeded", "{}: {message}\n{}", self.name, report(self.place));
    }

    /// Waits until it is over for ever. Gives reason and message.
    #[track_caller]
    pub fn await_end(&self) -> (String, String) {
        wait(self.place, &format!("the end of {}", self.object()), || self.end())
    }

    /// Reason and message, once it is over.
    pub fn end(&self) -> Option<(String, String)> {
        let found = self.place.get(&self.object())?;
        let conditions = found["status"]["conditions"].as_array()?;
        let ready = conditions.iter().find(|it| it["type"] == "Ready")?;
        let text = |field: &str| ready[field].as_str().unwrap_or_default().to_owned();
        (ready["status"] != "Unknown").then(|| (text("reason"), text("message")))
    }

    /// The backup that it has taken.
    #[track_caller]
    pub fn backup_id(&self) -> String {
        self.place.find(&[&self.object()], "{.status.backupId}")
    }
}
