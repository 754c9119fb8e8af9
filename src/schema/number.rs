//! Judges numbers, which JSON does not type and the API server does.

use super::node::{Checks, Limit};
use serde_json::{Number, Value};
use std::cmp::Ordering;

/// 2^53 - 1: up to here a JSON number with a fraction of zero counts as an integer.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

pub(super) fn is_integer(number: &Number) -> bool {
    number.is_i64()
        || number.as_f64().is_some_and(|float| float.fract() == 0.0 && float.abs() <= MAX_EXACT)
}

/// Whether two values are the same to the API server: `1` and `1.0` are.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

/// What is wrong with a number.
pub(super) fn problems(checks: &Checks, number: &Number) -> Vec<String> {
    let mut problems = Vec::new();
    if checks.int32 && !fits_int32(number) {
        problems.push(format!("value must be of type integer with format int32, found {number}"));
    }
    if let Some(factor) = checks.multiple_of
        && !is_multiple(number, factor)
    {
        problems.push(format!("should be a multiple of {factor}, found {number}"));
    }
    for (limit, beyond, than) in
        [(checks.minimum, Ordering::Less, "greater"), (checks.maximum, Ordering::Greater, "less")]
    {
        let Some(Limit { number: limit, exclusive }) = limit else { continue };
        let order = compare(number, limit);
        if order == beyond || exclusive && order == Ordering::Equal {
            let or_equal = if exclusive { "" } else { " or equal to" };
            problems.push(format!("should be {than} than{or_equal} {limit}, found {number}"));
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
#[allow(clippy::cast_possible_truncation)]
fn compare(number: &Number, limit: f64) -> Ordering {
    match number.as_i64() {
        Some(integer) if limit.fract() == 0.0 => integer.cmp(&(limit as i64)),
        _ => number.as_f64().unwrap_or(f64::INFINITY).total_cmp(&limit),
    }
}

#[allow(clippy::cast_possible_truncation)]
fn is_multiple(number: &Number, factor: f64) -> bool {
    match number.as_i64() {
        Some(integer) if factor.fract() == 0.0 => integer.checked_rem(factor as i64) == Some(0),
        _ => number.as_f64().is_some_and(|float| (float / factor).fract() == 0.0),
    }
}
