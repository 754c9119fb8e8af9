//! From a live BackupSchedule to one that builders cannot fail on.

use super::cron::{Cron, Zone};
use crate::crd::BackupScheduleSpec;
use crate::render::backup::{Found, Image, PodSettings, find_store};
use crate::render::context::Context;
use crate::render::stop::Stop;
use crate::render::validation::{self, Invalid, limits};
use serde_json::Value;

const STORE: &str = "spec.s3Store.name";

/// A BackupSchedule that can be rendered.
pub struct ValidSchedule {
    pub spec: BackupScheduleSpec,
    pub cron: Cron,
    pub zone: Zone,
    /// Image of the backups.
    pub image: Image,
    /// Image of the drills, where there are any.
    pub drill: Option<Image>,
}

impl ValidSchedule {
    /// Judges what the schema cannot, and what objects may hold that are older than the schema.
    ///
    /// # Errors
    /// [`Stop::Refused`] with InvalidSpec.
    pub fn read(context: &Context<'_>) -> Result<Self, Stop> {
        let spec: BackupScheduleSpec = validation::parse_spec(context.resource)?;
        limits::check(context.resource.at("/spec").unwrap_or(&Value::Null))?;
        let cron = cron("spec.schedule", &spec.schedule)?;
        if let Some(drill) = &spec.drill {
            self::cron("spec.drill.schedule", &drill.schedule)?;
        }
        let zone = zone(spec.time_zone.as_deref())?;
        let pod_settings = PodSettings::from(&spec);
        pod_settings.check()?;
        let image = pod_settings.image(context)?;
        let drill = spec.drill.as_ref().map(|_| pod_settings.own_image(context)).transpose()?;
        Ok(Self { spec, cron, zone, image, drill })
    }

    /// The store that it names, whether it can be used now or not.
    ///
    /// # Errors
    /// [`Stop::Refused`] that says why no backup could be made, [`Stop::Unread`].
    pub fn store(&self, context: &Context<'_>) -> Result<Found, Stop> {
        let found = find_store(context, STORE, &self.spec.s3_store.name)?;
        if self.image.is_own || self.drill.is_some() {
            found.store.check_signature(STORE)?;
        }
        Ok(found)
    }
}

fn cron(field: &str, text: &str) -> Result<Cron, Invalid> {
    Cron::parse(text).map_err(|why| Invalid::new(field, format!("is {text:?}: {why}")))
}

fn zone(name: Option<&str>) -> Result<Zone, Invalid> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(Zone::utc()) };
    Zone::named(name).ok_or_else(|| {
        let why =
            "it must be the name of a time zone in the IANA database, for example Europe/Berlin";
        Invalid::new("spec.timeZone", format!("is {name:?}: {why}"))
    })
}
