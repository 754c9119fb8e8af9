//! What is sent arrives whole, or not at all.

use crate::place::{
    MIB, PART, bytes, direct, download, left, of, problem, runtime, server, through, twice, upload,
};
use crate::proxy::{Act, Asked, Proxy};
use eevee_operator::s3::Upload;
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn objects_of_every_size_are_read_as_they_were_written() {
    let store = direct();
    let of = of("sizes");
    for size in [0, 1, MIB, PART - 1, PART, PART + 1, 2 * PART, 5 * PART + 7] {
        let key = of.key("", &format!("of-{size}"));
        let data = bytes(size);
        assert_eq!(upload(&store, &key, &data), Ok(size as u64));
        let kept = runtime().block_on(store.bytes(&key)).expect("an answer");
        assert_eq!(kept, Some(size as u64));
        assert!(download(&store, &key).expect("it is there") == data, "{size}");
    }
    let ids: Vec<String> = left("sizes").0;
    assert_eq!((ids.len(), left("sizes").1), (8, 0));
}

#[test]
fn one_that_is_given_up_leaves_nothing() {
    let store = direct();
    let key = of("given-up").key("", "a");
    for ends in [Upload::abort, drop::<Upload>] {
        let mut upload = Upload::begin(&store, runtime(), &key, 0).expect("a beginning");
        upload.write_all(&bytes(3 * PART)).expect("it is taken");
        ends(upload);
        assert_eq!(left("given-up"), (vec![], 0));
    }
}

#[test]
fn an_upload_that_is_cut_anywhere_is_whole_or_gone() {
    let data = bytes(2 * PART + MIB);
    for at in 0..20 {
        let module = format!("cut-{at}");
        let bytes_before = at * PART / 19;
        // Every part is cut once, and sent again.
        let proxy = Proxy::start(server().port(), move |asked, _| {
            let is_part = asked.target.contains("partNumber=2");
            if is_part && bytes_before < asked.length && !was_cut(asked) {
                Act::CutRequest(bytes_before)
            } else {
                Act::Pass
            }
        });
        let key = of(&module).key("", "a");
        assert_eq!(upload(&through(&proxy), &key, &data), Ok(data.len() as u64), "{at}");
        assert!(download(&direct(), &key).expect("it is there") == data);
        // This one never gets through.
        let proxy = Proxy::start(server().port(), move |asked, _| {
            if asked.target.contains("partNumber=2") {
                Act::CutRequest(bytes_before)
            } else {
                Act::Pass
            }
        });
        let key = of(&module).key("", "b");
        let problem = upload(&twice(proxy.port), &key, &data).expect_err("it is cut");
        assert!(problem.message.contains("was cut") && !problem.is_permanent, "{problem}");
        assert_eq!(left(&module), (vec!["a".to_owned()], 0), "{at}");
    }
}

/// Whether this very request came before.
fn was_cut(asked: &Asked) -> bool {
    static CUT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    !CUT.lock().expect("no panic").insert(asked.target.clone())
}

#[test]
fn answers_that_are_lost_do_no_harm() {
    let data = bytes(PART + MIB);
    for (number, lost) in
        ["POST uploads=", "POST uploadId=", "PUT partNumber=1", "HEAD "].iter().enumerate()
    {
        let module = format!("lost-{number}");
        let (method, part) = lost.split_once(' ').expect("two words");
        let seen = AtomicBool::new(false);
        let proxy = Proxy::start(server().port(), move |asked, _| {
            let is_it = asked.method == method && asked.target.contains(part);
            let is_first = is_it && !seen.swap(true, Ordering::Relaxed);
            if is_first { Act::CutAnswer(0) } else { Act::Pass }
        });
        let key = of(&module).key("", "a");
        assert_eq!(upload(&through(&proxy), &key, &data), Ok(data.len() as u64), "{lost}");
        assert!(download(&direct(), &key).expect("it is there") == data);
        assert_eq!(left(&module), (vec!["a".to_owned()], 0), "{lost}");
    }
}

#[test]
fn what_is_changed_on_the_way_is_refused_and_sent_again() {
    let data = bytes(PART + MIB);
    let proxy = Proxy::start(server().port(), |asked, _| {
        let is_it = asked.target.contains("partNumber=1") && !was_cut(asked);
        if is_it { Act::Damage } else { Act::Pass }
    });
    let key = of("damaged").key("", "a");
    assert_eq!(upload(&through(&proxy), &key, &data), Ok(data.len() as u64));
    assert!(download(&direct(), &key).expect("it is there") == data);
    let always =
        Proxy::start(
            server().port(),
            |asked, _| {
                if asked.method == "PUT" { Act::Damage } else { Act::Pass }
            },
        );
    for size in [PART + MIB, MIB] {
        let key = of("damaged").key("", "b");
        let problem = upload(&through(&always), &key, &bytes(size)).expect_err("it is damaged");
        assert!(problem.message.contains("another checksum"), "{problem}");
        assert_eq!(left("damaged"), (vec!["a".to_owned()], 0));
    }
}

#[test]
fn an_object_of_another_size_is_deleted() {
    let proxy = Proxy::start(server().port(), |asked, _| {
        if asked.method == "HEAD" {
            return Act::Answer("200 OK", "x: y\r\n".to_owned(), "1234567".to_owned());
        }
        Act::Pass
    });
    for size in [MIB, PART + MIB] {
        let key = of("short").key("", "a");
        let problem = upload(&through(&proxy), &key, &bytes(size)).expect_err("it is short");
        assert!(problem.message.contains("has 7 bytes of it"), "{problem}");
        assert_eq!(left("short"), (vec![], 0));
    }
}

#[test]
fn a_refusal_in_the_middle_ends_it_and_leaves_nothing() {
    let denied = "<Error><Code>AccessDenied</Code><Message>hunter2</Message></Error>";
    let proxy = Proxy::start(server().port(), move |asked, _| {
        if asked.target.contains("partNumber=2") {
            return Act::Answer("403 Forbidden", String::new(), denied.to_owned());
        }
        Act::Pass
    });
    let store = through(&proxy);
    let mut upload =
        Upload::begin(&store, runtime(), &of("middle").key("", "a"), 0).expect("a beginning");
    let error = upload.write_all(&bytes(6 * PART)).expect_err("it is refused");
    let problem = problem(error);
    assert!(problem.is_permanent && problem.message.contains("AccessDenied"), "{problem}");
    assert!(!problem.message.contains("hunter2"), "{problem}");
    // What has failed goes on failing.
    assert!(upload.write_all(b"more").is_err());
    assert_eq!(upload.finish(), Err(problem));
    assert_eq!(left("middle"), (vec![], 0));
}
