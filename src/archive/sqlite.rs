//! How files of SQLite are known: a database by its beginning, what belongs to one by its name.

/// How a database begins.
pub const MAGIC: &[u8; 16] = b"SQLite format 3\0";

pub const WAL: &str = "-wal";
pub const SHARED_MEMORY: &str = "-shm";
pub const JOURNAL: &str = "-journal";

/// What is added to the name of a database for the files that SQLite keeps beside it.
pub const SUFFIXES: [&str; 3] = [JOURNAL, WAL, SHARED_MEMORY];
/// Those without which a database is not whole. SQLite makes the others again.
pub const KEPT: [&str; 2] = [WAL, JOURNAL];

/// The name of the database that a file of this name belongs to, if it is one of these, and what follows it.
pub fn base(name: &[u8]) -> Option<(&[u8], &'static str)> {
    SUFFIXES.into_iter().find_map(|suffix| {
        let base = name.strip_suffix(suffix.as_bytes())?;
        (!base.is_empty()).then_some((base, suffix))
    })
}
