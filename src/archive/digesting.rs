//! A writer that knows what went through it.

use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Passes all bytes on, and counts and digests them.
pub struct Digesting<W> {
    to: W,
    hash: Sha256,
    bytes: u64,
}

impl<W> Digesting<W> {
    pub fn new(to: W) -> Self {
        Self { to, hash: Sha256::new(), bytes: 0 }
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of what went through so far, in lowercase hexadecimal digits.
    pub fn sha256(&self) -> String {
        self.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn into_inner(self) -> W {
        self.to
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.to.write(bytes)?;
        self.hash.update(&bytes[..taken]);
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes one byte at a time.
    struct Slow(Vec<u8>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.extend(&bytes[..1]);
            Ok(1)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_what_was_taken_is_digested() {
        let mut digesting = Digesting::new(Slow(Vec::new()));
        digesting.write_all(b"abc").expect("written");
        assert_eq!(digesting.bytes(), 3);
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digesting.sha256(), abc);
        assert_eq!(digesting.into_inner().0, b"abc");
    }
}
