//! The same input gives the same bytes, however it is written down.

use crate::documents::{BOT, joined, read, split};
use crate::program::{Folder, SEED, render, rendering};
use serde_json::json;
use std::sync::LazyLock;

/// The ways to print that differ in more than form.
const WAYS: [&[&str]; 3] = [&[], &["--actions"], &["--show-secrets", "--seed", SEED]];

static OF_BOT: LazyLock<[String; 3]> = LazyLock::new(|| WAYS.map(of_bot));

fn of_bot(arguments: &[&str]) -> String {
    render(&[("bot.yaml", BOT)], &[&["-f", "bot.yaml"], arguments].concat()).fine()
}

/// Another way to write the bot down is printed as the bot is, in every way.
fn is_printed_like_the_bot(files: &[(&str, &str)], arguments: &[&str]) {
    for (way, meant) in WAYS.iter().zip(&*OF_BOT) {
        let printed = render(files, &[arguments, way].concat()).fine();
        assert!(printed == *meant, "other bytes with {way:?}:\n{printed}");
    }
}

#[test]
fn a_second_run_prints_the_same() {
    is_printed_like_the_bot(&[("bot.yaml", BOT)], &["-f", "bot.yaml"]);
    for json in [&["-o", "json"][..], &["-o", "json", "--actions"]] {
        assert!(of_bot(json) == of_bot(json), "other bytes with {json:?}");
    }
}

#[test]
fn the_order_of_documents_changes_nothing() {
    let mut documents = split(BOT);
    documents.reverse();
    is_printed_like_the_bot(&[("bot.yaml", &joined(documents.clone()))], &["-f", "bot.yaml"]);
    // Every other document first: neither the order of the file nor its reverse.
    let (even, odd) =
        documents.chunks(2).map(|pair| (pair[0], pair.get(1))).unzip::<_, _, Vec<_>, Vec<_>>();
    let mixed = joined(even.into_iter().chain(odd.into_iter().flatten().copied()));
    is_printed_like_the_bot(&[("bot.yaml", &mixed)], &["-f", "bot.yaml"]);
}

#[test]
fn documents_may_be_spread_over_files() {
    let documents = split(BOT);
    let (first, second) = documents.split_at(5);
    let files = [("a.yaml", joined(first.to_vec())), ("b.yaml", joined(second.to_vec()))];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    is_printed_like_the_bot(&files, &["-f", "a.yaml", "-f", "b.yaml"]);
    is_printed_like_the_bot(&files, &["-f", "b.yaml", "-f", "a.yaml"]);
}

/// A file for each document, under names that sort in this order.
fn one_file_each() -> Vec<(String, String)> {
    let documents = split(BOT).into_iter().enumerate();
    documents.map(|(number, text)| (format!("bot/{number:02}.yaml"), text.to_owned())).collect()
}

#[test]
fn files_of_a_folder_may_have_been_made_in_any_order() {
    let mut files = one_file_each();
    for _ in 0..3 {
        files.rotate_left(5);
        let files: Vec<_> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
        is_printed_like_the_bot(&files, &["-f", "bot"]);
    }
}

/// A message tells the order in which a folder is read: the second of two is the one to remove.
#[test]
fn a_folder_is_read_in_the_order_of_its_names() {
    let twice = split(BOT)[0];
    for files in [
        [("bot/a.yaml", twice), ("bot/b.yml", twice)],
        [("bot/b.yml", twice), ("bot/a.yaml", twice)],
    ] {
        render(&files, &["-f", "bot"])
            .is_refused(&["error: bot/b.yml:", "there already, in bot/a.yaml"]);
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    let printed = rendering(&["-f", "-"]).reading(BOT).run().fine();
    assert!(printed == OF_BOT[0], "{printed}");
}

#[test]
fn a_list_is_read_like_its_items() {
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": read(BOT) });
    let as_yaml = serde_yaml::to_string(&list).expect("YAML");
    is_printed_like_the_bot(&[("bot.yaml", &as_yaml)], &["-f", "bot.yaml"]);
    is_printed_like_the_bot(&[("bot.json", &list.to_string())], &["-f", "bot.json"]);
    is_printed_like_the_bot(&[("bot.json", &format!("{list:#}"))], &["-f", "bot.json"]);
}

#[test]
fn json_documents_are_read_like_yaml() {
    let documents = read(BOT).into_iter().enumerate();
    let folder = Folder::of(&[]);
    for (number, document) in documents {
        folder.write(&format!("bot/{number}.json"), document.to_string().as_bytes());
    }
    let printed = rendering(&["-f", "bot"]).within(&folder).run().fine();
    assert!(printed == OF_BOT[0], "{printed}");
}

#[test]
fn lowercase_kinds_are_read_like_the_others() {
    let lower = BOT.replace("kind: BotModule", "kind: botmodule");
    let lower = lower.replace("kind: IpcConfig", "kind: ipcconfig");
    is_printed_like_the_bot(&[("bot.yaml", &lower)], &["-f", "bot.yaml"]);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let crlf = BOT.replace('\n', "\r\n");
    is_printed_like_the_bot(&[("bot.yaml", &crlf)], &["-f", "bot.yaml"]);
    is_printed_like_the_bot(&[("bot.yaml", &format!("\u{feff}{crlf}"))], &["-f", "bot.yaml"]);
}

#[test]
fn without_a_seed_each_run_makes_other_secrets_and_says_so() {
    let run = || render(&[("bot.yaml", BOT)], &["-f", "bot.yaml", "--show-secrets"]);
    let (one, two) = (run(), run());
    one.says(&["note: generated secrets are random"]);
    assert!(one.fine() != two.fine(), "the same secrets twice");
}

#[test]
fn with_a_seed_the_secrets_follow_from_it_and_are_said_to_be_for_tests() {
    let with = |seed: &str| {
        render(&[("bot.yaml", BOT)], &["-f", "bot.yaml", "--show-secrets", "--seed", seed])
    };
    let upper = SEED.replace('7', "A");
    with(SEED).says(&["--seed", "for tests alone"]);
    assert!(with(SEED).fine() != with(&upper).fine(), "the seed changes nothing");
    assert_eq!(with(&upper).fine(), with(&upper.to_lowercase()).fine());
}
