//! A folder for what one cluster or server writes, removed after use.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

const PREFIX: &str = "eevee-cluster-";

/// Marks a folder as in use for as long as the file is locked, which the kernel ends with the process.
const LOCK: &str = "lock";

pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// An empty folder below the system's folder for temporary files.
    pub fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        remove_abandoned();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("{PREFIX}{}-{number}", process::id()));
        // Of a process that had our id before us and kept it.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path)
            .unwrap_or_else(|e| panic!("cannot make folder {}: {e}", path.display()));
        let lock =
            locked(&path).unwrap_or_else(|e| panic!("cannot lock folder {}: {e}", path.display()));
        Folder { path, _lock: lock }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file that only we can read (some hold keys and tokens) and gives its path.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, content)
            .and_then(|()| fs::set_permissions(&path, private()))
            .unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
        path
    }

    /// Removes everything, or with `CLUSTER_KEEP` says where it is.
    pub fn remove(&self) {
        if env::var_os("CLUSTER_KEEP").is_some() {
            // Without its lock file it is never taken for abandoned.
            let _ = fs::remove_file(self.path.join(LOCK));
            eprintln!("CLUSTER_KEEP: {}", self.path.display());
        } else {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.remove();
    }
}

fn private() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o600)
}

/// The lock is taken under another name: under its own it would look abandoned until then.
fn locked(folder: &Path) -> std::io::Result<File> {
    let early = folder.join("lock.new");
    let lock = File::create(&early)?;
    lock.lock()?;
    fs::rename(&early, folder.join(LOCK))?;
    Ok(lock)
}

/// Removes the folders of test processes that were killed before they could do it.
fn remove_abandoned() {
    let Ok(entries) = fs::read_dir(env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && is_abandoned(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_abandoned(folder: &Path) -> bool {
    // A folder without the file is being made, was kept on purpose, or is not ours to read.
    File::open(folder.join(LOCK)).is_ok_and(|lock| match lock.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
    })
}
