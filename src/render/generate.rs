//! Values that nobody can guess: each secret value has a ChaCha20 stream of its own.

use crate::object::ObjectRef;
use crate::snapshot::Entropy;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// Hex digits of a generated value: 160 bits, as the TypeScript operator's tokens have.
const DIGITS: usize = 40;

/// A random value for one purpose of one object: 40 lowercase hex digits, the first of them a
/// letter (a–f), so that no reader takes it for a number.
pub fn secret_value(entropy: Entropy, object: &ObjectRef, purpose: &str) -> String {
    let mut stream = stream(entropy, object, purpose);
    let mut random = [0_u8; DIGITS];
    stream.fill_bytes(&mut random);
    random
        .iter()
        .enumerate()
        .map(|(place, byte)| if place == 0 { letter(*byte) } else { digit(*byte) })
        .collect()
}

/// One byte in every letter: 252 of the 256 values fall evenly on six letters, and the last four
/// on the first four, which costs less than a hundredth of a bit.
fn letter(byte: u8) -> char {
    char::from(b'a' + byte % 6)
}

fn digit(byte: u8) -> char {
    char::from_digit(u32::from(byte & 0xf), 16).unwrap_or('0')
}

fn stream(entropy: Entropy, object: &ObjectRef, purpose: &str) -> ChaCha20Rng {
    let mut seed = Sha256::new();
    seed.update(entropy.0);
    for part in [object.kind.name(), &object.namespace, &object.name, purpose] {
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        seed.update((part.len() as u64).to_be_bytes());
        seed.update(part.as_bytes());
    }
    ChaCha20Rng::from_seed(seed.finalize().into())
}
