//! Kubernetes quantities (`500m`, `1Gi`, `2e3`), exact enough to be compared.
//!
//! The source of the notation is the documentation of
//! `k8s.io/apimachinery/pkg/api/resource.Quantity`.

use serde_json::Value;

/// Digits behind the point that the API server keeps. It rounds up what is finer.
const SCALE: i32 = 9;
/// The largest magnitude that the API server keeps, in nano: 2^63-1 units.
const MOST: i128 = i64::MAX as i128 * 1_000_000_000;
/// More digits than this say nothing that is not already beyond [`MOST`] or below one nano.
const DIGITS: usize = 64;

/// An amount, ordered by value: `1000m` equals `1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    nano: i128,
}

impl Quantity {
    pub const ZERO: Self = Self { nano: 0 };

    /// As the API server keeps it in a list of resources: rounded up to a thousandth.
    pub fn rounded(self) -> Self {
        const MILLI: i128 = 1_000_000;
        let up = i128::from(self.nano.rem_euclid(MILLI) != 0);
        Self { nano: (self.nano.div_euclid(MILLI) + up) * MILLI }
    }

    /// Whether there is nothing behind the point.
    pub fn is_whole(self) -> bool {
        self.nano % 1_000_000_000 == 0
    }
}

/// Reads a quantity. None for what the API server would refuse.
pub fn parse(text: &str) -> Option<Quantity> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let nano = magnitude(whole, fraction, unit(suffix)?).min(MOST);
    Some(Quantity { nano: if negative { -nano } else { nano } })
}

/// Reads a quantity from JSON, where it may be a number.
pub fn of(value: &Value) -> Option<Quantity> {
    match value {
        Value::String(text) => parse(text),
        Value::Number(number) => parse(&number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What a suffix multiplies by: a power of two times a power of ten.
#[derive(Clone, Copy)]
struct Unit {
    two: u32,
    ten: i32,
}

fn unit(suffix: &str) -> Option<Unit> {
    let two = |two| Unit { two, ten: 0 };
    let ten = |ten| Unit { two: 0, ten };
    Some(match suffix {
        "" => ten(0),
        "n" => ten(-9),
        "u" => ten(-6),
        "m" => ten(-3),
        "k" => ten(3),
        "M" => ten(6),
        "G" => ten(9),
        "T" => ten(12),
        "P" => ten(15),
        "E" => ten(18),
        "Ki" => two(10),
        "Mi" => two(20),
        "Gi" => two(30),
        "Ti" => two(40),
        "Pi" => two(50),
        "Ei" => two(60),
        _ => ten(exponent(suffix.strip_prefix(['e', 'E'])?)?),
    })
}

fn exponent(text: &str) -> Option<i32> {
    text.parse::<i32>().ok().filter(|exponent| (-1_000..=1_000).contains(exponent))
}

/// The number in nano, rounded up, or [`i128::MAX`] where it does not fit.
fn magnitude(whole: &str, fraction: &str, unit: Unit) -> i128 {
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.is_empty() && fraction.is_empty() {
        return 0;
    }
    // A long fraction is cut where no unit can lift its rest to a nano; cutting rounds up.
    let kept = &fraction[..fraction.len().min(DIGITS)];
    let mut digits: i128 = 0;
    let mut ten = unit.ten + SCALE;
    let mut cut = kept.len() < fraction.len();
    for (index, digit) in whole.bytes().chain(kept.bytes()).enumerate() {
        let behind_point = index >= whole.len();
        match digits.checked_mul(10).and_then(|d| d.checked_add(i128::from(digit - b'0'))) {
            Some(next) if next <= i128::MAX >> unit.two => {
                digits = next;
                ten -= i32::from(behind_point);
            }
            _ if behind_point => {
                cut = true;
                break;
            }
            _ => return i128::MAX,
        }
    }
    scaled(digits << unit.two, ten, cut)
}

fn scaled(digits: i128, ten: i32, cut: bool) -> i128 {
    let power = 10_i128.checked_pow(ten.unsigned_abs());
    if ten >= 0 {
        return power.and_then(|power| digits.checked_mul(power)).unwrap_or(i128::MAX);
    }
    let Some(power) = power else { return 1 };
    let rest = cut || digits % power != 0;
    digits / power + i128::from(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_amounts_are_equal() {
        for (left, right) in [
            ("1000m", "1"),
            ("1Gi", "1024Mi"),
            ("1.5Gi", "1536Mi"),
            ("1e3", "1k"),
            ("1E3", "1000"),
            ("1E", "1000P"),
            ("0.1", "100m"),
            (".5", "500m"),
            ("5.", "5"),
            ("+1", "1"),
            ("-0", "0"),
            ("0.0000000001", "1n"),
            ("1e-30", "1n"),
            ("0.9000000000000000000000000000000000000000000001", "900000001n"),
            ("10Ei", "9223372036854775807"),
            ("99999999999999999999999999999999999999999999", "8Ei"),
            ("-1e999", "-9223372036854775807"),
            ("007", "7"),
            ("123456789.123456789Ki", "126419752062.419751936"),
        ] {
            assert!(parse(left).is_some(), "{left}");
            assert_eq!(parse(left), parse(right), "{left} and {right}");
        }
    }

    #[test]
    fn amounts_have_an_order() {
        for (less, more) in [
            ("1G", "1Gi"),
            ("-1", "0"),
            ("999m", "1"),
            ("1n", "2n"),
            ("1023Mi", "1Gi"),
            ("0", "1e-30"),
        ] {
            assert!(parse(less) < parse(more), "{less} and {more}");
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1.2.3",
            "1K",
            "1 Gi",
            "Gi",
            "1e",
            "1e1.5",
            "1mi",
            "--1",
            "ä",
            "1ä",
            "1e9999999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_in_json_are_amounts() {
        assert_eq!(of(&serde_json::json!(1)), parse("1"));
        assert_eq!(of(&serde_json::json!(0.5)), parse("500m"));
        assert_eq!(of(&serde_json::json!(true)), None);
    }
}
