//! What kubectl asks when somebody completes `kubectl eevee …` with its own completions: it runs `kubectl_complete-eevee`
//! with the words so far, the last of which is still to be completed. The answer is that of its library: a line for
//! each candidate, with a tab before what it means, and a number that says what the shell does besides.

use super::{CommandLine, output};
use clap::{Arg, Command, CommandFactory};
use std::process::ExitCode;

/// The shell offers files, too.
const FILES: &str = ":0\n";
const NO_FILES: &str = ":4\n";

/// Prints the answer.
pub fn run(words: &[String]) -> ExitCode {
    output::print(&answer(words))
}

fn answer(words: &[String]) -> String {
    let mut root = CommandLine::command();
    root.build();
    let (last, before) = words.split_last().map_or(("", &[][..]), |(last, rest)| (last, rest));
    let (command, open) = place(&root, before);
    if let Some(option) = open {
        return values(option, last);
    }
    let candidates = if last.starts_with('-') { options(command) } else { names(command) };
    let fits = candidates.into_iter().filter(|(word, _)| word.starts_with(last));
    let lines: String = fits.map(|(word, about)| format!("{word}\t{about}\n")).collect();
    lines + NO_FILES
}

/// The command that the words lead to, and the option whose value comes next.
fn place<'a>(root: &'a Command, words: &[String]) -> (&'a Command, Option<&'a Arg>) {
    let (mut command, mut open) = (root, None);
    for word in words {
        if open.take().is_some() {
            continue;
        }
        if word.starts_with('-') {
            open = command.get_arguments().find(|option| takes_next(option, word));
        } else if let Some(next) = command.find_subcommand(word) {
            command = next;
        }
    }
    (command, open)
}

fn takes_next(option: &Arg, word: &str) -> bool {
    let long = option.get_long().is_some_and(|long| word.strip_prefix("--") == Some(long));
    let short = option.get_short().is_some_and(|short| word == format!("-{short}"));
    (long || short) && option.get_action().takes_values()
}

/// What an option may be; where that is not known, it may be a file.
fn values(option: &Arg, last: &str) -> String {
    let known = option.get_possible_values();
    let names = known.iter().map(clap::builder::PossibleValue::get_name);
    let lines: String =
        names.filter(|name| name.starts_with(last)).map(|name| format!("{name}\n")).collect();
    lines + if known.is_empty() { FILES } else { NO_FILES }
}

type Candidates = Vec<(String, String)>;

fn options(command: &Command) -> Candidates {
    let shown = command.get_arguments().filter(|option| !option.is_hide_set());
    let long = shown.filter_map(|option| Some((option.get_long()?, option.get_help())));
    long.map(|(long, help)| (format!("--{long}"), first_line(help))).collect()
}

fn names(command: &Command) -> Candidates {
    let commands = command.get_subcommands().filter(|command| !command.is_hide_set());
    let commands = commands.map(|next| (next.get_name().to_owned(), first_line(next.get_about())));
    let places = command.get_positionals().flat_map(Arg::get_possible_values);
    commands.chain(places.map(|value| (value.get_name().to_owned(), String::new()))).collect()
}

fn first_line(text: Option<&clap::builder::StyledStr>) -> String {
    let text = text.map(ToString::to_string).unwrap_or_default();
    text.lines().next().unwrap_or_default().to_owned()
}
