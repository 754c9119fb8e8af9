//! What a folder holds, to compare it with another.

use rustix::fs::{AtFlags, CWD, FileType, Stat, statat};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// All that an archive keeps of each name.
pub type Tree = BTreeMap<PathBuf, Entry>;

#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: String,
    pub mode: u32,
    pub owner: (u32, u32),
    pub seconds: i64,
    /// The first name of the same file.
    pub same_as: PathBuf,
    pub content: Vec<u8>,
}

/// Everything below a folder, and the folder itself. The content of large files is left out.
pub fn tree(root: &Path) -> Tree {
    let (mut tree, mut firsts) = (Tree::new(), BTreeMap::new());
    let mut open = vec![PathBuf::new()];
    let mut names = Vec::new();
    while let Some(name) = open.pop() {
        let stat = stat(&root.join(&name));
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            for entry in fs::read_dir(root.join(&name)).expect("a folder") {
                open.push(name.join(entry.expect("an entry").file_name()));
            }
        }
        names.push((name, stat));
    }
    names.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (name, stat) in names {
        let first = firsts.entry(stat.st_ino).or_insert_with(|| name.clone()).clone();
        let entry = Entry {
            kind: format!("{:?}", FileType::from_raw_mode(stat.st_mode)),
            mode: stat.st_mode & 0o7777,
            owner: (stat.st_uid, stat.st_gid),
            seconds: stat.st_mtime,
            same_as: first,
            content: content(&root.join(&name), &stat),
        };
        tree.insert(name, entry);
    }
    tree
}

pub fn stat(path: &Path) -> Stat {
    statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).expect("it is there")
}

fn content(path: &Path, stat: &Stat) -> Vec<u8> {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile if stat.st_size < 1 << 25 => fs::read(path).expect("a file"),
        FileType::RegularFile => stat.st_size.to_string().into_bytes(),
        FileType::Symlink => fs::read_link(path).expect("a link").as_os_str().as_bytes().to_vec(),
        _ => Vec::new(),
    }
}
