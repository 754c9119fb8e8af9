//! One entry of an archive: its header and the records before it, made one.

use super::header::Header;
use super::pax::Records;
use super::sparse::Region;

/// What is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryType {
    File,
    Folder,
    SymbolicLink,
    HardLink,
    /// A named pipe.
    Pipe,
    Device,
    /// A label, which is for people.
    Label,
}

/// One entry, as the archive has it: nothing of it is checked yet but its form.
#[derive(Debug)]
pub struct Entry {
    pub name: Vec<u8>,
    pub kind: EntryType,
    pub link: Vec<u8>,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Seconds and nanoseconds.
    pub mtime: (i64, u32),
    /// How much of it is in the archive.
    pub data: u64,
    /// How large the file is with its holes.
    pub size: u64,
    /// The parts of a sparse file. None of any other, which has one.
    pub regions: Option<Vec<Region>>,
}

/// What precedes one header.
#[derive(Default)]
pub struct Before {
    pub records: Records,
    /// Of GNU's entries for long names.
    pub name: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
}

impl Entry {
    /// Its data is in the archive as it stands in the header. The error says what cannot be used.
    pub fn read(header: &Header, before: Before) -> Result<Self, String> {
        let Before { records, name, link } = before;
        let name = records.sparse_name.clone().or(records.path).or(name);
        let name = match name {
            Some(name) => name,
            None => header.name().ok_or("a name has a NUL in it")?,
        };
        let link = match records.link.or(link) {
            Some(link) => link,
            None => header.link().ok_or("the target of a link has a NUL in it")?,
        };
        let kind = kind(header.kind(), &name)
            .ok_or_else(|| format!("its kind, {:?}, is not known", char::from(header.kind())))?;
        let data = match kind {
            EntryType::File | EntryType::Label => records.size.or_else(|| fits(header.size())),
            // GNU tar gives links and folders a size which their data does not have.
            _ => Some(0),
        };
        let data = data.filter(|data| i64::try_from(*data).is_ok());
        let data = data.ok_or("its size is no number that can be one")?;
        Ok(Self {
            name,
            kind,
            link,
            mode: fits::<u32>(header.mode()).ok_or("its mode is no number")? & 0o7777,
            uid: owner(records.uid, header.uid()).ok_or("its user is no number that can be one")?,
            gid: owner(records.gid, header.gid())
                .ok_or("its group is no number that can be one")?,
            mtime: records
                .mtime
                .or_else(|| Some((fits(header.mtime())?, 0)))
                .ok_or("its time is no number")?,
            data,
            size: records.sparse_size.unwrap_or(data),
            // A file of holes alone has no parts.
            regions: records.regions.or_else(|| records.sparse_size.map(|_| Vec::new())),
        })
    }
}

fn kind(letter: u8, name: &[u8]) -> Option<EntryType> {
    Some(match letter {
        // Before there were folders of their own, the name told.
        b'0' | 0 | b'7' if name.ends_with(b"/") => EntryType::Folder,
        b'0' | 0 | b'7' | b'S' => EntryType::File,
        b'1' => EntryType::HardLink,
        b'2' => EntryType::SymbolicLink,
        b'3' | b'4' => EntryType::Device,
        b'5' => EntryType::Folder,
        b'6' => EntryType::Pipe,
        b'V' => EntryType::Label,
        _ => return None,
    })
}

/// The largest number means "leave it as it is" where an owner is set.
fn owner(record: Option<u64>, header: Option<i128>) -> Option<u32> {
    let number = record.map(i128::from).or(header);
    fits(number).filter(|number| *number != u32::MAX)
}

/// A number of a header, where it is one of the wanted type.
pub fn fits<T: TryFrom<i128>>(number: Option<i128>) -> Option<T> {
    T::try_from(number?).ok()
}
