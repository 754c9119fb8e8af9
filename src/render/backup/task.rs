//! What a Job is to do, with what, and which resource it works for.

use super::pod_settings::{Image, PodSettings};
use super::store::ValidStore;
use crate::backup::key::Of;
use crate::crd::{BotModuleSpec, Keep};
use crate::fields::quantity::{self, Quantity};
use crate::kinds::Kind;
use crate::names::module;
use crate::object::Object;
use crate::render::context::Context;
use crate::render::stop::Stop;
use crate::render::volume::{DEFAULT_SIZE, REQUEST, modes, request};
use k8s_openapi::api::core::v1::PersistentVolumeClaimSpec;
use std::sync::Arc;

/// The word of what writes into a claim.
pub const RESTORE: &str = "restore";
const EXCLUSIVE: &str = "ReadWriteOncePod";

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    Backup {
        keep: Option<Keep>,
        /// Id of the newest backup that a drill has proved.
        proved: Option<String>,
    },
    /// Restores the newest backup into an empty folder and checks it.
    Drill,
    Restore {
        id: String,
        clean: bool,
    },
    /// Fills the claim of a new module, where it is empty.
    Bootstrap {
        id: String,
    },
}

impl Task {
    /// The word in labels, and the command of the operator's own image.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Backup { .. } => "backup",
            Self::Drill => "drill",
            Self::Restore { .. } | Self::Bootstrap { .. } => RESTORE,
        }
    }

    /// Whether it writes into the claim.
    pub fn restores(&self) -> bool {
        match self {
            Self::Backup { .. } | Self::Drill => false,
            Self::Restore { .. } | Self::Bootstrap { .. } => true,
        }
    }

    /// Whether the claim of the module is mounted.
    pub fn mounts(&self) -> bool {
        match self {
            Self::Backup { .. } | Self::Restore { .. } | Self::Bootstrap { .. } => true,
            Self::Drill => false,
        }
    }
}

/// One run, with all that was checked before. Nothing that is made of it can fail.
pub struct Run<'a> {
    pub task: Task,
    /// Whose backups.
    pub of: Of,
    pub store: &'a ValidStore,
    pub data: &'a Data<'a>,
    pub pod_settings: &'a PodSettings<'a>,
    pub image: &'a Image,
}

/// The claim of a module and what its pods are like, which those of a Job must be, too.
pub struct Data<'a> {
    /// Name of the BotModule.
    pub module: &'a str,
    pub spec: &'a BotModuleSpec,
    wanted: &'a PersistentVolumeClaimSpec,
    live: Option<Arc<Object>>,
}

impl<'a> Data<'a> {
    /// The claim of a module as it is, or as it is wanted where it is not there yet.
    ///
    /// # Errors
    /// [`Stop::Unread`].
    pub fn read(
        context: &Context<'_>,
        module: &'a str,
        spec: &'a BotModuleSpec,
        wanted: &'a PersistentVolumeClaimSpec,
    ) -> Result<Self, Stop> {
        let live = context.get(Kind::PersistentVolumeClaim, &module::claim(module))?;
        Ok(Self::new(module, spec, wanted, live))
    }

    /// The same where the live claim was read before.
    pub fn new(
        module: &'a str,
        spec: &'a BotModuleSpec,
        wanted: &'a PersistentVolumeClaimSpec,
        live: Option<Arc<Object>>,
    ) -> Self {
        Self { module, spec, wanted, live }
    }

    /// The live claim.
    pub fn claim(&self) -> Option<&Object> {
        self.live.as_deref()
    }

    /// What the pods know the module as, in keys of its backups, too.
    pub fn of(&self, namespace: &str) -> Of {
        let module = module::called(self.spec.module_name.as_deref(), self.module);
        Of { namespace: namespace.to_owned(), module: module.to_owned() }
    }

    /// Whether the module wants pods, stopped for a restore or not.
    pub fn wants_pods(&self) -> bool {
        self.spec.enabled && self.spec.size > 0
    }

    /// Whether one pod alone may use the claim.
    pub fn is_exclusive(&self) -> bool {
        self.modes().any(|mode| mode == EXCLUSIVE)
    }

    /// Whether the module's own pod keeps all others from the claim.
    pub fn is_taken(&self) -> bool {
        self.is_exclusive() && self.wants_pods()
    }

    /// Whether the pods of one node alone may use the claim.
    pub fn is_of_one_node(&self) -> bool {
        !self.modes().any(|mode| mode == "ReadWriteMany" || mode == "ReadOnlyMany")
    }

    /// Size of the claim.
    pub fn size(&self) -> &str {
        let live = self.live.as_deref().and_then(|live| live.text(REQUEST));
        let wanted = || request(self.wanted);
        let is_size = |text: &&str| quantity::parse(text).is_some_and(|size| size > Quantity::ZERO);
        live.or_else(wanted).filter(is_size).unwrap_or(DEFAULT_SIZE)
    }

    fn modes(&self) -> impl Iterator<Item = &str> {
        modes(self.live.as_deref(), self.wanted)
    }
}
