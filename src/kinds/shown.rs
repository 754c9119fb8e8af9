//! What of an object an overview shows. The rest is not even read.

use crate::names::{IPC_CONFIG_LABEL, MODULE_LABEL};

/// What of an object an overview of a bot shows. Of a list it is said of each item.
#[derive(Clone, Copy)]
pub enum Shown {
    All,
    /// These fields alone.
    These(&'static [(&'static str, Shown)]),
    /// All fields, of these some parts.
    But(&'static [(&'static str, Shown)]),
}

impl Shown {
    const NOTHING: Self = Self::These(&[]);

    /// What of a field is shown, if anything.
    pub fn of(self, name: &str) -> Option<Self> {
        let listed = |fields: &[(&str, Self)]| {
            fields.iter().find(|(field, _)| *field == name).map(|(_, shown)| *shown)
        };
        match self {
            Self::All => Some(Self::All),
            Self::These(fields) => listed(fields),
            Self::But(fields) => match listed(fields) {
                Some(Self::These([])) => None,
                shown => Some(shown.unwrap_or(Self::All)),
            },
        }
    }
}

const CONTAINERS: Shown = Shown::These(&[("restartCount", Shown::All), ("state", Shown::All)]);

/// Of a pod: what counts its restarts, and how it is.
pub const POD: Shown = Shown::These(&[
    ("apiVersion", Shown::All),
    ("kind", Shown::All),
    (
        "metadata",
        Shown::These(&[
            ("name", Shown::All),
            ("namespace", Shown::All),
            ("labels", Shown::These(&[(MODULE_LABEL, Shown::All), (IPC_CONFIG_LABEL, Shown::All)])),
            ("creationTimestamp", Shown::All),
        ]),
    ),
    (
        "status",
        Shown::These(&[
            ("phase", Shown::All),
            ("conditions", Shown::These(&[("type", Shown::All), ("status", Shown::All)])),
            ("containerStatuses", CONTAINERS),
            ("initContainerStatuses", CONTAINERS),
        ]),
    ),
]);

/// The rest of a module's spec is for its pods, and nobody else's business.
pub const MODULE: Shown = Shown::But(&[
    ("metadata", Shown::But(&[("managedFields", Shown::NOTHING), ("labels", Shown::NOTHING)])),
    (
        "spec",
        Shown::These(&[
            ("backupSchedule", Shown::All),
            ("enabled", Shown::All),
            ("image", Shown::All),
            ("ipcConfig", Shown::All),
            ("moduleName", Shown::All),
            ("size", Shown::All),
        ]),
    ),
]);
