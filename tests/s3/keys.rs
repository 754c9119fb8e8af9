//! Keys of every kind, and none outside of a module's own folder.

use crate::cluster::Versitygw;
use crate::place::{access, bytes, direct, of, runtime, server, store_with, through, upload};
use crate::proxy::{Act, Asked, Proxy};
use eevee_operator::backup::endpoint;
use eevee_operator::s3::Upload;
use jiff::Timestamp;
use std::io::Write;

const PREFIXES: [&str; 7] =
    ["", "deep/er/", "a b/", "per%20cent%/", "pl+us/", "ünïcödé-🎉/", "no-slash-"];

#[test]
fn keys_are_what_was_written_whatever_the_prefix() {
    for prefix in PREFIXES {
        assert_eq!(endpoint::check_prefix(prefix), Ok(()));
        let store = store_with(&access(server().port(), prefix));
        let of = of("keys");
        let ids = ["01939d3c-1f4b-7000-8000-000000000001", "01939d3c-1f4b-7000-8000-000000000002"];
        for id in ids {
            let key = of.key(prefix, id);
            assert_eq!(upload(&store, &key, b"data"), Ok(4), "{prefix}");
            assert!(server().file(&key).is_file(), "{key}");
        }
        let listed = runtime().block_on(store.backups(&of)).expect("a list");
        let found: Vec<&str> = listed.iter().map(|backup| backup.id.as_str()).collect();
        assert_eq!(found, [ids[1], ids[0]], "{prefix}");
        assert_eq!(listed[0].bytes, 4);
        assert_eq!(listed[0].time.as_millisecond(), 0x0193_9d3c_1f4b);
        runtime().block_on(store.delete(&listed[0].key)).expect("it is deleted");
        runtime().block_on(store.delete(&listed[0].key)).expect("it is gone");
        let listed = runtime().block_on(store.backups(&of)).expect("a list");
        assert_eq!(listed.len(), 1, "{prefix}");
    }
}

/// The real server keeps objects in folders, in which these keys have no place.
#[test]
fn slashes_are_sent_and_read_as_they_are() {
    for prefix in ["/", "/lead/", "a//b/", "//"] {
        let key = of("slashes").key(prefix, "a");
        let listed = format!(
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>{}</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><Size>7</Size></Contents><Contents><Key>other/a.tar.gz</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><Size>7</Size></Contents></ListBucketResult>",
            key.replace('/', "%2F")
        );
        let proxy = Proxy::start(server().port(), move |asked, _| match &*asked.method {
            "GET" => Act::Answer("200 OK", String::new(), listed.clone()),
            _ => Act::Answer("200 OK", "etag: \"x\"\r\n".to_owned(), "1234567".to_owned()),
        });
        let store = store_with(&access(proxy.port, prefix));
        let backups = runtime().block_on(store.backups(&of("slashes"))).expect("a list");
        assert_eq!((backups.len(), &backups[0].key), (1, &key));
        assert_eq!(upload(&store, &key, b"1234567"), Ok(7));
        let asked = proxy.asked();
        let folder = of("slashes").folder(prefix).replace('/', "%2F");
        assert!(asked[0].target.contains(&format!("prefix={folder}&")), "{}", asked[0].target);
        assert_eq!(asked[1].target, format!("/backups/{key}"));
        assert_eq!(asked[2].target, format!("/backups/{key}"));
    }
}

/// What `find`s a backup must understand each store's way to write a key.
#[test]
fn a_list_is_read_however_its_keys_are_written() {
    let prefix = "a b+c/";
    let id = "x";
    for (encoding, key) in [
        ("<EncodingType>url</EncodingType>", "a+b%2Bc/bots/ways/x.tar.gz"),
        ("<EncodingType>url</EncodingType>", "a%20b%2Bc%2Fbots%2Fways%2Fx.tar.gz"),
        ("<EncodingType>url</EncodingType>", "a%20b+c/bots/ways/x.tar.gz"),
        ("<EncodingType>url</EncodingType>", "a b+c/bots/ways/x.tar.gz"),
        ("", "a b+c/bots/ways/x.tar.gz"),
    ] {
        let body = format!(
            "<ListBucketResult>{encoding}<Contents><Key>{key}</Key><LastModified>2024-01-01T00:00:00Z</LastModified><Size>1</Size></Contents></ListBucketResult>"
        );
        let proxy = Proxy::start(server().port(), move |_, _| {
            Act::Answer("200 OK", String::new(), body.clone())
        });
        let store = store_with(&access(proxy.port, prefix));
        let backups = runtime().block_on(store.backups(&of("ways"))).expect("a list");
        assert_eq!(backups.len(), 1, "{key}");
        assert_eq!((&*backups[0].id, &*backups[0].key), (id, "a b+c/bots/ways/x.tar.gz"));
    }
}

