//! Which parts of a file hold data.

use rustix::fd::AsFd;
use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;

/// The map of a file is kept in memory and stands in its header: so many parts at most.
const MOST: usize = 1 << 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub offset: u64,
    pub length: u64,
}

/// The parts of a file of this size that are no holes, and at its end an empty one, by which GNU tar knows the size.
pub fn segments(file: impl AsFd, size: u64) -> Result<Vec<Segment>, Errno> {
    let (mut segments, mut at, mut smallest_hole) = (Vec::<Segment>::new(), 0, 0);
    while let Some(segment) = next(&file, at, size)? {
        at = segment.offset + segment.length;
        add(&mut segments, segment, smallest_hole);
        while segments.len() > MOST {
            smallest_hole = (smallest_hole * 2).max(4096);
            let all = std::mem::take(&mut segments);
            for segment in all {
                add(&mut segments, segment, smallest_hole);
            }
        }
    }
    if at < size || size == 0 {
        segments.push(Segment { offset: size, length: 0 });
    }
    Ok(segments)
}

fn next(file: impl AsFd, at: u64, size: u64) -> Result<Option<Segment>, Errno> {
    let offset = match seek(&file, SeekFrom::Data(at)) {
        Ok(offset) if offset < size => offset,
        // No data after here.
        Ok(_) | Err(Errno::NXIO) => return Ok(None),
        Err(error) => return Err(error),
    };
    let end = match seek(&file, SeekFrom::Hole(offset)) {
        Ok(end) => end.min(size),
        Err(Errno::NXIO) => size,
        Err(error) => return Err(error),
    };
    Ok((end > offset).then(|| Segment { offset, length: end - offset }))
}

/// A hole that is not worth its place in the map becomes zeros.
fn add(segments: &mut Vec<Segment>, segment: Segment, smallest_hole: u64) {
    match segments.last_mut() {
        Some(last) if segment.offset - (last.offset + last.length) < smallest_hole => {
            last.length = segment.offset + segment.length - last.offset;
        }
        _ => segments.push(segment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(offset: u64, length: u64) -> Segment {
        Segment { offset, length }
    }

    #[test]
    fn small_holes_become_zeros_where_a_map_grows_too_long() {
        let mut segments = Vec::new();
        for segment in [of(0, 10), of(12, 8), of(40, 1)] {
            add(&mut segments, segment, 5);
        }
        assert_eq!(segments, [of(0, 20), of(40, 1)]);
    }
}
