//! A store that pods reach, and what lies in it.

use super::{apply, await_condition};
use crate::cluster::{NODE, Versitygw, shared_node};
use crate::place::Place;
use eevee_operator::backup::key::Of;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

/// The Secret with the credentials.
const SECRET: &str = "s3-access";

/// One server for all tests, at the node's own address.
fn server() -> &'static Versitygw {
    static SERVER: LazyLock<Versitygw> = LazyLock::new(|| {
        // Before there is a node, the address is nobody's.
        shared_node();
        Versitygw::start_on(NODE)
    });
    &SERVER
}

/// An S3Store. Its backups lie below a prefix of its name.
#[derive(Clone, Copy)]
pub struct Store {
    pub place: Place,
    pub name: &'static str,
}

impl Store {
    /// Makes the S3Store. Returns when it can be used.
    #[track_caller]
    pub fn make(place: Place, name: &'static str) -> Store {
        let store = Self::planned(place, name);
        apply(place, "S3Store", name, &store.spec());
        store.await_connection();
        store
    }

    /// Makes what the S3Store needs: somebody else makes it.
    #[track_caller]
    pub fn planned(place: Place, name: &'static str) -> Store {
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": SECRET, "namespace": place.0 },
            "stringData": { "id": Versitygw::ACCESS_ID, "key": Versitygw::SECRET_KEY },
        });
        shared_node().kubectl(&["apply", "--filename=-"], Some(&secret.to_string())).success();
        Store { place, name }
    }

    /// What the S3Store is to say.
    pub fn spec(&self) -> Value {
        let key =
            |key: &str| json!({ "secretKeyRef": { "secret": { "name": SECRET }, "key": key } });
        json!({
            "endpoint": format!("http://{NODE}:{}", server().port()),
            "bucket": Versitygw::BUCKET,
            "region": Versitygw::REGION,
            "pathStyle": true,
            "prefix": self.prefix(),
            "accessId": key("id"),
            "accessKey": key("key"),
        })
    }

    #[track_caller]
    pub fn await_connection(&self) {
        let object = format!("s3store/{}", self.name);
        await_condition(self.place, &object, "Ready", "ConnectionSuccessful", &[]);
    }

    /// One that ends within a name: it is put in front of keys exactly as written.
    fn prefix(&self) -> String {
        format!("{}/of-", self.name)
    }

    fn of(&self, module: &str) -> Of {
        Of { namespace: self.place.0.to_owned(), module: module.to_owned() }
    }

    /// The ids of a module's backups, the newest first.
    pub fn backups(&self, module: &str) -> Vec<String> {
        let folder = server().file(&self.of(module).folder(&self.prefix()));
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let ids = names.filter_map(|name| name.strip_suffix(".tar.gz").map(str::to_owned));
        let mut ids: Vec<String> = ids.collect();
        // They begin with the time.
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids
    }

    /// The file that is a backup.
    pub fn archive(&self, module: &str, id: &str) -> PathBuf {
        server().file(&self.of(module).key(&self.prefix(), id))
    }
}
