use super::*;
use crate::action::{Event, Severity};
use crate::kinds::Kind;

fn event() -> Event {
    Event {
        name: "e".to_owned(),
        severity: Severity::Normal,
        reason: "Created",
        message: String::new(),
        regarding_uid: None,
    }
}

#[test]
fn an_event_is_recorded_once() {
    let event = event();
    let mut world = world(&[]);
    let target = target(&manifest(Kind::Secret, "s", &json!({})));
    assert_eq!(send(&mut world, target.clone(), Verb::Event(event.clone())), Ok(()));
    assert_eq!(send(&mut world, target, Verb::Event(event)).unwrap_err().0, 409);
    assert_eq!(world.events().count(), 1);
}

#[test]
fn a_failure_ends_the_batch_of_its_subject_unless_it_is_an_event() {
    let module = |name: &str| Subject::of(Kind::BotModule, NAMESPACE, name);
    let make = |subject: &Subject, name: &str| {
        let manifest = manifest(Kind::ConfigMap, name, &json!({}));
        ApplyAction {
            subject: subject.clone(),
            target: target(&manifest),
            verb: Verb::Create(manifest),
        }
    };
    let (a, b) = (module("a"), module("b"));
    let mut world = world(&[]);
    let tell = ApplyAction { verb: Verb::Event(event()), ..make(&b, "3") };
    let failed = world.perform_all(&[
        make(&a, "1"),
        make(&a, "1"),
        make(&a, "2"),
        tell.clone(),
        tell,
        make(&b, "3"),
    ]);
    assert_eq!(failed.len(), 2);
    let names: Vec<&str> =
        world.snapshot().objects().map(|o| o.reference().name.as_str()).collect();
    assert_eq!(names, ["1", "3"]);
}
