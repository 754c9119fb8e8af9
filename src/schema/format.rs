//! Format `date-time`.

use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

static DATE_TIME: LazyLock<Result<Regex, regex::Error>> = LazyLock::new(|| {
    Regex::new(
        "(?i)^[0-9]{4}-[0-9]{2}-[0-9]{2}t([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](.[0-9]+)?\
         (z|[+-][0-9]{2}:[0-9]{2})$",
    )
});

/// Whether a text is a time to the API server: this shape, and a day that there is.
pub(super) fn is_date_time(text: &str) -> bool {
    DATE_TIME.as_ref().is_ok_and(|shape| shape.is_match(text))
        && text.get(..10).is_some_and(|day| day.parse::<Date>().is_ok())
}
