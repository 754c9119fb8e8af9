//! The files of a kubeconfig: which are read, and whose entry counts.

use super::entries::{Cluster, Entries, KubeContext, User};
use crate::yaml;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// More than a kubeconfig can hold, and less than memory: `/dev/zero` has no end.
const LARGEST: u64 = 64 << 20;

/// All files together.
#[derive(Default)]
pub struct Kubeconfig {
    /// The files that were read.
    pub files: Vec<PathBuf>,
    pub current_context: Option<String>,
    pub contexts: Map<KubeContext>,
    pub clusters: Map<Cluster>,
    pub users: Map<User>,
}

type Map<T> = BTreeMap<String, Located<T>>;

/// What a name stands for, and the file that says so.
pub struct Located<T> {
    pub file: PathBuf,
    pub value: T,
}

impl<T> Located<T> {
    /// A path in it is one from the folder of its file.
    pub fn path(&self, path: &str) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(path)
    }
}

/// Where kubectl looks.
pub enum KubeconfigPaths {
    /// One file, which has to be there.
    Given(PathBuf),
    /// The files of the variable KUBECONFIG. One that is not there is passed over.
    Listed(Vec<PathBuf>),
    /// `~/.kube/config`.
    Home(PathBuf),
}

impl KubeconfigPaths {
    pub fn of(given: Option<&Path>, variable: Option<OsString>) -> Self {
        if let Some(file) = given.filter(|file| !file.as_os_str().is_empty()) {
            return Self::Given(file.to_owned());
        }
        match variable.filter(|list| !list.is_empty()) {
            Some(list) => Self::Listed(
                std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect(),
            ),
            None => {
                Self::Home(std::env::home_dir().unwrap_or_default().join(".kube").join("config"))
            }
        }
    }

    /// Reads the files.
    ///
    /// # Errors
    /// The file that is not there, or cannot be read, and why.
    pub fn read(&self) -> Result<Kubeconfig, String> {
        let files = match self {
            Self::Given(file) | Self::Home(file) => std::slice::from_ref(file),
            Self::Listed(files) => files,
        };
        let mut all = Kubeconfig::default();
        for file in files {
            if all.files.contains(file) {
                continue;
            }
            if let Some(entries) = entries(file)? {
                all.add(file, entries)?;
            }
        }
        if all.files.is_empty() { Err(self.missing()) } else { Ok(all) }
    }

    fn missing(&self) -> String {
        match self {
            Self::Given(file) => format!("{} is not there", file.display()),
            Self::Listed(files) => {
                let files: Vec<String> =
                    files.iter().map(|file| file.display().to_string()).collect();
                format!("KUBECONFIG names no file that is there: {}", files.join(", "))
            }
            Self::Home(file) => {
                format!("KUBECONFIG is not set, and {} is not there", file.display())
            }
        }
    }
}

impl Kubeconfig {
    /// The first file that names something wins, with the whole entry.
    fn add(&mut self, file: &Path, entries: Entries) -> Result<(), String> {
        let Entries { api_version: _, kind: _, current_context, clusters, users, contexts } =
            entries;
        self.files.push(file.to_owned());
        self.current_context = self.current_context.take().or(current_context);
        let clusters = clusters.into_iter().map(|named| (named.name, named.cluster));
        add(&mut self.clusters, file, "clusters", clusters)?;
        let users = users.into_iter().map(|named| (named.name, named.user));
        add(&mut self.users, file, "users", users)?;
        let contexts = contexts.into_iter().map(|named| (named.name, named.context));
        add(&mut self.contexts, file, "contexts", contexts)
    }

    /// The files, for a message.
    pub fn names(&self) -> String {
        let names: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
        names.join(", ")
    }
}

fn add<T>(
    map: &mut Map<T>,
    file: &Path,
    list: &str,
    named: impl Iterator<Item = (String, T)>,
) -> Result<(), String> {
    for (name, value) in named {
        let known = map.get(&name).map(|entry| entry.file == file);
        match known {
            None => drop(map.insert(name, Located { file: file.to_owned(), value })),
            Some(true) => return Err(format!("{}: {list} name {name:?} twice", file.display())),
            Some(false) => {}
        }
    }
    Ok(())
}

/// What stands in a file, or None where it is not there.
fn entries(file: &Path) -> Result<Option<Entries>, String> {
    let at = |why: String| format!("{}: {why}", file.display());
    let bytes = match read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(format!("it cannot be read: {error}"))),
    };
    if bytes.len() as u64 > LARGEST {
        return Err(at(format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    parse(&bytes).map(Some).map_err(at)
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads the first document, as kubectl does. No message quotes what stands there: it may be a token.
fn parse(bytes: &[u8]) -> Result<Entries, String> {
    let unreadable = |error: yaml::SyntaxError| {
        let is_double = error.message.contains("stands twice in this mapping");
        let what =
            if is_double { "a key stands twice" } else { "it does not parse as YAML or JSON" };
        format!("{what}, line {}, column {}", error.line, error.column)
    };
    let text = yaml::decode(bytes).map_err(|error| error.message)?;
    let documents = yaml::read(&text).map_err(unreadable)?;
    let Some(document) = documents.into_iter().next() else { return Ok(Entries::default()) };
    let entries: Entries = serde_path_to_error::deserialize(without_empty(document.value))
        .map_err(|error| misfit(error.path()))?;
    let is = |field: &Option<String>, right: &str| field.as_deref().is_none_or(|it| it == right);
    if !is(&entries.kind, "Config") || !is(&entries.api_version, "v1") {
        return Err("it is no kubeconfig: apiVersion must be v1 and kind Config".to_owned());
    }
    Ok(entries)
}

fn misfit(path: &serde_path_to_error::Path) -> String {
    match path.to_string().as_str() {
        "." => "it is no kubeconfig: clusters, users and contexts should stand there".to_owned(),
        path => format!(
            "{path} holds another type than it should: a text that looks like a number or a boolean needs quotes"
        ),
    }
}

/// Without null and "" in mappings.
fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null() && value.as_str() != Some(""))
            .map(|(key, value)| (key, without_empty(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_empty).collect(),
        value => value,
    }
}
