//! What the charts are made into: goldens of the main switches, and what each switch decides.

use crate::helm::{Helm, names, one, rendered};
use crate::page::page;
use crate::support::documents;
use crate::switches::{BOT, EVERYTHING, MIRRORED, SWITCHES};
use crate::values::CHARTS;
use serde_json::Value;

/// Compares with the golden of a name, in tests/charts/snapshots/.
fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn template(chart: &str, values: &str, more: &[&str]) -> String {
    Helm::alone().template(chart, values, more).fine()
}

#[test]
fn lint_has_nothing_to_say() {
    for chart in CHARTS {
        let said = Helm::alone().run(&["lint", "--strict", chart], "").fine();
        assert!(said.contains("1 chart(s) linted, 0 chart(s) failed"), "{said}");
        assert!(!said.contains("[WARNING]") && !said.contains("[INFO]"), "{said}");
    }
}

#[test]
fn goldens() {
    golden("operator", &template("operator", "", &[]));
    golden("operator_with_everything", &template("operator", EVERYTHING, &[]));
    golden("bot", &template("bot", BOT, &[]));
    golden("eevee", &template("eevee", "", &[]));
    golden("eevee_with_a_mirror", &template("eevee", &mirrored_bot(), &[]));
}

fn mirrored_bot() -> String {
    format!("{MIRRORED}\nbot: {{botModules: [{{name: echo, spec: {{image: 'echo:1'}}}}]}}\n")
}

/// Of the CRDs only what the chart adds: the rest is in crds/crds.yaml.
#[test]
fn golden_of_crds() {
    let text = template("crds", "", &[]);
    let objects = documents(&text);
    let crds = objects.iter().filter(|object| object["kind"] == "CustomResourceDefinition");
    let heads: Vec<String> = crds
        .map(|crd| serde_yaml::to_string(&(&crd["metadata"], &crd["spec"]["names"])).expect("YAML"))
        .collect();
    let others = template("crds", "", &["--show-only=templates/rbac.yaml"]);
    golden("crds", &(heads.join("") + &others));
}

#[test]
fn a_crd_is_what_the_program_prints_but_for_its_metadata_and_kind() {
    for crd in eevee_operator::crd::crds() {
        let objects = rendered("crds", "");
        let name = &crd["metadata"]["name"];
        let found = objects.iter().find(|object| object["metadata"]["name"] == *name);
        let mut found = found.unwrap_or_else(|| panic!("{name} is not in the chart")).clone();
        assert_eq!(found["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
        let kind = crd["spec"]["names"]["kind"].as_str().expect("a kind");
        assert_eq!(found["spec"]["names"]["listKind"], format!("{kind}List"));
        found["spec"]["names"].as_object_mut().expect("names").remove("listKind");
        assert_eq!(found["spec"], crd["spec"]);
    }
}

#[test]
fn each_switch_decides_over_its_object() {
    for case in SWITCHES {
        let count = |values: &str| {
            let objects = names(&rendered(case.chart, values));
            objects.iter().filter(|name| *name == case.decides).count()
        };
        let (off, on) = (count(""), count(case.values));
        assert!(off + on == 1, "{}, {}: {off} off, {on} on", case.chart, case.name);
    }
}

#[test]
fn where_kinds_are_lowercase_the_charts_write_them_so() {
    let lower =
        ["--api-versions=eevee.bot/v1/botmodule,eevee.bot/v1/ipcconfig,eevee.bot/v1/s3store"];
    let objects = documents(&template("bot", BOT, &lower));
    let kinds: Vec<&Value> = objects.iter().map(|object| &object["kind"]).collect();
    let schedules = ["BackupSchedule", "BackupSchedule"];
    let others = ["botmodule", "botmodule", "ipcconfig", "s3store", "Pod"];
    assert_eq!(kinds, [&schedules[..], &others].concat());
    let objects = documents(&template("crds", "", &lower));
    let kinds: Vec<&Value> = objects.iter().map(|crd| &crd["spec"]["names"]["kind"]).collect();
    let five = ["BackupRestore", "BackupSchedule", "botmodule", "ipcconfig", "s3store"];
    assert_eq!(kinds[..5], five);
}

#[test]
fn a_module_is_handed_over_as_it_stands() {
    let objects = rendered("bot", BOT);
    let echo = objects.iter().find(|object| object["metadata"]["name"] == "echo").expect("echo");
    let config = "# {{ not a template }}\nratelimit: {limit: 5}\n";
    assert_eq!(echo["spec"]["moduleConfig"], config);
}

#[test]
fn the_examples_of_the_bots_page_are_taken() {
    let examples = page("helm/bot/README.md").blocks("yaml");
    let objects: Vec<Value> =
        examples.iter().flat_map(|example| rendered("bot", &example.text)).collect();
    for kind in ["BotModule", "S3Store", "BackupSchedule"] {
        assert!(objects.iter().any(|object| object["kind"] == kind), "{kind}");
    }
}

#[test]
fn the_selector_never_changes() {
    for values in ["", EVERYTHING.replace("podLabels: {team: chat}", "podLabels: {}").as_str()] {
        let objects = rendered("operator", values);
        let deployment = one(&objects, "Deployment");
        let selector = serde_json::json!({
            "eevee.bot/operator": "true",
            "app.kubernetes.io/name": "operator",
            "app.kubernetes.io/instance": "eevee",
        });
        assert_eq!(deployment["spec"]["selector"]["matchLabels"], selector);
        assert_eq!(deployment["spec"]["template"]["metadata"]["labels"], selector);
        assert_eq!(one(&objects, "Service")["spec"]["selector"], selector);
    }
}

#[test]
fn without_a_cluster_no_token_is_made_up() {
    let objects = rendered("operator", "");
    assert!(!names(&objects).iter().any(|name| name.starts_with("Secret")));
    let env = &one(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["env"];
    let variables = env.as_array().expect("variables");
    let token = variables.iter().find(|it| it["name"] == "EEVEE_OPERATOR_API_TOKEN");
    let reference = &token.expect("the token")["valueFrom"]["secretKeyRef"];
    assert_eq!(reference["optional"], true, "the pod must start without");
    assert_eq!(template("operator", "", &[]), template("operator", "", &[]));
}
