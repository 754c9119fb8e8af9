//! `status` on a real API server, with all rights and with few.

use crate::cluster::{Cluster, Process, eventually, spawn};
use crate::server::{namespace, with_crds};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read;
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(1);

/// The program, as somebody with a kubeconfig runs it for a namespace.
fn program(kubeconfig: &Path, namespace: &str, args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    program.env_clear().env("KUBECONFIG", kubeconfig);
    program.args(["status", "--namespace", namespace]).args(args);
    program
}

/// How it ends: the code, standard output and standard error.
fn ends(kubeconfig: &Path, namespace: &str, args: &[&str]) -> (i32, String, String) {
    let output = program(kubeconfig, namespace, args).output();
    let Output { status, stdout, stderr } = output.expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code().expect("an exit code"), text(stdout), text(stderr))
}

fn apply(cluster: &Cluster, manifest: &Value) {
    cluster.kubectl(&["apply", "-f", "-"], Some(&manifest.to_string())).success();
}

fn resource(kind: &str, namespace: &str, name: &str, spec: Value) -> Value {
    json!({ "apiVersion": "eevee.bot/v1", "kind": kind,
        "metadata": { "name": name, "namespace": namespace }, "spec": spec })
}

/// Says of a resource that it is Ready, or why it is not.
fn say(
    cluster: &Cluster,
    namespace: &str,
    at: &str,
    (status, reason, message): (&str, &str, &str),
) {
    let conditions = json!([{ "type": "Ready", "status": status, "reason": reason,
        "message": message, "lastTransitionTime": "2026-01-01T00:00:00Z" }]);
    let patch = json!({ "status": { "observedGeneration": 1, "conditions": conditions } });
    let patch = patch.to_string();
    let args =
        ["patch", at, "-n", namespace, "--subresource=status", "--type=merge", "--patch", &patch];
    cluster.kubectl(&args, None).success();
}

const WELL: (&str, &str, &str) = ("True", "AvailableReplicas", "1 of 1 replicas are available");
const ILL: (&str, &str, &str) = (
    "False",
    "UnavailableReplicas",
    "pod p: container module waits with ImagePullBackOff: no such tag",
);

/// A bot of one module and one IpcConfig, whose token is secret.
fn bot(name: &str) -> &'static Cluster {
    let cluster = namespace(name);
    apply(cluster, &resource("IpcConfig", name, "main", json!({})));
    let spec = json!({ "image": "echo:1.2", "ipcConfig": "main",
        "extraEnv": [{ "name": "PASSWORD", "value": "swordfish" }] });
    apply(cluster, &resource("BotModule", name, "echo", spec));
    let secret = json!({ "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": "eevee-main-nats-token", "namespace": name },
        "stringData": { "token": "swordfish-token" } });
    apply(cluster, &secret);
    say(cluster, name, "ipc/main", ("True", "NatsDeployed", "1 of 1"));
    say(cluster, name, "bm/echo", WELL);
    cluster
}

#[test]
fn the_exit_code_says_whether_all_is_well() {
    let cluster = bot("status-codes");
    let ends = |args: &[&str]| ends(cluster.kubeconfig(), "status-codes", args);
    let (code, out, err) = ends(&[]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.is_ascii() && out.contains("bm/echo") && out.contains("token"), "{out}");

    say(cluster, "status-codes", "bm/echo", ILL);
    let (code, out, _) = ends(&[]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("failed UnavailableReplicas"), "{out}");
    assert!(out.contains("-> Correct the image"), "{out}");
    for form in ["tree", "wide", "json", "yaml"] {
        let (code, out, _) = ends(&["--output", form]);
        assert_eq!(code, 1, "{out}");
        assert!(!out.contains("swordfish"), "{form}: {out}");
    }
    let (_, json, _) = ends(&["-o", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["level"], "failed");
    assert_eq!(json["namespaces"][0]["ipcConfigs"][0]["modules"][0]["tag"], "1.2");

    // What is asked for is well, whatever the rest is.
    assert_eq!(ends(&["ipc/main"]).0, 1, "its module is not");
    say(cluster, "status-codes", "bm/echo", WELL);
    assert_eq!(ends(&["bm/echo"]).0, 0);
}

#[test]
fn what_is_not_there_is_refused_with_what_may_have_been_meant() {
    let cluster = bot("status-names");
    let ends = |args: &[&str]| ends(cluster.kubeconfig(), "status-names", args);
    for (asked, words) in [
        ("bm/ehco", "did you mean botmodule/echo?"),
        ("bm/main", "did you mean ipcconfig/main?"),
        ("ipc/mian", "did you mean ipcconfig/main?"),
        ("bm/zzz", "eevee-operator status --namespace status-names"),
        ("pod/echo", "BotModule (bm)"),
        ("echo", "KIND/NAME"),
    ] {
        let (code, out, err) = ends(&[asked]);
        assert_eq!((code, out.as_str()), (2, ""), "{asked}: {err}");
        assert!(err.contains(words) && err.lines().count() == 1, "{asked}: {err}");
    }
    let (code, out, err) = self::ends(cluster.kubeconfig(), "status-nothing", &[]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("there is no bot in namespace status-nothing"), "{err}");
}

/// A kubeconfig of somebody who may list these resources in a namespace.
fn reader(cluster: &Cluster, namespace: &str, rules: Value) -> std::path::PathBuf {
    let account = json!({ "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": "person", "namespace": namespace } });
    let role = json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
        "metadata": { "name": "person", "namespace": namespace }, "rules": rules });
    let binding = json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": { "name": "person", "namespace": namespace },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "person" },
        "subjects": [{ "kind": "ServiceAccount", "name": "person", "namespace": namespace }] });
    for manifest in [account, role, binding] {
        apply(cluster, &manifest);
    }
    cluster.kubeconfig_of(namespace, "person")
}

