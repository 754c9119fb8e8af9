//! A claim, and the hidden folder on it that a restore works in.

use super::disk::{self, Disk};
use super::failure::{Doing, UnpackFailure, shown};
use super::fill::{Contents, LOST_AND_FOUND};
use super::folders::{self, Notes};
use super::gzip::GzipReader;
use super::journal::{Journal, Restored, Wanted};
use super::mover::Mover;
use super::owners::Owners;
use super::small::Writer;
use super::tar::EntryReader;
use super::trash::{Trash, each};
use super::tree::Tree;
use crate::archive::Progress;
use crate::archive::hidden::{JournalState, RESTORE_FOLDER};
use rustix::fd::OwnedFd;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::thread;

const HIDDEN: &[u8] = RESTORE_FOLDER.as_bytes();
const DATA: &[u8] = b"data";
/// What folders are to have.
const FOLDERS: &[u8] = b"folders";

/// A claim that is mounted here.
pub struct Claim {
    disk: Disk,
    root: OwnedFd,
    progress: Arc<Progress>,
}

impl Claim {
    /// Opens a claim by the folder it is mounted at.
    pub fn open(path: &Path, disk: Disk, progress: &Arc<Progress>) -> Result<Self, UnpackFailure> {
        let root = disk::open_root(path).doing("open", path.as_os_str().as_encoded_bytes())?;
        Ok(Self { disk, root, progress: Arc::clone(progress) })
    }

    /// How many calls were made that change something.
    pub fn calls(&self) -> u64 {
        self.disk.calls()
    }

