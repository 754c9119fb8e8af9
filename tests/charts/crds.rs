//! Chart crds on a real API server.

use crate::cluster::{Casing, Cluster, eventually};
use crate::console;
use crate::helm::{Ending, Helm};
use crate::page::page;
use crate::place::{cluster, get};
use std::time::Duration;

const NAMESPACE: &str = "eevee-bot";
const PLURALS: [&str; 5] =
    ["botmodules", "ipcconfigs", "s3stores", "backupschedules", "backuprestores"];

/// How long controllers and caches may take.
const SOON: Duration = Duration::from_mins(1);

fn install_crds(cluster: &Cluster, more: &[&str]) -> Ending {
    Helm::on(cluster).install_with(NAMESPACE, "eevee-crds", "crds", "", more)
}

/// Installs chart crds with what a page adds to that, so that it takes the CRDs of others over.
#[track_caller]
pub fn take_over(cluster: &Cluster, name: &str) {
    let ordinary = "helm upgrade --install eevee-crds helm/crds --namespace eevee-bot";
    let commands = console::typed(&page(name)).into_iter().map(|command| command.text);
    let mut additions = commands.filter_map(|text| Some(text.strip_prefix(ordinary)?.to_owned()));
    let addition = additions.next().unwrap_or_else(|| panic!("{name} has no {ordinary}"));
    install_crds(cluster, &addition.split_whitespace().collect::<Vec<_>>()).fine();
}

fn names_of(cluster: &Cluster, plural: &str) -> serde_json::Value {
    let crd = get(cluster, NAMESPACE, &format!("crd/{plural}.eevee.bot")).expect("the CRD");
    crd["spec"]["names"].clone()
}

fn uids(cluster: &Cluster, resources: &str) -> String {
    let uids = ["get", resources, "--all-namespaces", "--output=jsonpath={..metadata.uid}"];
    cluster.kubectl(&uids, None).success()
}

/// As the TypeScript operator's chart leaves them: lowercase kinds, an older schema, applied by somebody else.
fn older_crds(cluster: &Cluster) {
    cluster.install_crds(Casing::Lower);
    older_schema(cluster);
    let list = r#"{"spec": {"names": {"listKind": "ipcconfigItems"}}}"#;
    let patch = ["patch", "crd/ipcconfigs.eevee.bot", "--type=merge", "--patch", list];
    cluster.kubectl(&patch, None).success();
}

fn older_schema(cluster: &Cluster) {
    let fewer = r#"[{"op": "remove", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/configReload"}]"#;
    let patch = ["patch", "crd/botmodules.eevee.bot", "--type=json", "--field-manager=the-job"];
    let arguments = [&patch[..], &["--patch", fewer]].concat();
    cluster.kubectl(&arguments, None).success();
}

fn has_renewed_schema(cluster: &Cluster) -> bool {
    let crd = get(cluster, NAMESPACE, "crd/botmodules.eevee.bot").expect("the CRD");
    let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"];
    schema["spec"]["properties"]["configReload"].is_object()
}

#[test]
fn crds_of_others_are_taken_over_with_their_kinds_and_resources() {
    let cluster = Cluster::api();
    older_crds(&cluster);
    let bot = "
apiVersion: eevee.bot/v1
kind: ipcconfig
metadata: {name: main, namespace: default}
spec: {nats: {}}
---
apiVersion: eevee.bot/v1
kind: botmodule
metadata: {name: echo, namespace: default}
spec: {image: 'echo:1'}
";
    cluster.kubectl(&["create", "--filename=-"], Some(bot)).success();
    let before = (uids(&cluster, "crds"), uids(&cluster, "eevee"));
    let helm = Helm::on(&cluster);

    assert!(!install_crds(&cluster, &[]).is_ok, "Helm took what is not its own, unasked");
    let refused = install_crds(&cluster, &["--take-ownership"]);
    assert!(!refused.is_ok, "Helm took the fields of others, unasked");
    take_over(&cluster, "docs/upgrade.md");

    assert_eq!((uids(&cluster, "crds"), uids(&cluster, "eevee")), before);
    let names = names_of(&cluster, "botmodules");
    assert_eq!(
        (&names["kind"], &names["listKind"]),
        (&"botmodule".into(), &"botmoduleList".into())
    );
    let names = names_of(&cluster, "ipcconfigs");
    let kinds = (&names["kind"], &names["listKind"]);
    assert_eq!(kinds, (&"ipcconfig".into(), &"ipcconfigItems".into()));
    eventually("the renewed schema is served", SOON, || {
        let explained = ["explain", "botmodules.spec.configReload"];
        cluster.kubectl(&explained, None).status.success().then_some(())
    });
    for name in ["bm", "ipc", "botmodule", "ipcconfig"] {
        cluster.kubectl(&["get", name], None).success();
    }

    // An ordinary upgrade from then on, and a bot that goes by what is served.
    helm.install(NAMESPACE, "eevee-crds", "crds", "").fine();
    let modules = "botModules: [{name: dice, spec: {image: 'dice:1', resources: }}]";
    helm.install(NAMESPACE, "my-bot", "bot", modules).fine();
    let dice = get(&cluster, NAMESPACE, "botmodules/dice").expect("the module");
    assert_eq!(dice["kind"], "botmodule");
    assert_eq!(
        get(&cluster, NAMESPACE, "ipcconfigs/eevee-bot").expect("its NATS")["kind"],
        "ipcconfig"
    );
    assert!(dice["spec"].get("resources").is_none(), "a null is kept: {dice}");

    helm.uninstall(NAMESPACE, "eevee-crds");
    assert_eq!(uids(&cluster, "crds"), before.0);
    helm.install(NAMESPACE, "eevee-crds", "crds", "").fine();
    assert_eq!(uids(&cluster, "crds"), before.0);
}

