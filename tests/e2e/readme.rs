//! The commands that the READMEs of the charts tell people to type.

use crate::console;
use crate::helm::Helm;
use crate::page::page;
use crate::place::{PATIENCE, Place};

/// Runs the one command of `helm/<readme>` that begins with `helm <beginning>`, with what a test must differ in: the
/// namespace, the values, and patience for a slow machine.
#[track_caller]
pub fn run(helm: Helm, readme: &str, beginning: &str, place: Place, values: &str) -> String {
    let line = command(readme, beginning);
    let mut words: Vec<&str> = line.split_whitespace().collect();
    after(&mut words, "--namespace", place.0);
    if words[0] == "test" {
        words.push("--logs");
    } else {
        after(&mut words, "--values", "-");
        if !words.contains(&"--values") {
            words.push("--values=-");
        }
    }
    words.push(PATIENCE);
    // Helm is run in helm/.
    let words: Vec<&str> =
        words.iter().map(|word| word.strip_prefix("helm/").unwrap_or(word)).collect();
    helm.run(&words, values).fine()
}

fn command(readme: &str, beginning: &str) -> String {
    let start = format!("helm {beginning} ");
    let commands = console::typed(&page(&format!("helm/{readme}"))).into_iter();
    let mut found = commands.map(|command| command.text).filter(|text| text.starts_with(&start));
    let command = found.next().unwrap_or_else(|| panic!("helm/{readme} has no {start:?}"));
    command.strip_prefix("helm ").expect("it begins so").to_owned()
}

/// Replaces the word that follows an option.
fn after<'a>(words: &mut [&'a str], option: &str, value: &'a str) {
    if let Some(at) = words.iter().position(|&word| word == option) {
        words[at + 1] = value;
    }
}
