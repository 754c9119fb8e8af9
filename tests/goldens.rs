//! Every fixture against its golden: what render makes of one file.
//!
//! A file under fixtures/ok must load and gives one round of actions. A file under fixtures/err
//! must be refused, and its golden is the message.

mod support;

use eevee_operator::command;
use eevee_operator::manifest;
use eevee_operator::offline::{self, Format, Options};
use eevee_operator::render::render;
use serde_json::Value;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use support::Fixture;

#[test]
fn ok_fixtures_render_to_their_goldens() {
    each_golden("ok", |fixture| {
        let loaded =
            fixture.load().unwrap_or_else(|unusable| panic!("{}: {unusable}", fixture.name));
        assert!(loaded.faults.is_empty(), "{}: {}", fixture.name, loaded.faults[0]);
        let actions = render(offline::admitted(loaded).snapshot());
        if actions.is_empty() {
            return "# nothing to do\n".to_owned();
        }
        manifest::actions_as_yaml(&actions, true)
    });
}

#[test]
fn err_fixtures_are_refused_with_their_goldens() {
    each_golden("err", |fixture| {
        let options = Options { format: Format::Yaml, actions: false, show_secrets: false };
        match offline::render_sources(&[fixture.source()], support::defaults(), &options) {
            Err(unusable) => format!("exit 2\nerror: {unusable}\n"),
            Ok(outcome) => {
                assert!(!outcome.faults.is_empty(), "{} is not refused", fixture.name);
                let faults = outcome.faults.iter().map(|fault| format!("error: {fault}\n"));
                format!("exit 1\n{}", faults.collect::<String>())
            }
        }
    });
}

/// A digest that is written out is another one as soon as the operator applies one field more, and
/// "settled, then" becomes "apply everything" without a case that fails.
#[test]
fn no_fixture_writes_out_a_digest_that_fits() {
    let mut written = Vec::new();
    for fixture in support::fixtures("ok") {
        let loaded =
            fixture.load().unwrap_or_else(|unusable| panic!("{}: {unusable}", fixture.name));
        let wanted = manifest::desired(offline::admitted(loaded).snapshot());
        let digest = |wanted: &Value| {
            let digest = wanted.pointer(&manifest::applied_digest())?;
            digest.as_str().map(str::to_owned)
        };
        let found = wanted.iter().filter(|(_, manifest)| {
            digest(manifest).is_some_and(|digest| fixture.text.contains(&digest))
        });
        written.extend(found.map(|(of, _)| format!("{}: {of}", fixture.name)));
    }
    assert!(written.is_empty(), "write \"fits\" for the digest of {written:#?}");
}

#[test]
fn no_golden_is_left_over() {
    for folder in ["ok", "err"] {
        let fixtures: BTreeSet<String> =
            support::fixtures(folder).into_iter().map(|fixture| fixture.name).collect();
        for golden in support::names_below(&goldens(folder), "snap") {
            assert!(fixtures.contains(&golden), "snapshots/{folder}/{golden}.snap has no fixture");
        }
    }
}

#[test]
fn crds_are_as_generated() {
    let written =
        std::fs::read_to_string(support::root().join("crds/crds.yaml")).unwrap_or_default();
    assert!(written == command::crds(), "crds/crds.yaml is stale: run make crds");
}

fn goldens(folder: &str) -> PathBuf {
    support::path("snapshots").join(folder)
}

fn each_golden(folder: &str, make: impl Fn(&Fixture) -> String) {
    let mut failed = Vec::new();
    for fixture in support::fixtures(folder) {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let golden = make(&fixture);
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(goldens(folder).join(fixture.folder()));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(fixture.sentence(), golden));
        }));
        if outcome.is_err() {
            failed.push(fixture.name);
        }
    }
    assert!(failed.is_empty(), "{} fixtures of {folder} differ: {failed:#?}", failed.len());
}
