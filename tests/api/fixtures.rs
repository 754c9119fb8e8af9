//! The fixtures against a real API server: it accepts what render applies, and refuses what the
//! reader refuses.

use crate::server::{dry_apply, dry_create, with_crds};
use crate::support;
use eevee_operator::action::{ApplyAction, Verb};
use eevee_operator::offline::{self, Format, Options};
use eevee_operator::render::render;
use std::collections::BTreeSet;

/// Cases that the API server cannot refuse, and why.
const ONLY_RENDER_KNOWS: [(&str, &str); 14] = [
    (
        "a_token_secret_of_another_namespace_is_an_invalid_spec",
        "a CEL rule does not see metadata.namespace",
    ),
    ("an_env_secret_of_another_namespace_is_refused", "a CEL rule does not see metadata.namespace"),
    (
        "a_token_that_may_not_be_generated_and_is_missing_is_named",
        "a rule sees no other object, and the Secret may follow",
    ),
    (
        "an_env_secret_that_is_missing_is_named",
        "a rule sees no other object, and the Secret may follow",
    ),
    ("an_ipc_config_that_is_missing_is_named", "a rule sees no other object, and it may follow"),
    ("a_claim_that_would_shrink_is_refused", LATER),
    ("a_config_map_that_is_immutable_is_refused", LATER),
    ("a_live_deployment_with_another_selector_is_refused", LATER),
    ("a_live_nats_with_another_selector_is_refused", LATER),
    ("growth_of_a_claim_that_is_not_bound_is_refused", LATER),
    ("a_probe_port_in_quotes_is_an_invalid_spec", BECOMES),
    ("huge_pages_that_are_requested_below_their_limit_are_an_invalid_spec", BECOMES),
    ("requests_above_limits_are_an_invalid_spec", BECOMES),
    ("two_tolerations_of_which_the_second_is_wrong_name_its_place", BECOMES),
];

const LATER: &str = "it is the change that is refused, when the operator sends it";
const BECOMES: &str = "what it becomes is refused, as the table of refused values shows";

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
    // Another test may have made it.
    cluster.kubectl(&["create", "namespace", "eevee-bot"], None);
    let (mut checked, mut wrong) = (0, Vec::new());
    for fixture in support::fixtures("err") {
        let options = Options { format: Format::Yaml, actions: false, show_secrets: false };
        let Ok(outcome) =
            offline::render_sources(&[fixture.source()], support::defaults(), &options)
        else {
            continue;
        };
        assert!(!outcome.faults.is_empty(), "{} is not refused", fixture.name);
        let accepted = dry_create(cluster, &fixture.text).status.success();
        let alone = ONLY_RENDER_KNOWS.iter().any(|(name, _)| *name == fixture.sentence());
        if accepted != alone {
            wrong.push(format!(
                "{} is {}",
                fixture.name,
                if accepted { "accepted" } else { "refused" }
            ));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "the server disagrees: {wrong:#?}");
    assert!(checked > 30, "only {checked} cases were checked");
}
