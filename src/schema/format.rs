//! Keyword `format` of texts, as far as the API server judges it.

use super::pattern::Pattern;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A format that texts must have.
#[derive(Debug)]
pub(super) struct Format {
    /// As the schema writes it.
    pub(super) name: String,
    pattern: Pattern,
    /// What a pattern cannot say.
    check: fn(&str) -> bool,
}

const BYTE: &str =
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$";
const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
const DATE_TIME: &str = "(?i)^[0-9]{4}-[0-9]{2}-[0-9]{2}t([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](.[0-9]+)?\
    (z|[+-][0-9]{2}:[0-9]{2})$";
/// What Go's time.ParseDuration reads, or a number and a unit's name anywhere, as in "10 minutes".
const DURATION: &str = "^[-+]?(([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+$|^[-+]?0$|[0-9][\\t\\n\\f\\r ]*\
    (?i:ns|us|µs|ms|s|m|h|hr|d|w|wk|(nano|micro|milli|sec|min|hour|day|week)[a-zµ]*)([^A-Za-zµ]|$)";
const UUID: &str = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$";
const SHORT_NAME: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
const LONG_NAME: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
const ANY: &str = "";

impl Format {
    /// `None` for formats that the API server passes over.
    pub(super) fn compile(name: &str) -> Result<Option<Self>, String> {
        let (pattern, check): (_, fn(&str) -> bool) = match name.replace('-', "").as_str() {
            "byte" => (BYTE, |_| true),
            "cidr" => (ANY, is_cidr),
            "date" => (DATE, is_in_calendar),
            "datetime" => (DATE_TIME, is_in_calendar),
            "duration" => (DURATION, |_| true),
            "ipv4" => (ANY, |text| is_ipv4(text)),
            "ipv6" => (ANY, |text| text.parse::<Ipv6Addr>().is_ok()),
            "uuid" => (UUID, |_| true),
            "k8sshortname" => (SHORT_NAME, |text| text.len() <= 63),
            "k8slongname" => (LONG_NAME, |text| text.len() <= 253),
            "bsonobjectid" | "creditcard" | "email" | "hexcolor" | "hostname" | "isbn"
            | "isbn10" | "isbn13" | "mac" | "rgbcolor" | "ssn" | "uri" | "uuid3" | "uuid4"
            | "uuid5" => {
                return Err(format!(
                    "format {name:?} is judged by the API server but not here: write a pattern"
                ));
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { name: name.to_owned(), pattern: Pattern::compile(pattern)?, check }))
    }

    pub(super) fn accepts(&self, text: &str) -> bool {
        self.pattern.matches(text) && (self.check)(text)
    }
}

/// Whether there is such a day; the text begins with a date of digits.
fn is_in_calendar(text: &str) -> bool {
    let number = |range| text.get(range).and_then(|digits: &str| digits.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// The API server allows leading zeros.
fn is_ipv4(text: &str) -> bool {
    let octets: Vec<_> = text
        .split('.')
        .map(|octet| match octet.trim_start_matches('0') {
            "" if !octet.is_empty() => "0",
            digits => digits,
        })
        .collect();
    octets.join(".").parse::<Ipv4Addr>().is_ok()
}

fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let length =
        length.parse::<u8>().ok().filter(|_| length.bytes().all(|byte| byte.is_ascii_digit()));
    let longest = match (is_ipv4(address), address.parse::<Ipv6Addr>()) {
        (true, _) => 32,
        (false, Ok(_)) => 128,
        (false, Err(_)) => return false,
    };
    length.is_some_and(|length| length <= longest)
}
