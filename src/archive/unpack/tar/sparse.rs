//! Which parts of a sparse file an archive holds. All else of the file is a hole.

use super::decimal::decimal;
use super::header::BLOCK;

/// One part of a file that is in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    pub offset: u64,
    pub length: u64,
}

/// So many are kept in memory: 16 MiB.
pub const MOST_REGIONS: usize = 1 << 20;

/// Whether regions follow one another, lie within the file, and are as long as the data.
pub fn fit(regions: &[Region], real_size: u64, data: u64) -> bool {
    let mut end = 0;
    let in_order = regions.iter().all(|region| {
        let begins_after = region.offset >= end;
        let next = region.offset.checked_add(region.length).filter(|next| *next <= real_size);
        end = next.unwrap_or(end);
        begins_after && next.is_some()
    });
    in_order && regions.iter().map(|region| region.length).sum::<u64>() == data
}

/// It is no map that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMap;

/// A map that stands in front of the data: one number a line, the first of which says how many
/// regions follow, padded to whole blocks.
#[derive(Default)]
pub struct Map {
    line: Vec<u8>,
    count: Option<usize>,
    offset: Option<u64>,
    regions: Vec<Region>,
}

impl Map {
    /// Takes one block of it. Gives the regions where this was the last one.
    pub fn block(&mut self, block: &[u8; BLOCK]) -> Result<Option<Vec<Region>>, NoMap> {
        for byte in block {
            if *byte != b'\n' {
                self.line.push(*byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            decimal(&line).and_then(|number| self.number(number)).ok_or(NoMap)?;
            if self.count == Some(self.regions.len()) {
                return Ok(Some(std::mem::take(&mut self.regions)));
            }
        }
        // No number is longer.
        if self.line.len() <= 20 { Ok(None) } else { Err(NoMap) }
    }

    fn number(&mut self, number: u64) -> Option<()> {
        match (self.count, self.offset.take()) {
            (None, _) => {
                self.count = usize::try_from(number).ok().filter(|count| *count <= MOST_REGIONS);
                self.count?;
            }
            (Some(_), None) => self.offset = Some(number),
            (Some(_), Some(offset)) => self.regions.push(Region { offset, length: number }),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        block[..text.len()].copy_from_slice(text.as_bytes());
        block
    }

    #[test]
    fn a_map_ends_with_its_last_region() {
        let regions = Map::default().block(&block("2\n0\n512\n4096\n10\n"));
        let expected = vec![Region { offset: 0, length: 512 }, Region { offset: 4096, length: 10 }];
        assert_eq!(regions, Ok(Some(expected)));
        assert_eq!(Map::default().block(&block("0\n")), Ok(Some(Vec::new())));
        assert_eq!(Map::default().block(&block("2\n0\n")), Err(NoMap));
        assert_eq!(Map::default().block(&block("9999999999\n")), Err(NoMap));
    }

    #[test]
    fn a_number_may_go_over_the_end_of_a_block() {
        let text = format!("{}\n{}", 60, "1\n1\n".repeat(60));
        let (first, mut map) = (format!("{text:.512}"), Map::default());
        let whole = format!("{}1", "0".repeat(511));
        assert_eq!(map.block(&block(&first)), Ok(Some(vec![Region { offset: 1, length: 1 }; 60])));
        assert_eq!(Map::default().block(&block(&whole)), Err(NoMap), "no number is so long");
        let mut map = Map::default();
        let lines = format!("128\n{}12", "1\n1\n".repeat(126) + "1\n");
        assert_eq!(lines.len(), BLOCK);
        assert_eq!(map.block(&block(&lines)), Ok(None));
        let regions = map.block(&block("3\n5\n6\n")).expect("a map").expect("its end");
        assert_eq!(regions.len(), 128);
        assert_eq!(regions[126], Region { offset: 1, length: 123 });
    }

    #[test]
    fn regions_lie_in_order_within_their_file() {
        let region = |offset, length| Region { offset, length };
        assert!(fit(&[region(0, 5), region(5, 5), region(20, 0)], 20, 10));
        assert!(!fit(&[region(5, 5), region(0, 5)], 20, 10), "out of order");
        assert!(!fit(&[region(0, 5), region(4, 5)], 20, 10), "one over the other");
        assert!(!fit(&[region(16, 5)], 20, 5), "beyond the end");
        assert!(!fit(&[region(0, 5)], 20, 6), "less than the data");
        assert!(!fit(&[region(u64::MAX, 5)], u64::MAX, 5), "more than a number");
    }
}
