//! What takes more of a cluster than before: claims that grow, which cannot be undone, and requests
//! and limits that were not there.

use crate::fields::quantity;
use crate::object::Object;
use crate::snapshot::ClusterSnapshot;
use serde_json::Value;

/// A note on each claim that grows and each Deployment that gets requests or limits.
pub fn notes(before: &ClusterSnapshot, after: &ClusterSnapshot) -> Vec<String> {
    let note = |will: &Object| {
        let was = before.get(will.reference()).ok().flatten()?;
        growth(was, will).or_else(|| resources(was, will))
    };
    after.objects().filter_map(|will| note(will)).collect()
}

fn growth(was: &Object, will: &Object) -> Option<String> {
    // No other kind has such a field.
    let size = |claim: &'_ Object| Some(claim.text("/spec/resources/requests/storage")?.to_owned());
    let (has, wants) = (size(was)?, size(will)?);
    (quantity::parse(&has)? < quantity::parse(&wants)?).then(|| {
        format!(
            "{} grows from {has} to {wants}, for which its spec asks: a claim cannot shrink again",
            will.reference()
        )
    })
}

fn resources(was: &Object, will: &Object) -> Option<String> {
    let new: Vec<String> = containers(will)
        .filter_map(|container| {
            let former = containers(was).find(|former| former["name"] == container["name"])?;
            let is_new =
                |of: &&str| amounts(container, of).is_some() && amounts(former, of).is_none();
            let new = ["requests", "limits"].into_iter().filter(is_new);
            let new: Vec<String> = new.filter_map(|of| shown(container, of)).collect();
            let name = container["name"].as_str().unwrap_or_default();
            (!new.is_empty()).then(|| format!("container {name} gets {}", new.join(" and ")))
        })
        .collect();
    (!new.is_empty())
        .then(|| format!("{}: {}, where it has none", will.reference(), new.join(", ")))
}

fn containers(deployment: &Object) -> impl Iterator<Item = &Value> {
    let template = deployment.reference().kind.pod_template().and_then(|path| deployment.at(path));
    let containers = template.and_then(|template| template.pointer("/spec/containers"));
    containers.and_then(Value::as_array).into_iter().flatten()
}

fn amounts<'a>(container: &'a Value, of: &str) -> Option<&'a serde_json::Map<String, Value>> {
    container.get("resources")?.get(of)?.as_object().filter(|amounts| !amounts.is_empty())
}

/// `limits (memory 64Mi)`.
fn shown(container: &Value, of: &str) -> Option<String> {
    let amount = |(name, amount): (&String, &Value)| match amount.as_str() {
        Some(text) => format!("{name} {text}"),
        None => format!("{name} {amount}"),
    };
    let amounts: Vec<String> = amounts(container, of)?.iter().map(amount).collect();
    Some(format!("{of} ({})", amounts.join(", ")))
}