/// Helm 4 goes on as the former release was made, unless it is told otherwise.
#[test]
fn crds_that_a_release_of_helm_3_holds_are_taken_over() {
    let cluster = Cluster::api();
    older_crds(&cluster);
    install_crds(&cluster, &["--take-ownership", "--server-side=false"]).fine();
    let before = (uids(&cluster, "crds"), names_of(&cluster, "botmodules"));
    for page in ["docs/upgrade.md", "helm/crds/README.md"] {
        older_schema(&cluster);
        assert!(!has_renewed_schema(&cluster));
        take_over(&cluster, page);
        assert_eq!((uids(&cluster, "crds"), names_of(&cluster, "botmodules")), before);
        assert!(has_renewed_schema(&cluster), "{page}");
    }
}

#[test]
fn a_new_cluster_gets_the_new_kinds() {
    for (plural, kind) in
        PLURALS.iter().zip(["BotModule", "IpcConfig", "S3Store", "BackupSchedule", "BackupRestore"])
    {
        assert_eq!(names_of(cluster(), plural)["kind"], kind);
    }
}

const WHOLE: &str = "--subresource=";

/// A Secret holds a release, and at most 1 MiB.
#[test]
fn a_release_has_room_to_grow() {
    let release = get(cluster(), "eevee-crds", "secret/sh.helm.release.v1.eevee-crds.v1");
    let release = release.expect("the release");
    let size = release["data"]["release"].as_str().expect("data").len();
    assert!(size < 400_000, "{size} bytes");
}

#[test]
fn who_may_see_or_edit_a_namespace_may_see_or_edit_its_bots() {
    let cluster = cluster();
    for (role, may_write) in [("view", "no"), ("edit", "yes"), ("admin", "yes")] {
        let user = format!("a-{role}er");
        let bind = format!("--clusterrole={role}");
        let create = ["create", "rolebinding", &user, &bind, &format!("--user={user}")];
        cluster.kubectl(&create, None).success();
        let may = |verb: &str, resource: &str, part: &str| {
            let arguments = ["auth", "can-i", verb, resource, part, &format!("--as={user}")];
            cluster.kubectl(&arguments, None).stdout.trim().to_owned()
        };
        // The controller that adds up the rules runs behind.
        eventually(&format!("{role} sees bots"), SOON, || {
            (may("list", "botmodules.eevee.bot", WHOLE) == "yes").then_some(())
        });
        for resource in PLURALS {
            assert_eq!(
                may("get", &format!("{resource}.eevee.bot"), WHOLE),
                "yes",
                "{role} {resource}"
            );
        }
        eventually(&format!("{role} edits bots: {may_write}"), SOON, || {
            (may("create", "ipcconfigs.eevee.bot", WHOLE) == may_write).then_some(())
        });
        let may_patch = |part: &str| may("patch", "botmodules.eevee.bot", part);
        assert_eq!(may_patch("--subresource=scale"), may_write, "{role}");
        assert_eq!(may_patch("--subresource=status"), "no", "{role}");
    }
}
