//! Every command in the pages is one that there is. The target `walks` runs them.

use crate::console::commands;
use crate::page::{Page, pages};
use crate::support;
use clap::Parser;
use eevee_operator::command::CommandLine;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn the_programs_own_commands_parse() {
    let mut count = 0;
    for page in pages() {
        for command in parts(&page) {
            let Some(words) = words_of("eevee-operator", &command) else { continue };
            count += 1;
            if let Err(error) = CommandLine::try_parse_from(&words)
                && error.use_stderr()
            {
                panic!("{}: {command}: {error}", page.name);
            }
        }
    }
    assert!(count > 10, "only {count} commands were found");
}

#[test]
fn the_verbs_of_make_are_in_the_makefile() {
    let makefile = fs::read_to_string(support::path("Makefile")).expect("Makefile");
    let verbs: BTreeSet<&str> =
        makefile.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect();
    let mut count = 0;
    for page in pages() {
        let prose = page.prose();
        let within = prose.split('`').map(str::to_owned);
        for command in parts(&page).into_iter().chain(within) {
            let Some(words) = words_of("make", &command) else { continue };
            let Some(verb) = words.get(1) else { continue };
            assert!(verbs.contains(verb.as_str()), "{}: {command}", page.name);
            count += 1;
        }
    }
    assert!(count > 20, "only {count} commands were found");
}

/// The commands of a page, the parts of a pipe apart.
fn parts(page: &Page) -> Vec<String> {
    let part = |part: &str| part.trim().to_owned();
    commands(page)
        .iter()
        .flat_map(|command| command.text.split(" | ").map(part).collect::<Vec<_>>())
        .collect()
}

/// The words of a command of this program, without the variables before it and without comment and
/// redirections behind it. No word in the pages has quotes of which the shell makes anything.
fn words_of(program: &str, command: &str) -> Option<Vec<String>> {
    let mut words = command.split_whitespace().skip_while(|word| word.contains('='));
    let first = words.next()?;
    (first == program).then(|| {
        let rest = words.take_while(|word| !["#", ">", "<", "&", "&&", ";"].contains(word));
        [first].into_iter().chain(rest).map(str::to_owned).collect()
    })
}
