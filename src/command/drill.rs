//! `eevee-operator drill`.

use super::environment;
use super::job::{self, Ending};
use super::store_source::{StoreSource, check_id, described};
use crate::archive::Progress;
use crate::archive::unpack::{Drilled, UnpackFailure, Wanted, drill};
use crate::backup::Said;
use crate::backup::key::Of;
use crate::backup::variables::{
    BACKUP_MODULE, BACKUP_NAMESPACE, BACKUP_PVC_PATH, RESTORE_BACKUP_ID, RESTORE_MODULE,
    RESTORE_NAMESPACE,
};
use crate::s3::Access;
use clap::Args;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Handle;

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    job: job::Arguments,
}

/// What is to be tried, and where.
struct Order {
    of: Of,
    /// None for the newest.
    id: Option<String>,
    /// None for one of its own.
    path: Option<PathBuf>,
    access: Access,
}

/// Restores the newest backup into an empty folder, and checks what comes of it.
pub fn run(arguments: &Arguments) -> ExitCode {
    let order = environment::read(|variable| read(variable));
    job::run(&arguments.job, "drill", move |runtime, progress| match order {
        Ok(order) => drilled(&order, runtime, progress),
        Err(mistakes) => Ending::unusable(&mistakes),
    })
}

fn read(variable: &mut dyn FnMut(&str) -> Option<String>) -> Result<Order, Vec<String>> {
    let variable = RefCell::new(variable);
    let variable = |name: &str| (variable.borrow_mut())(name).filter(|value| !value.is_empty());
    let mut mistakes = Vec::new();
    let mut either = |name: &str, other: &str| {
        let value = variable(name).or_else(|| variable(other));
        if value.is_none() {
            mistakes.push(format!("{name} is not set"));
        }
        value.unwrap_or_default()
    };
    let of = Of {
        namespace: either(BACKUP_NAMESPACE, RESTORE_NAMESPACE),
        module: either(BACKUP_MODULE, RESTORE_MODULE),
    };
    let path = variable(BACKUP_PVC_PATH).map(PathBuf::from);
    let id = variable(RESTORE_BACKUP_ID);
    if let Some(Err(why)) = id.as_deref().map(check_id) {
        mistakes.push(format!("{RESTORE_BACKUP_ID} {why}"));
    }
    match Access::read(variable) {
        Ok(access) if mistakes.is_empty() => Ok(Order { of, id, path, access }),
        Ok(_) => Err(mistakes),
        Err(more) => Err([mistakes, more].concat()),
    }
}

fn drilled(order: &Order, runtime: &Handle, progress: &Arc<Progress>) -> Ending {
    let began = Instant::now();
    let mut said = Said { id: order.id.clone(), ..Said::default() };
    let outcome = work(order, runtime, progress, &mut said);
    said.seconds = began.elapsed().as_secs();
    match outcome {
        Ok(Drilled { files, databases, warnings }) => {
            Ending::good(Said { files, databases, warnings, ..said })
        }
        Err(failure) => {
            let (why, is_permanent) = described(&failure);
            Ending::good(said).because(why, is_permanent)
        }
    }
}

fn work(
    order: &Order,
    runtime: &Handle,
    progress: &Arc<Progress>,
    said: &mut Said,
) -> Result<Drilled, UnpackFailure> {
    let stored = StoreSource::new(&order.access, order.of.clone(), runtime, progress)?;
    let id = match &order.id {
        Some(id) => id.clone(),
        None => stored.newest()?,
    };
    said.id = Some(id.clone());
    let (archive, bytes) = stored.open(&id)?;
    said.bytes = bytes;
    let wanted = Wanted::new(stored.of(), &id, false);
    match &order.path {
        Some(path) => drill(path, &wanted, archive, progress),
        None => in_a_folder_of_its_own(|path| drill(path, &wanted, archive, progress)),
    }
}

fn in_a_folder_of_its_own<T>(
    drill: impl FnOnce(&Path) -> Result<T, UnpackFailure>,
) -> Result<T, UnpackFailure> {
    let path = std::env::temp_dir().join(format!("eevee-drill-{}", std::process::id()));
    let failed = |doing: &str, error| UnpackFailure::Disk {
        doing: format!("cannot {doing} folder {}", path.display()),
        error,
    };
    fs::create_dir(&path).map_err(|error| failed("make", error))?;
    let drilled = drill(&path);
    fs::remove_dir(&path).map_err(|error| failed("remove", error))?;
    drilled
}
