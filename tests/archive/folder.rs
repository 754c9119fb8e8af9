//! Folders of a test, and what a walk through one sees.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        Self::under(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    /// For what is done a thousand times and waits for the disk each time.
    pub fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::under(memory) } else { Self::new() }
    }

    fn under(parent: &Path) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("eevee-archive-{}-{next}", std::process::id());
        let path = parent.join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, and the folders it lies in.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, content).expect("a file");
    }

    pub fn walk(&self) -> Walk {
        walk(&self.0)
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What is true of each name.
pub type Walk = BTreeMap<Vec<u8>, Seen>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub mode: u32,
    pub owner: (u32, u32),
    pub seconds: i64,
    pub size: u64,
    /// The bytes of a file, or the target of a link.
    pub content: Content,
    /// The first name of the same file.
    pub first_name: Vec<u8>,
}

pub fn walk(root: &Path) -> Walk {
    let mut walk = Walk::new();
    let mut names = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    let mut found = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = folder.join(entry.file_name());
            if entry.file_type().expect("a kind").is_dir() {
                folders.push(name.clone());
            }
            found.push(name);
        }
    }
    found.sort();
    for name in found {
        let path = root.join(&name);
        let is = fs::symlink_metadata(&path).expect("a file");
        let bytes = name.as_os_str().as_bytes().to_vec();
        let first = names.entry(is.ino()).or_insert_with(|| bytes.clone()).clone();
        let content = if is.is_symlink() {
            fs::read_link(&path).expect("a link").as_os_str().as_bytes().to_vec()
        } else if is.is_file() {
            fs::read(&path).expect("a file")
        } else {
            Vec::new()
        };
        let seen = Seen {
            mode: is.mode(),
            owner: (is.uid(), is.gid()),
            seconds: is.mtime(),
            size: if is.is_dir() { 0 } else { is.size() },
            content: Content(content),
            first_name: first,
        };
        walk.insert(bytes, seen);
    }
    walk
}

/// Bytes that are shown by their beginning.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(pub Vec<u8>);

impl std::fmt::Debug for Content {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = &self.0[..self.0.len().min(40)];
        write!(out, "{} bytes: {}", self.0.len(), first.escape_ascii())
    }
}

/// Names alone, for short expectations.
pub fn names(walk: &Walk) -> Vec<String> {
    walk.keys()
        .filter(|name| !name.is_empty())
        .map(|name| name.escape_ascii().to_string())
        .collect()
}
