//! The walk through an archive, in one pass.

use super::super::failure::{UnpackFailure, shown};
use super::super::gzip::GzipReader;
use super::entry::{Before, Entry, fits};
use super::header::{BLOCK, Header};
use super::sparse::{self, MOST_REGIONS, Map, Region};
use sha2::{Digest, Sha256};

/// Longest name, and most bytes of records, that are kept in memory.
const LONGEST_NAME: u64 = 32 << 10;
const MOST_RECORDS: u64 = 8 << 20;

/// The entries of an archive, one after the other.
pub struct EntryReader {
    stream: GzipReader,
    /// Of all bytes so far.
    digest: Sha256,
    /// Of all bytes before the newest header.
    before_header: Sha256,
    /// What is left of the data of the newest entry.
    data: u64,
    /// What pads it to a whole block.
    padding: u64,
    globals: super::pax::Records,
}

impl EntryReader {
    pub fn new(stream: GzipReader) -> Self {
        Self {
            stream,
            digest: Sha256::new(),
            before_header: Sha256::new(),
            data: 0,
            padding: 0,
            globals: super::pax::Records::default(),
        }
    }

    /// The next entry. What was not taken of the data of the one before is passed over. None after the
    /// end of the archive, behind which there is nothing: all of it has been read then, and was whole.
    pub fn next(&mut self) -> Result<Option<Entry>, UnpackFailure> {
        self.skip()?;
        let mut before = Before { records: self.globals.clone(), ..Before::default() };
        loop {
            self.before_header = self.digest.clone();
            let block = self.block()?;
            let header = Header(&block);
            if header.is_zero() {
                return self.end().map(|()| None);
            }
            if !header.is_whole() {
                return Err(bad("the header of an entry is damaged"));
            }
            match header.kind() {
                b'x' => {
                    let records = self.extension(&header, MOST_RECORDS)?;
                    before.records.read(&records).map_err(UnpackFailure::Archive)?;
                }
                b'g' => {
                    let records = self.extension(&header, MOST_RECORDS)?;
                    self.globals.read(&records).map_err(UnpackFailure::Archive)?;
                    before.records = self.globals.clone();
                }
                b'L' => before.name = Some(self.long_name(&header)?),
                b'K' => before.link = Some(self.long_name(&header)?),
                _ => return self.entry(&header, before).map(Some),
            }
        }
    }

