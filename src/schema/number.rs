//! Judges numbers, which JSON does not type and the API server does.

use super::keywords::FormatKeyword;
use super::node::Checks;
use serde_json::Number;
use std::cmp::Ordering;

/// 2^53 - 1: up to here a JSON number with a fraction of zero counts as an integer.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

pub(super) fn is_integer(number: &Number) -> bool {
    number.is_i64()
        || number.as_f64().is_some_and(|float| float.fract() == 0.0 && float.abs() <= MAX_EXACT)
}

/// What is wrong with a number.
pub(super) fn problems(checks: &Checks, number: &Number) -> Vec<String> {
    let mut problems = Vec::new();
    if checks.format == Some(FormatKeyword::Int32) && !fits_int32(number) {
        problems.push(format!("value must be of type integer with format int32, found {number}"));
    }
    for (limit, beyond, than) in
        [(checks.minimum, Ordering::Less, "greater"), (checks.maximum, Ordering::Greater, "less")]
    {
        if let Some(limit) = limit.filter(|limit| compare(number, *limit) == beyond) {
            problems.push(format!("should be {than} than or equal to {limit}, found {number}"));
        }
    }
    problems
}

fn fits_int32(number: &Number) -> bool {
    number
        .as_f64()
        .is_some_and(|float| (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&float))
}

/// Integers are compared as integers: a float cannot tell the large ones apart.
#[allow(clippy::cast_precision_loss)]
fn compare(number: &Number, limit: i64) -> Ordering {
    match number.as_i64() {
        Some(integer) => integer.cmp(&limit),
        None => number.as_f64().unwrap_or(f64::INFINITY).total_cmp(&(limit as f64)),
    }
}
