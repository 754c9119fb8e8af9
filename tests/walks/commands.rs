//! Through docs/commands.md, beside the bot of README.md.

use crate::reader::Reader;
use crate::walk::Walk;

/// Where bot.yaml is the first bot, and is applied.
pub fn look_and_render(reader: &Reader) {
    let mut walk = Walk::through("docs/commands.md");
    let help = walk.run(reader, "eevee-operator render --help");
    assert!(help.contains("Usage: eevee-operator render"), "{help}");
    looks_before_and_after(&mut walk, reader);
    renders_files(&mut walk, reader);
}

fn looks_before_and_after(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "eevee-operator diff ");
    reader.write("echo.yaml", &echo("image: echo:1"));
    let changes = walk.run_to(1, reader, "eevee-operator diff -f").out;
    assert!(changes.contains("+        image: echo:1\n"), "{changes}");
    walk.run(reader, "eevee-operator snapshot > cluster.yaml");
    reader.run("grep 'name: eevee-echo-module$' cluster.yaml").fine();
    let actions = reader.run("eevee-operator render -f cluster.yaml --actions").fine();
    assert_eq!(actions, "");
    let actions = walk.run(reader, "eevee-operator snapshot bm/echo |");
    assert_eq!(actions, "");
}

fn renders_files(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "eevee-operator render -f bot.yaml");
    reader.run("mkdir bot && cp bot.yaml bot/").fine();
    reader.run("kubectl get secrets --namespace eevee-bot --output json > secrets.json").fine();
    walk.run(reader, "eevee-operator render -f bot/");
    let piped = walk.take("kubectl get ipc,bm,secret").text;
    let read = reader.run(piped.split(" | ").next().expect("kubectl's part")).fine();
    assert!(read.contains("name: eevee-echo-module\n"), "{read}");
    assert_eq!(reader.run(&piped).fine(), "");
    reader.write("echo.yaml", &echo("imgae: echo:1"));
    walk.run_to(1, reader, "eevee-operator render -f echo.yaml");
    let script = walk.run(reader, "eevee-operator completions");
    assert!(script.contains("complete -F"), "{script}");
}

fn echo(field: &str) -> String {
    format!(
        "apiVersion: eevee.bot/v1
kind: BotModule
metadata: {{name: echo, namespace: eevee-bot}}
spec:
  {field}
"
    )
}
