//! How much is told at most.

use crate::overview::{IpcConfig, Level, Module, Namespace, Overview, Resource};
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};
use std::io::{self, Write};

/// Most resources that are told of.
const MOST: usize = 5000;

/// Bytes of the longest text that is told whole. Names are shorter; messages hold what others say.
const LONGEST: usize = 1000;

/// Room for resources. What is not well comes first.
pub struct Room {
    unwell: usize,
    well: usize,
    left_out: usize,
}

impl Room {
    /// Takes out of an overview what there is no room for, and gives how many resources that are.
    pub fn fit(overview: &mut Overview) -> usize {
        let unwell = overview.namespaces.iter().map(unwell).sum::<usize>().min(MOST);
        let mut room = Self { unwell, well: MOST - unwell, left_out: 0 };
        for namespace in &mut overview.namespaces {
            namespace.ipc_configs.retain_mut(|one| room.holds_with_modules(one));
            namespace.modules.retain(|one| room.holds(&one.resource));
            namespace.s3_stores.retain(|one| room.holds(&one.resource));
            namespace.backup_schedules.retain(|one| room.holds(&one.resource));
            namespace.backup_restores.retain(|one| room.holds(&one.resource));
        }
        room.left_out
    }

    fn holds(&mut self, resource: &Resource) -> bool {
        let is_held = self.takes(resource.level);
        self.left_out += usize::from(!is_held);
        is_held
    }

    fn holds_with_modules(&mut self, one: &mut IpcConfig) -> bool {
        let is_held = self.takes(one.worst());
        if is_held {
            one.modules.retain(|module: &Module| self.holds(&module.resource));
        } else {
            self.left_out += 1 + one.modules.len();
        }
        is_held
    }

    fn takes(&mut self, level: Level) -> bool {
        let room =
            if level != Level::Ok && self.unwell > 0 { &mut self.unwell } else { &mut self.well };
        let is_there = *room > 0;
        *room -= usize::from(is_there);
        is_there
    }
}

/// How many resources are not well. An IpcConfig is as well as its modules, which go with it.
fn unwell(namespace: &Namespace) -> usize {
    let worse = |level: &Level| *level != Level::Ok;
    let held_up = namespace.ipc_configs.iter().filter(|one| one.resource.level == Level::Ok);
    namespace.levels().filter(worse).count() + held_up.map(IpcConfig::worst).filter(worse).count()
}

/// JSON in which no text is longer than it may be.
///
/// # Errors
/// The value has no form in JSON.
pub fn to_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut json = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut json, Clipping::default()))?;
    Ok(json)
}

/// Cuts texts while they are written.
#[derive(Default)]
struct Clipping {
    left: usize,
    is_cut: bool,
}

impl Clipping {
    fn cut<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.left = 0;
        if std::mem::replace(&mut self.is_cut, true) {
            return Ok(());
        }
        writer.write_all("…".as_bytes())
    }
}

impl Formatter for Clipping {
    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        *self = Self { left: LONGEST, is_cut: false };
        writer.write_all(b"\"")
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let end = fragment.floor_char_boundary(self.left);
        writer.write_all(&fragment.as_bytes()[..end])?;
        self.left -= end;
        if end < fragment.len() { self.cut(writer) } else { Ok(()) }
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        if self.left == 0 {
            return self.cut(writer);
        }
        self.left -= 1;
        serde_json::ser::CompactFormatter.write_char_escape(writer, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        serde_json::from_slice(&to_json(&text).unwrap()).unwrap()
    }

    #[test]
    fn a_text_is_cut_between_two_characters_and_says_so() {
        for (text, expected) in [
            ("short \"and\"\n quoted".to_owned(), "short \"and\"\n quoted".to_owned()),
            ("x".repeat(1000), "x".repeat(1000)),
            ("x".repeat(1001), "x".repeat(1000) + "…"),
            ("é".repeat(501), "é".repeat(500) + "…"),
            ("x".to_owned() + &"é".repeat(500), "x".to_owned() + &"é".repeat(499) + "…"),
            ("\"".repeat(1001), "\"".repeat(1000) + "…"),
            ("\n<".repeat(600), "\n<".repeat(500) + "…"),
        ] {
            assert_eq!(told(&text), expected);
        }
    }

    #[test]
    fn each_text_of_a_list_has_the_same_room() {
        let long = "x".repeat(2000);
        let json = to_json(&[long.as_str(), "y", &long]).unwrap();
        let texts: Vec<String> = serde_json::from_slice(&json).unwrap();
        assert_eq!(texts.iter().map(String::len).collect::<Vec<_>>(), [1003, 1, 1003]);
    }
}
