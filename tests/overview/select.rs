//! One resource of a bot, and what could not be read.

use crate::{BOT, bot, cluster};
use eevee_operator::kinds::Kind;
use eevee_operator::object::ObjectRef;
use eevee_operator::overview::{Level, near, only, overview};

fn at(kind: Kind, name: &str) -> ObjectRef {
    ObjectRef::new(kind, "eevee-bot", name)
}

#[test]
fn a_module_comes_with_what_it_belongs_to() {
    let part = only(&bot(), &at(Kind::BotModule, "echo")).expect("a module");
    let names: Vec<&str> =
        part.namespaces[0].resources().map(|resource| resource.name.as_str()).collect();
    assert_eq!(names, ["main", "echo", "offsite", "nightly", "first-try", "second-try"]);
    assert_eq!(part.level, Level::Ok);
    assert_eq!(part.totals.ok, 6);
}

#[test]
fn an_ipc_config_comes_with_its_modules() {
    let part = only(&bot(), &at(Kind::IpcConfig, "main")).expect("an IpcConfig");
    assert_eq!(part.namespaces[0].ipc_configs[0].modules.len(), 6);
    assert_eq!(part.namespaces[0].ipc_configs.len(), 1);
    assert_eq!(part.level, Level::Failed);
    for (kind, name) in [
        (Kind::S3Store, "offsite"),
        (Kind::BackupSchedule, "nightly"),
        (Kind::BackupRestore, "first-try"),
        (Kind::BotModule, "newcomer"),
    ] {
        assert!(only(&bot(), &at(kind, name)).is_some(), "{name}");
    }
}

#[test]
fn what_is_not_there_is_not_shown_and_something_near_is_named() {
    // Modules name it, and it is not there.
    assert_eq!(only(&bot(), &at(Kind::IpcConfig, "mian")), None);
    let near = |kind, name| near(&bot(), &at(kind, name));
    assert_eq!(near(Kind::IpcConfig, "mian"), Some(at(Kind::IpcConfig, "main")));
    assert_eq!(near(Kind::BotModule, "wether"), Some(at(Kind::BotModule, "weather")));
    assert_eq!(near(Kind::BotModule, "nightly"), Some(at(Kind::BackupSchedule, "nightly")));
    assert_eq!(near(Kind::BotModule, "xyzzy"), None);
}

#[test]
fn a_restore_that_failed_is_forgiven_once_a_later_one_has_succeeded() {
    let level = |text: &str| {
        let overview = overview(&cluster(text));
        let restores = &overview.namespaces[0].backup_restores;
        let first = restores.iter().find(|one| one.resource.name == "first-try");
        first.expect("a restore").resource.level
    };
    assert_eq!(level(BOT), Level::Ok);
    assert_eq!(level(&BOT.replace("reason: Succeeded", "reason: Running")), Level::Warning);
}

/// Nothing is said to be missing that may be there.
#[test]
fn what_could_not_be_read_is_unknown_and_not_missing() {
    let whole = cluster(BOT);
    let mut snapshot = whole.emptied();
    for kind in [Kind::IpcConfig, Kind::Pod] {
        snapshot.set_unlisted(kind);
    }
    let is_read = |kind| kind != Kind::IpcConfig && kind != Kind::Pod;
    for object in whole.objects().filter(|object| is_read(object.reference().kind)) {
        snapshot.insert(object.clone());
    }
    let overview = overview(&snapshot);
    assert_eq!(overview.unread, ["every IpcConfig", "every Pod"]);
    let ipc_configs = &overview.namespaces[0].ipc_configs;
    assert_eq!(ipc_configs.len(), 2);
    for one in ipc_configs {
        assert!(!one.missing && one.resource.level == Level::Unknown, "{one:?}");
        assert!(one.modules.iter().all(|module| module.restarts.is_none()));
    }
}
