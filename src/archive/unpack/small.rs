//! Small files, of which there may be very many: another thread writes them and sets what they are to have, which takes
//! as long as all the rest.

use super::attributes::Attributes;
use super::disk::{self, Disk};
use super::failure::{Doing, UnpackFailure};
use super::owners::Owners;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::Mode;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

/// Most bytes of a small file.
pub const SMALL: u64 = 16 << 10;

/// Files that are handed over at once, and how often that is done ahead: waking a thread costs as much as a file, and each
/// file that waits is an open one.
const AT_ONCE: usize = 16;
const AHEAD: usize = 4;

/// A file that was made, and what is to be in it.
pub struct Made {
    pub file: OwnedFd,
    pub name: Vec<u8>,
    pub bytes: Vec<u8>,
    pub attributes: Attributes,
}

/// The thread, and what is sent to it.
pub struct Writer<'a> {
    made: Vec<Made>,
    to: Option<SyncSender<Vec<Made>>>,
    thread: Option<ScopedJoinHandle<'a, Result<Owners, UnpackFailure>>>,
}

impl<'a> Writer<'a> {
    pub fn begin<'b>(scope: &'a Scope<'a, 'b>, disk: &'b Disk) -> Self {
        let (to, from) = sync_channel::<Vec<Made>>(AHEAD);
        let thread = scope.spawn(move || {
            let mut owners = Owners::default();
            for made in from.iter().flatten() {
                disk.write(&made.file, &made.bytes, 0).doing("write file", &made.name)?;
                finish(disk, &made.file, &made.name, made.attributes, &mut owners)?;
            }
            Ok(owners)
        });
        Self { made: Vec::new(), to: Some(to), thread: Some(thread) }
    }

    /// Has a file written soon. A failure may be that of one before it.
    pub fn write(&mut self, made: Made) -> Result<(), UnpackFailure> {
        self.made.push(made);
        if self.made.len() < AT_ONCE { Ok(()) } else { self.hand_over() }
    }

    /// Waits until all are written. Gives whose owners could not be given.
    pub fn end(&mut self) -> Result<Owners, UnpackFailure> {
        self.hand_over()?;
        self.join()
    }

    fn hand_over(&mut self) -> Result<(), UnpackFailure> {
        let made = std::mem::take(&mut self.made);
        match &self.to {
            Some(to) if to.send(made).is_ok() => Ok(()),
            // It takes no more: it has failed.
            _ => self.join().map(drop),
        }
    }

    fn join(&mut self) -> Result<Owners, UnpackFailure> {
        self.to = None;
        let ended = self.thread.take().map(ScopedJoinHandle::join);
        let died =
            || UnpackFailure::Read(io::Error::other("the thread that writes small files died"));
        ended.and_then(Result::ok).unwrap_or_else(|| Err(died()))
    }
}

/// Gives a file all that its entry says beside its data.
pub fn finish(
    disk: &Disk,
    file: impl AsFd,
    name: &[u8],
    attributes: Attributes,
    owners: &mut Owners,
) -> Result<(), UnpackFailure> {
    // Most are made with the right owner and mode: a look costs less than two changes.
    let is = rustix::fs::fstat(&file).doing("look at", name)?;
    let mode = owners.give(disk, &file, &is, attributes, name).doing("set owner of", name)?;
    if Mode::from_raw_mode(is.st_mode) != disk::mode(mode) {
        disk.set_mode(&file, mode).doing("set mode of", name)?;
    }
    disk.set_time(&file, attributes.mtime).doing("set time of", name)
}
