//! Records that say of an entry what its header has no room for: `<length> <key>=<value>\n`.

use super::decimal::decimal;
use super::sparse::Region;

/// What the records of an entry say.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub path: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
    pub size: Option<u64>,
    pub uid: Option<u64>,
    pub gid: Option<u64>,
    /// Seconds and nanoseconds.
    pub mtime: Option<(i64, u32)>,
    /// The name of a sparse file, for which the header has another one.
    pub sparse_name: Option<Vec<u8>>,
    /// Its size with its holes.
    pub sparse_size: Option<u64>,
    /// Its regions, where they stand in records.
    pub regions: Option<Vec<Region>>,
    /// Whether its regions stand in front of its data.
    pub has_map_in_data: bool,
    offset: Option<u64>,
}

impl Records {
    /// Adds what some records say. The error says which of them cannot be used.
    pub fn read(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            let (record, rest) = split(bytes).ok_or("a record of it cannot be read")?;
            let equals = record.iter().position(|byte| *byte == b'=');
            let (key, value) = record.split_at(equals.ok_or("a record of it has no value")?);
            let shown = key.escape_ascii();
            self.set(key, &value[1..])
                .ok_or_else(|| format!("its record {shown} cannot be used"))?;
            bytes = rest;
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        match key {
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = Some(decimal(value)?),
            b"uid" => self.uid = Some(decimal(value)?),
            b"gid" => self.gid = Some(decimal(value)?),
            b"mtime" => self.mtime = Some(time(value)?),
            b"GNU.sparse.name" => self.sparse_name = Some(value.to_vec()),
            b"GNU.sparse.realsize" | b"GNU.sparse.size" => self.sparse_size = Some(decimal(value)?),
            b"GNU.sparse.major" => self.has_map_in_data = decimal(value)? == 1,
            b"GNU.sparse.map" => self.regions = Some(map(value)?),
            b"GNU.sparse.offset" => self.offset = Some(decimal(value)?),
            b"GNU.sparse.numbytes" => {
                let region = Region { offset: self.offset.take()?, length: decimal(value)? };
                self.regions.get_or_insert_default().push(region);
            }
            _ => {}
        }
        Some(())
    }
}

/// The first record, without its length and its end of line, and the rest.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let length = usize::try_from(decimal(&bytes[..space])?).ok()?;
    let (record, rest) = bytes.split_at_checked(length)?;
    Some((record.get(space + 1..)?.strip_suffix(b"\n")?, rest))
}

/// `offset,length,offset,length`.
fn map(value: &[u8]) -> Option<Vec<Region>> {
    if value.is_empty() {
        return Some(Vec::new());
    }
    let mut numbers = value.split(|byte| *byte == b',');
    let mut regions = Vec::new();
    while let Some(offset) = numbers.next() {
        regions.push(Region { offset: decimal(offset)?, length: decimal(numbers.next()?)? });
    }
    Some(regions)
}

/// Seconds, perhaps negative, perhaps with a fraction.
fn time(value: &[u8]) -> Option<(i64, u32)> {
    let (is_negative, value) = match value.strip_prefix(b"-") {
        Some(value) => (true, value),
        None => (false, value),
    };
    let mut parts = value.splitn(2, |byte| *byte == b'.');
    let seconds = i64::try_from(decimal(parts.next()?)?).ok()?;
    let fraction = parts.next().unwrap_or_default();
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    let nanoseconds = digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some(match (is_negative, nanoseconds) {
        (false, _) => (seconds, nanoseconds),
        (true, 0) => (-seconds, 0),
        (true, _) => (-seconds - 1, 1_000_000_000 - nanoseconds),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_have_their_fraction_the_other_way_round() {
        assert_eq!(time(b"1700000000.5"), Some((1_700_000_000, 500_000_000)));
        assert_eq!(time(b"-1.25"), Some((-2, 750_000_000)));
        assert_eq!(time(b"-3"), Some((-3, 0)));
        assert_eq!(time(b"1.x"), None);
        assert_eq!(time(b""), None);
    }

    #[test]
    fn a_value_may_hold_what_separates_records() {
        let mut records = Records::default();
        records.read(b"13 path=a\nb=\n20 mtime=1700000000\n11 foo=bar\n").expect("three records");
        assert_eq!(records.path.as_deref(), Some(&b"a\nb="[..]));
        assert_eq!(records.mtime, Some((1_700_000_000, 0)));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for bytes in [
            &b"8 path=a\n"[..],
            b"12 size=-1\n",
            b"path=a\n",
            b"99999999999999999999 a=b\n",
            b"8 patha\n",
        ] {
            assert!(Records::default().read(bytes).is_err(), "{}", bytes.escape_ascii());
        }
    }
}
