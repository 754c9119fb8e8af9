//! What the variables of the environment ask for.

use crate::backup::key::{Of, is_id};
use crate::backup::retention::Retention;
use crate::backup::variables::{
    BACKUP_KEEP, BACKUP_MODULE, BACKUP_NAMESPACE, BACKUP_PROVED, BACKUP_PVC_PATH,
};
use crate::command::environment;
use crate::s3::Access;
use std::cell::RefCell;
use std::path::PathBuf;

pub struct BackupRequest {
    pub access: Access,
    pub of: Of,
    pub claim: PathBuf,
    /// None where everything is kept.
    pub keep: Option<Retention>,
    pub proved: Option<String>,
}

impl BackupRequest {
    /// # Errors
    /// One line for each variable that cannot be used.
    pub fn read() -> Result<Self, Vec<String>> {
        environment::read(|variable| {
            let variable = RefCell::new(variable);
            Self::from(|name| variable.borrow_mut()(name))
        })
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut required = |name: &str| {
            given(name).unwrap_or_else(|| {
                mistakes.push(format!("{name} is not set"));
                String::new()
            })
        };
        let of = Of { namespace: required(BACKUP_NAMESPACE), module: required(BACKUP_MODULE) };
        let claim = PathBuf::from(required(BACKUP_PVC_PATH));
        for (name, value) in [(BACKUP_NAMESPACE, &of.namespace), (BACKUP_MODULE, &of.module)] {
            if value.contains('/') {
                mistakes.push(format!("{name} is {value:?}: it must not contain /"));
            }
        }
        let keep = given(BACKUP_KEEP).map(|json| Retention::read(&json)).transpose();
        let keep = keep.unwrap_or_else(|why| {
            mistakes.push(format!("{BACKUP_KEEP}: {why}"));
            None
        });
        let proved = given(BACKUP_PROVED);
        if let Some(id) = proved.as_ref().filter(|id| !is_id(id)) {
            mistakes.push(format!("{BACKUP_PROVED} is {id:?}: it must be the id of a backup"));
        }
        let access = Access::read(&variable).map_err(|others| mistakes.splice(0..0, others));
        match access.map_err(|_| ()) {
            Ok(access) if mistakes.is_empty() => Ok(Self { access, of, claim, keep, proved }),
            _ => Err(mistakes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changed: &[(&str, &str)]) -> Result<BackupRequest, Vec<String>> {
        let good = [
            ("S3_ENDPOINT", "https://s3.example.com"),
            ("S3_BUCKET", "backups"),
            ("S3_ACCESS_ID", "id"),
            ("S3_SECRET_KEY", "key"),
            ("BACKUP_NAMESPACE", "bots"),
            ("BACKUP_MODULE", "echo"),
            ("BACKUP_PVC_PATH", "/data"),
        ];
        BackupRequest::from(|name| {
            let all = changed.iter().chain(&good);
            all.clone().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_whole_environment_is_a_request() {
        let changed = [("BACKUP_KEEP", r#"{"last":3}"#), ("BACKUP_PROVED", "")];
        let Ok(wanted) = read(&changed) else { panic!("it is whole") };
        assert_eq!(wanted.of.key("", "a"), "bots/echo/a.tar.gz");
        assert_eq!(wanted.keep.and_then(|keep| keep.last), Some(3));
        assert_eq!(wanted.proved, None);
    }

    #[test]
    fn every_variable_that_cannot_be_used_is_named() {
        let bad = [
            ("S3_ENDPOINT", ""),
            ("BACKUP_NAMESPACE", ""),
            ("BACKUP_MODULE", "a/b"),
            ("BACKUP_KEEP", "7"),
            ("BACKUP_PROVED", "../x"),
        ];
        let mistakes = read(&bad).err().expect("it cannot be used");
        assert_eq!(mistakes.len(), bad.len(), "{mistakes:?}");
        for (name, _) in bad {
            assert!(mistakes.iter().any(|mistake| mistake.contains(name)), "{name}");
        }
    }
}
