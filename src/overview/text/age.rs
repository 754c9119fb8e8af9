//! How long ago something was.

use jiff::Timestamp;

/// The largest unit of which there are at least two, as kubectl has it. A dash where there is no time.
pub fn since(time: Option<&str>, now: Timestamp) -> String {
    let Some(time) = time.and_then(|time| time.parse::<Timestamp>().ok()) else {
        return "-".to_owned();
    };
    // The clocks of two machines differ.
    let seconds = now.duration_since(time).as_secs().max(0);
    let units = [(86_400, "d"), (3600, "h"), (60, "m")];
    let unit = units.into_iter().find(|(length, _)| seconds >= 2 * length);
    let (length, name) = unit.unwrap_or((1, "s"));
    format!("{}{name}", seconds / length)
}
