//! The variables of the environment.

use crate::manifest::Unusable;
use crate::settings;
use crate::snapshot::Settings;

/// The image that the chart of this version runs, where nobody names another.
const OWN_IMAGE: &str = concat!("ghcr.io/eeveebot/operator:", env!("CARGO_PKG_VERSION"));

/// What the commands beside `run` read of the environment. A running operator knows its own image: where
/// the environment does not say, it is assumed to be that of the chart.
///
/// # Errors
/// [`Unusable`] that names every variable that cannot be used.
pub fn settings() -> Result<Settings, Unusable> {
    let mut settings = read(|variable| settings::from_environment(variable))
        .map_err(|mistakes| Unusable::because(mistakes.join("; ")))?;
    settings.operator_image.get_or_insert_with(|| OWN_IMAGE.to_owned());
    Ok(settings)
}

/// Reads something of the environment.
///
/// # Errors
/// One line for each variable that cannot be used.
pub fn read<T>(
    read: impl FnOnce(&mut dyn FnMut(&str) -> Option<String>) -> Result<T, Vec<String>>,
) -> Result<T, Vec<String>> {
    let mut unreadable = Vec::new();
    let outcome = read(&mut |key| {
        let value = std::env::var_os(key)?;
        value.into_string().map_err(|_| unreadable.push(format!("{key} is not UTF-8"))).ok()
    });
    if unreadable.is_empty() { outcome } else { Err(unreadable) }
}

/// A namespace that was given on the command line.
///
/// # Errors
/// [`Unusable`] for what no namespace is called.
pub fn check_namespace(namespace: &str) -> Result<(), Unusable> {
    if settings::is_namespace(namespace) {
        return Ok(());
    }
    let rule = settings::NAMESPACE_RULE;
    Err(Unusable::because(format!("--namespace is {namespace:?}: it must {rule}")))
}
