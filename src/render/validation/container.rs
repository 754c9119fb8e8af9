//! What containers are made of.

use super::form::{DATA_KEY, HEADER, PERCENT, PORT_NAME, VARIABLE};
use super::{Invalid, Verdict, each, some};
use crate::fields::quantity;
use k8s_openapi::api::apps::v1::DeploymentStrategy;
use k8s_openapi::api::core::v1::{
    ConfigMapKeySelector, EnvVar, EnvVarSource, HTTPGetAction, ObjectFieldSelector, Probe,
    ResourceFieldSelector, SecretKeySelector,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Whether a probe decides on the life of the container, or on whether it is sent requests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Life,
    Readiness,
}

pub fn probe(at: &str, probe: Option<&Probe>, purpose: Purpose) -> Verdict {
    let Some(probe) = probe else { return Ok(()) };
    let handlers = [
        probe.exec.is_some(),
        probe.grpc.is_some(),
        probe.http_get.is_some(),
        probe.tcp_socket.is_some(),
    ];
    if handlers.iter().filter(|is_there| **is_there).count() != 1 {
        return Err(Invalid::new(at, "must have exactly one of exec, grpc, httpGet and tcpSocket"));
    }
    some(probe.exec.as_ref(), |exec| match exec.command.as_deref() {
        None | Some([]) => {
            Err(Invalid::new(format!("{at}.exec.command"), "is empty: name the program to run"))
        }
        Some(_) => Ok(()),
    })?;
    some(probe.http_get.as_ref(), |get| http_get(&format!("{at}.httpGet"), get))?;
    some(probe.tcp_socket.as_ref(), |it| port(&format!("{at}.tcpSocket.port"), &it.port))?;
    // The API server takes 0 for the default.
    match (purpose, probe.success_threshold) {
        (Purpose::Life, Some(number)) if ![0, 1].contains(&number) => {
            return Err(Invalid::new(
                format!("{at}.successThreshold"),
                format!("is {number}: it must be 1"),
            ));
        }
        _ => {}
    }
    if purpose == Purpose::Readiness && probe.termination_grace_period_seconds.is_some() {
        return Err(Invalid::new(
            format!("{at}.terminationGracePeriodSeconds"),
            "must be left out: a readiness probe stops nothing",
        ));
    }
    Ok(())
}

fn http_get(at: &str, get: &HTTPGetAction) -> Verdict {
    port(&format!("{at}.port"), &get.port)?;
    each(&format!("{at}.httpHeaders"), get.http_headers.as_ref(), |at, header| {
        HEADER.check(&format!("{at}.name"), &header.name)
    })
}

fn port(field: &str, port: &IntOrString) -> Verdict {
    match port {
        IntOrString::Int(1..=65535) => Ok(()),
        IntOrString::Int(number) => {
            Err(Invalid::new(field, format!("is {number}: it must be a number from 1 to 65535")))
        }
        IntOrString::String(name) => PORT_NAME.check(field, name),
    }
}

pub fn variables(at: &str, variables: Option<&Vec<EnvVar>>) -> Verdict {
    each(at, variables, |at, EnvVar { name, value, value_from }| {
        VARIABLE.check(&format!("{at}.name"), name)?;
        let Some(source) = value_from else { return Ok(()) };
        if value.as_ref().is_some_and(|value| !value.is_empty()) {
            return Err(Invalid::new(at, "must have either value or valueFrom, not both"));
        }
        variable_source(&format!("{at}.valueFrom"), source)
    })
}

fn variable_source(at: &str, source: &EnvVarSource) -> Verdict {
    let EnvVarSource { config_map_key_ref, field_ref, resource_field_ref, secret_key_ref } = source;
    let sources = [
        config_map_key_ref.is_some(),
        field_ref.is_some(),
        resource_field_ref.is_some(),
        secret_key_ref.is_some(),
    ];
    if sources.iter().filter(|is_there| **is_there).count() != 1 {
        return Err(Invalid::new(
            at,
            "must have exactly one of configMapKeyRef, fieldRef, resourceFieldRef and secretKeyRef",
        ));
    }
    some(config_map_key_ref.as_ref(), |ConfigMapKeySelector { key, name, optional: _ }| {
        key_of(&format!("{at}.configMapKeyRef"), name, key)
    })?;
    some(secret_key_ref.as_ref(), |SecretKeySelector { key, name, optional: _ }| {
        key_of(&format!("{at}.secretKeyRef"), name, key)
    })?;
    some(field_ref.as_ref(), |it| pod_field(&format!("{at}.fieldRef"), it))?;
    some(resource_field_ref.as_ref(), |it| resource_field(&format!("{at}.resourceFieldRef"), it))
}

