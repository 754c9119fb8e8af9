//! The laws that render obeys, over every fixture and over generated clusters.
//!
//! PROPTEST_CASES sets how many clusters are generated for each law (64 by default).

#[path = "../support/mod.rs"]
mod support;

mod generate;
mod history;
mod law;
mod walk;

use eevee_operator::offline;
use eevee_operator::world::World;
use proptest::prelude::*;

/// Every ok fixture, as a cluster.
fn each_fixture(law: impl Fn(&World) -> law::Verdict) {
    let verdicts = support::fixtures("ok").into_iter().filter_map(|fixture| {
        let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{unusable}"));
        let why = law(&offline::admitted(loaded)).err()?;
        Some(format!("{}: {why}", fixture.name))
    });
    let broken: Vec<String> = verdicts.collect();
    assert!(broken.is_empty(), "{} fixtures break the law:\n{}", broken.len(), broken.join("\n"));
}

macro_rules! laws {
    ($($name:ident => $law:path;)*) => {
        mod fixtures {
            use super::{history, law};
            $(#[test]
            fn $name() {
                super::each_fixture($law);
            })*
        }

        mod generated {
            use super::*;
            proptest! {
                #![proptest_config(crate::support::cases())]
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
    time_alone_brings_nothing_that_was_not_announced => law::timely;
    a_neighbourhood_decides_like_the_whole => law::local;
    nothing_precious_is_ever_harmed => law::safe;
    a_bad_resource_harms_itself_alone => law::total;
    what_is_trimmed_decides_nothing => law::trimmed;
    a_snapshot_as_a_file_decides_like_the_cluster => law::preserved;
    the_end_does_not_depend_on_history => history::independent;
    any_prefix_of_the_actions_leads_to_the_same_end => law::crash_tolerant;
}
