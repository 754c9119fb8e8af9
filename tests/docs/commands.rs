//! Every command in the pages is one that there is. The target `walks` runs them.

use crate::console::commands;
use crate::page::{Page, page, pages};
use crate::support;
use clap::{CommandFactory, Parser};
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

/// The commands that find a cluster by the same two options.
fn of_a_cluster() -> Vec<String> {
    let program = CommandLine::command();
    let finds = |command: &&clap::Command| {
        command.get_arguments().any(|argument| argument.get_id() == "kubeconfig")
    };
    program.get_subcommands().filter(finds).map(|found| found.get_name().to_owned()).collect()
}

/// Fails where the paragraph of a page that holds some words does not name all of these commands.
#[track_caller]
fn assert_named(page: &Page, words: &str, commands: &[String]) {
    let prose = page.prose();
    let paragraph = prose.split("\n\n").flat_map(|part| part.split("\n* "));
    let paragraph = paragraph.into_iter().find(|part| part.contains(words)).expect("a paragraph");
    for command in commands {
        assert!(paragraph.contains(&format!("`{command}`")), "{}: {command}", page.name);
    }
}

#[test]
fn whatever_asks_a_cluster_is_said_to_and_is_among_the_commands_of_the_plugin() {
    let mut commands = of_a_cluster();
    assert!(commands.len() > 4, "only {commands:?} were found");
    assert_named(&page("docs/commands.md"), "find the cluster as kubectl does", &commands);
    assert_named(&page("docs/kubectl.md"), "Without `-n`", &commands);
    commands.extend(["render", "restore"].map(str::to_owned));
    assert_named(&page("docs/kubectl.md"), "with the same commands", &commands);
}

/// The help and the page say in the same words which namespaces `status` shows.
#[test]
fn the_namespace_of_status_is_told_in_one_sentence() {
    let program = CommandLine::command();
    let status = program.find_subcommand("status").expect("the command");
    let option = status.get_arguments().find(|option| option.get_id() == "namespace");
    let help = option.and_then(clap::Arg::get_help).expect("its help").to_string();
    let text = page("docs/status.md").text.replace('`', "");
    let row = text.lines().find(|line| line.starts_with("| --namespace |")).expect("its row");
    let told = row.replace("[plugin of kubectl](kubectl.md)", "plugin of kubectl");
    let told = told.trim_start_matches("| --namespace | ").trim_end_matches(" |");
    assert_eq!(told.to_lowercase(), help.trim_end_matches('.').to_lowercase());
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
