//! In which parts an object is sent.

const MIB: u64 = 1 << 20;
/// Parts are no smaller: S3 wants 5 MiB.
const SMALLEST: u64 = 8 * MIB;
/// S3 takes no larger ones.
const LARGEST: u64 = 5 * 1024 * MIB;
/// S3 takes 10,000. What is archived may grow meanwhile.
const EXPECTED: u64 = 9_000;
/// For all buffers together, as long as that is possible.
const MEMORY: u64 = 36 * MIB;

/// No object has more parts.
pub const MOST: usize = 10_000;

/// All parts but the last are equal: some stores want it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadPlan {
    pub part_bytes: usize,
    /// Parts that are sent at the same time, while one more is filled.
    pub in_flight: usize,
}

impl UploadPlan {
    /// For an object of about this size.
    pub fn of(expected_bytes: u64) -> Self {
        let part = expected_bytes.div_ceil(EXPECTED).next_multiple_of(MIB).clamp(SMALLEST, LARGEST);
        let in_flight = if part * 3 <= MEMORY { 2 } else { 1 };
        Self { part_bytes: usize::try_from(part).unwrap_or(usize::MAX), in_flight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_with_the_object_and_buffers_stay_small() {
        const GIB: u64 = 1024 * MIB;
        for (expected, part, in_flight) in [
            (0, 8, 2),
            (70 * GIB, 8, 2),
            (71 * GIB, 9, 2),
            (105 * GIB, 12, 2),
            (110 * GIB, 13, 1),
            (150 * GIB, 18, 1),
            (5000 * GIB, 569, 1),
        ] {
            let plan = UploadPlan::of(expected);
            let mib = plan.part_bytes as u64 / MIB;
            assert_eq!((mib, plan.in_flight), (part, in_flight), "{}", expected / GIB);
            assert!(plan.part_bytes as u64 * MOST as u64 >= expected);
            assert!(expected > 150 * GIB || mib * (in_flight as u64 + 1) <= 36);
        }
        assert_eq!(UploadPlan::of(u64::MAX - MIB).part_bytes as u64, LARGEST);
    }
}
