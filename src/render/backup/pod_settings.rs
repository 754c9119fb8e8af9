//! What a resource says of the pods that work for it.

use crate::crd::conditions::reasons;
use crate::crd::{BackupRestoreSpec, BackupScheduleSpec, BootstrapFromBackup, PullPolicy, Scratch};
use crate::render::context::Context;
use crate::render::stop::Stop;
use crate::render::validation::{Invalid, Verdict, claim, form, pod, resources};
use k8s_openapi::api::core::v1::{PodSecurityContext, ResourceRequirements, SecurityContext};

/// Seconds that a run may take where nobody says.
const AN_HOUR: i64 = 3600;

/// What may be said of the pods, wherever it stands.
pub struct PodSettings<'a> {
    /// Path of the field that it stands in.
    at: &'static str,
    image: Option<&'a str>,
    pull_policy: Option<PullPolicy>,
    /// Seconds that a run may take.
    pub deadline: i64,
    pub scratch: Option<&'a Scratch>,
    pub resources: Option<&'a ResourceRequirements>,
    pub pod_security: Option<&'a PodSecurityContext>,
    pub security: Option<&'a SecurityContext>,
}

/// The image of a container, and with it which program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub name: String,
    pub pull_policy: PullPolicy,
    /// Whether it is the operator's own.
    pub is_own: bool,
}

impl<'a> From<&'a BackupScheduleSpec> for PodSettings<'a> {
    fn from(spec: &'a BackupScheduleSpec) -> Self {
        Self {
            at: "spec",
            image: spec.image.as_deref(),
            pull_policy: spec.image_pull_policy,
            deadline: spec.active_deadline_seconds,
            scratch: spec.scratch.as_ref(),
            resources: spec.resources.as_ref(),
            pod_security: spec.pod_security_context.as_ref(),
            security: spec.security_context.as_ref(),
        }
    }
}

impl<'a> From<&'a BackupRestoreSpec> for PodSettings<'a> {
    fn from(spec: &'a BackupRestoreSpec) -> Self {
        Self {
            at: "spec",
            image: spec.image.as_deref(),
            pull_policy: spec.image_pull_policy,
            deadline: spec.active_deadline_seconds,
            scratch: spec.scratch.as_ref(),
            resources: spec.resources.as_ref(),
            pod_security: spec.pod_security_context.as_ref(),
            security: spec.security_context.as_ref(),
        }
    }
}

impl<'a> From<&'a BootstrapFromBackup> for PodSettings<'a> {
    fn from(bootstrap: &'a BootstrapFromBackup) -> Self {
        Self {
            at: "spec.bootstrapFromBackup",
            image: bootstrap.image.as_deref(),
            pull_policy: bootstrap.image_pull_policy,
            deadline: AN_HOUR,
            scratch: None,
            resources: None,
            pod_security: None,
            security: None,
        }
    }
}

impl PodSettings<'_> {
    /// Judges what the API server, or the kubelet, would refuse.
    ///
    /// # Errors
    /// A sentence that names the field and the fix.
    pub fn check(&self) -> Verdict {
        let at = self.at;
        if let Some(image) = self.image {
            form::image(&format!("{at}.image"), image)?;
        }
        if self.deadline < 1 {
            let why = format!("is {}: it must be 1 or more", self.deadline);
            return Err(Invalid::new(format!("{at}.activeDeadlineSeconds"), why));
        }
        claim::claim(&format!("{at}.scratch.spec"), self.scratch.map(|scratch| &scratch.spec))?;
        resources::resources(at, self.resources)?;
        pod::pod_security(at, self.pod_security)?;
        pod::container_security(at, self.security)
    }

    /// The image that was asked for, or the operator's own.
    ///
    /// # Errors
    /// [`Stop::Refused`] with InvalidSpec, where neither is known.
    pub fn image(&self, context: &Context<'_>) -> Result<Image, Stop> {
        match self.image {
            Some(name) => Ok(self.with(name, false)),
            None => self.own_image(context),
        }
    }

    /// The operator's own image: nobody else's can do a drill.
    ///
    /// # Errors
    /// [`Stop::Refused`] with InvalidSpec, where it is not known.
    pub fn own_image(&self, context: &Context<'_>) -> Result<Image, Stop> {
        let Some(name) = context.settings().operator_image.as_deref() else {
            let field = format!("{}.image", self.at);
            let why = "the operator does not know its own image: set EEVEE_OPERATOR_IMAGE on the operator, which the chart does from value image, or name an image of your own";
            let message = format!("{field} is left out, and {why}");
            return Err(Stop::because_of(&field, reasons::INVALID_SPEC, message));
        };
        Ok(self.with(name, true))
    }

    fn with(&self, name: &str, is_own: bool) -> Image {
        let pull_policy = self.pull_policy.unwrap_or_default();
        Image { name: name.to_owned(), pull_policy, is_own }
    }
}
