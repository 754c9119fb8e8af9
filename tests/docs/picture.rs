//! The picture of a terminal in README.md: what the program prints of the first bot, first with a misspelt field.

use crate::page::page;
use crate::support;
use crate::svg;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

const PICTURE: &str = "docs/terminal.svg";

const TYPED: [&str; 4] = [
    "eevee-operator render -f bot.yaml > objects.yaml",
    "sed -i.bak s/imgae/image/ bot.yaml",
    "eevee-operator render -f bot.yaml > objects.yaml",
    "grep -E '^(kind|  name):' objects.yaml | paste -d ' ' - -",
];

/// Written by `make picture`.
#[test]
fn the_terminal_shows_what_the_program_prints() {
    let folder = env::temp_dir().join(format!("eevee-operator-picture-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("bot.yaml"), first_bot().replace("image:", "imgae:")).expect("the bot");
    let session = TYPED.map(|line| (line, shown(&folder, line)));
    fs::remove_dir_all(&folder).expect("the folder");

    let [mistake, _, made, listed] = &session;
    assert!(mistake.1.contains("did you mean \"image\"?"), "{}", mistake.1);
    assert!(!made.1.contains("error:"), "{}", made.1);
    assert!(listed.1.contains("name: eevee-echo-module\n"), "{}", listed.1);
    keep(&svg::terminal(&session));
}

/// The resources of README.md.
fn first_bot() -> String {
    let blocks = page("README.md").blocks("yaml");
    let bot = blocks.into_iter().find(|block| block.text.contains("kind: BotModule"));
    bot.expect("a first bot in README.md").text
}

/// What a terminal shows of a command.
fn shown(folder: &Path, line: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_eevee-operator")).parent().expect("its folder");
    let folders = env::var_os("PATH").unwrap_or_default();
    let folders = [program.to_owned()].into_iter().chain(env::split_paths(&folders));
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1; {line}")]).current_dir(folder);
    shell.env_clear().env("PATH", env::join_paths(folders).expect("folders"));
    String::from_utf8(shell.output().expect("a shell").stdout).expect("UTF-8")
}

fn keep(wanted: &str) {
    let path = support::path(PICTURE);
    if env::var_os("DOCS_UPDATE").is_some() {
        fs::write(&path, wanted).unwrap_or_else(|error| panic!("{PICTURE}: {error}"));
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == wanted, "{PICTURE} is stale: run make picture");
}
