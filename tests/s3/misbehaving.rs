//! Each way of misbehaving has its message, and no request goes anywhere else.

use crate::cluster::free_port;
use crate::place::{
    MIB, access, bytes, download, impatient, left, of, runtime, server, store_at, store_with,
    through, upload,
};
use crate::proxy::{Act, Asked, Proxy};
use eevee_operator::s3::{Access, StoreClient, StoreProblem};
use std::net::{Ipv4Addr, TcpListener};

const SECRET: &str = "what-a-server-writes-into-its-answers";

fn check(store: &StoreClient) -> StoreProblem {
    runtime().block_on(store.check()).expect_err("it cannot be used")
}

fn answer(status: &'static str, headers: &str, body: &str) -> StoreProblem {
    let (headers, body) = (headers.to_owned(), body.to_owned());
    let script = move |_: &Asked, _| Act::Answer(status, headers.clone(), body.clone());
    let proxy = Proxy::start(server().port(), script);
    let problem = check(&through(&proxy));
    assert!(
        proxy
            .asked()
            .iter()
            .all(|asked| asked.target.contains("max-keys=1&")
                || asked.target.ends_with("max-keys=1"))
    );
    problem
}

fn error(code: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{SECRET}</Message>{more}<Resource>{SECRET}</Resource></Error>"
    )
}

#[test]
fn a_good_store_is_good() {
    let proxy = Proxy::honest(server().port());
    assert_eq!(runtime().block_on(through(&proxy).check()), Ok(()));
    assert_eq!(proxy.asked().len(), 1);
}

