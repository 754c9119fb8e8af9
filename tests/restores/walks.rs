//! Restores, deletions, crashes and pods in any order.

use crate::story::{Story, Work};
use eevee_operator::kinds::Kind;
use eevee_operator::object::ObjectRef;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[derive(Clone, Debug)]
enum Step {
    /// So many of the requests are sent.
    Turn(usize),
    RollOut,
    Restore,
    Delete(Index),
    CollectGarbage,
    Work(Work),
    Size(i64),
    Enable(bool),
    Pause(Option<Index>),
}

fn step() -> impl Strategy<Value = Step> {
    let works = [
        Work::Start,
        Work::Move,
        Work::Fail,
        Work::Die,
        Work::FailForGood,
        Work::DieForGood,
        Work::Succeed,
    ];
    prop_oneof![
        8 => (1_usize..8).prop_map(Step::Turn),
        8 => Just(Step::Turn(usize::MAX)),
        5 => Just(Step::RollOut),
        2 => Just(Step::Restore),
        1 => any::<Index>().prop_map(Step::Delete),
        2 => Just(Step::CollectGarbage),
        5 => select(works.to_vec()).prop_map(Step::Work),
        1 => (0_i64..3).prop_map(Step::Size),
        1 => any::<bool>().prop_map(Step::Enable),
        1 => proptest::option::of(any::<Index>()).prop_map(Step::Pause),
    ]
}

fn module() -> ObjectRef {
    ObjectRef::new(Kind::BotModule, "eevee-bot", "echo")
}

fn pick(story: &Story, which: Index) -> Option<ObjectRef> {
    let restores = story.restores();
    (!restores.is_empty()).then(|| which.get(&restores).clone())
}

impl Step {
    fn happen(self, story: &mut Story) {
        match self {
            Self::Turn(most) => drop(story.turn(most)),
            Self::RollOut => story.roll_out(),
            Self::Restore => drop(story.restore()),
            Self::Delete(which) => {
                if let Some(restore) = pick(story, which) {
                    story.delete(&restore);
                }
            }
            Self::CollectGarbage => story.collect_garbage(),
            Self::Work(work) => story.work(work),
            Self::Size(size) => {
                story.edit(&module(), |module| module["spec"]["size"] = size.into());
            }
            Self::Enable(is_enabled) => {
                story.edit(&module(), |module| module["spec"]["enabled"] = is_enabled.into());
            }
            Self::Pause(which) => {
                let paused = which.map_or(Some(module()), |which| pick(story, which));
                if let Some(paused) = paused {
                    pause(story, &paused, "true");
                }
            }
        }
    }
}

fn pause(story: &mut Story, resource: &ObjectRef, value: &str) {
    story.edit(resource, |resource| {
        resource["metadata"]["annotations"]["eevee.bot/paused"] = value.into();
    });
}

/// Whether a module that has come to rest runs on whole data, or says what to do, and that helps.
pub fn is_at_an_end(story: &mut Story) {
    if story.mark().is_some() {
        assert_eq!(story.reason(Kind::BotModule, "echo"), "RestoreIncomplete");
        assert_eq!(story.replicas(), 0);
        story.restore();
        story.go_on();
    }
    assert_eq!(story.mark(), None);
    assert!(!story.is_mixture());
    assert_eq!(story.replicas(), 1);
    assert_eq!(story.reason(Kind::BotModule, "echo"), "AvailableReplicas");
}

proptest! {
    #![proptest_config(crate::support::cases())]
    #[test]
    fn whatever_happens_all_comes_back(steps in vec(step(), 0..60)) {
        let mut story = Story::new();
        for step in steps {
            step.happen(&mut story);
        }
        for restore in story.restores() {
            pause(&mut story, &restore, "false");
        }
        pause(&mut story, &module(), "false");
        story.edit(&module(), |module| {
            module["spec"]["size"] = 1.into();
            module["spec"]["enabled"] = true.into();
        });
        story.go_on();
        is_at_an_end(&mut story);
    }
}
