//! What was found, as text.

use super::{Form, Found, Wanted};
use crate::overview::text::{Look, sum, tree};
use crate::yaml;

/// Objects that a note names, at most.
const NAMED: usize = 5;

/// The text in one form.
pub fn text(found: &Found, form: Form, look: Look) -> String {
    let overview = &found.overview;
    match form {
        Form::Tree => with_sum(found, &tree(overview, &look)),
        Form::Wide => with_sum(found, &tree(overview, &Look { wide: true, ..look })),
        // A value always has a text.
        Form::Json => serde_json::to_string_pretty(overview).unwrap_or_default() + "\n",
        Form::Yaml => yaml::to_string(&serde_json::to_value(overview).unwrap_or_default()),
    }
}

/// JSON on one line.
pub fn json_line(found: &Found) -> String {
    serde_json::to_string(&found.overview).unwrap_or_default() + "\n"
}

/// With several namespaces, how all of them are.
fn with_sum(found: &Found, tree: &str) -> String {
    match found.overview.namespaces.len() {
        0 | 1 => tree.to_owned(),
        count => format!("{tree}\n{count} namespaces: {}\n", sum(&found.overview.totals)),
    }
}

/// What is said beside the text.
pub fn notes(found: &Found, wanted: &Wanted) -> Vec<String> {
    let is_everywhere = found.is_blind && wanted.namespace.is_none();
    let hint = if is_everywhere { "; --namespace asks for one namespace alone" } else { "" };
    let unread = found.unread.as_ref().map(|unread| format!("could not be read: {unread}{hint}"));
    let nothing = found.overview.namespaces.is_empty() && found.unread.is_none();
    let nothing = nothing.then(|| match &wanted.namespace {
        Some(namespace) => format!(
            "there is no bot in namespace {namespace}: --namespace names another, and --all-namespaces shows all"
        ),
        None => "there is no bot in any namespace".to_owned(),
    });
    unread.into_iter().chain(nothing).collect()
}

/// What could not be read, in one line, and why the first of it was not.
pub fn unread(unread: &[String], cause: Option<&str>) -> Option<String> {
    let mut text = unread.get(..NAMED).unwrap_or(unread).join(", ");
    if unread.len() > NAMED {
        text += &format!(" and {} more", unread.len() - NAMED);
    }
    let cause = cause.map(|cause| cause.lines().collect::<Vec<_>>().join("; "));
    text += &cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
    (!unread.is_empty()).then_some(text)
}
