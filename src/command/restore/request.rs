//! What the environment of a Job says.

use super::super::store_source::check_id;
use crate::backup::key::Of;
use crate::backup::variables::{
    BACKUP_PVC_PATH, RESTORE_BACKUP_ID, RESTORE_BOOTSTRAP, RESTORE_CLEAN, RESTORE_MODULE,
    RESTORE_NAMESPACE,
};
use crate::s3::Access;
use std::cell::RefCell;
use std::path::PathBuf;

/// What is to be restored, and where.
pub struct RestoreRequest {
    pub of: Of,
    /// None for the newest.
    pub id: Option<String>,
    pub clean: bool,
    pub is_bootstrap: bool,
    pub path: PathBuf,
    pub access: Access,
}

impl RestoreRequest {
    /// # Errors
    /// One line for each variable that cannot be used.
    pub fn read(variable: &mut dyn FnMut(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let variable = RefCell::new(variable);
        let variable = |name: &str| (variable.borrow_mut())(name).filter(|value| !value.is_empty());
        let mut mistakes = Vec::new();
        let mut needed = |name: &str| {
            let value = variable(name);
            if value.is_none() {
                mistakes.push(format!("{name} is not set"));
            }
            value.unwrap_or_default()
        };
        let of = Of { namespace: needed(RESTORE_NAMESPACE), module: needed(RESTORE_MODULE) };
        let path = PathBuf::from(needed(BACKUP_PVC_PATH));
        let mut flag = |name: &str| match variable(name).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => {
                mistakes.push(format!("{name} is {other:?}: it must be true or false"));
                false
            }
        };
        let (clean, is_bootstrap) = (flag(RESTORE_CLEAN), flag(RESTORE_BOOTSTRAP));
        let id = variable(RESTORE_BACKUP_ID);
        if let Some(Err(why)) = id.as_deref().map(check_id) {
            mistakes.push(format!("{RESTORE_BACKUP_ID} {why}"));
        }
        match Access::read(variable) {
            Ok(access) if mistakes.is_empty() => {
                Ok(Self { of, id, clean, is_bootstrap, path, access })
            }
            Ok(_) => Err(mistakes),
            Err(more) => Err([mistakes, more].concat()),
        }
    }
}
