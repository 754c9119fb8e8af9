//! `KIND/NAME` on the command line.

use crate::action::Subject;
use crate::crd;
use crate::kinds::Kind;
use crate::manifest::Unusable;
use crate::render;
use serde_json::Value;

/// The resource that a text names in a namespace: its kind in any casing, in the plural or short,
/// as kubectl knows it.
///
/// # Errors
/// [`Unusable`] for what is no resource of the operator's.
pub fn parse(text: &str, namespace: &str) -> Result<Subject, Unusable> {
    let wrong = |why: &str| Unusable::because(format!("{text:?} {why}"));
    let (kind, name) = text
        .split_once('/')
        .filter(|(kind, name)| !kind.is_empty() && !name.is_empty() && !name.contains('/'))
        .ok_or_else(|| wrong("names no resource: give KIND/NAME, such as botmodule/echo"))?;
    match kind_of(kind).filter(|kind| render::is_rendered(*kind)) {
        Some(kind) => Ok(Subject::of(kind, namespace, name)),
        None => Err(wrong(&format!("is of no kind that is rendered: {} are", rendered()))),
    }
}

fn kind_of(text: &str) -> Option<Kind> {
    let text = text.to_ascii_lowercase();
    let name = text.strip_suffix(&format!(".{}", crd::GROUP)).unwrap_or(&text);
    crd::crds().iter().find_map(|crd| {
        let names = crd.pointer("/spec/names")?;
        let known = [&names["singular"], &names["plural"]].into_iter().chain(short(names));
        let is_known = known.filter_map(Value::as_str).any(|known| known == name);
        is_known.then(|| kind(names)).flatten()
    })
}

/// The kinds that are rendered, as `BotModule (bm), IpcConfig (ipc) and S3Store (s3s)`.
fn rendered() -> String {
    let crds = crd::crds();
    let names = crds.iter().filter_map(|crd| crd.pointer("/spec/names"));
    let rendered: Vec<String> = names
        .filter_map(|names| Some((kind(names)?, short(names).next()?.as_str()?)))
        .filter(|(kind, _)| render::is_rendered(*kind))
        .map(|(kind, short)| format!("{kind} ({short})"))
        .collect();
    crd::in_words(&rendered, "and")
}

fn kind(names: &Value) -> Option<Kind> {
    Kind::of(crd::API_VERSION, names["kind"].as_str()?)
}

fn short(names: &Value) -> impl Iterator<Item = &Value> {
    names["shortNames"].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_as_kubectl_knows_them() {
        let echo = Subject::of(Kind::BotModule, "a", "echo");
        for kind in ["BotModule", "botmodule", "BOTMODULES", "bm", "botmodules.eevee.bot"] {
            assert_eq!(parse(&format!("{kind}/echo"), "a"), Ok(echo.clone()), "{kind}");
        }
        let main = Subject::of(Kind::IpcConfig, "a", "main");
        for kind in ["IpcConfig", "ipcconfigs", "ipc"] {
            assert_eq!(parse(&format!("{kind}/main"), "a"), Ok(main.clone()), "{kind}");
        }
    }

    #[test]
    fn what_names_no_resource_is_refused_with_the_fix() {
        for text in ["echo", "/echo", "bm/", "bm/a/b", "pod/a", "secret/a", "Deployment/a"] {
            let refused = parse(text, "a").unwrap_err().to_string();
            assert!(refused.starts_with(&format!("{text:?} ")), "{refused}");
            assert!(refused.contains("botmodule/echo") || refused.contains("BotModule (bm)"));
        }
    }

    #[test]
    fn each_kind_that_is_rendered_is_named() {
        let refused = parse("pod/a", "a").unwrap_err().to_string();
        for kind in render::kinds() {
            assert!(refused.contains(&format!("{kind} (")), "{kind}: {refused}");
        }
    }
}
