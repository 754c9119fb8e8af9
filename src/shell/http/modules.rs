//! What is told of modules.

use super::error_response::ErrorResponse;
use super::{Backend, pod_status};
use crate::crd;
use crate::object::Object;
use serde_json::{Value, json};
use std::sync::Arc;

/// Every module of every watched namespace.
///
/// # Errors
/// 500 before the cluster has told of them.
pub fn list<B: Backend>(backend: &B) -> Result<Vec<Value>, ErrorResponse> {
    Ok(known(backend)?.iter().map(|module| entry(backend, module)).collect())
}

/// The modules, once it is known which there are.
///
/// # Errors
/// 500 before the cluster has told of them.
pub fn known<B: Backend>(backend: &B) -> Result<Vec<Arc<Object>>, ErrorResponse> {
    check_known(backend)?;
    Ok(backend.modules())
}

/// Whether it is known what the cluster holds.
///
/// # Errors
/// 500 before the cluster has told of it.
pub fn check_known<B: Backend>(backend: &B) -> Result<(), ErrorResponse> {
    let unknown =
        |why: String| ErrorResponse::cluster("The cluster has not answered yet").details(why);
    backend.ready().map_err(unknown)
}

fn entry<B: Backend>(backend: &B, module: &Object) -> Value {
    let reference = module.reference();
    let image = module.text("/spec/image");
    let pod = backend.newest_pod(reference);
    json!({
        "name": module.module_name(),
        "crName": reference.name,
        "namespace": reference.namespace,
        "image": image,
        "tag": image.and_then(crd::tag),
        "enabled": module.at("/spec/enabled").and_then(Value::as_bool).unwrap_or(true),
        "podStatus": pod.map(|pod| pod_status::pod_status(&pod)),
    })
}