    /// Gives so many bytes of the data of the newest entry, piece by piece.
    pub fn data(
        &mut self,
        length: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), UnpackFailure>,
    ) -> Result<(), UnpackFailure> {
        let mut left = length.min(self.data);
        while left > 0 {
            let before = left;
            let piece = self.piece(&mut left, &mut take);
            // Where it could not be taken, the rest of the archive can still be read.
            self.data -= before - left;
            piece?;
        }
        Ok(())
    }

    /// The data of the newest entry, which is known to be short.
    pub fn whole_data(&mut self) -> Result<Vec<u8>, UnpackFailure> {
        let mut bytes = Vec::new();
        self.data(self.data, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// SHA-256 of all bytes before the header of the newest entry, in hexadecimal digits.
    pub fn digest_before(&self) -> String {
        self.before_header.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn entry(&mut self, header: &Header, before: Before) -> Result<Entry, UnpackFailure> {
        let has_map_in_data = before.records.has_map_in_data;
        let mut entry =
            Entry::read(header, before).map_err(|why| bad(&format!("of an entry: {why}")))?;
        let name = shown(&entry.name);
        if header.kind() == b'S' {
            entry.size = fits(header.real_size())
                .ok_or_else(|| bad(&format!("the size of {name} is no number")))?;
            entry.regions = Some(self.regions_of_gnu(header)?);
        }
        self.data = entry.data;
        self.padding = entry.data.next_multiple_of(BLOCK as u64) - entry.data;
        if has_map_in_data {
            entry.regions = Some(self.regions_in_data(&name)?);
            entry.data = self.data;
        }
        let is_fit = match &entry.regions {
            Some(regions) => sparse::fit(regions, entry.size, entry.data),
            None => entry.size == entry.data,
        };
        if is_fit {
            Ok(entry)
        } else {
            Err(bad(&format!("the parts of {name} do not fit its size")))
        }
    }

    fn regions_of_gnu(&mut self, header: &Header) -> Result<Vec<Region>, UnpackFailure> {
        let unusable = || bad("the list of the parts of a sparse file cannot be read");
        let region = |(offset, length)| {
            Some(Region { offset: fits(Some(offset))?, length: fits(Some(length))? })
        };
        let (first, mut more) = header.first_regions().ok_or_else(unusable)?;
        let mut regions: Vec<Region> =
            first.into_iter().map(region).collect::<Option<_>>().ok_or_else(unusable)?;
        while more {
            let block = self.block()?;
            let (next, is_followed) = Header(&block).more_regions().ok_or_else(unusable)?;
            for place in next {
                regions.push(region(place).ok_or_else(unusable)?);
            }
            if regions.len() > MOST_REGIONS {
                return Err(unusable());
            }
            more = is_followed;
        }
        Ok(regions)
    }

    fn regions_in_data(&mut self, name: &str) -> Result<Vec<Region>, UnpackFailure> {
        let unusable = || bad(&format!("the list of the parts of {name} cannot be read"));
        let mut map = Map::default();
        loop {
            self.data = self.data.checked_sub(BLOCK as u64).ok_or_else(unusable)?;
            let block = self.block()?;
            if let Some(regions) = map.block(&block).map_err(|_| unusable())? {
                return Ok(regions);
            }
        }
    }

    /// The data of an entry that belongs to the next one.
    fn extension(&mut self, header: &Header, most: u64) -> Result<Vec<u8>, UnpackFailure> {
        let size: u64 = fits(header.size())
            .filter(|size| *size <= most)
            .ok_or_else(|| bad("a name, or what else is said of an entry, is too long"))?;
        let mut bytes = Vec::new();
        self.pass(size, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        self.pass(size.next_multiple_of(BLOCK as u64) - size, &mut |_| Ok(()))?;
        Ok(bytes)
    }

    fn long_name(&mut self, header: &Header) -> Result<Vec<u8>, UnpackFailure> {
        let mut name = self.extension(header, LONGEST_NAME)?;
        // It ends with one.
        name.pop_if(|last| *last == 0);
        Ok(name)
    }

    fn block(&mut self) -> Result<[u8; BLOCK], UnpackFailure> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        self.pass(BLOCK as u64, &mut |piece| {
            block[filled..filled + piece.len()].copy_from_slice(piece);
            filled += piece.len();
            Ok(())
        })?;
        Ok(block)
    }

    fn skip(&mut self) -> Result<(), UnpackFailure> {
        let length = std::mem::take(&mut self.data) + std::mem::take(&mut self.padding);
        self.pass(length, &mut |_| Ok(()))
    }

    fn pass(
        &mut self,
        mut length: u64,
        take: &mut dyn FnMut(&[u8]) -> Result<(), UnpackFailure>,
    ) -> Result<(), UnpackFailure> {
        while length > 0 {
            self.piece(&mut length, take)?;
        }
        Ok(())
    }

    /// Takes what of the next bytes is there already.
    fn piece(
        &mut self,
        left: &mut u64,
        take: &mut dyn FnMut(&[u8]) -> Result<(), UnpackFailure>,
    ) -> Result<(), UnpackFailure> {
        let bytes = self.stream.bytes()?;
        if bytes.is_empty() {
            return Err(bad("it ends in the middle"));
        }
        let now = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
        self.digest.update(&bytes[..now]);
        let taken = take(&bytes[..now]);
        self.stream.consume(now);
        *left -= now as u64;
        taken
    }

    /// Two blocks of zeros end an archive, and programs add more of them.
    fn end(&mut self) -> Result<(), UnpackFailure> {
        if !Header(&self.block()?).is_zero() {
            return Err(bad("one block of zeros stands between its entries"));
        }
        loop {
            let bytes = self.stream.bytes()?;
            if bytes.iter().any(|byte| *byte != 0) {
                return Err(bad("something stands after its end"));
            }
            if bytes.is_empty() {
                return Ok(());
            }
            let length = bytes.len();
            self.stream.consume(length);
        }
    }
}

fn bad(why: &str) -> UnpackFailure {
    UnpackFailure::Archive(why.to_owned())
}
