//! Reading of an object what an overview shows: the rest takes neither time nor memory.

use crate::kinds::{Kind, Shown};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads these parts of a value. Of a list it is said of each item.
#[derive(Clone, Copy)]
struct Skim(Shown);

/// An object of a kind out of JSON, as far as an overview shows it.
pub fn skim(kind: Kind, json: &[u8]) -> Option<Value> {
    Skim(kind.shows()).deserialize(&mut serde_json::Deserializer::from_slice(json)).ok()
}

impl<'de> DeserializeSeed<'de> for Skim {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        match self.0 {
            Shown::All => Value::deserialize(json),
            Shown::These(_) | Shown::But(_) => json.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Skim {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            match self.0.of(&name) {
                Some(shown) => {
                    let value = fields.next_value_seed(Self(shown))?;
                    read.insert(name, value);
                }
                None => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
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