    /// What a restore before this one has noted. None where there is nothing.
    pub fn journal(&self) -> Result<Option<Journal>, UnpackFailure> {
        match disk::open_folder(&self.root, HIDDEN) {
            Ok(hidden) => Journal::read(hidden),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).doing("open", HIDDEN),
        }
    }

    /// Something that is on the claim and is no restore's. None where it is empty.
    pub fn holds(&self) -> Result<Option<String>, UnpackFailure> {
        let mut held = None;
        each(&self.root, &mut |name| {
            let is_held = name != HIDDEN && name != LOST_AND_FOUND;
            if is_held {
                held = Some(shown(name));
            }
            Ok(!is_held)
        })
        .doing("read", b".")?;
        Ok(held)
    }

    /// Unpacks an archive into the hidden folder and checks it. Nothing of the module's is touched.
    pub fn unpack(
        &self,
        wanted: &Wanted,
        archive: impl Read + Send + 'static,
    ) -> Result<Journal, UnpackFailure> {
        self.clear()?;
        let time = disk::time(&self.root).doing("look at", b".")?;
        self.disk.make_folder(&self.root, HIDDEN, 0o700).doing("make folder", HIDDEN)?;
        let hidden = self.hidden()?;
        let mut journal = Journal::new(wanted.clone(), Some(time));
        journal.write(&self.disk, &hidden)?;
        // On a full disk none could be made.
        Trash::open(&self.disk, &hidden).doing("make folder", b"trash")?;
        let mut entries = EntryReader::new(GzipReader::begin(archive));
        let mut contents = Contents::default();
        let filled = self.fill(&hidden, &mut contents, &mut entries);
        if let Err(failure) = filled {
            // Why it failed matters more than that something of it is left.
            let cleared = self.clear();
            if failure.is_full() {
                cleared?;
                contents.measure(&mut entries, &self.progress)?;
                return Err(self.too_small(&contents, &failure)?);
            }
            return Err(failure);
        }
        self.disk.sync_all(&self.root).doing("write to disk", b".")?;
        journal.restored.files = contents.files;
        journal.restored.databases = contents.databases;
        journal.restored.warnings = contents.warnings;
        Ok(journal)
    }

    /// Puts what is unpacked into its place, or goes on where a killed restore stopped.
    pub fn put_in_place(&self, mut journal: Journal) -> Result<Restored, UnpackFailure> {
        let hidden = self.hidden()?;
        if journal.state == JournalState::Unpacking {
            journal.state = JournalState::Moving;
            journal.write(&self.disk, &hidden)?;
        }
        let trash = Trash::open(&self.disk, &hidden).doing("make folder", b"trash")?;
        if journal.wanted.clean && !journal.emptied {
            self.throw_all(&trash)?;
            self.disk.sync_all(&self.root).doing("write to disk", b".")?;
            journal.emptied = true;
            journal.write(&self.disk, &hidden)?;
        }
        let (hidden, data) = self.unpacked()?;
        Mover { disk: &self.disk, data: &data, claim: &self.root, trash: &trash }.merge()?;
        let mut owners = Owners::default();
        let notes = disk::open_file(&hidden, FOLDERS).doing("open", FOLDERS)?;
        folders::apply(&self.disk, notes, &self.root, &mut owners)?;
        journal.restored.warnings.extend(owners.warning());
        trash.empty().doing("empty", b"trash")?;
        self.disk.sync_all(&self.root).doing("write to disk", b".")?;
        journal.claim_time = Some(disk::time(&self.root).doing("look at", b".")?);
        journal.state = JournalState::Done;
        journal.write(&self.disk, &hidden)?;
        if let Err(failure) = self.clear() {
            let warning =
                format!("what the restore needed is still in {RESTORE_FOLDER}: {failure}");
            journal.restored.warnings.push(warning);
        }
        Ok(journal.restored)
    }

    /// Removes the hidden folder and all in it, the journal last.
    pub fn clear(&self) -> Result<(), UnpackFailure> {
        let hidden = match disk::open_folder(&self.root, HIDDEN) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            hidden => hidden.doing("open folder", HIDDEN)?,
        };
        // A journal that cannot be read any more is no reason to keep what is to go.
        let time = Journal::read(&hidden).ok().flatten().and_then(|journal| journal.claim_time);
        let clear = || -> io::Result<()> {
            let trash = Trash::open(&self.disk, &hidden)?;
            trash.throw(&hidden, DATA)?;
            trash.empty()?;
            self.disk.unlink(&hidden, FOLDERS)?;
            Journal::remove(&self.disk, &hidden)?;
            self.disk.remove_folder(&self.root, HIDDEN)?;
            // Who may not do it has at least removed the folder.
            let _ = time.map(|time| self.disk.set_time(&self.root, time));
            Ok(())
        };
        clear().doing("remove", HIDDEN)
    }

    /// The hidden folder, and in it what is unpacked.
    pub fn unpacked(&self) -> Result<(OwnedFd, OwnedFd), UnpackFailure> {
        let hidden = self.hidden()?;
        let data = disk::open_folder(&hidden, DATA).doing("open folder", DATA)?;
        Ok((hidden, data))
    }

    fn hidden(&self) -> Result<OwnedFd, UnpackFailure> {
        disk::open_folder(&self.root, HIDDEN).doing("open folder", HIDDEN)
    }

    fn fill(
        &self,
        hidden: &OwnedFd,
        contents: &mut Contents,
        entries: &mut EntryReader,
    ) -> Result<(), UnpackFailure> {
        self.disk.make_folder(hidden, DATA, 0o700).doing("make folder", DATA)?;
        let data = disk::open_folder(hidden, DATA).doing("open folder", DATA)?;
        let notes = self.disk.create(hidden, FOLDERS, 0o600).doing("make file", FOLDERS)?;
        let notes = Notes::new(&self.disk, notes);
        thread::scope(|scope| {
            let small = Writer::begin(scope, &self.disk);
            let mut tree = Tree::new(&self.disk, data, notes, small)?;
            contents.fill(entries, &mut tree, &self.progress)
        })
    }

    fn throw_all(&self, trash: &Trash) -> Result<(), UnpackFailure> {
        loop {
            let mut found = false;
            each(&self.root, &mut |name| {
                if name != HIDDEN && name != LOST_AND_FOUND {
                    found = true;
                    trash.throw(&self.root, name)?;
                }
                Ok(true)
            })
            .doing("empty", b".")?;
            if !found {
                return Ok(());
            }
        }
    }

    /// What to do about a claim that does not have the room for both copies.
    fn too_small(
        &self,
        contents: &Contents,
        failure: &UnpackFailure,
    ) -> Result<UnpackFailure, UnpackFailure> {
        let is = rustix::fs::fstatvfs(&self.root).doing("ask for the room of", b".")?;
        let (size, free) = (is.f_blocks * is.f_frsize, is.f_bavail * is.f_frsize);
        // File systems need some room of their own for what is in the files.
        let needed = contents.room + contents.room / 50 + MIB;
        let both = "while it is checked, a backup lies beside what is on the claim";
        Ok(UnpackFailure::Claim(match needed.checked_sub(free) {
            None => format!(
                "{failure}, although {} MiB are free and {} MiB would do: a quota, or the number of files, is used up \
                 ({both}): raise it",
                free / MIB,
                needed.div_ceil(MIB)
            ),
            Some(missing) => format!(
                "the claim has no room for the backup: {both}, which needs {} MiB, and {} MiB are free: {} MiB are \
                 missing: grow the claim to {} MiB or more",
                needed.div_ceil(MIB),
                free / MIB,
                missing.div_ceil(MIB),
                (size + missing).div_ceil(MIB)
            ),
        }))
    }
}

const MIB: u64 = 1 << 20;
