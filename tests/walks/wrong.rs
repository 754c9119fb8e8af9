//! Through the pages for when something is wrong, beside the bot of README.md.

use crate::cluster::eventually;
use crate::reader::Reader;
use crate::walk::Walk;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(2);

pub fn troubleshoots(reader: &mut Reader) {
    let mut walk = Walk::through("docs/troubleshooting.md");
    walk.pass("kubectl rollout pause", "named for what somebody has done");
    walk.pass("kubectl rollout resume", "nothing is paused");
    walk.pass("kubectl apply --server-side", "named without a file");
    walk.pass("kubectl describe job", "no Job waits for its pod");
    reader.stands_for("<name>", "main");
    reader.stands_for("<module>", "greeter");
    reader.copy("examples/module/README.md", "name: greeter", "greeter.yaml");
    reader.run("kubectl apply -f greeter.yaml").fine();
    reader.waits_for_reason("bm/greeter", "AvailableReplicas");
    let listed = walk.run(reader, "kubectl get eevee");
    assert!(listed.contains("MESSAGE"), "{listed}");
    walk.run(reader, "kubectl describe bm/echo");
    let events = walk.run(reader, "kubectl get events");
    assert!(events.contains("Created"), "{events}");
    walk.run_as_far_as_the_kubelet(reader, "kubectl logs deployment/eevee-operator");
    walk.run(reader, "eevee-operator snapshot");
    walk.run(reader, "eevee-operator render");
    walk.run(reader, "kubectl describe ipc/");
    walk.run_as_far_as_the_kubelet(reader, "kubectl logs deployment/eevee-<name>-nats");
    walk.run_as_far_as_the_kubelet(reader, "kubectl logs deployment/eevee-<module>-module");
    walk.run_as_far_as_the_kubelet(reader, "kubectl logs deployment/eevee-<module>-module");
    walk.run(reader, "kubectl describe pvc");
    walk.run(reader, "kubectl get cronjobs,jobs,pods");
    walk.run(reader, "kubectl annotate bm/echo");
    eventually("no longer paused", LONG, || {
        (!reader.sees("bm/echo", ".status.conditions").contains("Paused")).then_some(())
    });
    walk.run(reader, "kubectl patch bm/echo --subresource=status");
    reader.waits_for_reason("bm/echo", "AvailableReplicas");
    let version = walk.run(reader, "kubectl get --raw /version");
    assert!(version.contains("gitVersion"), "{version}");
    let lease = walk.run(reader, "kubectl get lease");
    assert!(lease.contains("eevee-operator"), "{lease}");
    let values = walk.run(reader, "helm show values");
    assert!(values.contains("operatorApiToken:"), "{values}");
}

pub fn reports_a_bug(reader: &Reader) {
    let mut walk = Walk::through("CONTRIBUTING.md");
    walk.pass("make test", "it runs this");
    walk.pass("make lint", "it is no test");
    walk.pass("git", "nothing is released by a test: tests/release runs the scripts");
    walk.run(reader, "eevee-operator snapshot");
    let checked = reader.run(&walk.take("eevee-operator check").text);
    assert!(checked.out.contains("API server"), "{}", checked.err);
}
