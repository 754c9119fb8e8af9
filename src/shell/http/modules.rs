//! What is told of modules.

use super::{Backend, image, pod_status};
use crate::object::Object;
use crate::shell::metrics::logical_name;
use serde_json::{Value, json};

/// Every module of every watched namespace.
pub fn list<B: Backend>(backend: &B) -> Vec<Value> {
    backend.modules().iter().map(|module| entry(backend, module)).collect()
}

fn entry<B: Backend>(backend: &B, module: &Object) -> Value {
    let reference = module.reference();
    let image = module.text("/spec/image");
    let pod = backend.newest_pod(reference);
    json!({
        "name": logical_name(module),
        "crName": reference.name,
        "namespace": reference.namespace,
        "image": image,
        "tag": image.and_then(image::tag),
        "enabled": module.at("/spec/enabled").and_then(Value::as_bool).unwrap_or(true),
        "podStatus": pod.map(|pod| pod_status::pod_status(&pod)),
    })
}
