//! By which name the program was called: its own, or that of a plugin of kubectl.
//!
//! For `kubectl eevee` kubectl runs the file `kubectl-eevee` that it finds on the PATH. In the names of such files a
//! dash stands between words, and an underscore for a dash.

use clap::Command;
use std::ffi::OsStr;
use std::path::Path;

const ITSELF: &str = "eevee-operator";
const PLUGIN: &str = "kubectl-";
const COMPLETION: &str = "kubectl_complete-";

/// By which name the program was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    Itself,
    /// The name of the file, such as `kubectl-eevee`.
    Plugin(String),
    /// kubectl asks how the words of its plugin go on.
    Completion,
}

impl Called {
    /// The name that this process was given.
    pub fn now() -> Self {
        std::env::args_os().next().map_or(Self::Itself, |first| Self::by(&first))
    }

    fn by(first: &OsStr) -> Self {
        let file = Path::new(first).file_name().and_then(OsStr::to_str).unwrap_or_default();
        let file = file.strip_suffix(".exe").unwrap_or(file);
        if file.len() > PLUGIN.len() && file.starts_with(PLUGIN) {
            Self::Plugin(file.to_owned())
        } else if file.len() > COMPLETION.len() && file.starts_with(COMPLETION) {
            Self::Completion
        } else {
            Self::Itself
        }
    }

    /// The name of the file, without an ending.
    pub fn file(&self) -> &str {
        match self {
            Self::Itself | Self::Completion => ITSELF,
            Self::Plugin(file) => file,
        }
    }

    /// The command line under this name. Nobody runs an operator by a plugin's bare name.
    pub fn name(&self, command: Command) -> Command {
        match self {
            Self::Itself | Self::Completion => command,
            Self::Plugin(file) => command
                .bin_name(self.words())
                .display_name(file.clone())
                .after_help(
                    "Clusters and the namespace are those of kubectl's kubeconfig and context.",
                )
                .mut_subcommand("run", |run| run.about("Run the operator"))
                .subcommand_required(true)
                .arg_required_else_help(true),
        }
    }

    /// What a person writes to call the program so.
    pub fn words(&self) -> String {
        match self {
            Self::Itself | Self::Completion => ITSELF.to_owned(),
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
