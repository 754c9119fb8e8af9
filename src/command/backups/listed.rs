//! Backups as a table, as JSON and as YAML.

use super::location::{BackupLocation, Proof};
use crate::s3::StoredBackup;
use crate::yaml;
use jiff::{Timestamp, Unit};
use serde_json::{Value, json};

/// One backup.
pub struct ListedBackup {
    module: String,
    module_name: String,
    pub id: String,
    key: String,
    pub time: Timestamp,
    bytes: u64,
    /// What a drill has said of it, if there was one.
    drilled: Option<bool>,
}

impl ListedBackup {
    pub fn new(source: &BackupLocation, stored: StoredBackup) -> Self {
        let StoredBackup { id, key, time, bytes } = stored;
        let drilled = drilled(&source.proof, &id);
        let (module, module_name) = (source.module.name.clone(), source.of.module.clone());
        Self { module, module_name, id, key, time, bytes, drilled }
    }
}

fn drilled(proof: &Proof, id: &str) -> Option<bool> {
    let is = |known: &Option<String>| known.as_deref() == Some(id);
    if is(&proof.failed) { Some(false) } else { is(&proof.proved).then_some(true) }
}

/// For a person.
pub fn table(rows: &[ListedBackup], now: Timestamp) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = ["MODULE", "ID", "TIME", "AGE", "SIZE", "DRILLED"].map(str::to_owned);
    let lines: Vec<[String; 6]> =
        [head].into_iter().chain(rows.iter().map(|row| cells(row, now))).collect();
    let widths: [usize; 6] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
    });
    lines.iter().map(|line| aligned(line, &widths)).collect()
}

fn aligned(line: &[String], widths: &[usize]) -> String {
    let padded = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
    format!("{}\n", padded.collect::<Vec<_>>().join("   ").trim_end())
}

fn cells(row: &ListedBackup, now: Timestamp) -> [String; 6] {
    let drilled = match row.drilled {
        Some(true) => "yes",
        Some(false) => "failed",
        None => "-",
    };
    [
        row.module.clone(),
        row.id.clone(),
        second(row.time),
        age(row.time, now),
        size(row.bytes),
        drilled.to_owned(),
    ]
}

fn second(time: Timestamp) -> String {
    time.round(Unit::Second).unwrap_or(time).to_string()
}

/// The largest unit of which there are at least two, as kubectl has it.
fn age(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(time).as_secs().max(0);
    let units = [(86_400, "d"), (3600, "h"), (60, "m")];
    let unit = units.into_iter().find(|(length, _)| seconds >= 2 * length);
    let (length, name) = unit.unwrap_or((1, "s"));
    format!("{}{name}", seconds / length)
}

fn size(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let Some((shift, name)) = units.into_iter().find(|(shift, _)| bytes >> shift > 0) else {
        return format!("{bytes} B");
    };
    let tenths = (u128::from(bytes) * 10) >> shift;
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// For a program.
pub fn json(rows: &[ListedBackup]) -> String {
    // A value always has a text.
    serde_json::to_string_pretty(&value(rows)).map(|text| text + "\n").unwrap_or_default()
}

/// For a program, or a person.
pub fn yaml(rows: &[ListedBackup]) -> String {
    yaml::to_string(&value(rows))
}

fn value(rows: &[ListedBackup]) -> Value {
    rows.iter()
        .map(|row| {
            json!({
                "module": row.module,
                "moduleName": row.module_name,
                "id": row.id,
                "key": row.key,
                "time": second(row.time),
                "bytes": row.bytes,
                "drilled": row.drilled,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, time: &str, bytes: u64, drilled: Option<bool>) -> ListedBackup {
        ListedBackup {
            module: "echo".to_owned(),
            module_name: "echo-name".to_owned(),
            id: id.to_owned(),
            key: format!("bots/echo-name/{id}.tar.gz"),
            time: time.parse().expect("a time"),
            bytes,
            drilled,
        }
    }

    #[test]
    fn a_table_has_a_line_for_each_backup() {
        let now = "2024-05-10T12:00:00Z".parse().expect("a time");
        let rows = [
            row("b", "2024-05-10T11:58:31.4Z", 3 << 30, None),
            row("longer", "2024-05-08T11:00:00Z", 1536, Some(true)),
            row("a", "2024-05-11T00:00:00Z", 7, Some(false)),
        ];
        let expected = "\
MODULE   ID       TIME                   AGE   SIZE      DRILLED
echo     b        2024-05-10T11:58:31Z   88s   3.0 GiB   -
echo     longer   2024-05-08T11:00:00Z   2d    1.5 KiB   yes
echo     a        2024-05-11T00:00:00Z   0s    7 B       failed
";
        assert_eq!(table(&rows, now), expected);
        assert_eq!(table(&[], now), "");
    }

    #[test]
    fn programs_get_all_of_it() {
        let rows = [row("a", "2024-05-10T11:58:31Z", 7, Some(true))];
        let read: Value = serde_json::from_str(&json(&rows)).expect("JSON");
        let entry = &read[0];
        assert_eq!(entry["key"], "bots/echo-name/a.tar.gz");
        assert_eq!((&entry["bytes"], &entry["drilled"]), (&Value::from(7), &Value::from(true)));
        assert!(yaml(&rows).contains("time: "), "{}", yaml(&rows));
        assert_eq!(json(&[]), "[]\n");
    }

    #[test]
    fn what_a_drill_said_counts_for_its_backup() {
        let proof = Proof { proved: Some("a".to_owned()), failed: Some("b".to_owned()) };
        assert_eq!(["a", "b", "c"].map(|id| drilled(&proof, id)), [Some(true), Some(false), None]);
    }
}
