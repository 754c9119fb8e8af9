//! The operator as a process: the pod that Helm made is only said to run.

use crate::cluster::{Cluster, Process, free_port};
use crate::reader::Reader;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_eevee-operator");

pub struct Operator {
    process: Process,
    port: u16,
}

impl Operator {
    /// With the account and the token that the chart made, and the image that it would run.
    pub fn of_the_chart(reader: &Reader) -> Self {
        let cluster = reader.cluster;
        let token = reader.sees("secret/eevee-operator-api-token", ".data.token");
        let token = String::from_utf8(STANDARD.decode(token).expect("base64")).expect("UTF-8");
        let mut command = Command::new(PROGRAM);
        command.env_clear().env("EEVEE_OPERATOR_API_TOKEN", token);
        let image = ".spec.template.spec.containers[0].image";
        command.env("EEVEE_OPERATOR_IMAGE", reader.sees("deployment/eevee-operator", image));
        command.env("KUBECONFIG", cluster.kubeconfig_of("eevee-bot", "eevee-operator"));
        Self::start(cluster, command)
    }

    /// Returns when it is ready.
    pub fn start(cluster: &Cluster, mut command: Command) -> Self {
        let port = free_port();
        command.env("HTTP_API_PORT", port.to_string()).env("HEALTH_PORT", "0");
        let process = Process::start("operator", cluster.folder(), command);
        let operator = Self { process, port };
        let ready = format!("{}/readyz", operator.address());
        let mut probe = Command::new(PROGRAM);
        probe.env_clear().args(["probe", "--patience=120", &ready]);
        let probe = probe.output().expect("the probe runs");
        let said = String::from_utf8_lossy(&probe.stderr);
        assert!(probe.status.success(), "{said}\n{}", operator.process.last_words());
        operator
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
