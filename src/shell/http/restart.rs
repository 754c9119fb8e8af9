//! The one thing that can be done to modules.

use super::error_response::ErrorResponse;
use super::{Api, Backend, RestartError, modules};
use crate::object::Object;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Which module is to be restarted.
#[derive(Debug)]
pub struct RestartRequest {
    module_name: String,
    namespace: String,
}

impl RestartRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// 400, naming the member that is missing or no text.
    pub fn from_body(body: &Map<String, Value>) -> Result<Self, ErrorResponse> {
        let module_name = member(body, "moduleName")?;
        Ok(Self { module_name, namespace: member(body, "namespace")? })
    }
}

fn member(body: &Map<String, Value>, name: &str) -> Result<String, ErrorResponse> {
    let found = match body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => return Ok(text.clone()),
        None => "nothing",
        Some(Value::Null) => "null",
        Some(Value::String(_)) => "an empty one",
        Some(Value::Bool(_)) => "a boolean",
        Some(Value::Number(_)) => "a number",
        Some(Value::Array(_)) => "an array",
        Some(Value::Object(_)) => "an object",
    };
    Err(ErrorResponse::bad_request(format!("{name} is required"))
        .details(format!("{name} must be a non-empty string, and is {found}")))
}

/// Restarts a module, and counts it.
///
/// # Errors
/// 404 and 409 where there is not one such module, 404 without its Deployment, 409 where that is
/// paused, 500 when the cluster did not do it or has not told of modules yet.
pub async fn restart<B: Backend>(
    api: &Api<B>,
    asked: &RestartRequest,
) -> Result<Value, ErrorResponse> {
    let module = find(api, asked).inspect_err(|_| {
        // Neither name is known to be that of a module.
        api.metrics.module_restart("", "", false);
    })?;
    // Before the cluster is asked: the module may be gone when it answers.
    api.metrics.know(&module);
    let restarting = api.backend.restart(module.reference(), Timestamp::now());
    let result = match tokio::time::timeout(api.limits.cluster_time, restarting).await {
        Ok(result) => result,
        Err(_) => Err(RestartError::Cluster("the cluster did not answer in time".to_owned())),
    };
    let namespace = &module.reference().namespace;
    api.metrics.module_restart(module.module_name(), namespace, result.is_ok());
    let RestartRequest { module_name, namespace } = asked;
    match result {
        Ok(()) => {
            tracing::info!(module = %module.reference(), "restarted a module by the HTTP API");
            let message = format!("Module {module_name} restart initiated successfully");
            Ok(json!({ "message": message }))
        }
        Err(RestartError::NoDeployment(details)) => Err(ErrorResponse::not_found(format!(
            "Deployment for module {module_name} not found in namespace {namespace}"
        ))
        .details(details)),
        Err(RestartError::Paused(how_to_go_on)) => Err(ErrorResponse::conflict(how_to_go_on)),
        Err(RestartError::Cluster(details)) => {
            tracing::warn!(module = %module.reference(), %details, "could not restart a module");
            Err(ErrorResponse::cluster(format!("Failed to restart module {module_name}"))
                .details(details))
        }
    }
}

/// The module whose resource has the name, or else the one whose `spec.moduleName` it is.
fn find<B: Backend>(api: &Api<B>, asked: &RestartRequest) -> Result<Arc<Object>, ErrorResponse> {
    let RestartRequest { module_name, namespace } = asked;
    if !api.backend.watches(namespace) {
        return Err(ErrorResponse::not_found(format!("Namespace {namespace} is not watched"))
            .details("set WATCH_OTHER_NAMESPACES or NAMESPACE of the operator"));
    }
    let mut here = modules::known(api.backend.as_ref())?;
    here.retain(|module| module.reference().namespace == *namespace);
    if let Some(module) = here.iter().find(|module| module.reference().name == *module_name) {
        return Ok(Arc::clone(module));
    }
    here.retain(|module| module.module_name() == module_name);
    match here.as_slice() {
        [] => {
            let error = format!("Module {module_name} not found in namespace {namespace}");
            Err(ErrorResponse::not_found(error)
                .details("no BotModule there has this name or this spec.moduleName"))
        }
        [module] => Ok(Arc::clone(module)),
        several => {
            let names: Vec<&str> =
                several.iter().map(|module| module.reference().name.as_str()).collect();
            let error = format!(
                "Several BotModules in namespace {namespace} have spec.moduleName {module_name}: ask for one of them by its resource's name"
            );
            Err(ErrorResponse::conflict(error).details(names))
        }
    }
}
