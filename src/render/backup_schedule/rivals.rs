//! Modules whose backups stand under one prefix: neither may take away what is another's.

use super::validate::ValidSchedule;
use crate::kinds::{Index, Kind};
use crate::object::Object;
use crate::render::context::Context;
use crate::render::stop::Stop;
use std::collections::BTreeMap;
use std::sync::Arc;

/// By module: the others that are backed up under its logical name.
pub type Rivals = BTreeMap<String, Vec<String>>;

/// The modules that have rivals. It matters only where backups are taken away.
pub fn of(
    context: &Context<'_>,
    schedule: &ValidSchedule,
    modules: &[Arc<Object>],
) -> Result<Rivals, Stop> {
    let mut rivals = Rivals::new();
    if schedule.spec.keep.is_none() {
        return Ok(rivals);
    }
    for module in modules {
        let others = sharing(context, module)?;
        if !others.is_empty() {
            rivals.insert(module.reference().name.clone(), others);
        }
    }
    Ok(rivals)
}

/// Names of the other modules that have the logical name of a module, and are backed up.
fn sharing(context: &Context<'_>, module: &Object) -> Result<Vec<String>, Stop> {
    let name = module.module_name();
    let mut others = context.source.referrers(Index::MODULE_NAME, context.namespace(), name)?;
    others.extend(context.get(Kind::BotModule, name)?);
    others.retain(|other| {
        other.reference() != module.reference()
            && other.module_name() == name
            && other.text(Index::BACKED_UP_BY.field()).is_some()
    });
    let mut names: Vec<String> =
        others.iter().map(|other| other.reference().name.clone()).collect();
    names.sort();
    names.dedup();
    Ok(names)
}
