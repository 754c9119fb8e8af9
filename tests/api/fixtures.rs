//! The fixtures against a real API server: it accepts what render applies, and refuses what the
//! reader refuses.

use crate::server::{dry_apply, dry_create, with_crds};
use crate::support;
use eevee_operator::action::{ApplyAction, Verb};
use eevee_operator::offline::{self, Format, Options};
use eevee_operator::render::render;
use std::collections::BTreeSet;

/// Cases that the API server cannot refuse, and why.
const ONLY_RENDER_KNOWS: &[(&str, &str)] = &[];

#[test]
fn every_manifest_of_an_ok_golden_is_accepted() {
    let cluster = with_crds();
    let mut namespaces = BTreeSet::new();
    let mut checked = 0;
    for fixture in support::fixtures("ok") {
        let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{unusable}"));
        let mut manifests = String::new();
        for ApplyAction { target, verb, .. } in render(offline::admitted(loaded).snapshot()) {
            let (Verb::Create(manifest) | Verb::Apply { manifest, .. }) = verb else { continue };
            if namespaces.insert(target.namespace.clone()) {
                let create = ["create", "namespace", target.namespace.as_str()];
                // Another test may have made it.
                cluster.kubectl(&create, None);
            }
            manifests.push_str(&format!("---\n{manifest}\n"));
            checked += 1;
        }
        if !manifests.is_empty() {
            let output = dry_apply(cluster, &manifests);
            assert!(output.status.success(), "{}: {}", fixture.name, output.stderr);
        }
    }
    assert!(checked > 100, "only {checked} manifests were checked");
}

#[test]
fn every_err_case_about_a_resource_is_refused_by_the_server_too() {
    let cluster = with_crds();
    cluster.kubectl(&["create", "namespace", "eevee-bot"], None);
    let mut checked = 0;
    for fixture in support::fixtures("err") {
        let options = Options { format: Format::Yaml, actions: false, show_secrets: false };
        let Ok(outcome) =
            offline::render_sources(&[fixture.source()], support::defaults(), &options)
        else {
            continue;
        };
        assert!(!outcome.faults.is_empty(), "{} is not refused", fixture.name);
        let output = dry_create(cluster, &fixture.text);
        match ONLY_RENDER_KNOWS.iter().find(|(name, _)| *name == fixture.name) {
            Some((name, why)) => {
                assert!(
                    output.status.success(),
                    "{name} is refused, though {why}: {}",
                    output.stderr
                );
            }
            None => assert!(!output.status.success(), "{} is accepted", fixture.name),
        }
        checked += 1;
    }
    assert!(checked > 10, "only {checked} cases were checked");
}