/// What each answer is told as: status, headers, body, and a part of the message.
type Told = (&'static str, &'static str, String, &'static str);

fn are_told(table: Vec<Told>, is_permanent: bool) {
    for (status, headers, body, message) in table {
        let problem = answer(status, headers, &body);
        assert!(problem.message.contains(message), "{status}: {problem}");
        assert_eq!(problem.is_permanent, is_permanent, "{status}: {problem}");
        assert!(message == SECRET || !problem.message.contains(SECRET), "{problem}");
        let place = "cannot list one key (bucket backups at http://127.0.0.1:";
        assert!(problem.message.starts_with(place), "{problem}");
    }
}

#[test]
fn what_somebody_must_mend_says_what_to_do() {
    are_told(
        vec![
            (
                "404 Not Found",
                "",
                error("NoSuchBucket", ""),
                "no such bucket (NoSuchBucket): create it",
            ),
            (
                "403 Forbidden",
                "",
                error("AccessDenied", ""),
                "access denied (AccessDenied): allow it",
            ),
            ("403 Forbidden", "", error("SignatureDoesNotMatch", ""), "the Secret of accessKey"),
            ("403 Forbidden", "", error("InvalidAccessKeyId", ""), "the Secret of accessId"),
            ("403 Forbidden", "", String::new(), "access denied (HTTP 403)"),
            (
                "400 Bad Request",
                "",
                error("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"),
                "set region to eu-west-1",
            ),
            (
                "301 Moved Permanently",
                "x-amz-bucket-region: eu-west-2\r\n",
                error("PermanentRedirect", ""),
                "set region to eu-west-2",
            ),
            (
                "400 Bad Request",
                "x-amz-bucket-region: eu-west-3\r\n",
                String::new(),
                "set region to eu-west-3",
            ),
            ("400 Bad Request", "", error("AuthorizationHeaderMalformed", ""), "look at region"),
            (
                "302 Found",
                "location: http://127.0.0.1:1/\r\n",
                String::new(),
                "redirect (HTTP 302), which is not followed",
            ),
            (
                "501 Not Implemented",
                "",
                error("NotImplemented", ""),
                "cannot do this (NotImplemented)",
            ),
            (
                "404 Not Found",
                "",
                format!("<html>{SECRET}</html>"),
                "look at endpoint, bucket and pathStyle",
            ),
            ("418 Teapot", "", error(SECRET, ""), SECRET),
            ("418 Teapot", "", error("a b", ""), "HTTP 418"),
            ("418 Teapot", "", error("<b>x</b>", ""), "HTTP 418"),
            ("301 Moved", "x-amz-bucket-region: a b\r\n", String::new(), "redirect"),
        ],
        true,
    );
}

#[test]
fn what_may_pass_by_itself_says_what_it_is() {
    are_told(
        vec![
            ("403 Forbidden", "", error("RequestTimeTooSkewed", ""), "clocks"),
            (
                "500 Internal Server Error",
                "",
                error("InternalError", ""),
                "has failed (InternalError)",
            ),
            ("502 Bad Gateway", "", format!("<html>{SECRET}"), "has failed (HTTP 502)"),
            ("503 Slow Down", "retry-after: 1\r\n", error("SlowDown", ""), "too busy (SlowDown)"),
            (
                "503 Slow Down",
                "retry-after: 999999999999999999999\r\n",
                error("SlowDown", ""),
                "too busy",
            ),
            ("429 Too Many", "", String::new(), "too busy (HTTP 429)"),
            ("507 Full", "", error("XMinioStorageFull", ""), "the store is full"),
            ("200 OK", "", String::new(), "no list: look whether endpoint is an S3 service"),
            ("200 OK", "", format!("<html>{SECRET}</html>"), "no list"),
            ("200 OK", "", error("InternalError", ""), "no list"),
        ],
        false,
    );
}

#[test]
fn the_server_itself_is_understood() {
    let port = server().port();
    let with = |change: fn(&mut Access)| {
        let mut access = access(port, "");
        change(&mut access);
        check(&store_with(&access))
    };
    let problem = with(|access| access.bucket = "nobodys".to_owned());
    assert!(problem.message.contains("no such bucket (NoSuchBucket)"), "{problem}");
    let problem = with(|access| access.secret_key = "wrong".to_owned());
    assert!(problem.message.contains("signature does not match"), "{problem}");
    let problem = with(|access| access.access_id = "nobody".to_owned());
    assert!(problem.message.contains("does not know the access key"), "{problem}");
    let problem = with(|access| access.region = "us-east-1".to_owned());
    assert!(problem.message.contains("region"), "{problem}");
    assert!(problem.is_permanent);
}

#[test]
fn a_store_that_is_not_there_says_how() {
    let refused = check(&store_at(free_port()));
    assert!(
        refused.message.contains("connection is refused") && !refused.is_permanent,
        "{refused}"
    );
    let mut unknown = access(1, "");
    unknown.endpoint = "http://no-such-host.invalid:9000".to_owned();
    let problem = check(&store_with(&unknown));
    assert!(problem.message.contains("host is unknown"), "{problem}");
    assert!(problem.message.contains("http://no-such-host.invalid:9000"), "{problem}");
    // Nobody accepts, so that nothing is ever answered.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let problem = check(&impatient(port));
    assert!(problem.message.contains("timeout") && !problem.is_permanent, "{problem}");
}

#[test]
fn what_is_slow_or_has_no_end_is_given_up() {
    for (act, message) in [
        (Act::Hang, "timeout"),
        (Act::Trickle, "timeout"),
        (Act::Endless("200 OK"), "does not end"),
        (Act::Endless("403 Forbidden"), "access denied (HTTP 403)"),
    ] {
        let shown = format!("{act:?}");
        let proxy = Proxy::start(server().port(), move |_, _| act.clone());
        let problem = check(&impatient(proxy.port));
        assert!(problem.message.contains(message), "{shown}: {problem}");
    }
    let proxy = Proxy::start(server().port(), |_, _| Act::Hang);
    let stalled = upload(&impatient(proxy.port), &of("slow").key("", "a"), &bytes(MIB));
    assert!(stalled.is_err_and(|problem| problem.message.contains("timeout")));
}

#[test]
fn a_busy_store_is_asked_again() {
    for status in ["500 Internal Server Error", "502 Bad", "503 Slow Down", "429 Too Many"] {
        let proxy = Proxy::start(server().port(), move |_, count| {
            if count < 2 {
                return Act::Answer(status, "retry-after: 0\r\n".to_owned(), String::new());
            }
            Act::Pass
        });
        assert_eq!(runtime().block_on(through(&proxy).check()), Ok(()), "{status}");
        assert_eq!(proxy.asked().len(), 3);
    }
}

#[test]
fn no_redirect_is_followed_and_nothing_goes_elsewhere() {
    let elsewhere = Proxy::start(server().port(), |_, _| Act::Pass);
    for status in ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"] {
        let to = format!("location: http://127.0.0.1:{}/stolen\r\n", elsewhere.port);
        let proxy = Proxy::start(server().port(), move |_, _| {
            Act::Answer(status, to.clone(), String::new())
        });
        let store = through(&proxy);
        let key = of("elsewhere").key("", "a");
        let of = of("elsewhere");
        for problem in [
            check(&store),
            runtime().block_on(store.backups(&of)).expect_err("a redirect"),
            runtime().block_on(store.bytes(&key)).expect_err("a redirect"),
            runtime().block_on(store.delete(&key)).expect_err("a redirect"),
            runtime()
                .block_on(store.abort_old_uploads(&of, jiff::Timestamp::MAX))
                .expect_err("a redirect"),
            upload(&store, &key, &bytes(10)).expect_err("a redirect"),
            upload(&store, &key, &bytes(9 * MIB)).expect_err("a redirect"),
            download(&store, &key).expect_err("a redirect"),
        ] {
            assert!(problem.message.contains("redirect"), "{status}: {problem}");
            assert!(!problem.message.contains("stolen"), "{problem}");
        }
    }
    assert_eq!(elsewhere.asked().len(), 0);
    assert_eq!(left("elsewhere"), (vec![], 0));
}

#[test]
fn an_answer_of_an_upload_that_is_none_leaves_nothing() {
    for part in ["uploads=", "partNumber=1", "uploadId="] {
        let proxy = Proxy::start(server().port(), move |asked, _| {
            let is_it = asked.target.contains(part) && matches!(&*asked.method, "PUT" | "POST");
            let late = error("InternalError", "");
            if is_it { Act::Answer("200 OK", String::new(), late) } else { Act::Pass }
        });
        let key = of("late").key("", "a");
        let problem = upload(&through(&proxy), &key, &bytes(9 * MIB)).expect_err("it has failed");
        assert!(!problem.message.contains(SECRET), "{problem}");
        assert_eq!(left("late"), (vec![], 0), "{part}: {problem}");
    }
}
