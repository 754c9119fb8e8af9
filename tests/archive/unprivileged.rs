//! A restore by a user that is not root, into a claim whose root is another's: so a volume is that is writable by a group.

use super::folder::{Content, Folder};
use super::made::{Made, file, folder};
use super::restored::restore;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::thread;

const NOBODY: libc::uid_t = 65534;

/// Makes this thread, and those that it starts, a user without privileges. Whoever is no root is one already.
fn become_nobody() {
    // SAFETY: plain system calls. Made so, and not by libc's functions, they change this thread alone.
    unsafe {
        libc::syscall(libc::SYS_setgroups, 0, std::ptr::null::<libc::gid_t>());
        libc::syscall(libc::SYS_setresgid, NOBODY, NOBODY, NOBODY);
        libc::syscall(libc::SYS_setresuid, NOBODY, NOBODY, NOBODY);
    }
}

#[test]
fn a_user_that_is_not_root_restores_into_a_claim_of_roots() {
    let claim = Folder::in_memory();
    claim.write("kept", "mine");
    fs::set_permissions(claim.path(), Permissions::from_mode(0o777)).expect("permissions");
    let archive = Made::default()
        .entry(&folder("./"), b"")
        .entry(&folder("deep"), b"")
        .entry(&file("deep/file"), b"restored")
        .zipped();
    let restored = thread::scope(|scope| {
        let work = scope.spawn(|| {
            become_nobody();
            restore(&claim, &archive)
        });
        work.join().expect("no panic")
    });
    restored.unwrap_or_else(|failure| panic!("{failure}"));
    let seen = claim.walk();
    assert_eq!(seen[&b"deep/file"[..]].content, Content(b"restored".to_vec()));
    assert!(seen.contains_key(&b"kept"[..]));
    assert!(!seen.keys().any(|name| name.starts_with(b".eevee-restore")), "{:?}", seen.keys());
}
