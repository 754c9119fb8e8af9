//! Reading of an object what an overview shows: the rest takes neither time nor memory.

use crate::kinds::Kind;
use crate::names::{IPC_CONFIG_LABEL, MODULE_LABEL};
use Parts::{All, But, These};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// What of a value is read. Of a list it is said of each item.
#[derive(Clone, Copy)]
enum Parts {
    All,
    /// These fields alone.
    These(&'static [(&'static str, Parts)]),
    /// All fields, of these some parts.
    But(&'static [(&'static str, Parts)]),
}

const NOTHING: Parts = These(&[]);

const CONTAINERS: Parts = These(&[("restartCount", All), ("state", All)]);

const POD: Parts = These(&[
    ("apiVersion", All),
    ("kind", All),
    (
        "metadata",
        These(&[
            ("name", All),
            ("namespace", All),
            ("labels", These(&[(MODULE_LABEL, All), (IPC_CONFIG_LABEL, All)])),
            ("creationTimestamp", All),
        ]),
    ),
    (
        "status",
        These(&[
            ("phase", All),
            ("conditions", These(&[("type", All), ("status", All)])),
            ("containerStatuses", CONTAINERS),
            ("initContainerStatuses", CONTAINERS),
        ]),
    ),
]);

/// What people write into a module is mostly for its pods.
const MODULE: Parts = But(&[
    ("metadata", But(&[("managedFields", NOTHING), ("labels", NOTHING)])),
    (
        "spec",
        But(&[
            ("affinity", NOTHING),
            ("env", NOTHING),
            ("moduleConfig", NOTHING),
            ("resources", NOTHING),
            ("volumeMounts", NOTHING),
            ("volumes", NOTHING),
        ]),
    ),
]);

/// An object of a kind out of JSON, as far as an overview shows it.
pub fn skim(kind: Kind, json: &[u8]) -> Option<Value> {
    let parts = match kind {
        Kind::Pod => POD,
        Kind::BotModule => MODULE,
        _ => All,
    };
    parts.deserialize(&mut serde_json::Deserializer::from_slice(json)).ok()
}

impl Parts {
    /// What of a field is read, if anything.
    fn of(self, name: &str) -> Option<Self> {
        let listed = |fields: &[(&str, Self)]| {
            fields.iter().find(|(field, _)| *field == name).map(|(_, parts)| *parts)
        };
        match self {
            All => Some(All),
            These(fields) => listed(fields),
            But(fields) => match listed(fields) {
                Some(These([])) => None,
                parts => Some(parts.unwrap_or(All)),
            },
        }
    }
}

impl<'de> DeserializeSeed<'de> for Parts {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        match self {
            All => Value::deserialize(json),
            These(_) | But(_) => json.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Parts {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            match self.of(&name) {
                Some(parts) => {
                    let value = fields.next_value_seed(parts)?;
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
