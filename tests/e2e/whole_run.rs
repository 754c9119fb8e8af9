//! What holds for all tests together. They run in the order of their names, and this one comes last.

use crate::audit;
use crate::place::Place;

#[test]
fn no_operator_was_denied_anything() {
    let shared = Place::shared();
    assert!(audit::operators().contains(shared.0), "{:?}", audit::operators());
    audit::assert_no_denials();
}
