//! Names of entries: which of them stay within the folder they are unpacked into.

use super::failure::{UnpackFailure, shown};
use crate::archive::LONGEST_NAME;

/// A name as it stands in an archive → the same without `.`, empty parts and a slash at its end. Empty
/// for the folder itself.
///
/// # Errors
/// Of one that would leave the folder.
pub fn plain(name: &[u8]) -> Result<Vec<u8>, UnpackFailure> {
    let refused = |why| Err(UnpackFailure::Archive(format!("the name {} {why}", shown(name))));
    if name.is_empty() {
        return refused("is empty");
    }
    if name.len() > LONGEST_NAME {
        return refused("is too long");
    }
    if name.contains(&0) {
        return refused("has a NUL in it");
    }
    if name.starts_with(b"/") {
        return refused("is absolute");
    }
    let parts = parts(name);
    if parts.clone().any(|part| part == b"..") {
        return refused("goes up by \"..\"");
    }
    Ok(parts.collect::<Vec<_>>().join(&b'/'))
}

/// The names in a path, from its first folder on.
pub fn parts(name: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    name.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".")
}

/// The folder of a plain name, and the name in it.
pub fn folder_and_name(plain: &[u8]) -> (&[u8], &[u8]) {
    match plain.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&plain[..slash], &plain[slash + 1..]),
        None => (b"", plain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_plain() {
        for (name, expected) in [
            (&b"./"[..], &b""[..]),
            (b".", b""),
            (b"./a//b/./c/", b"a/b/c"),
            (b"..a/b..", b"..a/b.."),
            (b"\xff\n", b"\xff\n"),
        ] {
            assert_eq!(plain(name).expect("a name"), expected, "{}", name.escape_ascii());
        }
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        for name in [&b"/a"[..], b"..", b"a/../b", b"./..", b"a/..", b"", b"a\0b", b"//"] {
            assert!(plain(name).is_err(), "{}", name.escape_ascii());
        }
        assert!(plain(&vec![b'a'; LONGEST_NAME + 1]).is_err());
    }
}