#[test]
fn what_somebody_may_not_read_is_said_and_the_rest_is_shown() {
    let cluster = bot("status-rights");
    let custom = json!({ "apiGroups": ["eevee.bot"], "resources": ["*"], "verbs": ["list"] });
    let kubeconfig = reader(cluster, "status-rights", json!([custom]));
    eventually("the rights are there", LONG, || {
        let (code, out, _) = ends(&kubeconfig, "status-rights", &[]);
        (code == 0 && out.contains("bm/echo")).then_some(())
    });
    let (code, out, err) = ends(&kubeconfig, "status-rights", &["-o", "json"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("could not be read") && err.lines().count() == 1, "{err}");
    for unread in ["every Pod", "every Deployment", "Secret status-rights/eevee-main-nats-token"] {
        assert!(err.contains(unread), "{unread}: {err}");
    }
    let json: Value = serde_json::from_str(&out).expect("JSON");
    let ipc_config = &json["namespaces"][0]["ipcConfigs"][0];
    assert_eq!(ipc_config["token"]["present"], Value::Null);
    assert_eq!(ipc_config["nats"]["ready"], Value::Null);
    assert_eq!(ipc_config["modules"][0]["restarts"], Value::Null);
}

#[test]
fn without_the_modules_nobody_can_tell() {
    let cluster = bot("status-blind");
    let ipc = json!({ "apiGroups": ["eevee.bot"], "resources": ["ipcconfigs"], "verbs": ["list"] });
    let kubeconfig = reader(cluster, "status-blind", json!([ipc]));
    eventually("the rights are there", LONG, || {
        let (_, out, _) = ends(&kubeconfig, "status-blind", &[]);
        out.contains("ipc/main").then_some(())
    });
    let (code, _, err) = ends(&kubeconfig, "status-blind", &[]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("every BotModule"), "{err}");
    let (code, _, err) = ends(&kubeconfig, "status-blind", &["bm/echo"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("that can be read"), "{err}");

    // What is seen to fail needs somebody all the same.
    say(cluster, "status-blind", "ipc/main", ("False", "NatsUnavailable", "0 of 1"));
    let (code, out, err) = ends(&kubeconfig, "status-blind", &[]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(err.contains("every BotModule"), "{err}");
}

#[test]
fn all_namespaces_for_whoever_may_see_them_and_for_whoever_sees_one() {
    let cluster = bot("status-all-one");
    bot("status-all-two");
    say(cluster, "status-all-two", "bm/echo", ILL);
    let everywhere = |kubeconfig: &Path| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
        program.env_clear().env("KUBECONFIG", kubeconfig).args(["status", "-A"]);
        let output = program.output().expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = everywhere(cluster.kubeconfig());
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    let place = |name: &str| out.find(name).unwrap_or_else(|| panic!("no {name}:\n{out}"));
    assert!(place("status-all-two") < place("status-all-one"), "{out}");
    assert!(out.lines().last().is_some_and(|last| last.contains(" namespaces: ")), "{out}");

    let custom = json!({ "apiGroups": ["eevee.bot"], "resources": ["*"], "verbs": ["list"] });
    let kubeconfig = reader(cluster, "status-all-one", json!([custom]));
    eventually("the rights are there", LONG, || {
        ends(&kubeconfig, "status-all-one", &[]).1.contains("bm/echo").then_some(())
    });
    let (code, out, err) = everywhere(&kubeconfig);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert!(err.contains("could not be read: every ") && err.lines().count() == 1, "{err}");
    assert!(err.contains("--namespace asks for one namespace alone"), "{err}");
}

#[test]
fn without_crds_it_is_said_how_to_get_them() {
    let cluster = Cluster::api();
    let (code, out, err) = ends(cluster.kubeconfig(), "default", &[]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("install the CRDs"), "{err}");
    cluster.stop_api();
    let (code, _, err) = ends(cluster.kubeconfig(), "default", &[]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("does not answer"), "{err}");
}

#[test]
fn a_watch_shows_what_changes_and_nothing_else() {
    let cluster = bot("status-watch");
    let program = program(cluster.kubeconfig(), "status-watch", &["--watch", "-o", "json"]);
    let mut watching = Process::start("status-watch", with_crds().folder(), program);
    let level = |watching: &Process, number: usize| {
        let output = watching.output();
        let line = output.lines().nth(number).and_then(|line| serde_json::from_str(line).ok());
        line.map(|line: Value| line["level"].as_str().map(str::to_owned))
    };
    eventually("it shows the bot", LONG, || level(&watching, 0));
    assert_eq!(level(&watching, 0).flatten().as_deref(), Some("ok"));
    // Nothing that is shown changes with this.
    let args = ["annotate", "bm/echo", "-n", "status-watch", "a=b"];
    cluster.kubectl(&args, None).success();
    say(cluster, "status-watch", "bm/echo", ILL);
    eventually("it shows the change", LONG, || level(&watching, 1));
    assert_eq!(level(&watching, 1).flatten().as_deref(), Some("failed"));
    assert_eq!(watching.output().lines().count(), 2, "{}", watching.output());

    let id = i32::try_from(watching.id()).expect("a process id");
    // SAFETY: a plain system call; the process is ours and was not waited for.
    assert_eq!(unsafe { libc::kill(id, libc::SIGINT) }, 0);
    let status = eventually("it ends", LONG, || watching.exit_status());
    assert_eq!(status.code(), Some(1));
}

/// A terminal of 24 lines, on which a program runs.
struct Terminal {
    program: Child,
    shown: Arc<Mutex<String>>,
}

impl Terminal {
    fn running(mut program: Command, columns: u16) -> Self {
        let (mut ours, mut theirs) = (0, 0);
        let size = libc::winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: the pointers are good for the time of the call, and the others may be null.
        let opened = unsafe {
            libc::openpty(
                &raw mut ours,
                &raw mut theirs,
                std::ptr::null_mut(),
                std::ptr::null(),
                &raw const size,
            )
        };
        assert_eq!(opened, 0, "a terminal opens");
        // SAFETY: both were opened just now, and nobody else has them.
        let [ours, theirs] = [ours, theirs].map(|end| unsafe { OwnedFd::from_raw_fd(end) });
        program.env("TERM", "xterm").env("LANG", "C.UTF-8");
        program.stdin(Stdio::null()).stderr(Stdio::null()).stdout(theirs);
        let program = spawn(program).expect("the program starts");
        let shown = Arc::new(Mutex::new(String::new()));
        let seen = Arc::clone(&shown);
        thread::spawn(move || {
            let (mut ours, mut piece) = (File::from(ours), [0; 4096]);
            // An error is the end of the program.
            while let Ok(count @ 1..) = ours.read(&mut piece) {
                seen.lock().expect("text").push_str(&String::from_utf8_lossy(&piece[..count]));
            }
        });
        Self { program, shown }
    }

    fn shown(&self) -> String {
        self.shown.lock().expect("text").clone()
    }

    fn shows(&self, words: &str) {
        eventually(words, LONG, || self.shown().contains(words).then_some(()));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Both fail only when it has ended and was waited for already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn a_terminal_gets_colors_and_is_given_back() {
    let cluster = bot("status-terminal");
    say(cluster, "status-terminal", "bm/echo", ILL);
    let program = |args: &[&str]| program(cluster.kubeconfig(), "status-terminal", args);
    let mut watching = Terminal::running(program(&["--watch"]), 60);
    watching.shows("failed");
    let shown = watching.shown();
    assert!(shown.starts_with("\x1b[?1049h") && shown.contains("\x1b[31m"), "{shown:?}");
    assert!(shown.contains("└─ "), "{shown:?}");
    let id = i32::try_from(watching.program.id()).expect("a process id");
    // SAFETY: a plain system call; the process is ours and was not waited for.
    assert_eq!(unsafe { libc::kill(id, libc::SIGINT) }, 0);
    watching.program.wait().expect("it ends");
    watching.shows("\x1b[?25h\x1b[?1049l");

    let mut plain = program(&[]);
    plain.env("NO_COLOR", "1");
    let plain = Terminal::running(plain, 60);
    plain.shows("Correct the image");
    let shown = plain.shown();
    assert!(!shown.contains('\x1b'), "{shown:?}");
    assert!(shown.lines().all(|line| line.trim_end().chars().count() <= 60), "{shown}");
}
