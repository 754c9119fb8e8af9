//! Running Helm, with nothing of the user's own.

use crate::cluster::{Cluster, FEW_COLLECTIONS, tool};
use crate::support::{self, documents};
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The oldest Kubernetes that the charts are for.
const KUBERNETES: &str = "1.33.0";

/// How a run ended.
pub struct Ending {
    pub is_ok: bool,
    pub out: String,
    pub err: String,
}

impl Ending {
    /// What it printed, once it is sure that it succeeded.
    #[track_caller]
    pub fn fine(self) -> String {
        assert!(self.is_ok, "{}", self.err);
        self.out
    }

    /// What it complained of, once it is sure that it failed.
    #[track_caller]
    pub fn refused(self) -> String {
        assert!(!self.is_ok, "it is not refused:\n{}", self.out);
        self.err
    }
}

/// A Helm, with a cluster or without.
#[derive(Clone, Copy)]
pub struct Helm<'a>(Option<&'a Cluster>);

impl<'a> Helm<'a> {
    pub fn alone() -> Self {
        Self(None)
    }

    pub fn on(cluster: &'a Cluster) -> Self {
        Self(Some(cluster))
    }

    /// Runs a command with a values file on its standard input.
    pub fn run(self, arguments: &[&str], values: &str) -> Ending {
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("charts-helm");
        let mut command = Command::new(tool("helm"));
        command.env_clear().env(FEW_COLLECTIONS.0, FEW_COLLECTIONS.1);
        command.current_dir(support::root().join("helm")).args(arguments);
        for folder in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HOME"] {
            command.env(folder, &home);
        }
        let kubeconfig = self.0.map_or("/dev/null".into(), |it| it.kubeconfig().to_owned());
        command.env("KUBECONFIG", kubeconfig);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("helm starts");
        let mut input = child.stdin.take().expect("its standard input");
        // One that refuses its arguments reads nothing.
        let _ = input.write_all(values.as_bytes());
        drop(input);
        let output = child.wait_with_output().expect("helm ends");
        Ending {
            is_ok: output.status.success(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// What a release called `eevee` in namespace `bots` would be made of.
    pub fn template(self, chart: &str, values: &str, more: &[&str]) -> Ending {
        let arguments = ["template", "eevee", chart, "--namespace=bots", "--values=-"];
        let version = format!("--kube-version={KUBERNETES}");
        self.run(&[&arguments[..], &[version.as_str()], more].concat(), values)
    }

    /// Installs a release, or changes it.
    pub fn install(self, namespace: &str, release: &str, chart: &str, values: &str) -> Ending {
        self.install_with(namespace, release, chart, values, &[])
    }

    pub fn install_with(
        self,
        namespace: &str,
        release: &str,
        chart: &str,
        values: &str,
        more: &[&str],
    ) -> Ending {
        let namespace = format!("--namespace={namespace}");
        let arguments = ["upgrade", "--install", release, chart, namespace.as_str()];
        let rest = ["--create-namespace", "--values=-", "--timeout=3m"];
        self.run(&[&arguments[..], &rest, more].concat(), values)
    }

    pub fn uninstall(self, namespace: &str, release: &str) {
        let namespace = format!("--namespace={namespace}");
        self.run(&["uninstall", release, &namespace, "--timeout=3m"], "").fine();
    }
}

/// What `helm template` makes of a chart.
#[track_caller]
pub fn rendered(chart: &str, values: &str) -> Vec<Value> {
    documents(&Helm::alone().template(chart, values, &[]).fine())
}

/// The one object of a kind.
#[track_caller]
pub fn one<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    match (found.next(), found.next()) {
        (Some(object), None) => object,
        (None, _) => panic!("there is no {kind}"),
        (Some(_), Some(_)) => panic!("there are several of {kind}"),
    }
}

/// Every object of a kind, of which there is at least one.
#[track_caller]
pub fn each<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let found: Vec<&Value> = objects.iter().filter(|object| object["kind"] == kind).collect();
    assert!(!found.is_empty(), "there is no {kind}");
    found
}

/// Kind and name of every object.
pub fn names(objects: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name =
        |object: &Value| format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]));
    objects.iter().map(name).collect()
}
