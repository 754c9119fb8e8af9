//! Through docs/backups.md, with a real S3 server. The pods of Jobs are only said to run, so that the test makes the backup itself.

use crate::cluster::{Cluster, Versitygw};
use crate::operator::Operator;
use crate::reader::Reader;
use crate::walk::Walk;

const PAGE: &str = "docs/backups.md";

#[test]
fn data_is_backed_up_and_restored() {
    let mut walk = Walk::through("docs/backups.md");
    let server = Versitygw::start();
    let cluster = Cluster::fake_nodes();
    let reader = Reader::at(&cluster);
    let install = |release: &str, chart: &str| {
        let options = "--namespace eevee-bot --create-namespace";
        reader.run(&format!("helm install {release} helm/{chart} {options}")).fine();
    };
    install("eevee-crds", "crds");
    install("eevee-operator", "operator");
    let _operator = Operator::of_the_chart(&reader);

    copy_the_example(&reader, &server);
    walk.run(&reader, "kubectl apply -f backups.yaml");
    reader.waits_for_reason("bm/seen", "AvailableReplicas");
    walk.run(&reader, "kubectl wait backupschedule/nightly");
    walk.run(&reader, "kubectl create job first");
    walk.run(&reader, "kubectl wait job/first");
    back_up(&reader, &server);
    let listed = walk.run(&reader, "eevee-operator backups seen");
    assert_eq!(listed.lines().count(), 2, "{listed}");

    walk.run_as_far_as_the_kubelet(&reader, "kubectl exec");
    walk.run(&reader, "eevee-operator restore seen");
    walk.run(&reader, "kubectl wait backuprestores");
    walk.run(&reader, "kubectl wait bm/seen");

    walk.run(&reader, "kubectl annotate pvc/");
    let listed = walk.run(&reader, "kubectl get s3stores");
    assert!(listed.contains("ConnectionSuccessful") && listed.contains("Succeeded"), "{listed}");
    let described = walk.run(&reader, "kubectl describe backupschedule");
    assert!(
        described.contains("Backups Healthy") || described.contains("BackupsHealthy"),
        "{described}"
    );
}

/// The page's example, with the address and the key of the server that is there.
fn copy_the_example(reader: &Reader, server: &Versitygw) {
    reader.copy(PAGE, "put-the-access-key-id-here", "backups.yaml");
    let store = format!(
        "http://127.0.0.1:{}\\n  pathStyle: true\\n  region: {}",
        server.port(),
        Versitygw::REGION
    );
    let mut edits = String::new();
    for (there, here) in [
        ("https://s3.example.org", store.as_str()),
        ("bucket: bots", &format!("bucket: {}", Versitygw::BUCKET)),
        ("put-the-access-key-id-here", Versitygw::ACCESS_ID),
        ("put-the-secret-access-key-here", Versitygw::SECRET_KEY),
    ] {
        reader.run(&format!("grep -q '{there}' backups.yaml")).fine();
        edits += &format!(" -e 's#{there}#{here}#'");
    }
    reader.run(&format!("sed -i{edits} backups.yaml")).fine();
}

/// What the Job would do in a pod that runs.
fn back_up(reader: &Reader, server: &Versitygw) {
    let variables = [
        ("S3_ENDPOINT", format!("http://127.0.0.1:{}", server.port())),
        ("S3_BUCKET", Versitygw::BUCKET.to_owned()),
        ("S3_REGION", Versitygw::REGION.to_owned()),
        ("S3_PATH_STYLE", "true".to_owned()),
        ("S3_ACCESS_ID", Versitygw::ACCESS_ID.to_owned()),
        ("S3_SECRET_KEY", Versitygw::SECRET_KEY.to_owned()),
        ("BACKUP_NAMESPACE", "eevee-bot".to_owned()),
        ("BACKUP_MODULE", "seen".to_owned()),
        ("BACKUP_PVC_PATH", "data".to_owned()),
    ];
    let variables = variables.map(|(name, value)| format!("{name}={value}")).join(" ");
    let program = "eevee-operator backup --termination-log said.json";
    reader.run(&format!("mkdir data && echo hello > data/seen && {variables} {program}")).fine();
}
