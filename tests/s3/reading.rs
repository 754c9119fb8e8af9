//! What is read is what was written, however often the connection is cut.

use crate::place::{MIB, bytes, direct, download, of, problem, runtime, server, through, upload};
use crate::proxy::{Act, Proxy};
use eevee_operator::s3::Download;
use std::io::Read;

#[test]
fn a_download_that_is_cut_anywhere_goes_on() {
    let data = bytes(3 * MIB);
    let key = of("cuts").key("", "a");
    upload(&direct(), &key, &data).expect("it is stored");
    for at in 0..20 {
        let before = at * data.len() / 19;
        let proxy = Proxy::start(server().port(), move |asked, count| {
            if asked.method == "GET" && count < 3 { Act::CutAnswer(before / 2) } else { Act::Pass }
        });
        assert!(download(&through(&proxy), &key).expect("it goes on") == data, "{at}");
        let always = Proxy::start(server().port(), |_, _| Act::CutAnswer(1));
        let problem = download(&through(&always), &key).expect_err("it is cut");
        assert!(!problem.is_permanent, "{problem}");
    }
}

#[test]
fn many_small_cuts_are_no_end_as_long_as_it_goes_on() {
    let data = bytes(2 * MIB);
    let key = of("small-cuts").key("", "a");
    upload(&direct(), &key, &data).expect("it is stored");
    let proxy = Proxy::start(server().port(), |_, _| Act::CutAnswer(100_000));
    assert!(download(&through(&proxy), &key).expect("it goes on") == data);
    assert!(proxy.asked().len() > 20, "{}", proxy.asked().len());
}

#[test]
fn an_object_that_is_replaced_meanwhile_is_not_mixed() {
    let key = of("replaced").key("", "a");
    upload(&direct(), &key, &bytes(8 * MIB)).expect("it is stored");
    let other = key.clone();
    let proxy = Proxy::start(server().port(), move |_, count| {
        if count == 0 {
            return Act::CutAnswer(MIB);
        }
        upload(&direct(), &other, &vec![7; 8 * MIB]).expect("it is replaced");
        Act::Pass
    });
    let problem = download(&through(&proxy), &key).expect_err("it is another one");
    assert!(problem.message.contains("replaced"), "{problem}");
    assert!(!problem.is_permanent);
}

#[test]
fn the_end_of_the_reader_is_the_end_of_the_reading() {
    let key = of("half").key("", "a");
    upload(&direct(), &key, &bytes(8 * MIB)).expect("it is stored");
    let mut half = Download::begin(&direct(), runtime(), &key).expect("a beginning");
    assert_eq!(half.size(), 8 * MIB as u64);
    let mut some = [0; 100];
    half.read_exact(&mut some).expect("some bytes");
    drop(half);
}

#[test]
fn what_is_not_there_or_not_allowed_says_so() {
    let missing = download(&direct(), &of("missing").key("", "a")).expect_err("it is not there");
    assert!(missing.is_permanent && missing.message.contains("NoSuchKey"), "{missing}");
    let key = of("denied").key("", "a");
    upload(&direct(), &key, &bytes(8 * MIB)).expect("it is stored");
    let proxy = Proxy::start(server().port(), |_, count| {
        if count == 0 {
            return Act::CutAnswer(MIB);
        }
        let denied = "<Error><Code>AccessDenied</Code></Error>".to_owned();
        Act::Answer("403 Forbidden", String::new(), denied)
    });
    let mut reading = Download::begin(&through(&proxy), runtime(), &key).expect("a beginning");
    let error = reading.read_to_end(&mut Vec::new()).expect_err("it is refused");
    let denied = problem(error);
    assert!(denied.is_permanent && denied.message.contains("AccessDenied"), "{denied}");
}
