//! A copy of a database that cannot be opened where it lies: its files, as long as nobody changes them meanwhile.

use super::scratch::Copy;
use super::trouble::Trouble;
use crate::archive::pack::place::{Place, is_regular};
use crate::archive::sqlite;
use rustix::fs::{Dev, Stat};
use rustix::io::{Errno, pread, retry_on_intr};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

const BUFFER: usize = 64 << 10;
/// Longer than the clock of a file system stands still, in which changes cannot be told apart.
const TICK: Duration = Duration::from_millis(20);

/// What tells that a file was changed.
type Mark = (Dev, u64, i64, i64, u32, i64, u32);

pub fn copy(place: Place, original: &Stat, copy: Copy) -> Result<Copy, Trouble> {
    let before = marks(place);
    if before[0] != Some(mark(original)) {
        return Err(changed());
    }
    if before.iter().flatten().any(is_fresh) {
        sleep(TICK);
    }
    copy_file(place, copy.path())?;
    for suffix in sqlite::KEPT {
        if let Some((name, _)) = place.beside(suffix) {
            let companion = Place { folder: place.folder, name: &name, path: place.path };
            match copy_file(companion, &copy.beside(suffix)) {
                Err(Trouble::Gone) => return Err(changed()),
                copied => copied?,
            }
        }
    }
    if marks(place) == before { Ok(copy) } else { Err(changed()) }
}

fn changed() -> Trouble {
    Trouble::Elsewhere("it changes all the time".to_owned())
}

fn marks(place: Place) -> Vec<Option<Mark>> {
    let own = place.stat().ok().filter(is_regular);
    let companions = sqlite::KEPT.map(|suffix| place.beside(suffix).map(|(_, stat)| mark(&stat)));
    std::iter::once(own.as_ref().map(mark)).chain(companions).collect()
}

fn mark(stat: &Stat) -> Mark {
    (
        stat.st_dev,
        stat.st_ino,
        stat.st_size,
        stat.st_mtime,
        u32::try_from(stat.st_mtime_nsec).unwrap_or_default(),
        stat.st_ctime,
        u32::try_from(stat.st_ctime_nsec).unwrap_or_default(),
    )
}

/// Whether it was changed just now, or by another clock.
fn is_fresh(mark: &Mark) -> bool {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let changed = u64::try_from(mark.3.max(mark.5)).unwrap_or(0);
    changed.saturating_add(2) > now.as_secs()
}

fn copy_file(place: Place, to: &Path) -> Result<(), Trouble> {
    let opened = place.open()?.ok_or(Trouble::Gone)?;
    let written =
        |error: std::io::Error| Trouble::from(Errno::from_io_error(&error).unwrap_or(Errno::IO));
    let mut to = OpenOptions::new().write(true).create_new(true).open(to).map_err(written)?;
    let (mut buffer, mut offset) = (vec![0; BUFFER], 0);
    loop {
        let read = retry_on_intr(|| pread(&opened.file, &mut buffer[..], offset))?;
        if read == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..read]).map_err(written)?;
        offset += read as u64;
    }
}
