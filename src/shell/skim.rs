//! Reading parts of JSON: what is passed over takes neither time nor memory.

use crate::kinds::{Part, Shown};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Which parts of a value are read. Of a list it is said of each item.
pub trait Selection: Copy {
    fn is_all(self) -> bool;

    /// What of a field is read, if anything.
    fn field(self, name: &str) -> Option<Self>;
}

impl Selection for Shown {
    fn is_all(self) -> bool {
        matches!(self, Self::All)
    }

    fn field(self, name: &str) -> Option<Self> {
        self.of(name)
    }
}

/// What is kept of an object of a kind, at a place of it.
#[derive(Clone, Copy)]
pub struct Kept {
    parts: &'static [Part],
    path: &'static str,
}

impl Kept {
    /// The whole object.
    pub fn new(parts: &'static [Part]) -> Self {
        Self { parts, path: "" }
    }
}

impl Selection for Kept {
    fn is_all(self) -> bool {
        self.parts.is_empty()
    }

    fn field(self, name: &str) -> Option<Self> {
        let is_taken_off = |part: &Part| match part {
            Part::Fields(path, names) => *path == self.path && !names.contains(&name),
            Part::Items(..) => false,
        };
        if self.parts.iter().any(is_taken_off) {
            return None;
        }
        let inside = self.parts.iter().find_map(|part| {
            let (Part::Fields(path, _) | Part::Items(path, _)) = part;
            let rest = path.strip_prefix(self.path)?.strip_prefix('/')?.strip_prefix(name)?;
            let is_name = rest.is_empty() || rest.starts_with('/');
            is_name.then(|| &path[..path.len() - rest.len()])
        });
        Some(inside.map_or(Self::new(&[]), |path| Self { path, ..self }))
    }
}

/// Reads the parts of a value that are selected.
#[derive(Clone, Copy)]
pub struct Skim<S>(pub S);

impl<S: Selection> Skim<S> {
    /// Reads a field whose name was read, or passes it over.
    pub fn take<'de, A: MapAccess<'de>>(
        self,
        name: String,
        fields: &mut A,
        read: &mut Map<String, Value>,
    ) -> Result<(), A::Error> {
        match self.0.field(&name) {
            Some(selection) => drop(read.insert(name, fields.next_value_seed(Self(selection))?)),
            None => drop(fields.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl<'de, S: Selection> DeserializeSeed<'de> for Skim<S> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        if self.0.is_all() {
            serde::Deserialize::deserialize(json)
        } else {
            json.deserialize_any(self)
        }
    }
}

impl<'de, S: Selection> Visitor<'de> for Skim<S> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            self.take(name, &mut fields, &mut read)?;
        }
        Ok(Value::Object(read))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}
