//! Which servers are believed.

use super::Scene;
use super::api_server::ApiServer;
use super::certificates::{
    Authority, Issued, expired, for_another_host, for_clients_alone, not_yet_valid, own_authority,
};
use crate::program::Folder;

/// A server that shows `shown`, and a kubeconfig that trusts `trusted`.
fn trusting(trusted: &Issued, shown: &Issued) -> Scene {
    let scene = Scene::showing(Authority::new(), shown);
    scene.folder.write("ca.pem", trusted.pem.as_bytes());
    scene
}

fn is_not_believed(scene: &Scene, why: &str) {
    scene.is_unusable(&scene.config("token: t"), &["certificate", why]);
}

#[test]
fn a_certificate_of_the_authority_is_believed_and_that_of_another_is_not() {
    let scene = Scene::new();
    scene.is_heard(&scene.config("token: t"), &["authorization: Bearer t"]);
    let other = Authority::new();
    let scene = Scene::showing(Authority::new(), &other.issue(&["127.0.0.1"]));
    is_not_believed(&scene, "certificate-authority");
}

#[test]
fn a_certificate_that_is_its_own_authority_is_believed_where_it_is_the_trusted_one() {
    let own = own_authority(|_| {});
    let scene = trusting(&own, &own);
    scene.is_heard(&scene.config("token: t"), &["authorization: Bearer t"]);
}

#[test]
fn one_that_is_its_own_authority_is_refused_for_all_that_others_are_refused_for() {
    let own = own_authority(for_another_host);
    is_not_believed(&trusting(&own, &own), "not valid for");
    let own = own_authority(expired);
    is_not_believed(&trusting(&own, &own), "expired");
    let own = own_authority(not_yet_valid);
    is_not_believed(&trusting(&own, &own), "not valid before");
    let own = own_authority(for_clients_alone);
    is_not_believed(&trusting(&own, &own), "certificate");
}

#[test]
fn another_certificate_with_the_same_subject_is_refused() {
    let (own, other) = (own_authority(|_| {}), own_authority(|_| {}));
    is_not_believed(&trusting(&own, &other), "certificate");
}

/// Whoever shows the trusted certificate has to hold its key.
#[test]
fn the_trusted_certificate_without_its_key_is_refused() {
    let (own, other) = (own_authority(|_| {}), own_authority(|_| {}));
    let authority = Authority::new();
    let server = ApiServer::impostor(&own, &other, &authority);
    let folder = Folder::of(&[("ca.pem", &own.pem)]);
    let scene = Scene { folder, server, authority };
    is_not_believed(&scene, "BadSignature");
}

#[test]
fn verification_is_left_out_only_where_the_file_says_so_and_names_no_authority() {
    let scene = Scene::showing(Authority::new(), &own_authority(expired));
    let config = scene.config_of("insecure-skip-tls-verify: true", "token: t");
    scene.is_heard(&config, &["authorization: Bearer t"]);
    let scene = Scene::new();
    let both = "insecure-skip-tls-verify: true, certificate-authority: ca.pem";
    let words = ["config", "cluster \"c\"", "certificate-authority", "insecure-skip-tls-verify"];
    scene.is_unusable(&scene.config_of(both, "token: t"), &words);
}

#[test]
fn the_name_of_the_server_may_be_another_than_its_host() {
    let authority = Authority::new();
    let issued = authority.issue(&["api.internal"]);
    let scene = Scene::showing(authority, &issued);
    is_not_believed(&scene, "not valid for");
    let named = "certificate-authority: ca.pem, tls-server-name: api.internal";
    scene.is_heard(&scene.config_of(named, "token: t"), &["authorization: Bearer t"]);
    let scene = Scene::new();
    let wrong = "certificate-authority: ca.pem, tls-server-name: 'a b'";
    scene.is_unusable(&scene.config_of(wrong, "token: t"), &["cluster \"c\"", "tls-server-name"]);
}
