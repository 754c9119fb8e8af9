//! The Role and the ClusterRole of the chart, as it is rendered, give what the operator needs and no more.

use crate::support::{documents, path};
use eevee_operator::check::{Right, needed};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const HOME: &str = "bots";

#[test]
fn the_role_of_one_namespace_has_what_is_needed_and_no_more() {
    let roles = roles("operator");
    let role = roles.iter().find(|role| role["kind"] == "Role").expect("a Role");
    assert_eq!(granted(role), wanted(&needed(HOME, Some(HOME))));
}

#[test]
fn the_roles_of_all_namespaces_have_what_is_needed_and_no_more() {
    let (at_home, everywhere): (Vec<Right>, Vec<Right>) =
        needed(HOME, None).into_iter().partition(|right| right.within.is_some());
    let roles = roles("operator_with_everything");
    assert_eq!(roles.len(), 2);
    for role in &roles {
        let rights = if role["kind"] == "Role" { &at_home } else { &everywhere };
        assert_eq!(granted(role), wanted(rights), "{}", role["metadata"]["name"]);
    }
}

/// The roles of the operator in a golden of the chart's templates, those of its tests apart.
fn roles(golden: &str) -> Vec<Value> {
    let file = path("tests/charts/snapshots").join(format!("{golden}.snap"));
    let text = fs::read_to_string(file).expect("a golden");
    let is_role = |document: &Value| {
        let name = document["metadata"]["name"].as_str().unwrap_or_default();
        ["Role", "ClusterRole"].iter().any(|kind| document["kind"] == *kind)
            && name.starts_with("eevee-operator-")
    };
    documents(&text).into_iter().filter(is_role).collect()
}

/// Verb, group, resource with its part, and the one object that it is for.
type Grant = [String; 4];

fn granted(role: &Value) -> BTreeSet<Grant> {
    let mut grants = BTreeSet::new();
    for rule in role["rules"].as_array().expect("rules") {
        let texts = |field: &str| -> Vec<String> {
            let list = rule[field].as_array().into_iter().flatten();
            list.map(|text| text.as_str().expect("a text").to_owned()).collect()
        };
        let names = match texts("resourceNames") {
            names if names.is_empty() => vec![String::new()],
            names => names,
        };
        for verb in texts("verbs") {
            for group in texts("apiGroups") {
                for resource in texts("resources") {
                    let grant = |name: &String| {
                        [verb.clone(), group.clone(), resource.clone(), name.clone()]
                    };
                    grants.extend(names.iter().map(grant));
                }
            }
        }
    }
    grants
}

fn wanted(rights: &[Right]) -> BTreeSet<Grant> {
    let grant = |right: &Right| {
        let resource = match right.subresource {
            "" => right.resource.to_owned(),
            part => format!("{}/{part}", right.resource),
        };
        let name = right.name.unwrap_or_default().to_owned();
        [right.verb.to_owned(), right.group.to_owned(), resource, name]
    };
    rights.iter().map(grant).collect()
}
