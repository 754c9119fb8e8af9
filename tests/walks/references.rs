//! Pages with a command or two.

use crate::cluster::{Casing, Cluster};
use crate::reader::Reader;
use crate::walk::Walk;

#[test]
fn kubectl_explains_the_resources() {
    let cluster = Cluster::api();
    cluster.install_crds(Casing::Camel);
    let reader = Reader::at(&cluster);
    Walk::through("docs/reference/botmodule.md").run(&reader, "kubectl explain botmodule");
    Walk::through("docs/reference/ipcconfig.md").run(&reader, "kubectl explain ipcconfig");
    Walk::through("docs/reference/s3store.md").run(&reader, "kubectl explain s3store");
    Walk::through("docs/reference/backupschedule.md")
        .run(&reader, "kubectl explain backupschedule");
    Walk::through("docs/reference/backuprestore.md").run(&reader, "kubectl explain backuprestore");
}

#[test]
fn an_empty_cluster_can_take_an_installation_and_lacks_one() {
    let cluster = Cluster::api();
    let reader = Reader::at(&cluster);
    let mut walk = Walk::through("docs/check.md");
    let before = walk.run(&reader, "eevee-operator check --pre");
    assert!(before.contains("pass    rights: "), "{before}");
    let after = walk.run_to(1, &reader, "eevee-operator check --namespace").out;
    assert!(after.contains("fail    operator: "), "{after}");
    for program in ["kubectl", "helm"] {
        walk.pass(program, "it mends what tests/charts/check.rs shows");
    }
}

#[test]
fn some_pages_only_speak_of_commands() {
    Walk::through("docs/architecture.md").pass("kubectl get -o yaml", "it stands for many");
    let mut module = Walk::through("examples/module/README.md");
    module.pass("docker build", "tests/e2e/images builds the Dockerfile");
    Walk::through("docs/page.md").pass("kubectl rollout restart", "the page does the same");
    let mut plugin = Walk::through("docs/kubectl.md");
    plugin.pass("kubectl krew", "it is about a release");
    plugin.pass("kubectl eevee", "tests/command/plugin.rs calls it so");
    plugin.pass("ln -s", "tests/command/plugin.rs makes such links");
    let mut security = Walk::through("SECURITY.md");
    for beginning in ["cosign verify", "sha256sum", "docker buildx"] {
        security.pass(beginning, "nothing is signed but what was released");
    }
}
