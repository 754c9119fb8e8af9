//! The laws that render obeys, over every fixture and over generated clusters.
//!
//! PROPTEST_CASES sets how many clusters are generated for each law (64 by default).

#[path = "../support/mod.rs"]
mod support;

mod generate;
mod law;
mod walk;

use eevee_operator::offline;
use eevee_operator::world::World;
use proptest::prelude::*;

/// Every ok fixture, as a cluster.
fn each_fixture(check: impl Fn(&World)) {
    for fixture in support::fixtures("ok") {
        eprintln!("fixture {}", fixture.name);
        let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{unusable}"));
        check(&offline::admitted(loaded));
    }
}

macro_rules! laws {
    ($($name:ident => $law:path;)*) => {
        mod fixtures {
            use super::law;
            $(#[test]
            fn $name() {
                super::each_fixture(|world| $law(world).unwrap_or_else(|why| panic!("{why}")));
            })*
        }

        mod generated {
            use super::*;
            proptest! {
                #![proptest_config(ProptestConfig {
                    cases: std::env::var("PROPTEST_CASES")
                        .ok()
                        .and_then(|cases| cases.parse().ok())
                        .unwrap_or(64),
                    failure_persistence: None,
                    ..ProptestConfig::default()
                })]
                $(#[test]
                fn $name(world in generate::world()) {
                    $law(&world).map_err(TestCaseError::fail)?;
                })*
            }
        }
    };
}

laws! {
    order_of_objects_does_not_matter => law::deterministic;
    a_settled_cluster_costs_no_writes => law::settled;
    a_neighbourhood_decides_like_the_whole => law::local;
    nothing_precious_is_ever_harmed => law::safe;
    a_bad_resource_harms_itself_alone => law::total;
    any_prefix_of_the_actions_leads_to_the_same_end => law::crash_tolerant;
}
