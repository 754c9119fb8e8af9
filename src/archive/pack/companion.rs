//! The files that SQLite keeps beside a database.

pub const WAL: &str = "-wal";
pub const SHARED_MEMORY: &str = "-shm";
pub const JOURNAL: &str = "-journal";

/// Those without which a database is not whole. SQLite makes the others anew.
pub const KEPT: [&str; 2] = [WAL, JOURNAL];

/// The name of the database that a file of this name belongs to, if it is one of these, and what follows it.
pub fn base(name: &[u8]) -> Option<(&[u8], &'static str)> {
    [WAL, SHARED_MEMORY, JOURNAL].into_iter().find_map(|suffix| {
        let base = name.strip_suffix(suffix.as_bytes())?;
        (!base.is_empty()).then_some((base, suffix))
    })
}