fn key_of(at: &str, name: &str, key: &str) -> Verdict {
    if name.is_empty() {
        return Err(Invalid::new(
            format!("{at}.name"),
            "is missing: name the object that holds the key",
        ));
    }
    DATA_KEY.check(&format!("{at}.key"), key)
}

fn pod_field(
    at: &str,
    ObjectFieldSelector { api_version: _, field_path }: &ObjectFieldSelector,
) -> Verdict {
    const FIELDS: [&str; 9] = [
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    ];
    let is_key_of = |map: &str| {
        field_path.strip_prefix(map).is_some_and(|key| key.starts_with("['") && key.ends_with("']"))
    };
    if FIELDS.contains(&field_path.as_str())
        || is_key_of("metadata.labels")
        || is_key_of("metadata.annotations")
    {
        return Ok(());
    }
    Err(Invalid::new(
        format!("{at}.fieldPath"),
        format!(
            "is {}: it must be one of {}, metadata.labels['<key>'] and metadata.annotations['<key>']",
            super::shown(field_path),
            FIELDS.join(", ")
        ),
    ))
}

fn resource_field(at: &str, selector: &ResourceFieldSelector) -> Verdict {
    let resource = selector.resource.as_str();
    let amount = resource.strip_prefix("limits.").or_else(|| resource.strip_prefix("requests."));
    let is_known = amount.is_some_and(|name| {
        ["cpu", "memory", "ephemeral-storage"].contains(&name) || name.starts_with("hugepages-")
    });
    if !is_known {
        return Err(Invalid::new(
            format!("{at}.resource"),
            format!(
                "is {}: it must be limits or requests of cpu, memory, ephemeral-storage or hugepages, for example limits.memory",
                super::shown(resource)
            ),
        ));
    }
    some(selector.divisor.as_ref(), |divisor| match quantity::parse(&divisor.0) {
        Some(_) => Ok(()),
        None => Err(Invalid::new(
            format!("{at}.divisor"),
            format!("is {}: it must be a quantity", super::shown(&divisor.0)),
        )),
    })
}

pub fn strategy(at: &str, strategy: Option<&DeploymentStrategy>) -> Verdict {
    let at = format!("{at}.strategy.rollingUpdate");
    some(strategy.and_then(|strategy| strategy.rolling_update.as_ref()), |rolling| {
        let [surge, unavailable] = [&rolling.max_surge, &rolling.max_unavailable];
        let surge = share(&format!("{at}.maxSurge"), surge.as_ref())?;
        let unavailable = share(&format!("{at}.maxUnavailable"), unavailable.as_ref())?;
        if unavailable.as_ref().is_some_and(|share| share.of_hundred && share.number > 100) {
            return Err(Invalid::new(
                format!("{at}.maxUnavailable"),
                "is more than 100%: not more pods can go",
            ));
        }
        let is_none = |share: &Option<Share>| share.as_ref().is_some_and(|it| it.number == 0);
        if is_none(&surge) && is_none(&unavailable) {
            return Err(Invalid::new(
                format!("{at}.maxSurge"),
                "and maxUnavailable must not both be 0: no pod could ever be replaced",
            ));
        }
        Ok(())
    })
}

struct Share {
    number: u64,
    of_hundred: bool,
}

fn share(field: &str, share: Option<&IntOrString>) -> Result<Option<Share>, Invalid> {
    Ok(match share {
        None => None,
        Some(IntOrString::Int(number)) => {
            let number = u64::try_from(*number)
                .map_err(|_| Invalid::new(field, format!("is {number}: it must be 0 or more")))?;
            Some(Share { number, of_hundred: false })
        }
        Some(IntOrString::String(text)) => {
            PERCENT.check(field, text)?;
            // What has too many digits is more than enough.
            let number = text.trim_end_matches('%').parse().unwrap_or(u64::MAX);
            Some(Share { number, of_hundred: true })
        }
    })
}
