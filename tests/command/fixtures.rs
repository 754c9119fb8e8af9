//! Every ok fixture, printed in every way, once for all tests.
//!
//! A run of the program takes a tenth of a second, most of it for the schemas, and there are many
//! fixtures. So the function that the program prints is asked here, and a test sees to it that the
//! program prints just that.

use crate::documents::BOT;
use crate::program::{Ending, SEED, rendering};
use crate::support::{self, Fixture};
use eevee_operator::manifest::{Defaults, seed};
use eevee_operator::offline::{Format, Options, Printout, render_sources};
use eevee_operator::snapshot::Settings;
use std::sync::LazyLock;

/// What is printed of one file.
pub struct Printed {
    pub name: String,
    pub input: String,
    pub masked: String,
    pub masked_json: String,
    pub masked_actions: String,
    /// Notes and errors of the masked run.
    pub messages: String,
    pub shown: String,
    pub shown_json: String,
    pub shown_actions: String,
}

/// The token that the operator has here. No other text holds it.
pub const API_TOKEN: &str = "the-token-of-the-http-api";

/// Every ok fixture.
pub fn all() -> &'static [Printed] {
    static ALL: LazyLock<Vec<Printed>> = LazyLock::new(|| {
        let printed: Vec<_> = support::fixtures("ok").iter().map(printed).collect();
        assert!(printed.len() > 200, "only {} fixtures were found", printed.len());
        printed
    });
    &ALL
}

/// The example bot.
pub fn bot() -> Printed {
    printed(&Fixture { name: "the example bot".to_owned(), text: BOT.to_owned() })
}

fn printed(fixture: &Fixture) -> Printed {
    let print = |format, actions, show_secrets| {
        outcome(fixture, &Options { format, actions, show_secrets }).text
    };
    let options = Options { format: Format::Yaml, actions: false, show_secrets: false };
    let Printout { text: masked, notes, faults } = outcome(fixture, &options);
    Printed {
        name: fixture.name.clone(),
        input: fixture.text.clone(),
        masked,
        messages: [notes, faults].concat().join("\n"),
        masked_json: print(Format::Json, false, false),
        masked_actions: print(Format::Yaml, true, false),
        shown: print(Format::Yaml, false, true),
        shown_json: print(Format::Json, false, true),
        shown_actions: print(Format::Yaml, true, true),
    }
}

fn outcome(fixture: &Fixture, options: &Options) -> Printout {
    let settings = Settings {
        watch_other_namespaces: true,
        api_token: Some(API_TOKEN.to_owned()),
        operator_image: Some(
            concat!("ghcr.io/eeveebot/operator:", env!("CARGO_PKG_VERSION")).to_owned(),
        ),
        ..Settings::default()
    };
    let defaults = Defaults {
        settings,
        namespace: "eevee-bot".to_owned(),
        now: jiff::Timestamp::UNIX_EPOCH,
        entropy: seed(SEED).expect("a seed"),
    };
    render_sources(&[fixture.source()], defaults, options)
        .unwrap_or_else(|unusable| panic!("{}: {unusable}", fixture.name))
}

#[test]
fn the_program_prints_what_is_asked_for_here() {
    for fixture in support::fixtures("ok").iter().step_by(15) {
        let meant = printed(fixture);
        let shown = run(fixture, &["--show-secrets", "--seed", SEED]);
        assert!(shown == meant.shown, "{}:\n{shown}", fixture.name);
        let masked = run(fixture, &["--actions"]);
        assert!(masked == meant.masked_actions, "{}:\n{masked}", fixture.name);
    }
}

fn run(fixture: &Fixture, arguments: &[&str]) -> String {
    let path = format!("fixtures/ok/{}.yaml", fixture.name);
    let run = rendering(&[&["-f", &path], arguments].concat());
    let Ending { code, out, err } = run.with("EEVEE_OPERATOR_API_TOKEN", API_TOKEN).run();
    // A fixture of what blocks a resource ends with 1: its input is usable all the same.
    assert_eq!(code, i32::from(err.contains("error: ")), "{}: {err}", fixture.name);
    out
}