#[test]
fn a_long_list_is_read_to_its_end() {
    let of = of("pages");
    let folder = server().file(&of.folder(""));
    std::fs::create_dir_all(&folder).expect("a folder");
    for number in 0..1203 {
        std::fs::write(folder.join(format!("b{number:04}.tar.gz")), "x").expect("a file");
    }
    let proxy = Proxy::honest(server().port());
    let listed = runtime().block_on(through(&proxy).backups(&of)).expect("a list");
    assert_eq!(listed.len(), 1203);
    assert_eq!(proxy.asked().len(), 3);
    // One that never ends does.
    let endless = Proxy::start(server().port(), |_, _| {
        let page = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken></ListBucketResult>";
        Act::Answer("200 OK", String::new(), page.to_owned())
    });
    let problem = runtime().block_on(through(&endless).backups(&of)).expect_err("it is endless");
    assert!(problem.message.contains("does not end"), "{problem}");
    assert!(endless.asked()[1].target.contains("continuation-token=a%26b"));
    // The newest backups come last: a part of a list would have others pass for them.
    for cut in ["", "<NextMarker>a</NextMarker>", "<NextContinuationToken></NextContinuationToken>"]
    {
        let part = Proxy::start(server().port(), move |_, _| {
            let page = format!(
                "<ListBucketResult><IsTruncated>true</IsTruncated>{cut}</ListBucketResult>"
            );
            Act::Answer("200 OK", String::new(), page)
        });
        let problem = runtime().block_on(through(&part).backups(&of)).expect_err("it is a part");
        assert!(problem.message.contains("does not say where"), "{problem}");
    }
}

#[test]
fn only_old_uploads_of_the_module_itself_are_aborted() {
    let store = direct();
    let begin = |key: &str| {
        let mut upload = Upload::begin(&store, runtime(), key, 0).expect("a beginning");
        upload.write_all(&bytes(9 << 20)).expect("it is taken");
        // As a killed process leaves it.
        std::mem::forget(upload);
    };
    for key in [
        "bots/old/a.tar.gz",
        "bots/old/b.tar.gz",
        "bots/old/deeper/a.tar.gz",
        "bots/old/something-else",
        "bots/older/a.tar.gz",
        "bots2/old/a.tar.gz",
    ] {
        begin(key);
    }
    let proxy = Proxy::honest(server().port());
    let abort = |before| {
        let aborted = through(&proxy);
        runtime().block_on(async move { aborted.abort_old_uploads(&of("old"), before).await })
    };
    assert_eq!(abort(Timestamp::UNIX_EPOCH), Ok(0));
    assert!(proxy.asked().iter().all(|asked| asked.method == "GET"));
    assert_eq!(abort(Timestamp::MAX), Ok(2));
    assert_eq!(abort(Timestamp::MAX), Ok(0));
    let deleted: Vec<Asked> =
        proxy.asked().into_iter().filter(|asked| asked.method == "DELETE").collect();
    assert_eq!(deleted.len(), 2);
    for (asked, name) in deleted.iter().zip(["a", "b"]) {
        let target = format!("/backups/bots/old/{name}.tar.gz?uploadId=");
        assert!(asked.target.starts_with(&target), "{}", asked.target);
    }
}

/// All that a backup with retention, a restore and a drill ask of a store.
#[test]
fn nothing_outside_of_the_modules_folder_is_listed_or_deleted() {
    let prefix = "pre/fix-";
    let proxy = Proxy::honest(server().port());
    let store = store_with(&access(proxy.port, prefix));
    for other in ["echo2", "echo"] {
        for id in ["a", "b", "c"] {
            upload(&direct(), &of(other).key(prefix, id), b"data").expect("it is stored");
        }
    }
    upload(&direct(), &of("echo").folder(prefix), b"").ok();
    let me = of("echo");
    upload(&store, &me.key(prefix, "d"), &bytes(9 << 20)).expect("it is stored");
    let backups = runtime().block_on(store.backups(&me)).expect("a list");
    assert_eq!(backups.len(), 4);
    for backup in &backups[1..] {
        runtime().block_on(store.delete(&backup.key)).expect("it is deleted");
    }
    let before = Timestamp::now() - jiff::SignedDuration::from_hours(24);
    runtime().block_on(store.abort_old_uploads(&me, before)).expect("a list");
    let folder = "pre%2Ffix-bots%2Fecho%2F";
    for asked in proxy.asked() {
        let path = asked.target.split('?').next().expect("a path");
        if path == format!("/{}/", Versitygw::BUCKET) {
            let of_folder = format!("prefix={folder}&");
            let of_object = format!("prefix={folder}d.tar.gz&");
            let is_ours = asked.target.contains(&of_folder) || asked.target.contains(&of_object);
            assert!(asked.method == "GET" && is_ours, "{} {}", asked.method, asked.target);
        } else {
            let is_ours = path.starts_with("/backups/pre/fix-bots/echo/");
            assert!(is_ours && path.ends_with(".tar.gz"), "{} {}", asked.method, asked.target);
        }
    }
    let others = store_with(&access(server().port(), prefix));
    let others = runtime().block_on(others.backups(&of("echo2"))).expect("a list");
    assert_eq!(others.len(), 3);
}
