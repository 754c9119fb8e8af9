//! The folder for temporary files: one copy at a time, removed at once.

use crate::archive::sqlite;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A folder of our own in the one for temporary files. Made when it is needed.
pub struct ScratchFolder {
    parent: PathBuf,
    own: Option<PathBuf>,
}

impl ScratchFolder {
    pub fn new(parent: &Path) -> Self {
        Self { parent: parent.to_owned(), own: None }
    }

    /// A place for a copy, where no file is yet.
    pub fn place(&mut self) -> io::Result<Copy> {
        let own = match &self.own {
            Some(own) => own.clone(),
            None => self.make()?,
        };
        let path = own.join("copy.db");
        remove(&path);
        Ok(Copy { path })
    }

    fn make(&mut self) -> io::Result<PathBuf> {
        let own = self.parent.join(format!("eevee-backup-{}", uuid::Uuid::now_v7()));
        DirBuilder::new().mode(0o700).create(&own)?;
        self.own = Some(own.clone());
        Ok(own)
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        if let Some(own) = &self.own {
            // It goes with the pod at the latest.
            let _ = fs::remove_dir_all(own);
        }
    }
}

/// A copy of a database. Its files go with it.
#[derive(Debug)]
pub struct Copy {
    path: PathBuf,
}

impl Copy {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of the same name with this at its end.
    pub fn beside(&self, suffix: &str) -> PathBuf {
        beside(&self.path, suffix)
    }

    pub fn open(&self) -> io::Result<(File, u64)> {
        let file = File::open(&self.path)?;
        let size = file.metadata()?.len();
        Ok((file, size))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn remove(path: &Path) {
    for suffix in ["", sqlite::WAL, sqlite::SHARED_MEMORY, sqlite::JOURNAL] {
        // Mostly there is none.
        let _ = fs::remove_file(beside(path, suffix));
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
