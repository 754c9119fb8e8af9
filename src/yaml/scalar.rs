//! What a scalar means to kubectl: `resolve` of go-yaml v2, as sigs.k8s.io/yaml turns its results
//! into JSON.

use base64::{Engine, engine::general_purpose::STANDARD};
use granit_parser::{ScalarStyle, Tag};
use serde_json::Value;
use std::borrow::Cow;

const CORE: &str = "tag:yaml.org,2002:";

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
}

impl Scalar {
    /// Whole floats become integers, because that is how kubectl's detour over JSON writes them
    /// (`1e3`, `1.0`).
    ///
    /// Fails for infinity and not-a-number, which JSON has not.
    pub(super) fn into_value(self) -> Result<Value, String> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Int(number) => Value::from(number),
            Self::Unsigned(number) => Value::from(number),
            Self::Float(number) if !number.is_finite() => {
                return Err(
                    "infinity and not-a-number do not exist in JSON, so Kubernetes cannot \
                            store them"
                        .into(),
                );
            }
            Self::Float(number) => match whole(number) {
                Some(whole) => Value::from(whole),
                None => Value::from(number),
            },
            Self::Text(text) => Value::String(text),
        })
    }

    /// The mapping key that this scalar stands for; `None` for null.
    pub(super) fn into_key(self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(flag) => flag.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Unsigned(number) => number.to_string(),
            Self::Float(number) => float_key(number),
            Self::Text(text) => text,
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(number: f64) -> Option<i64> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    let fits = number.fract() == 0.0 && (-TWO_TO_63..TWO_TO_63).contains(&number);
    fits.then_some(number as i64)
}

/// Resolves one scalar by its style and tag.
///
/// Fails where the tag and the text do not fit each other.
pub(super) fn resolve(
    text: Cow<str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
) -> Result<Scalar, String> {
    let Some(tag) = tag else {
        return Ok(match style {
            ScalarStyle::Plain => plain(text),
            _ => Scalar::Text(text.into_owned()),
        });
    };
    let kind = tag.suffix_in_namespace(CORE).unwrap_or_default();
    let refuse = |wanted: &str| Err(format!("'{text}' is tagged !!{kind} but is not {wanted}"));
    match &*kind {
        "int" | "float" | "bool" | "null" => match (&*kind, plain(text.clone())) {
            // JSON writes a whole float like an integer.
            ("int" | "float", scalar @ Scalar::Int(_))
            | ("int", scalar @ Scalar::Unsigned(_))
            | ("float", scalar @ Scalar::Float(_))
            | ("bool", scalar @ Scalar::Bool(_))
            | ("null", scalar @ Scalar::Null) => Ok(scalar),
            ("int", _) => refuse("a whole number"),
            ("float", _) => refuse("a number"),
            ("bool", _) => refuse("true or false"),
            _ => refuse("null"),
        },
        "binary" => {
            let packed: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
            match STANDARD.decode(packed).map(String::from_utf8) {
                Ok(Ok(decoded)) => Ok(Scalar::Text(decoded)),
                Ok(Err(_)) => Err("!!binary data that is not UTF-8 has no place in JSON: \
                                   write the base64 as an ordinary string"
                    .into()),
                Err(_) => refuse("valid base64"),
            }
        }
        _ => Ok(Scalar::Text(text.into_owned())),
    }
}

/// Whether a tag is this one of YAML's own.
pub(super) fn is_tagged(tag: Option<&Tag>, kind: &str) -> bool {
    tag.and_then(|tag| tag.suffix_in_namespace(CORE)).is_some_and(|suffix| *suffix == *kind)
}

fn plain(text: Cow<str>) -> Scalar {
    let resolved = match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Scalar::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(Scalar::Bool(true))
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(Scalar::Bool(false))
        }
        ".nan" | ".NaN" | ".NAN" => Some(Scalar::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Some(Scalar::Float(f64::INFINITY))
        }
        "-.inf" | "-.Inf" | "-.INF" => Some(Scalar::Float(f64::NEG_INFINITY)),
        other => match other.as_bytes()[0] {
            b'.' => float(other),
            b'0'..=b'9' | b'+' | b'-' => {
                let digits = if other.contains('_') {
                    Cow::Owned(other.replace('_', ""))
                } else {
                    Cow::Borrowed(other)
                };
                integer(&digits).or_else(|| float(&digits))
            }
            _ => None,
        },
    };
    resolved.unwrap_or_else(|| Scalar::Text(text.into_owned()))
}

/// Go's `ParseInt` with base 0, then `ParseUint`, which takes no sign.
fn integer(text: &str) -> Option<Scalar> {
    let (negative, unsigned) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, base).ok()?;
    if negative {
        return 0i64.checked_sub_unsigned(magnitude).map(Scalar::Int);
    }
    match i64::try_from(magnitude) {
        Ok(number) => Some(Scalar::Int(number)),
        Err(_) if text.starts_with('+') => None,
        Err(_) => Some(Scalar::Unsigned(magnitude)),
    }
}

/// A float too large for 64 bits stays text, as in go-yaml.
fn float(text: &str) -> Option<Scalar> {
    let numeric = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let number: f64 = if numeric {
        text.parse().ok()?
    } else {
        return None;
    };
    number.is_finite().then_some(Scalar::Float(number))
}

/// Go's `FormatFloat(number, 'g', -1, 32)`, which sigs.k8s.io/yaml uses for keys: `1e7` is the key
/// `1e+07`.
#[expect(clippy::cast_possible_truncation, reason = "32 bits are what kubectl writes")]
fn float_key(number: f64) -> String {
    let number = number as f32;
    if number.is_nan() {
        return ".nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    let scientific = format!("{number:e}");
    let exponent = |text: &str| text.parse::<i32>().unwrap_or_default();
    match scientific.split_once('e').map(|(mantissa, power)| (mantissa, exponent(power))) {
        Some((mantissa, power)) if !(-4..6).contains(&power) => {
            format!("{mantissa}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
        }
        _ => number.to_string(),
    }
}
