//! A cluster that kind or k3d made before.

use crate::cluster::spawn;
use std::process::{Command, Stdio};
use std::str::FromStr;

/// `kind`, `k3d`, or with the name of the cluster `kind:NAME`, `k3d:NAME`.
pub struct Existing {
    tool: Tool,
    name: String,
}

#[derive(Clone, Copy)]
enum Tool {
    Kind,
    K3d,
}

impl FromStr for Existing {
    type Err = String;

    fn from_str(text: &str) -> Result<Existing, String> {
        let (tool, name) = text.split_once(':').unwrap_or((text, ""));
        let (tool, usual) = match tool {
            "kind" => (Tool::Kind, "kind"),
            "k3d" => (Tool::K3d, "k3s-default"),
            _ => {
                return Err(format!(
                    "CLUSTER={text}: it is kind or k3d, with the name of the cluster if it has one: kind:NAME"
                ));
            }
        };
        let name = if name.is_empty() { usual } else { name };
        Ok(Existing { tool, name: name.to_owned() })
    }
}

impl Existing {
    /// For messages.
    pub fn title(&self) -> String {
        let tool = match self.tool {
            Tool::Kind => "kind",
            Tool::K3d => "k3d",
        };
        format!("cluster {} of {tool}", self.name)
    }

    /// Asks the tool for it.
    pub fn kubeconfig(&self) -> String {
        let (ask, make) = match self.tool {
            Tool::Kind => (["kind", "get", "kubeconfig", "--name"], "kind create cluster --name"),
            Tool::K3d => (["k3d", "kubeconfig", "get", "--"], "k3d cluster create"),
        };
        let mut command = Command::new(ask[0]);
        command.args(&ask[1..]).arg(&self.name);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = spawn(command).and_then(std::process::Child::wait_with_output);
        let output = output.unwrap_or_else(|e| panic!("cannot run {}: {e}", ask[0]));
        assert!(
            output.status.success(),
            "there is no {}: {}\n`{make} {}` makes one",
            self.title(),
            String::from_utf8_lossy(&output.stderr).trim_end(),
            self.name,
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
