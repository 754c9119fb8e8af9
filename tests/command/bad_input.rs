//! What a new user gets wrong: one clear message each, and nothing printed.

use crate::documents::{BOT, ECHO, joined, names, read};
use crate::program::{Folder, Program, SEED, render, rendering};

fn refused(text: &str, words: &[&str]) {
    render(&[("bot.yaml", text)], &["-f", "bot.yaml"]).is_refused(words);
}

#[test]
fn a_file_that_is_missing_is_named() {
    render(&[], &["-f", "nowhere.yaml"]).is_refused(&["nowhere.yaml: ", "No such file"]);
    let ending = render(&[("bot.yaml", BOT)], &["-f", "bot.yaml", "-f", "nowhere.yaml"]);
    ending.is_refused(&["nowhere.yaml: ", "No such file"]);
}

#[test]
fn an_address_is_answered_with_the_way_to_read_it() {
    for address in ["https://example.org/bot.yaml", "http://a/b", "oci://registry/chart"] {
        let piped = format!("curl -fsSL '{address}' | eevee-operator render -f -");
        render(&[], &["-f", address]).is_refused(&["only files", "download it first", &piped]);
    }
    render(&[], &["-f", "file:///a.yaml"]).is_refused(&["only files", "-f /a.yaml"]);
}

#[test]
fn an_amount_with_a_fraction_is_told_to_be_quoted() {
    for field in [
        "resources: {limits: {cpu: 0.5}}",
        "persistentVolumeClaim: {resources: {requests: {storage: 1.5}}}",
        "strategy: {rollingUpdate: {maxSurge: 0.25}}",
    ] {
        let text = format!("{ECHO}  {field}\n");
        let ending = render(&[("bot.yaml", &text)], &["-f", "bot.yaml"]);
        assert_eq!(ending.code, 1, "{field}");
        ending.says(&["document 1, line 7", "integer,string", "in quotes, for example \"0.5\""]);
    }
}

#[test]
fn a_folder_without_manifests_is_named_with_what_is_looked_for() {
    let files = [("bot/README.md", "# A bot"), ("bot/deeper/bot.yaml", BOT)];
    render(&files, &["-f", "bot"]).is_refused(&["bot: ", "no file", ".yaml, .yml or .json"]);
}

#[test]
fn a_tab_as_indentation_is_named_with_its_line() {
    let tab = ECHO.replace("  name", "\tname");
    refused(&tab, &["bot.yaml: document 1, line 4", "tab", "spaces"]);
}

#[test]
fn text_that_is_no_yaml_is_named_with_its_line() {
    refused("kind: 'Bot\n", &["bot.yaml: document 1, line"]);
    refused("just text", &["line 1", "a text, not a Kubernetes object"]);
    render(&[("bot.json", "{\"kind\": ")], &["-f", "bot.json"]).is_refused(&["bot.json", "JSON"]);
}

#[test]
fn a_misspelt_field_is_named_with_its_line_and_a_hint() {
    let ending = render(&[("bot.yaml", &format!("{ECHO}  imgae: echo\n"))], &["-f", "bot.yaml"]);
    assert_eq!(ending.code, 1);
    ending.says(&["document 1, line 7", "BotModule eevee-bot/echo", "spec.imgae", "\"image\"?"]);
}

#[test]
fn a_text_for_a_number_is_named_with_its_line_and_the_fix() {
    let ending = render(&[("bot.yaml", &format!("{ECHO}  size: \"2\"\n"))], &["-f", "bot.yaml"]);
    assert_eq!(ending.code, 1);
    ending.says(&["document 1, line 7", "spec.size", "integer", "without quotes: 2"]);
}

#[test]
fn a_number_for_a_text_is_named_with_its_line_and_the_fix() {
    let ending = render(&[("bot.yaml", &ECHO.replace(": echo\n", ": 5\n"))], &["-f", "bot.yaml"]);
    ending.is_refused(&["line 4", "metadata.name must be a text", "quotes"]);
}

