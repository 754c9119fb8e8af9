//! Labels, and what selects by them.

use super::form::{DNS_LABEL, KEY, LABEL_VALUE};
use super::{Invalid, Verdict, each, some};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use std::collections::BTreeMap;

/// Most that keys and values of annotations may have together, in bytes.
const ANNOTATION_BYTES: usize = 256 << 10;

pub fn labels(at: &str, labels: Option<&BTreeMap<String, String>>) -> Verdict {
    for (key, value) in labels.into_iter().flatten() {
        KEY.check_part(at, "the key", key)?;
        LABEL_VALUE.check(&format!("{at}.{key}"), value)?;
    }
    Ok(())
}

pub fn annotations(at: &str, annotations: Option<&BTreeMap<String, String>>) -> Verdict {
    let mut bytes = 0;
    for (key, value) in annotations.into_iter().flatten() {
        // The API server does not mind capital letters here.
        KEY.check_part(at, "the key", &key.to_lowercase())?;
        bytes += key.len() + value.len();
    }
    if bytes > ANNOTATION_BYTES {
        return Err(Invalid::new(
            at,
            format!("has {bytes} bytes: annotations have at most {ANNOTATION_BYTES} together"),
        ));
    }
    Ok(())
}

pub fn keys(at: &str, names: Option<&Vec<String>>) -> Verdict {
    each(at, names, |at, name| KEY.check(at, name))
}

pub fn namespaces(at: &str, names: Option<&Vec<String>>) -> Verdict {
    each(at, names, |at, name| DNS_LABEL.check(at, name))
}

pub fn label_selector(at: &str, selector: Option<&LabelSelector>) -> Verdict {
    some(selector, |LabelSelector { match_expressions, match_labels }| {
        labels(&format!("{at}.matchLabels"), match_labels.as_ref())?;
        each(&format!("{at}.matchExpressions"), match_expressions.as_ref(), label_requirement)
    })
}

fn label_requirement(at: &str, requirement: &LabelSelectorRequirement) -> Verdict {
    let LabelSelectorRequirement { key, operator, values } = requirement;
    KEY.check(&format!("{at}.key"), key)?;
    number_of_values(at, operator, values.as_ref())?;
    each(&format!("{at}.values"), values.as_ref(), |at, value| LABEL_VALUE.check(at, value))
}

/// How many values an operator takes.
pub fn number_of_values(at: &str, operator: &str, values: Option<&Vec<String>>) -> Verdict {
    let number = values.map_or(0, Vec::len);
    match operator {
        "In" | "NotIn" if number == 0 => Err(Invalid::new(
            format!("{at}.values"),
            format!("is empty: operator {operator} needs at least one value"),
        )),
        "Exists" | "DoesNotExist" if number > 0 => Err(Invalid::new(
            format!("{at}.values"),
            format!("must be left out: operator {operator} takes none"),
        )),
        "Gt" | "Lt" if number != 1 => Err(Invalid::new(
            format!("{at}.values"),
            format!("has {number} values: operator {operator} needs exactly one"),
        )),
        _ => Ok(()),
    }
}
