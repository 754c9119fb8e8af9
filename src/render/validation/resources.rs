//! Requests and limits.

use super::form::KEY;
use super::{Invalid, Verdict, shown};
use crate::fields::quantity::{self, Quantity};
use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as Text;
use std::collections::BTreeMap;

type Amounts = BTreeMap<String, Text>;

const COMPUTE: [&str; 2] = ["cpu", "memory"];
const HUGE_PAGES: &str = "hugepages-";

pub fn resources(at: &str, resources: Option<&ResourceRequirements>) -> Verdict {
    let Some(ResourceRequirements { claims, limits, requests }) = resources else { return Ok(()) };
    let at = format!("{at}.resources");
    if claims.as_ref().is_some_and(|claims| !claims.is_empty()) {
        return Err(Invalid::new(
            format!("{at}.claims"),
            "must be left out: the pods have no resource claims",
        ));
    }
    let none = Amounts::new();
    let [limits, requests] = [limits, requests].map(|amounts| amounts.as_ref().unwrap_or(&none));
    for (field, amounts) in [("limits", limits), ("requests", requests)] {
        for (name, text) in amounts {
            amount(&format!("{at}.{field}"), name, &text.0)?;
        }
    }
    for (name, text) in requests {
        request(&at, name, &text.0, limits.get(name).map(|limit| limit.0.as_str()))?;
    }
    let names: Vec<&String> = limits.keys().chain(requests.keys()).collect();
    let has = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
    if has(&|name| name.starts_with(HUGE_PAGES)) && !has(&|name| COMPUTE.contains(&name)) {
        return Err(Invalid::new(at, "has huge pages alone: they need cpu or memory beside them"));
    }
    Ok(())
}

fn amount(at: &str, name: &str, text: &str) -> Verdict {
    let field = format!("{at}.{name}");
    let is_standard =
        COMPUTE.contains(&name) || name == "ephemeral-storage" || name.starts_with(HUGE_PAGES);
    if !is_standard && !name.contains('/') {
        return Err(Invalid::new(
            field,
            format!(
                ": there is no resource {}: cpu, memory, ephemeral-storage, hugepages-<size> and names with a domain are",
                shown(name)
            ),
        ));
    }
    KEY.check_part(at, "the name", name)?;
    let amount = parse(&field, text)?;
    if amount < Quantity::ZERO {
        return Err(Invalid::new(field, format!("is {text}: it must be 0 or more")));
    }
    if !is_standard && !is_native(name) && !amount.is_whole() {
        return Err(Invalid::new(field, format!("is {text}: it must be a whole number")));
    }
    Ok(())
}

fn request(at: &str, name: &str, text: &str, limit: Option<&str>) -> Verdict {
    let (field, limit_field) = (format!("{at}.requests.{name}"), format!("{at}.limits.{name}"));
    // What nodes have not more of than they have.
    let is_exact = name.starts_with(HUGE_PAGES) || !is_native(name);
    let Some(limit) = limit else {
        return if is_exact {
            Err(Invalid::new(field, format!("is {text}: {limit_field} must be set to the same")))
        } else {
            Ok(())
        };
    };
    let (wanted, most) = (parse(&field, text)?, parse(&limit_field, limit)?);
    if is_exact && wanted != most {
        return Err(Invalid::new(
            field,
            format!("is {text}: it must be equal to {limit_field}, which is {limit}"),
        ));
    }
    if wanted > most {
        return Err(Invalid::new(
            field,
            format!("is {text}: it must not be above {limit_field}, which is {limit}"),
        ));
    }
    Ok(())
}

/// Whether a resource is one of Kubernetes' own.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Reads an amount.
///
/// # Errors
/// What the field must be.
pub fn parse(field: &str, text: &str) -> Result<Quantity, Invalid> {
    quantity::parse(text).ok_or_else(|| {
        Invalid::new(
            field,
            format!("is {}: it must be a quantity such as 500m or 1Gi", shown(text)),
        )
    })
}
