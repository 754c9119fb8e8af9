//! A bot to measure with.

use std::fmt::Write;

/// A bot of so many modules, each with configuration, claim, metrics and NATS.
pub fn bot(modules: usize) -> String {
    let mut text =
        "apiVersion: eevee.bot/v1\nkind: IpcConfig\nmetadata: {name: main}\nspec: {}\n".to_owned();
    for number in 0..modules {
        let _ = write!(
            text,
            "---\napiVersion: eevee.bot/v1\nkind: BotModule\nmetadata: {{name: module-{number}}}\nspec:\n  image: ghcr.io/eeveebot/echo:1.{number}.0\n  metrics: true\n  ipcConfig: main\n  persistentVolumeClaim: {{}}\n  moduleConfig: |\n    greeting: hello\n    number: {number}\n"
        );
    }
    text
}
