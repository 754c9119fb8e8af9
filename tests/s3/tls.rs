//! Whose certificates are trusted, and what is said of the others.

use crate::certificates::{Authority, Issued, expired, for_another_host, self_signed};
use crate::cluster::Versitygw;
use crate::place::{MIB, access, bytes, download, of, runtime, server, store_with, upload};
use eevee_operator::s3::{Access, StoreProblem};

fn serve(issued: &Issued) -> (Versitygw, Access) {
    let server = Versitygw::start_tls(&issued.certificate, &issued.key);
    let endpoint = format!("https://127.0.0.1:{}", server.port());
    let access = Access { endpoint, ..access(0, "") };
    (server, access)
}

fn refused(access: &Access) -> StoreProblem {
    runtime().block_on(store_with(access).check()).expect_err("it is not trusted")
}

#[test]
fn a_store_whose_authority_is_named_is_used() {
    let authority = Authority::new();
    let (_server, access) = serve(&authority.issue(|_| {}));
    let problem = refused(&access);
    assert!(problem.message.contains("caBundle") && problem.is_permanent, "{problem}");
    let access = Access { ca_bundle: Some(authority.pem), ..access };
    let (store, key) = (store_with(&access), of("tls").key("", "a"));
    let data = bytes(9 * MIB);
    assert_eq!(upload(&store, &key, &data), Ok(data.len() as u64));
    assert!(download(&store, &key).expect("it is there") == data);
}

#[test]
fn a_store_that_signed_for_itself_is_used_when_it_is_named() {
    let issued = self_signed();
    let (_server, access) = serve(&issued);
    assert!(refused(&access).message.contains("caBundle"));
    let access = Access { ca_bundle: Some(issued.certificate), ..access };
    assert_eq!(runtime().block_on(store_with(&access).check()), Ok(()));
}

#[test]
fn a_certificate_that_is_wrong_says_why() {
    let authority = Authority::new();
    for (issued, why) in [
        (authority.issue(expired), "has expired: renew it"),
        (authority.issue(for_another_host), "is for another name: mend endpoint"),
    ] {
        let (_server, access) = serve(&issued);
        let problem = refused(&Access { ca_bundle: Some(authority.pem.clone()), ..access });
        assert!(problem.message.contains(why) && problem.is_permanent, "{problem}");
    }
}

#[test]
fn the_wrong_scheme_says_so() {
    let endpoint = format!("https://127.0.0.1:{}", server().port());
    let problem = refused(&Access { endpoint, ..access(0, "") });
    assert!(problem.message.contains("must begin with http"), "{problem}");
    let (tls, _) = serve(&self_signed());
    let problem = refused(&access(tls.port(), ""));
    assert!(!problem.message.is_empty());
}
