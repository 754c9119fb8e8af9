//! Where a backup stands in a bucket: `<prefix><namespace>/<moduleName>/<id>.tar.gz`.

use jiff::Timestamp;
use uuid::Uuid;

const EXTENSION: &str = ".tar.gz";

/// Whose backups.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Of {
    pub namespace: String,
    /// `spec.moduleName` of the BotModule, not its name.
    pub module: String,
}

impl Of {
    /// What every key of them begins with.
    pub fn folder(&self, prefix: &str) -> String {
        format!("{prefix}{}/{}/", self.namespace, self.module)
    }

    /// The key of one backup.
    pub fn key(&self, prefix: &str, id: &str) -> String {
        format!("{}{id}{EXTENSION}", self.folder(prefix))
    }

    /// The id in a key of exactly this form. None for any other key.
    pub fn id<'a>(&self, prefix: &str, key: &'a str) -> Option<&'a str> {
        let id = key.strip_prefix(&self.folder(prefix))?.strip_suffix(EXTENSION)?;
        is_id(id).then_some(id)
    }
}

/// Whether an id is a plain name, with which no other folder can be reached.
pub fn is_id(id: &str) -> bool {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    !id.is_empty() && id.len() <= 255 && !id.starts_with('.') && id.chars().all(is_plain)
}

/// When a backup was made, as far as its id tells: one of version 7 begins with the time.
pub fn time_of(id: &str) -> Option<Timestamp> {
    let (seconds, nanoseconds) = Uuid::parse_str(id).ok()?.get_timestamp()?.to_unix();
    let is_sorted = Uuid::parse_str(id).ok()?.get_version_num() == 7;
    let time =
        Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()?;
    is_sorted.then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_exactly_its_form_has_an_id() {
        let of = Of { namespace: "bots".to_owned(), module: "echo".to_owned() };
        let key = of.key("deep/p-", "01939d3c-1f4b-7000-8000-000000000001");
        assert_eq!(key, "deep/p-bots/echo/01939d3c-1f4b-7000-8000-000000000001.tar.gz");
        assert_eq!(of.id("deep/p-", &key), Some("01939d3c-1f4b-7000-8000-000000000001"));
        for other in [
            "bots/echo/a.tar.gz",
            "deep/p-bots/echo2/a.tar.gz",
            "deep/p-bots/echo/x/a.tar.gz",
            "deep/p-bots/echo/..tar.gz",
            "deep/p-bots/echo/a.tar",
            "deep/p-bots/echo/.tar.gz",
        ] {
            assert_eq!(of.id("deep/p-", other), None, "{other}");
        }
    }

    #[test]
    fn only_ids_of_version_7_tell_their_time() {
        let time = time_of("01939d3c-1f4b-7000-8000-000000000001").map(Timestamp::as_millisecond);
        assert_eq!(time, Some(0x0193_9d3c_1f4b));
        assert_eq!(time_of("9b2f6e0a-6f0e-4a53-9d5c-2f6a1b1e8f00"), None);
        assert_eq!(time_of("monday"), None);
    }
}