#[test]
fn a_resource_that_is_there_twice_is_named_with_both_places() {
    refused(
        &joined([ECHO, ECHO]),
        &["document 2, line 10", "BotModule eevee-bot/echo", "document 1, line 2"],
    );
    let files = [("a.yaml", ECHO), ("b.yaml", ECHO)];
    let ending = render(&files, &["-f", "a.yaml", "-f", "b.yaml"]);
    ending.is_refused(&["b.yaml: document 1", "there already, in a.yaml: document 1"]);
    render(&files[..1], &["-f", "a.yaml", "-f", "a.yaml"])
        .is_refused(&["there already, in a.yaml"]);
}

#[test]
fn empty_input_is_refused() {
    for text in ["", "\n", "---\n", "# nothing\n# at all\n", "---\n---\n"] {
        let ending = render(&[("bot.yaml", text)], &["-f", "bot.yaml"]);
        ending.is_refused(&["the input is empty", "at least one Kubernetes object"]);
    }
    rendering(&["-f", "-"]).run().is_refused(&["the input is empty"]);
}

/// No mistake for sure, since a folder may hold none: the operator's own objects, and a note.
#[test]
fn input_without_our_kinds_is_noted() {
    let pizza = "apiVersion: v1\nkind: Pizza\nmetadata: {name: margherita}\n";
    let ending = render(&[("bot.yaml", pizza)], &["-f", "bot.yaml"]);
    ending.says(&["note: the input has no resource of eevee.bot, such as a BotModule"]);
    assert_eq!(names(&read(&ending.fine())), ["Secret eevee-bot/eevee-operator-digest-key"]);
}

#[test]
fn a_file_of_fifty_megabytes_is_refused_before_it_is_read() {
    let folder = Folder::of(&[]);
    folder.write_large("bot.yaml", 50 << 20);
    let ending = rendering(&["-f", "bot.yaml"]).within(&folder).run();
    ending.is_refused(&["bot.yaml: larger than 32 MiB", "split"]);
}

fn utf16(text: &str) -> (Vec<u8>, Vec<u8>) {
    let units = || text.encode_utf16();
    (units().flat_map(u16::to_le_bytes).collect(), units().flat_map(u16::to_be_bytes).collect())
}

#[test]
fn utf_16_with_a_byte_order_mark_is_read_as_kubectl_reads_it() {
    let (little, big) = utf16(&format!("\u{feff}{BOT}"));
    let plain = render(&[("bot.yaml", BOT)], &["-f", "bot.yaml"]).fine();
    for bytes in [little, big] {
        let folder = Folder::of(&[]);
        folder.write("bot.yaml", &bytes);
        let read = rendering(&["-f", "bot.yaml"]).within(&folder).run().fine();
        assert_eq!(names(&self::read(&read)), names(&self::read(&plain)));
    }
}

/// As files have them that Windows editors saved and somebody joined.
#[test]
fn a_byte_order_mark_before_a_later_document_is_skipped() {
    let second = ECHO.replace("name: echo", "name: dice");
    let text = format!("\u{feff}{ECHO}---\n\u{feff}{second}");
    let printed = render(&[("bot.yaml", &text)], &["-f", "bot.yaml"]).fine();
    for module in ["eevee-echo-module", "eevee-dice-module"] {
        assert!(printed.contains(module), "{printed}");
    }
}

#[test]
fn a_directive_is_answered_with_the_fix() {
    refused(
        &format!("%YAML 1.1\n---\n{ECHO}"),
        &["bot.yaml: document 1, line 1", "remove this line"],
    );
}

