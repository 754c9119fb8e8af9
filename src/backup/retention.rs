//! Which backups are kept.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many backups are kept. A backup stays as long as one of the rules wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Retention {
    /// The newest ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<u32>,
    /// The newest of each of the last days that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily: Option<u32>,
    /// The newest of each of the last weeks, Monday to Sunday, that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekly: Option<u32>,
    /// The newest of each of the last months that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly: Option<u32>,
}

impl Retention {
    /// Reads the JSON of the variable `BACKUP_KEEP`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| {
            format!("it must be JSON such as {{\"last\":7,\"monthly\":12}}: {error}")
        })
    }

    /// Without a rule that keeps something everything is kept.
    fn is_empty(self) -> bool {
        let Self { last, daily, weekly, monthly } = self;
        [last, daily, weekly, monthly].into_iter().flatten().all(|count| count == 0)
    }
}

/// The ids of the backups that no rule wants, newest first. Neither the one that was just made nor the
/// newest that a drill has proved is ever among them. Days, weeks and months are those of UTC.
pub fn superfluous(
    keep: Retention,
    backups: &[(&str, Timestamp)],
    just_made: &str,
    proved: Option<&str>,
) -> Vec<String> {
    if keep.is_empty() {
        return Vec::new();
    }
    let mut backups = backups.to_vec();
    backups.sort_by(|(a, earlier), (b, later)| (later, b).cmp(&(earlier, a)));
    let mut wanted: BTreeSet<&str> = [just_made].into_iter().chain(proved).collect();
    wanted.extend(newest(&backups, keep.last, |id, _| id.to_owned()));
    wanted.extend(newest(&backups, keep.daily, |_, day| day));
    wanted.extend(newest(&backups, keep.weekly, |_, day| {
        let week = day.iso_week_date();
        (week.year(), week.week())
    }));
    wanted.extend(newest(&backups, keep.monthly, |_, day| (day.year(), day.month())));
    let unwanted = backups.into_iter().filter(|(id, _)| !wanted.contains(id));
    unwanted.map(|(id, _)| id.to_owned()).collect()
}

/// The newest of each of so many periods.
fn newest<'a, P: Ord>(
    backups: &[(&'a str, Timestamp)],
    count: Option<u32>,
    period: impl Fn(&str, Date) -> P,
) -> Vec<&'a str> {
    let mut periods = BTreeSet::new();
    let of = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
    let firsts = backups.iter().filter(|(id, time)| periods.insert(period(id, of(*time))));
    firsts
        .take(usize::try_from(count.unwrap_or(0)).unwrap_or(usize::MAX))
        .map(|(id, _)| *id)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A backup is called by its time.
    fn gone(keep: &str, times: &[&str], just_made: &str, proved: Option<&str>) -> Vec<String> {
        let time = |id: &&str| format!("{id}:00Z").parse().expect("a time");
        let backups: Vec<_> = times.iter().map(|id| (*id, time(id))).collect();
        superfluous(Retention::read(keep).expect("a rule"), &backups, just_made, proved)
    }

    const HOURS: [&str; 5] = [
        "2024-03-01T00:00",
        "2024-03-01T01:00",
        "2024-03-01T23:59",
        "2024-03-02T00:00",
        "2024-03-02T01:00",
    ];
    /// A Sunday, the Monday after it, and days around the end of a year whose week goes on.
    const WEEKS: [&str; 6] = [
        "2024-12-22T12:00",
        "2024-12-23T12:00",
        "2024-12-29T12:00",
        "2024-12-30T12:00",
        "2024-12-31T12:00",
        "2025-01-05T12:00",
    ];
    const MONTHS: [&str; 5] = [
        "2023-12-31T23:59",
        "2024-01-01T00:00",
        "2024-01-31T00:00",
        "2024-02-29T00:00",
        "2025-02-28T00:00",
    ];

    #[test]
    fn a_table_of_histories_and_what_goes() {
        let table: [(&str, &[&str], &[usize]); 17] = [
            ("{}", &HOURS, &[]),
            (r#"{"last":0}"#, &HOURS, &[]),
            (r#"{"last":0,"daily":0,"weekly":0,"monthly":0}"#, &HOURS, &[]),
            (r#"{"last":1}"#, &HOURS, &[3, 2, 1, 0]),
            (r#"{"last":2}"#, &HOURS, &[2, 1, 0]),
            (r#"{"last":5}"#, &HOURS, &[]),
            (r#"{"last":4294967295}"#, &HOURS, &[]),
            (r#"{"daily":1}"#, &HOURS, &[3, 2, 1, 0]),
            (r#"{"daily":2}"#, &HOURS, &[3, 1, 0]),
            (r#"{"daily":9}"#, &HOURS, &[3, 1, 0]),
            (r#"{"last":2,"daily":2}"#, &HOURS, &[1, 0]),
            (r#"{"weekly":1}"#, &WEEKS, &[4, 3, 2, 1, 0]),
            (r#"{"weekly":2}"#, &WEEKS, &[4, 3, 1, 0]),
            (r#"{"weekly":3}"#, &WEEKS, &[4, 3, 1]),
            (r#"{"monthly":3}"#, &MONTHS, &[1, 0]),
            (r#"{"monthly":4}"#, &MONTHS, &[1]),
            (r#"{"last":0,"monthly":1}"#, &MONTHS, &[3, 2, 1, 0]),
        ];
        for (keep, times, expected) in table {
            let newest = times.last().expect("one");
            let expected: Vec<&str> = expected.iter().map(|at| times[*at]).collect();
            assert_eq!(gone(keep, times, newest, None), expected, "{keep}");
            let mut shuffled = times.to_vec();
            shuffled.rotate_left(2);
            assert_eq!(gone(keep, &shuffled, newest, None), expected, "{keep}");
        }
    }

    #[test]
    fn the_one_just_made_and_the_one_that_was_proved_never_go() {
        // A clock that was ahead: the newest by its time is not the one just made.
        assert_eq!(gone(r#"{"last":1}"#, &HOURS, HOURS[1], None), [HOURS[3], HOURS[2], HOURS[0]]);
        let proved = gone(r#"{"last":1}"#, &HOURS, HOURS[4], Some(HOURS[0]));
        assert_eq!(proved, [HOURS[3], HOURS[2], HOURS[1]]);
        assert!(gone(r#"{"last":1}"#, &HOURS[4..], HOURS[4], Some("of another time")).is_empty());
        assert!(gone(r#"{"last":1}"#, &[], HOURS[4], None).is_empty());
    }

    #[test]
    fn backups_of_one_moment_have_an_order_all_the_same() {
        let time = "2024-03-01T00:00:00Z".parse().expect("a time");
        let keep = Retention { last: Some(1), ..Retention::default() };
        assert_eq!(superfluous(keep, &[("a", time), ("b", time)], "b", None), ["a"]);
        assert_eq!(superfluous(keep, &[("b", time), ("a", time)], "b", None), ["a"]);
    }

    #[test]
    fn a_rule_that_nobody_knows_deletes_nothing() {
        for wrong in ["", "7", r#"{"last":-1}"#, r#"{"last":"7"}"#, r#"{"yearly":1}"#] {
            assert!(Retention::read(wrong).is_err(), "{wrong}");
        }
        let keep = Retention { daily: Some(7), ..Retention::default() };
        assert_eq!(serde_json::to_string(&keep).expect("JSON"), r#"{"daily":7}"#);
    }
}
