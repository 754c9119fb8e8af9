//! What else pods are made of.

use super::form::{DNS_NAME, SYSCTL};
use super::{Invalid, Verdict, each, some};
use k8s_openapi::api::core::v1::{
    AppArmorProfile, LocalObjectReference, PodSecurityContext, SeccompProfile, SecurityContext,
};
use std::collections::BTreeSet;

pub fn pull_secrets(at: &str, secrets: Option<&Vec<LocalObjectReference>>) -> Verdict {
    let mut seen = BTreeSet::new();
    for LocalObjectReference { name } in secrets.into_iter().flatten() {
        if !seen.insert(name) {
            return Err(Invalid::new(
                format!("{at}.imagePullSecrets"),
                format!("names {name} twice: remove one of them"),
            ));
        }
    }
    Ok(())
}

/// Names of a ServiceAccount, a PriorityClass or a Secret.
pub fn name(field: &str, name: Option<&str>) -> Verdict {
    DNS_NAME.check_if_any(field, name)
}

pub fn pod_security(at: &str, security: Option<&PodSecurityContext>) -> Verdict {
    let at = format!("{at}.podSecurityContext");
    some(security, |security| {
        seccomp(&at, security.seccomp_profile.as_ref())?;
        app_armor(&at, security.app_armor_profile.as_ref())?;
        let mut seen = BTreeSet::new();
        each(&format!("{at}.sysctls"), security.sysctls.as_ref(), |at, sysctl| {
            SYSCTL.check(&format!("{at}.name"), &sysctl.name)
        })?;
        for sysctl in security.sysctls.iter().flatten() {
            if !seen.insert(&sysctl.name) {
                return Err(Invalid::new(
                    format!("{at}.sysctls"),
                    format!("sets {} twice: remove one of them", sysctl.name),
                ));
            }
        }
        Ok(())
    })
}

pub fn container_security(at: &str, security: Option<&SecurityContext>) -> Verdict {
    let at = format!("{at}.securityContext");
    some(security, |security| {
        seccomp(&at, security.seccomp_profile.as_ref())?;
        app_armor(&at, security.app_armor_profile.as_ref())?;
        if security.allow_privilege_escalation != Some(false) {
            return Ok(());
        }
        let added = security.capabilities.iter().flat_map(|it| it.add.iter().flatten());
        let why = if security.privileged == Some(true) {
            "privileged"
        } else if added.into_iter().any(|name| name == "CAP_SYS_ADMIN") {
            "capability CAP_SYS_ADMIN"
        } else {
            return Ok(());
        };
        Err(Invalid::new(
            format!("{at}.allowPrivilegeEscalation"),
            format!("is false beside {why}, which implies it: remove one of them"),
        ))
    })
}

fn seccomp(at: &str, profile: Option<&SeccompProfile>) -> Verdict {
    some(profile, |SeccompProfile { localhost_profile, type_ }| {
        local_profile(&format!("{at}.seccompProfile"), type_, localhost_profile.as_deref())?;
        let path = localhost_profile.as_deref().unwrap_or_default();
        if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return Err(Invalid::new(
                format!("{at}.seccompProfile.localhostProfile"),
                format!("is {}: it must be a relative path without '..'", super::shown(path)),
            ));
        }
        Ok(())
    })
}

fn app_armor(at: &str, profile: Option<&AppArmorProfile>) -> Verdict {
    some(profile, |AppArmorProfile { localhost_profile, type_ }| {
        local_profile(&format!("{at}.appArmorProfile"), type_, localhost_profile.as_deref())
    })
}

fn local_profile(at: &str, kind: &str, path: Option<&str>) -> Verdict {
    match (kind, path) {
        ("Localhost", None | Some("")) => Err(Invalid::new(
            format!("{at}.localhostProfile"),
            "is missing: type Localhost needs it",
        )),
        ("Localhost", Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Invalid::new(
            format!("{at}.localhostProfile"),
            "must be left out: it goes with type Localhost alone",
        )),
    }
}