#[test]
fn other_encodings_are_named_with_the_fix() {
    let (little, big) = utf16(BOT);
    let wide = "\u{feff}".chars().chain(BOT.chars());
    let wide: Vec<u8> = wide.flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let latin = b"# caf\xe9\n".to_vec();
    for (bytes, words) in
        [(little, "UTF-16"), (big, "UTF-16"), (wide, "UTF-32"), (latin, "not UTF-8")]
    {
        let folder = Folder::of(&[]);
        folder.write("bot.yaml", &bytes);
        let ending = rendering(&["-f", "bot.yaml"]).within(&folder).run();
        ending.is_refused(&["bot.yaml: document 1, line 1", words, "save it as UTF-8"]);
    }
}

#[test]
fn standard_input_twice_is_refused() {
    rendering(&["-f", "-", "-f", "-"]).reading(BOT).run().is_refused(&["-f -", "once"]);
}

#[test]
fn standard_input_is_named_in_messages() {
    rendering(&["-f", "-"])
        .reading("a: b")
        .run()
        .is_refused(&["standard input: document 1, line 1"]);
}

#[test]
fn a_wrong_command_line_says_what_is_wrong_and_where_help_is() {
    let wrong: [(&[&str], &str); 9] = [
        (&["rendre"], "'render'"),
        (&["render"], "--filename"),
        (&["render", "-f"], "--filename"),
        (&["render", "-f", "bot.yaml", "--wrong"], "'--wrong'"),
        (&["render", "-f", "bot.yaml", "-o", "xml"], "yaml, json"),
        (&["render", "-f", "bot.yaml", "--seed", SEED], "--show-secrets"),
        (&["render", "bot.yaml"], "'bot.yaml'"),
        (&["crds", "all"], "'all'"),
        (&["completions", "tcsh"], "bash, elvish, fish, powershell, zsh"),
    ];
    for (arguments, word) in wrong {
        Program::new(arguments).run().is_unusable(&[word, "--help"]);
    }
}

#[test]
fn a_bad_seed_is_told_what_a_seed_is() {
    for seed in ["", "07", "not a seed", &SEED[1..], &format!("{SEED}07"), &SEED.replace("07", "é")]
    {
        let ending =
            rendering(&["-f", "examples/bot.yaml", "--show-secrets", &format!("--seed={seed}")]);
        ending.run().is_refused(&["--seed", "64 hex digits"]);
    }
}

#[test]
fn a_bad_namespace_is_told_the_rule() {
    let rule = "lowercase letters, digits and '-'";
    for namespace in ["", "Eevee", "eevee_bot", "a.b", "-a", "a-", &"a".repeat(64)] {
        let bad = rendering(&["-f", "examples/bot.yaml"]).with("NAMESPACE", namespace).run();
        bad.is_refused(&["NAMESPACE is", namespace, rule]);
        let flag = format!("--namespace={namespace}");
        let bad = rendering(&["-f", "examples/bot.yaml", &flag]).run();
        bad.is_unusable(&["--namespace", namespace]);
    }
    rendering(&["-f", "examples/bot.yaml", "-n", "Eevee"]).run().is_refused(&["--namespace", rule]);
}

#[test]
fn a_bad_cluster_domain_is_told_the_rule() {
    let bad = rendering(&["-f", "examples/bot.yaml"]).with("KUBERNETES_CLUSTER_DOMAIN", "..local");
    bad.run().is_refused(&["KUBERNETES_CLUSTER_DOMAIN is \"..local\"", "lowercase letters"]);
}

/// Where it is passed over, a made-up token stands in, and nobody notices.
#[cfg(unix)]
#[test]
fn a_variable_that_is_no_utf8_is_named() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let with = |variable: &str| {
        let bad = OsString::from_vec(vec![b'a', 0xff]);
        rendering(&["-f", "examples/bot.yaml"]).with(variable, bad).run()
    };
    for variable in ["EEVEE_OPERATOR_API_TOKEN", "KUBERNETES_CLUSTER_DOMAIN"] {
        with(variable).is_refused(&[variable, "not UTF-8"]);
    }
    with("NAMESPACE").is_unusable(&["UTF-8"]);
}
