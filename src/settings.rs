//! The environment, read into plain settings.

use crate::snapshot::Settings;

/// Reads what `render` needs of the environment. Mistakes are all named at once.
///
/// # Errors
/// One line per variable that cannot be used.
pub fn from_environment(
    mut variable: impl FnMut(&str) -> Option<String>,
) -> Result<Settings, Vec<String>> {
    let mut mistakes = Vec::new();
    let defaults = Settings::default();
    let mut name = |key: &str, default: String, fits: fn(&str) -> bool, rule: &str| {
        let value = variable(key).unwrap_or(default);
        if !fits(&value) {
            mistakes.push(format!("{key} is {value:?}: it must {rule}"));
        }
        value
    };
    let namespace = name("NAMESPACE", defaults.namespace.clone(), is_namespace, NAMESPACE_RULE);
    let cluster_domain = name(
        "KUBERNETES_CLUSTER_DOMAIN",
        defaults.cluster_domain.clone(),
        is_dns_name,
        "consist of lowercase letters, digits, '-' and '.', at most 253 characters",
    );
    let watch_other_namespaces = variable("WATCH_OTHER_NAMESPACES").is_some_and(|value| {
        boolean(&value).unwrap_or_else(|| {
            mistakes.push(format!("WATCH_OTHER_NAMESPACES is {value:?}: it must be true or false"));
            false
        })
    });
    let api_token = variable("EEVEE_OPERATOR_API_TOKEN").filter(|token| !token.is_empty());
    if mistakes.is_empty() {
        Ok(Settings { namespace, watch_other_namespaces, cluster_domain, api_token, ..defaults })
    } else {
        Err(mistakes)
    }
}

/// `true` and `1` in any case are true; `false`, `0` and the empty text are false.
fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" | "" => Some(false),
        _ => None,
    }
}

/// What [`is_namespace`] asks for, as the end of a sentence.
pub const NAMESPACE_RULE: &str =
    "consist of lowercase letters, digits and '-', at most 63 characters";

/// Whether a namespace may have this name.
pub fn is_namespace(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn is_dns_name(value: &str) -> bool {
    // Each part of a name follows the rule for namespaces.
    value.len() <= 253 && value.split('.').all(is_namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        from_environment(|key| {
            pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_empty_environment_gives_the_defaults() {
        assert_eq!(read(&[]), Ok(Settings::default()));
    }

    #[test]
    fn booleans_are_true_in_any_case() {
        for value in ["true", "TRUE", "True", "1"] {
            assert!(read(&[("WATCH_OTHER_NAMESPACES", value)]).unwrap().watch_other_namespaces);
        }
        for value in ["false", "FALSE", "0", ""] {
            assert!(!read(&[("WATCH_OTHER_NAMESPACES", value)]).unwrap().watch_other_namespaces);
        }
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let mistakes = read(&[
            ("NAMESPACE", "Not A Name"),
            ("KUBERNETES_CLUSTER_DOMAIN", ".local"),
            ("WATCH_OTHER_NAMESPACES", "ture"),
        ])
        .unwrap_err();
        assert_eq!(mistakes.len(), 3);
        assert!(mistakes[2].starts_with("WATCH_OTHER_NAMESPACES is \"ture\""));
        assert!(mistakes[0].starts_with("NAMESPACE is \"Not A Name\""));
        assert!(mistakes[1].starts_with("KUBERNETES_CLUSTER_DOMAIN is \".local\""));
    }

    #[test]
    fn an_empty_token_is_none() {
        assert_eq!(read(&[("EEVEE_OPERATOR_API_TOKEN", "")]).unwrap().api_token, None);
    }
}
