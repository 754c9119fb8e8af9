//! `judge`: facts in, findings out. Each case changes one thing of a cluster that is well; its golden
//! has the lines that are there because of it.

mod cases;
mod cluster;
#[path = "../support/mod.rs"]
mod support;

use eevee_operator::check::{
    CheckStatus, Facts, Finding, Right, as_json, as_text, attempts, judge, of_installer,
};
use eevee_operator::kinds::Kind;
use insta::{Settings, assert_snapshot};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use support::defaults;

/// What is found in each case.
static FOUND: LazyLock<Vec<(&str, Vec<Finding>)>> = LazyLock::new(|| {
    let found = cases::all().map(|(name, change)| {
        let mut facts = cluster::well();
        change(&mut facts);
        (name, judge(&facts))
    });
    found.collect()
});

fn lines(findings: &[Finding]) -> Vec<String> {
    as_text(findings).lines().map(str::to_owned).collect()
}

fn golden(name: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("snapshots");
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, text));
}

#[test]
fn a_cluster_that_is_well() {
    golden("well", &as_text(&judge(&cluster::well())));
    golden("before", &as_text(&judge(&cluster::before())));
}

#[test]
fn each_thing_that_is_wrong() {
    let well: BTreeSet<String> = lines(&judge(&cluster::well())).into_iter().collect();
    let mut text = String::new();
    for (name, findings) in FOUND.iter() {
        let changed: Vec<String> =
            lines(findings).into_iter().filter(|line| !well.contains(line)).collect();
        assert!(!changed.is_empty(), "{name} changes nothing");
        text += &format!("# {name}\n{}\n\n", changed.join("\n"));
    }
    golden("wrong", &text);
}

/// Every subject is once at each level that it can have: the goldens hold it, and here it is counted
/// that no level was forgotten.
#[test]
fn every_level_is_reached() {
    let mut levels = BTreeSet::new();
    for (_, findings) in FOUND.iter() {
        levels.extend(findings.iter().map(|finding| finding.level.as_str()));
    }
    let all = [CheckStatus::Pass, CheckStatus::Warn, CheckStatus::Fail, CheckStatus::Unknown]
        .map(CheckStatus::as_str);
    assert_eq!(levels, BTreeSet::from(all));
}

/// What fails or warns can be mended, or at least looked at.
#[test]
fn whatever_is_wrong_has_a_command() {
    for (name, findings) in FOUND.iter() {
        for finding in findings {
            let is_wrong = finding.level == CheckStatus::Fail;
            assert!(!is_wrong || finding.mend.is_some(), "{name}: {finding:?}");
        }
    }
}

#[test]
fn no_line_holds_a_secret_or_what_steers_a_terminal() {
    for (name, findings) in FOUND.iter() {
        for text in [as_text(findings), as_json(findings)] {
            for secret in cluster::SECRETS {
                assert!(!text.contains(secret), "{name}: {text}");
            }
        }
        let text = as_text(findings);
        let steers = ['\u{1b}', '\u{7}', '\u{202e}'];
        assert!(!text.contains(steers), "{name}: {text:?}");
        assert_eq!(text.lines().count(), findings.len(), "{name}: one line each");
    }
}

/// A bot that nobody could look at may ask for more than a sample does.
#[test]
fn a_sample_is_tried_where_there_surely_is_no_bot() {
    let tried = |facts: &Facts| -> Vec<String> {
        attempts(facts, &defaults().settings).into_iter().map(|attempt| attempt.of).collect()
    };
    let sample = "Deployment eevee-sample-module".to_owned();
    assert!(tried(&cluster::before()).contains(&sample));
    let mut facts = cluster::well();
    assert_eq!(tried(&facts), ["Deployment eevee-echo-module"]);
    cluster::unlist(&mut facts, Kind::Deployment);
    assert!(tried(&facts).is_empty());
    facts.unlisted.clear();
    assert!(tried(&facts).contains(&sample));
}

#[test]
fn who_installs_needs_to_make_crds_only_where_some_are_missing() {
    let is_of_crds = |right: &Right| right.resource == "customresourcedefinitions";
    assert!(of_installer("bots", true).iter().any(is_of_crds));
    assert!(!of_installer("bots", false).iter().any(is_of_crds));
    assert!(cluster::well().unserved().is_empty());
    assert_eq!(cluster::before().unserved().len(), 5);
}

#[test]
fn programs_get_a_list() {
    let findings = judge(&cluster::well());
    let read: serde_json::Value = serde_json::from_str(&as_json(&findings)).expect("JSON");
    let list = read.as_array().expect("a list");
    assert_eq!(list.len(), findings.len());
    let first = &list[0];
    assert_eq!((&first["level"], &first["subject"]), (&"pass".into(), &"API server".into()));
}
