//! The operator has the rights that it needs, and no others: the API server's audit log tells which of them it takes.

mod backups;
mod contention;
mod grants;
mod life;

use crate::alone;
use crate::audit::{self, Request};
use crate::bot::Bot;
use crate::cluster::until;
use crate::place::{self, LONG, Place};
use grants::Grant;
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn every_right_of_the_role_is_used_and_none_is_lacking_for_one_namespace() {
    place::install_crds();
    let place = Place("privilege");
    place.install("eevee-operator", "operator", &place::operator());
    life::go_through(place, place, "lean");
    let grants = grants::of_operator(place.0);
    let is_for_place = |grant: &Grant| grant.within.as_deref() == Some(place.0);
    assert!(grants.iter().all(is_for_place), "there are rights beyond the namespace");
    assert_exact(place, &grants);
    place.uninstall("eevee-operator");
}

#[test]
fn every_right_of_the_cluster_role_is_used_and_none_is_lacking_for_all_namespaces() {
    // An operator for all namespaces would look after the bots of other tests, too.
    if !alone::is_alone() {
        return alone::in_a_cluster_of_its_own(
            "privilege::every_right_of_the_cluster_role_is_used_and_none_is_lacking_for_all_namespaces",
        );
    }
    place::install_crds();
    let (place, elsewhere) = (Place("eevee-bot"), Place("elsewhere"));
    let mut values = place::operator();
    values["operator"]["operator"]["env"] = json!({ "watchOtherNamespaces": true });
    place.install("eevee-operator", "operator", &values);
    Bot::install(place, "near", &[("alice", json!({}))]);
    elsewhere.make();
    life::go_through(place, elsewhere, "far");
    // A copy, for which nobody asks any more.
    elsewhere.wait("delete", &["secret/eevee-operator-api-token"]);

    let grants = grants::of_operator(place.0);
    let is_for_lease = |grant: &Grant| grant.resource == "coordination.k8s.io/leases";
    let is_where_it_should_be = |grant: &Grant| grant.within.is_some() == is_for_lease(grant);
    assert!(grants.iter().all(is_where_it_should_be), "the Role is for the Lease alone");
    assert_exact(place, &grants);
    assert_only_watches_all(&audit::requests(place.0), [place, elsewhere]);
}

/// The operator in a place has taken all of these rights, and was denied nothing.
fn assert_exact(place: Place, grants: &[Grant]) {
    audit::assert_no_denials();
    let mut left = Vec::new();
    // The last requests may not have arrived yet.
    until(LONG, || {
        left = unused(grants, &audit::requests(place.0));
        left.is_empty().then_some(())
    });
    assert!(left.is_empty(), "the operator has rights that it does not use: {left:#?}");
    let strays = not_granted(grants, &audit::requests(place.0));
    assert!(strays.is_empty(), "the operator may do what the chart does not say: {strays:#?}");
}

fn unused(grants: &[Grant], requests: &[Request]) -> Vec<String> {
    let is_used = |grant: &&Grant| requests.iter().any(|request| grant.covers(request));
    grants.iter().filter(|grant| !is_used(grant)).map(Grant::to_string).collect()
}

fn not_granted(grants: &[Grant], requests: &[Request]) -> Vec<String> {
    let is_granted = |request: &&Request| grants.iter().any(|grant| grant.covers(request));
    requests.iter().filter(|request| !is_granted(request)).map(Request::to_string).collect()
}

/// Nothing but lists and watches goes beyond the namespaces that have bots.
fn assert_only_watches_all(requests: &[Request], places: [Place; 2]) {
    let (all, one): (Vec<_>, Vec<_>) = requests.iter().partition(|it| it.namespace.is_empty());
    let verbs: BTreeSet<&str> = all.iter().map(|it| it.verb.as_str()).collect();
    assert_eq!(verbs, ["list", "watch"].into());
    let namespaces: BTreeSet<&str> = one.iter().map(|it| it.namespace.as_str()).collect();
    assert_eq!(namespaces, places.map(|place| place.0).into());
}
