//! The block that stands before each entry of a tar archive.

/// Size of a block. Whatever an archive holds is padded to it.
pub const BLOCK: usize = 512;

/// One block, read as a header.
pub struct Header<'a>(pub &'a [u8; BLOCK]);

/// A list of regions of a sparse file in a header: where it stands, and how many it has room for.
type Place = (usize, usize);

impl Header<'_> {
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }

    /// Whether the block is as its checksum says. Some programs took bytes for signed ones.
    pub fn is_whole(&self) -> bool {
        let [before, after] = [&self.0[..148], &self.0[156..]];
        let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
        let high = |bytes: &[u8]| bytes.iter().filter(|byte| !byte.is_ascii()).count();
        // The sum itself counts as spaces.
        let unsigned = i128::from(sum(before) + sum(after) + 8 * u32::from(b' '));
        let signed = unsigned - 256 * (high(before) + high(after)) as i128;
        number(&self.0[148..156]).is_some_and(|sum| sum == unsigned || sum == signed)
    }

    /// The letter or digit for the kind of the entry.
    pub fn kind(&self) -> u8 {
        self.0[156]
    }

    /// The name, in two parts where it is in the way of ustar. None where bytes follow its end.
    pub fn name(&self) -> Option<Vec<u8>> {
        let name = text(&self.0[..100])?;
        let is_ustar = &self.0[257..263] == b"ustar\0";
        let prefix = if is_ustar { text(&self.0[345..500])? } else { b"" };
        Some(if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() })
    }

    /// What a link points to. None where bytes follow its end.
    pub fn link(&self) -> Option<Vec<u8>> {
        text(&self.0[157..257]).map(<[u8]>::to_vec)
    }

    pub fn mode(&self) -> Option<i128> {
        number(&self.0[100..108])
    }

    pub fn uid(&self) -> Option<i128> {
        number(&self.0[108..116])
    }

    pub fn gid(&self) -> Option<i128> {
        number(&self.0[116..124])
    }

    pub fn size(&self) -> Option<i128> {
        number(&self.0[124..136])
    }

    pub fn mtime(&self) -> Option<i128> {
        number(&self.0[136..148])
    }

    /// The size of a sparse file with its holes, in the old way of GNU.
    pub fn real_size(&self) -> Option<i128> {
        number(&self.0[483..495])
    }

    /// The regions that stand in the header of a sparse file, in the old way of GNU, and whether a
    /// block of more follows.
    pub fn first_regions(&self) -> Option<(Vec<(i128, i128)>, bool)> {
        self.regions((386, 4), 482)
    }

    /// The same of a block that follows such a header.
    pub fn more_regions(&self) -> Option<(Vec<(i128, i128)>, bool)> {
        self.regions((0, 21), 504)
    }

    fn regions(&self, (begin, count): Place, flag: usize) -> Option<(Vec<(i128, i128)>, bool)> {
        let places = self.0[begin..].chunks_exact(24).take(count);
        let regions = places
            .take_while(|place| place[12] != 0)
            .map(|place| Some((number(&place[..12])?, number(&place[12..])?)))
            .collect::<Option<_>>()?;
        Some((regions, self.0[flag] != 0))
    }
}

/// Text up to the first NUL, behind which there is nothing else.
fn text(field: &[u8]) -> Option<&[u8]> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    field[end..].iter().all(|byte| *byte == 0).then(|| &field[..end])
}

/// A number in octal digits, or in the two's complement of GNU where its first bit is set.
fn number(field: &[u8]) -> Option<i128> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let sign = if first & 0x40 == 0 {
            i128::from(first & 0x3f)
        } else {
            i128::from(first | 0x80) - 256
        };
        return Some(rest.iter().fold(sign, |sum, byte| (sum << 8) | i128::from(*byte)));
    }
    let digits = field.trim_ascii_start();
    let end = digits.iter().position(|byte| matches!(byte, 0 | b' ')).unwrap_or(digits.len());
    let (digits, after) = digits.split_at(end);
    if !after.iter().all(|byte| matches!(byte, 0 | b' ')) {
        return None;
    }
    digits.iter().try_fold(0, |sum, digit| match digit {
        b'0'..=b'7' => Some(sum * 8 + i128::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_way_they_are_written() {
        for (field, expected) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"   644 \0", Some(0o644)),
            (b"77777777", Some(0o77_777_777)),
            (b"\0\0\0\0\0\0\0\0", Some(0)),
            (b"\x80\0\0\0\0\0\x01\0", Some(256)),
            (b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(1 << 33)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xfe", Some(-2)),
            (b"0000648\0", None),
            (b"-000644\0", None),
            (b"00\x0000644", None),
        ] {
            assert_eq!(number(field), expected, "{}", field.escape_ascii());
        }
    }
}
