//! `eevee-operator man`: manual pages, made of what `--help` is made of.

use super::called::Called;
use super::{UNUSABLE, named, output};
use crate::manifest::Unusable;
use clap::{Args, Command};
use clap_mangen::Man;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    /// Command whose page is printed. Without one it is the page of the program.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Folder into which every page is written, in place of printing one.
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

/// Prints a page, or writes all of them.
pub fn run(arguments: &Arguments) -> ExitCode {
    let root = root();
    let done = match &arguments.dir {
        Some(folder) => write(&root, folder).map(|()| ExitCode::SUCCESS),
        None => chosen(&root, arguments.command.as_deref()).map(|page| output::print(&page.text)),
    };
    done.unwrap_or_else(|unusable| {
        output::say("error", &unusable.to_string());
        ExitCode::from(UNUSABLE)
    })
}

/// One manual page.
struct Page {
    file: String,
    text: String,
}

impl Page {
    fn of(command: &Command) -> Self {
        let man = Man::new(with_all_in_its_description(command.clone()))
            .source(concat!("eevee-operator ", env!("CARGO_PKG_VERSION")));
        let mut text = Vec::new();
        // Nothing fails that is written into memory.
        let _ = man.render(&mut text);
        Self { file: man.get_filename(), text: String::from_utf8_lossy(&text).into_owned() }
    }
}

fn root() -> Command {
    let mut root = named(&Called::now()).disable_help_subcommand(true);
    root.build();
    root
}

fn shown(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands().filter(|command| !command.is_hide_set())
}

/// What the help says after all else would stand in a section EXTRA.
fn with_all_in_its_description(command: Command) -> Command {
    let Some(after) = command.get_after_help().map(ToString::to_string) else { return command };
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    command.long_about(format!("{about}\n\n{after}")).after_help(None::<&str>)
}

fn chosen(root: &Command, name: Option<&str>) -> Result<Page, Unusable> {
    let Some(name) = name else { return Ok(Page::of(root)) };
    root.find_subcommand(name).map(Page::of).ok_or_else(|| {
        let known: Vec<&str> = shown(root).map(Command::get_name).collect();
        Unusable::because(format!("there is no command {name:?}: give one of {}", known.join(", ")))
    })
}

fn write(root: &Command, folder: &Path) -> Result<(), Unusable> {
    if !folder.is_dir() {
        let why = format!("--dir: {} is no folder: make it first", folder.display());
        return Err(Unusable::because(why));
    }
    for page in std::iter::once(root).chain(shown(root)).map(Page::of) {
        let file = folder.join(page.file);
        fs::write(&file, page.text)
            .map_err(|error| Unusable::because(format!("--dir: {}: {error}", file.display())))?;
    }
    Ok(())
}
