//! Manual pages.

use crate::program::{Folder, Program};
use std::collections::BTreeSet;
use std::fs;

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = Program::new(&["--help"]).run().fine();
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let name = |line: &str| line.split_whitespace().next().expect("a command").to_owned();
    lines.take_while(|line| !line.is_empty()).map(name).filter(|name| name != "help").collect()
}

/// Every page that is written, by the name of its file.
fn pages() -> Vec<(String, String)> {
    let folder = Folder::of(&[("man/kept", "")]);
    let man = folder.path("man");
    let ending = Program::new(&["man", "--dir", man.to_str().expect("UTF-8")]).run();
    assert_eq!(ending.fine(), "");
    let mut pages = Vec::new();
    for entry in fs::read_dir(man).expect("the folder") {
        let entry = entry.expect("a file");
        let name = entry.file_name().into_string().expect("UTF-8");
        pages.push((name, fs::read_to_string(entry.path()).expect("a page")));
    }
    pages.retain(|(name, _)| name != "kept");
    pages
}

#[test]
fn there_is_one_for_every_command_and_no_other() {
    let commands = commands();
    assert!(commands.len() > 8, "{commands:?}");
    let of = |command: &String| format!("eevee-operator-{command}.1");
    let mut wanted: BTreeSet<String> = commands.iter().map(of).collect();
    wanted.insert("eevee-operator.1".to_owned());
    let written: BTreeSet<String> = pages().into_iter().map(|(name, _)| name).collect();
    assert_eq!(written, wanted);
}

#[test]
fn a_page_that_is_printed_is_the_one_that_is_written() {
    let pages = pages();
    let page = |name: &str| &pages.iter().find(|(file, _)| file == name).expect("a page").1;
    assert_eq!(&Program::new(&["man"]).run().fine(), page("eevee-operator.1"));
    for command in commands() {
        let printed = Program::new(&["man", &command]).run().fine();
        assert_eq!(&printed, page(&format!("eevee-operator-{command}.1")));
    }
}

#[test]
fn every_page_has_its_sections_and_none_is_empty() {
    for (name, page) in pages() {
        let title = name.trim_end_matches(".1");
        assert!(page.contains(&format!(".TH {title} 1 ")), "{name}: {page}");
        let sections: Vec<&str> = page.split("\n.SH ").skip(1).collect();
        let titles: Vec<&str> = sections.iter().filter_map(|text| text.lines().next()).collect();
        assert_eq!(titles[..3], ["NAME", "SYNOPSIS", "DESCRIPTION"], "{name}");
        for section in sections {
            let text = section.lines().skip(1).filter(|line| !line.starts_with('.'));
            assert!(text.into_iter().any(|line| !line.trim().is_empty()), "{name}: {section}");
        }
    }
}

#[test]
fn every_option_of_the_help_is_in_its_page() {
    let option = regex::Regex::new(r"--[a-z][a-z-]+").expect("a pattern");
    let mut count = 0;
    for command in commands() {
        let page = Program::new(&["man", &command]).run().fine().replace('\\', "");
        let help = Program::new(&[&command, "--help"]).run().fine();
        for option in option.find_iter(&help) {
            assert!(page.contains(option.as_str()), "{command}: {}", option.as_str());
            count += 1;
        }
    }
    assert!(count > 30, "only {count} options were found");
}

#[test]
fn what_cannot_be_written_or_is_not_known_is_said() {
    let folder = Folder::of(&[("file", ""), ("taken/eevee-operator.1/x", "")]);
    let within = |arguments: &[&str]| Program::new(arguments).within(&folder).run();
    within(&["man", "--dir", "nowhere"]).is_refused(&["--dir", "nowhere", "make it first"]);
    within(&["man", "--dir", "file"]).is_refused(&["--dir", "file", "is no folder"]);
    within(&["man", "--dir", "taken"]).is_refused(&["--dir", "eevee-operator.1"]);
    within(&["man", "rendr"]).is_refused(&["\"rendr\"", "render", "completions"]);
    within(&["man", "render", "--dir", "."]).is_unusable(&["--dir", "cannot be used with"]);
}
