//! Child processes that never outlive the test.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

/// A server in the background, its output in a log file; killed and waited for when dropped.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with its output added to `<logs>/<name>.log`.
    pub fn start(name: &str, logs: &Path, mut command: Command) -> Process {
        let log = logs.join(format!("{name}.log"));
        let output = || File::options().create(true).append(true).open(&log);
        let child = output().and_then(|out| {
            let err = out.try_clone()?;
            command.stdin(Stdio::null()).stdout(out).stderr(err);
            spawn(command)
        });
        let child =
            child.unwrap_or_else(|e| panic!("cannot start {name} (log {}): {e}", log.display()));
        Process { name: name.to_owned(), child, log }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it ended, if it did.
    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap_or_else(|e| panic!("cannot wait for {}: {e}", self.name))
    }

    /// All that it printed so far.
    pub fn output(&self) -> String {
        fs::read(&self.log)
            .map(|log| String::from_utf8_lossy(&log).into_owned())
            .unwrap_or_default()
    }

    /// Panics when it has ended, with the last lines of its log.
    pub fn assert_running(&mut self) {
        if let Some(status) = self.exit_status() {
            panic!("{} ended ({status}). Its last words:\n{}", self.name, self.last_words());
        }
    }

    pub fn last_words(&self) -> String {
        let output = self.output();
        let lines: Vec<&str> = output.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Ends it at once, the way a crash would, and waits until it is gone and its ports are free.
    pub fn kill(&mut self) {
        // Both fail only when it has ended and was waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

type Job = (Command, mpsc::Sender<io::Result<Child>>);

/// Starts `command` so that the kernel kills it when this process ends, be it by SIGKILL.
///
/// The kernel takes the end of the *thread* that started it for the end of the parent, and a test's thread ends with
/// its test: so one thread, which lives as long as the process, starts them all.
pub fn spawn(command: Command) -> io::Result<Child> {
    static KEEPER: OnceLock<Mutex<mpsc::Sender<Job>>> = OnceLock::new();
    let keeper = KEEPER.get_or_init(|| {
        let (jobs, queue) = mpsc::channel::<Job>();
        thread::spawn(move || {
            for (mut command, reply) in queue {
                let _ = reply.send(tie_to_us(&mut command).spawn());
            }
        });
        Mutex::new(jobs)
    });
    let (reply, child) = mpsc::channel();
    keeper
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .send((command, reply))
        .expect("the keeper thread has ended");
    child.recv().expect("the keeper thread has ended")
}

#[cfg(target_os = "linux")]
fn tie_to_us(command: &mut Command) -> &mut Command {
    let us = std::process::id();
    let tie = move || {
        // SAFETY: both are plain system calls, allowed between fork and exec.
        let parent = unsafe {
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0 {
                return Err(io::Error::last_os_error());
            }
            libc::getppid()
        };
        // We may have ended before the call above, which then came too late.
        if parent.unsigned_abs() == us { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    };
    // SAFETY: `tie` neither allocates nor takes a lock.
    unsafe { command.pre_exec(tie) }
}

/// Elsewhere a killed test process leaves its children behind.
#[cfg(not(target_os = "linux"))]
fn tie_to_us(command: &mut Command) -> &mut Command {
    command
}
