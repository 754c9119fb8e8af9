//! Whole stories of restores: what is stopped, made and started, whatever crashes or is deleted meanwhile.

#[path = "../support/mod.rs"]
mod support;

mod story;
mod walks;

use eevee_operator::kinds::Kind;
use story::{Story, Work};

/// Requests of a whole restore, and some more.
const MOST: usize = 60;

/// Until the pod of the restore may start.
fn until_there_is_a_job(story: &mut Story) {
    for _ in 0..12 {
        story.turn(usize::MAX);
        story.roll_out();
    }
}

#[test]
fn a_module_stops_for_a_restore_and_comes_back() {
    let mut story = Story::new();
    let restore = story.restore();
    until_there_is_a_job(&mut story);
    assert_eq!(story.replicas(), 0);
    assert!(story.mark().is_some());
    assert_eq!(story.reason(Kind::BotModule, "echo"), "Restoring");
    story.work(Work::Move);
    story.turn(usize::MAX);
    assert_eq!(story.reason(Kind::BackupRestore, &restore.name), "Running");
    story.go_on();
    assert_eq!(story.reason(Kind::BackupRestore, &restore.name), "Succeeded");
    assert_eq!(story.reason(Kind::BotModule, "echo"), "AvailableReplicas");
    assert_eq!((story.replicas(), story.mark()), (1, None));
}

#[test]
fn a_failure_that_touched_nothing_brings_the_module_back() {
    let mut story = Story::new();
    let restore = story.restore();
    until_there_is_a_job(&mut story);
    story.work(Work::Fail);
    story.work(Work::FailForGood);
    story.go_on();
    assert_eq!(story.reason(Kind::BackupRestore, &restore.name), "Failed");
    assert_eq!((story.replicas(), story.mark()), (1, None));
}

#[test]
fn a_mixture_stays_stopped_until_a_restore_finishes() {
    for end in [Work::FailForGood, Work::DieForGood] {
        let mut story = Story::new();
        story.restore();
        until_there_is_a_job(&mut story);
        story.work(Work::Move);
        story.work(end);
        story.go_on();
        assert_eq!(story.reason(Kind::BotModule, "echo"), "RestoreIncomplete");
        assert_eq!(story.replicas(), 0);
        story.restore();
        story.go_on();
        assert_eq!(story.reason(Kind::BotModule, "echo"), "AvailableReplicas");
        assert_eq!((story.replicas(), story.mark()), (1, None));
    }
}

/// Of each number of requests, the next is the last that is sent before a crash. Whoever comes then goes on.
#[test]
fn a_crash_behind_any_request_changes_nothing() {
    for stop in 0..MOST {
        let mut story = Story::new();
        story.restore();
        let mut left = stop;
        while left > 0 {
            let done = story.turn(left);
            left = left.saturating_sub(done.max(1));
            story.roll_out();
        }
        story.work(Work::Start);
        story.go_on();
        assert_eq!((story.replicas(), story.mark()), (1, None), "stopped behind request {stop}");
    }
}

/// The BackupRestore is deleted behind any request, and the pod of its Job does anything.
#[test]
fn a_deletion_at_any_step_leaves_the_old_data_or_the_new_or_says_what_to_do() {
    for work in [None, Some(Work::Start), Some(Work::Move), Some(Work::Fail), Some(Work::Die)] {
        for stop in 0..MOST {
            let mut story = Story::new();
            let restore = story.restore();
            let mut left = stop;
            while left > 0 {
                let done = story.turn(left);
                left = left.saturating_sub(done.max(1));
                story.roll_out();
            }
            if let Some(work) = work {
                story.work(work);
            }
            story.delete(&restore);
            story.turn(usize::MAX);
            story.go_on();
            walks::is_at_an_end(&mut story);
        }
    }
}

#[test]
fn two_restores_run_one_after_the_other() {
    let mut story = Story::new();
    let both = [story.restore(), story.restore()];
    until_there_is_a_job(&mut story);
    assert_eq!(story.reason(Kind::BackupRestore, &both[0].name), "Running");
    assert_eq!(story.reason(Kind::BackupRestore, &both[1].name), "Waiting");
    story.go_on();
    for restore in both {
        assert_eq!(story.reason(Kind::BackupRestore, &restore.name), "Succeeded");
    }
    assert_eq!((story.replicas(), story.mark()), (1, None));
}

#[test]
fn the_second_of_two_that_touched_nothing_does_not_start_the_mixture_of_the_first() {
    let mut story = Story::new();
    story.restore();
    until_there_is_a_job(&mut story);
    story.work(Work::Move);
    story.work(Work::DieForGood);
    story.restore();
    until_there_is_a_job(&mut story);
    story.work(Work::FailForGood);
    story.go_on();
    assert_eq!(story.reason(Kind::BotModule, "echo"), "RestoreIncomplete");
    assert!(story.is_mixture());
    walks::is_at_an_end(&mut story);
}
