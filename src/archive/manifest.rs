//! The last entry of an archive: what the archive is, and a digest of all that stands before it.

use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Name of the entry. A file of this name at the root of a claim is neither backed up nor restored.
pub const NAME: &str = ".eevee-backup.json";

/// What this program writes. It reads no later one.
pub const VERSION: u32 = 1;

/// The content of the entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Manifest {
    pub version: u32,
    pub namespace: String,
    /// `spec.moduleName` of the BotModule.
    pub module: String,
    /// Id of the backup.
    pub id: String,
    /// When the backup began, in RFC 3339.
    pub time: String,
    /// Databases that are consistent copies, by their names in the archive.
    pub databases: Vec<Name>,
    /// What looks like a database and could not be copied: stored as it lay there, with its companions.
    pub doubtful: Vec<Name>,
    /// What should be in the archive and could not be read, wholly or in part. The list may be cut: see `unread`.
    pub missing: Vec<Name>,
    /// How many could not be read.
    pub unread: u64,
    /// Entries of any kind before this one.
    pub files: u64,
    /// SHA-256, in lowercase hexadecimal digits, of all bytes of the uncompressed tar stream before the header block of
    /// this entry.
    pub sha256: String,
}

/// A path in the archive, without `./` in front and without `/` at its end. In JSON it is a string, or a list of bytes
/// where it is not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(from = "Written", into = "Written")]
pub struct Name(pub PathBuf);

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<Written> for Name {
    fn from(written: Written) -> Self {
        match written {
            Written::Text(text) => Self(text.into()),
            Written::Bytes(bytes) => Self(OsString::from_vec(bytes).into()),
        }
    }
}

impl From<Name> for Written {
    fn from(Name(path): Name) -> Self {
        match path.into_os_string().into_string() {
            Ok(text) => Self::Text(text),
            Err(bytes) => Self::Bytes(bytes.as_bytes().to_vec()),
        }
    }
}

impl AsRef<Path> for Name {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_whatever_their_bytes() {
        let names = [b"data/b.db".to_vec(), b"data/\xff\n.db".to_vec()];
        let databases: Vec<Name> =
            names.into_iter().map(|name| Name(OsString::from_vec(name).into())).collect();
        let manifest = Manifest { databases, files: 2, ..Manifest::default() };
        let json = serde_json::to_string(&manifest).expect("JSON");
        assert!(json.contains(r#""databases":["data/b.db",[100,97,116,97,47,255,10,46,100,98]]"#));
        assert_eq!(serde_json::from_str::<Manifest>(&json).expect("a manifest"), manifest);
    }
}
