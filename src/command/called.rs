//! By which name the program was called: its own, or that of a plugin of kubectl.
//!
//! For `kubectl eevee` kubectl runs the file `kubectl-eevee` that it finds on the PATH. In the names of such files a
//! dash stands between words, and an underscore for a dash.

use std::ffi::OsStr;
use std::path::Path;

const ITSELF: &str = "eevee-operator";
const PLUGIN: &str = "kubectl-";

/// By which name the program was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    Itself,
    /// The name of the file, such as `kubectl-eevee`.
    Plugin(String),
}

impl Called {
    /// The name that this process was given.
    pub fn now() -> Self {
        std::env::args_os().next().map_or(Self::Itself, |first| Self::by(&first))
    }

    fn by(first: &OsStr) -> Self {
        let file = Path::new(first).file_name().and_then(OsStr::to_str).unwrap_or_default();
        let file = file.strip_suffix(".exe").unwrap_or(file);
        match file.strip_prefix(PLUGIN) {
            Some(rest) if !rest.is_empty() => Self::Plugin(file.to_owned()),
            _ => Self::Itself,
        }
    }

    /// The name of the file, without an ending.
    pub fn file(&self) -> &str {
        match self {
            Self::Itself => ITSELF,
            Self::Plugin(file) => file,
        }
    }

    /// What a person writes to call the program so.
    pub fn words(&self) -> String {
        match self {
            Self::Itself => ITSELF.to_owned(),
            Self::Plugin(file) => file.replace('-', " ").replace('_', "-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(first: &str) -> String {
        Called::by(OsStr::new(first)).words()
    }

    #[test]
    fn a_plugin_is_known_by_the_name_of_its_file() {
        let plugins =
            ["kubectl-eevee", "./kubectl-eevee", "/a b/kubectl-eevee", "kubectl-eevee.exe"];
        for first in plugins {
            assert_eq!(words(first), "kubectl eevee", "{first}");
        }
        assert_eq!(words("kubectl-eevee_operator"), "kubectl eevee-operator");
        assert_eq!(words("kubectl-bots-eevee"), "kubectl bots eevee");
    }

    #[test]
    fn whatever_else_it_is_called_it_is_itself() {
        let others =
            ["", "eevee-operator", "/kubectl-eevee/eevee-operator", "kubectl", "kubectl-", "eevee"];
        for first in others {
            assert_eq!(Called::by(OsStr::new(first)), Called::Itself, "{first}");
            assert_eq!(words(first), "eevee-operator");
        }
    }
}
