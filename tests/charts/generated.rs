//! The files that are generated, and whether they are as they would be generated now.

use crate::values::{CHARTS, read};
use crate::{readme, schema, support};
use eevee_operator::{crd, yaml};
use std::fs;

#[test]
fn crds_are_those_of_the_program() {
    let crds = crd::crds();
    let names: Vec<String> = crds
        .iter()
        .map(|crd| format!("{}.yaml", crd["spec"]["names"]["plural"].as_str().expect("a plural")))
        .collect();
    for (crd, name) in crds.iter().zip(&names) {
        keep("crds", &format!("files/{name}"), &yaml::to_string(crd));
    }
    for file in fs::read_dir(support::path("helm/crds/files")).expect("helm/crds/files") {
        let name = file.expect("a file").file_name().into_string().expect("a name");
        assert!(names.contains(&name), "helm/crds/files/{name} is no CRD any more");
    }
}

#[test]
fn schemas_are_made_of_the_values_and_the_crds() {
    for chart in CHARTS {
        keep(chart, "values.schema.json", &schema::generated(chart));
    }
}

#[test]
fn readmes_hold_every_value() {
    for chart in CHARTS {
        keep(chart, "README.md", &readme::generated(chart));
    }
}

#[test]
fn what_charts_have_in_common_is_the_same_in_each() {
    const COMMON: &str = "templates/_globals.tpl";
    for chart in ["crds", "bot"] {
        keep(chart, COMMON, &read("operator", COMMON));
    }
}

#[test]
fn versions_are_those_of_the_program() {
    for chart in CHARTS {
        let meta: serde_json::Value =
            serde_yaml::from_str(&read(chart, "Chart.yaml")).expect("Chart.yaml");
        for version in ["version", "appVersion"] {
            assert_eq!(meta[version], env!("CARGO_PKG_VERSION"), "helm/{chart}/Chart.yaml");
        }
    }
}

#[test]
fn the_icon_is_the_one_that_is_kept() {
    use base64::Engine;
    let icon = fs::read(support::path("helm/icon.svg")).expect("helm/icon.svg");
    let icon = base64::engine::general_purpose::STANDARD.encode(icon);
    for chart in CHARTS {
        let line = format!("icon: data:image/svg+xml;base64,{icon}\n");
        assert!(read(chart, "Chart.yaml").contains(&line), "helm/{chart}/Chart.yaml");
    }
}

fn keep(chart: &str, file: &str, wanted: &str) {
    let path = support::root().join("helm").join(chart).join(file);
    if std::env::var_os("CHARTS_UPDATE").is_some() {
        fs::write(&path, wanted).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == wanted, "helm/{chart}/{file} is stale: run make chart-files");
}
