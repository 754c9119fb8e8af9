//! What the operator's account needs, and nothing else. A test holds the chart's Role and ClusterRole
//! against it, in both directions.

use crate::names::OPERATOR;
use std::fmt;

/// Verbs on resources of one group, as in a Role.
struct PolicyRule {
    group: &'static str,
    resources: &'static [&'static str],
    /// The objects that it is for. Empty for all.
    names: &'static [&'static str],
    verbs: &'static [&'static str],
}

const READ: &[&str] = &["get", "list", "watch"];
const KEEP: &[&str] = &["get", "list", "watch", "create", "patch", "delete"];
const KEEP_FOR_EVER: &[&str] = &["get", "list", "watch", "create", "patch"];
const FOLLOW: &[&str] = &["list", "watch"];

const fn rule(
    group: &'static str,
    resources: &'static [&'static str],
    verbs: &'static [&'static str],
) -> PolicyRule {
    PolicyRule { group, resources, names: &[], verbs }
}

/// In the namespaces that the operator looks after. To apply is to patch, and to create what is not
/// there. Claims and Jobs are never deleted.
const OF_RESOURCES: &[PolicyRule] = &[
    rule(
        "eevee.bot",
        &["botmodules", "ipcconfigs", "s3stores", "backupschedules", "backuprestores"],
        READ,
    ),
    rule("eevee.bot", &["backuprestores"], &["patch"]),
    rule(
        "eevee.bot",
        &[
            "botmodules/status",
            "ipcconfigs/status",
            "s3stores/status",
            "backupschedules/status",
            "backuprestores/status",
        ],
        &["patch"],
    ),
    rule("apps", &["deployments"], KEEP),
    rule("batch", &["cronjobs"], KEEP),
    rule("batch", &["jobs"], KEEP_FOR_EVER),
    rule("", &["configmaps", "secrets", "services"], KEEP),
    rule("policy", &["poddisruptionbudgets"], KEEP),
    rule("", &["persistentvolumeclaims"], KEEP_FOR_EVER),
    rule("apps", &["replicasets"], FOLLOW),
    rule("", &["pods"], FOLLOW),
    rule("events.k8s.io", &["events"], &["create"]),
];

/// In its own namespace. A right to create cannot be limited to a name.
const OF_LEASES: &[PolicyRule] = &[
    rule("coordination.k8s.io", &["leases"], &["create"]),
    PolicyRule {
        group: "coordination.k8s.io",
        resources: &["leases"],
        names: &[OPERATOR],
        verbs: &["get", "update"],
    },
];

/// What the charts make beside the operator's own objects.
const OF_INSTALLER: &[PolicyRule] = &[
    rule("", &["serviceaccounts"], &["create"]),
    rule("rbac.authorization.k8s.io", &["roles", "rolebindings"], &["create"]),
    // Helm notes in the Secret of a release how it went.
    rule("", &["secrets"], &["update"]),
];

/// What chart crds makes.
const OF_CRDS: &[PolicyRule] =
    &[rule("apiextensions.k8s.io", &["customresourcedefinitions"], &["create"])];

/// One verb on one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    pub verb: &'static str,
    pub group: &'static str,
    pub resource: &'static str,
    /// Such as `status`; empty for the object itself.
    pub subresource: &'static str,
    /// The one object that it is for.
    pub name: Option<&'static str>,
    /// The one namespace that it is for, or None for all.
    pub within: Option<String>,
}

/// As `patch botmodules.eevee.bot/status`.
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verb, group, resource, subresource, name, within: _ } = self;
        write!(f, "{verb} {resource}")?;
        if !group.is_empty() {
            write!(f, ".{group}")?;
        }
        if !subresource.is_empty() {
            write!(f, "/{subresource}")?;
        }
        name.map_or(Ok(()), |name| write!(f, " {name}"))
    }
}

/// Every right that the operator needs. `within` is the namespace that it looks after, or None for all.
pub fn needed(home: &str, within: Option<&str>) -> Vec<Right> {
    let leases = rights(OF_LEASES, Some(home));
    leases.into_iter().chain(rights(OF_RESOURCES, within)).collect()
}

/// Every right that an installation needs, where CRDs are missing and where none is. Nobody can grant
/// what he has not, so that it is all of the operator's, too.
pub fn of_installer(home: &str, lacks_crds: bool) -> Vec<Right> {
    let crds = if lacks_crds { rights(OF_CRDS, None) } else { Vec::new() };
    let made = rights(OF_INSTALLER, Some(home));
    crds.into_iter().chain(made).chain(needed(home, Some(home))).collect()
}

fn rights(rules: &[PolicyRule], within: Option<&str>) -> Vec<Right> {
    let mut rights = Vec::new();
    for PolicyRule { group, resources, names, verbs } in rules {
        let names: Vec<Option<&'static str>> =
            if names.is_empty() { vec![None] } else { names.iter().copied().map(Some).collect() };
        for resource in *resources {
            let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
            for name in &names {
                rights.extend(verbs.iter().map(|verb| Right {
                    verb,
                    group,
                    resource,
                    subresource,
                    name: *name,
                    within: within.map(str::to_owned),
                }));
            }
        }
    }
    rights
}
