//! What claims are made of.

use super::form::DNS_NAME;
use super::resources::parse;
use super::selectors::label_selector;
use super::{Invalid, Verdict, some};
use crate::fields::quantity::Quantity;
use crate::render::volume;
use k8s_openapi::api::core::v1::PersistentVolumeClaimSpec;

pub fn claim(at: &str, claim: Option<&PersistentVolumeClaimSpec>) -> Verdict {
    some(claim, |claim| {
        let modes = claim.access_modes.as_deref().unwrap_or_default();
        if modes.len() > 1 && modes.iter().any(|mode| mode == "ReadWriteOncePod") {
            return Err(Invalid::new(
                format!("{at}.accessModes"),
                "must not have ReadWriteOncePod beside other modes: remove one of them",
            ));
        }
        some(volume::request(claim), |storage| {
            let field = format!("{at}.resources.requests.storage");
            if parse(&field, storage)? > Quantity::ZERO {
                return Ok(());
            }
            Err(Invalid::new(field, format!("is {storage}: it must be above 0")))
        })?;
        DNS_NAME
            .check_if_any(&format!("{at}.storageClassName"), claim.storage_class_name.as_deref())?;
        label_selector(&format!("{at}.selector"), claim.selector.as_ref())
    })
}
