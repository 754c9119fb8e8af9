//! What `tests/e2e/run` leaves behind: nothing, in the end.

use crate::cluster::until;
use crate::place::LONG;
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const RUN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/run");

/// A folder of temporary files, and what runs that keep their rooms there.
struct Runs(PathBuf);

impl Runs {
    fn new(name: &str) -> Runs {
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder");
        Runs(folder)
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new(RUN);
        command.args(["sh", "-c", script]).env("TMPDIR", &self.0).env_remove("E2E_KEEP");
        command
    }

    /// Starts a run that never ends by itself. Returns when it has left its traces.
    fn start(&self) -> Child {
        let script = "sleep 1000 & mount -t tmpfs tmpfs /mnt; echo > \"$E2E_ROOM/started\"; wait";
        // The shell tells of what it kills.
        let child =
            self.command(script).stderr(Stdio::null()).spawn().expect("tests/e2e/run starts");
        let started =
            until(LONG, || self.rooms().iter().any(|it| it.join("started").exists()).then_some(()));
        assert!(started.is_some(), "it does not start");
        child
    }

    fn rooms(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).expect("the folder");
        entries.flatten().map(|entry| entry.path()).collect()
    }
}

fn assert_no_trace_of(room: &Path) {
    assert!(!room.exists(), "{} is there", room.display());
    let cgroups = cgroups_of(room);
    assert!(cgroups.is_empty(), "{cgroups:?} are there");
}

fn cgroups_of(room: &Path) -> Vec<PathBuf> {
    let within = env::var("E2E_CGROUP").expect("`make e2e` runs this");
    let name = Path::new(&within).join(room.file_name().expect("a name"));
    let hierarchies = fs::read_dir("/sys/fs/cgroup").expect("cgroups").flatten();
    let candidates = hierarchies.map(|entry| entry.path()).chain(["/sys/fs/cgroup".into()]);
    candidates.map(|hierarchy| hierarchy.join(&name)).filter(|cgroup| cgroup.exists()).collect()
}

/// All its processes are dead: each of them holds the lock.
fn await_death_of(room: &Path) {
    let lock = File::open(room.join("lock")).expect("the lock");
    let died = until(Duration::from_mins(1), || lock.try_lock().ok());
    assert!(died.is_some(), "somebody lives in {}", room.display());
}

#[test]
fn a_run_that_ends_leaves_nothing_whether_it_succeeds_or_fails() {
    let runs = Runs::new("ending");
    for (script, code) in [("true", 0), ("exit 3", 3)] {
        let status = runs.command(script).status().expect("tests/e2e/run starts");
        assert_eq!((status.code(), runs.rooms().len()), (Some(code), 0));
    }
}

#[test]
fn a_run_that_is_interrupted_leaves_nothing() {
    let runs = Runs::new("interrupted");
    let mut child = runs.start();
    let room = runs.rooms().remove(0);
    let id = child.id().cast_signed();
    // SAFETY: a plain system call; the process is not waited for yet, so the id is still its own.
    assert_eq!(unsafe { libc::kill(id, libc::SIGTERM) }, 0);
    assert_eq!(child.wait().expect("its end").code(), Some(130));
    assert_no_trace_of(&room);
}

#[test]
fn a_run_that_is_killed_takes_its_processes_along_and_the_next_removes_the_rest() {
    let runs = Runs::new("killed");
    let mut child = runs.start();
    let room = runs.rooms().remove(0);
    assert!(!cgroups_of(&room).is_empty(), "it has no cgroup");
    child.kill().expect("it lives");
    child.wait().expect("its end");
    await_death_of(&room);
    assert!(room.exists(), "somebody has removed it");

    let status = runs.command("true").status().expect("tests/e2e/run starts");
    assert!(status.success(), "{status}");
    assert_no_trace_of(&room);
}
