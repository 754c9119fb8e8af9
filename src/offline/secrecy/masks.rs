//! Numbered stand-ins for secret values.

use super::search::{Needle, Searcher};
use super::{configuration, credentials};
use crate::kinds::Kind;
use crate::names::HOST_KEY;
use crate::object::{Object, ObjectRef};
use crate::render;
use crate::snapshot::ClusterSnapshot;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Stands for an annotation of a Secret.
const MASKED: &str = "masked";

/// A mask like any other.
const STAND_IN: &str = "secret-0001";

/// A mask for each value. The same value has the same mask everywhere.
pub struct Masks {
    numbers: BTreeMap<Vec<u8>, usize>,
    /// The Secrets in which an IpcConfig finds its token.
    token_secrets: BTreeSet<ObjectRef>,
}

impl Masks {
    /// Numbers the values of every Secret of some snapshots, in order, and the API tokens.
    pub fn of(snapshots: &[&ClusterSnapshot]) -> Self {
        let objects = || snapshots.iter().flat_map(|snapshot| snapshot.objects());
        let resources = objects().filter(|object| object.reference().kind == Kind::IpcConfig);
        let token_secrets = resources.filter_map(|it| render::token_secret_of(it)).collect();
        let mut masks = Self { numbers: BTreeMap::new(), token_secrets };
        for secret in objects().filter(|object| object.reference().kind.is_secret()) {
            for (key, value) in values_of(secret) {
                if !masks.is_address(secret.reference(), &key, &value) {
                    masks.add(value);
                }
            }
        }
        let tokens = snapshots.iter().filter_map(|snapshot| snapshot.settings.api_token.as_ref());
        tokens.for_each(|token| masks.add(token.clone().into_bytes()));
        let others = objects().filter(|object| !object.reference().kind.is_secret());
        others.for_each(|object| masks.add_credentials(&mut Object::clone(object)));
        masks
    }

    fn add(&mut self, value: Vec<u8>) {
        let next = self.numbers.len() + 1;
        self.numbers.entry(value).or_insert(next);
    }

    /// Numbers the credentials that stand in an object in plain text.
    fn add_credentials(&mut self, object: &mut Object) {
        for text in configurations(object) {
            for credential in configuration::credentials(text) {
                self.add(credential.into_bytes());
            }
            if configuration::masked(text, &|_| STAND_IN.to_owned()).is_none() {
                self.add(text.clone().into_bytes());
            }
        }
        credentials::in_fields(object.value_mut(), &mut |text, is_named| {
            if let Some(place) = credentials::find(text, is_named) {
                self.add(text[place].as_bytes().to_vec());
            }
        });
    }

    /// Puts masks in place of the credentials that stand in an object in plain text.
    pub fn mask_credentials(&self, object: &mut Object) {
        for text in configurations(object) {
            let masked = configuration::masked(text, &|credential| self.mask_text(credential));
            *text = masked.unwrap_or_else(|| self.mask_text(text));
        }
        credentials::in_fields(object.value_mut(), &mut |text, is_named| {
            if let Some(place) = credentials::find(text, is_named) {
                let mask = self.mask_text(&text[place.clone()]);
                text.replace_range(place, &mask);
            }
        });
    }

    /// The mask of a value. It is usable where the value is, and unusable where that is: NATS
    /// tokens and the passwords in URLs are checked before they are used.
    pub fn mask(&self, value: &[u8]) -> Vec<u8> {
        if value.is_empty() {
            return Vec::new();
        }
        let number = self.numbers.get(value).copied().unwrap_or_default();
        let mut mask = Vec::new();
        // nats-server takes what begins so for a bcrypt hash.
        if value.starts_with(b"$2") {
            mask.extend_from_slice(b"$2");
        }
        let is_plain = value.iter().all(u8::is_ascii_alphanumeric);
        let name = if is_plain { "secret" } else { "secret-" };
        mask.extend_from_slice(format!("{name}{number:04}").as_bytes());
        if std::str::from_utf8(value).is_err() {
            mask.push(0xff);
        }
        if value.contains(&0) {
            mask.push(0);
        }
        if value.len() > render::LONGEST_TOKEN {
            mask.resize(render::LONGEST_TOKEN + 1, b'x');
        }
        mask
    }

    /// The mask of a text, as text.
    pub fn mask_text(&self, value: &str) -> String {
        String::from_utf8_lossy(&self.mask(value.as_bytes())).into_owned()
    }

    /// Puts masks in place of the values of a Secret, and of what others noted on it: kubectl's copy
    /// of what was applied holds the values, too.
    pub fn mask_secret(&self, secret: &mut Object) {
        let annotations = secret.value_mut().pointer_mut("/metadata/annotations");
        let annotations = annotations.and_then(Value::as_object_mut).into_iter().flatten();
        for (_, value) in annotations.filter(|(key, _)| !key.starts_with(credentials::OWN)) {
            *value = MASKED.into();
        }
        let reference = secret.reference().clone();
        for (field, decode, encode) in FIELDS {
            let data = secret.value_mut().get_mut(field).and_then(Value::as_object_mut);
            for (key, value) in data.into_iter().flatten() {
                let plain = value.as_str().and_then(decode).unwrap_or_default();
                if !self.is_address(&reference, key, &plain) {
                    *value = encode(&self.mask(&plain)).into();
                }
            }
        }
    }

    /// The address of a NATS server is no secret, unless it names a user, too.
    fn is_address(&self, secret: &ObjectRef, key: &str, value: &[u8]) -> bool {
        key == HOST_KEY && self.token_secrets.contains(secret) && !value.contains(&b'@')
    }

    /// Looks for the values in texts, in each form in which one may stand there. The mask of a value
    /// is its name.
    pub fn search(&self) -> Searcher {
        let texts = self.numbers.keys().filter_map(|value| std::str::from_utf8(value).ok());
        let masked: Vec<_> = texts.map(|text| (text, self.mask_text(text))).collect();
        // Where somebody has written it by hand, a value may have lost its last line break.
        let forms: [fn(&str) -> String; 4] =
            [str::to_owned, encoded, escaped, |text| text.trim().to_owned()];
        Searcher::new(forms.iter().flat_map(|form| {
            masked.iter().map(|(text, mask)| Needle {
                text: form(text),
                replacement: form(mask),
                name: mask.clone(),
            })
        }))
    }
}

/// The texts of an object that are a module's configuration.
fn configurations(object: &mut Object) -> Vec<&mut String> {
    let kind = object.reference().kind;
    let texts: Vec<&mut Value> = match kind {
        Kind::BotModule => {
            object.value_mut().pointer_mut("/spec/moduleConfig").into_iter().collect()
        }
        Kind::ConfigMap => {
            let data = object.value_mut().get_mut("data").and_then(Value::as_object_mut);
            data.into_iter().flat_map(|data| data.values_mut()).collect()
        }
        _ => Vec::new(),
    };
    let texts = texts.into_iter().filter_map(|text| match text {
        Value::String(text) => Some(text),
        _ => None,
    });
    texts.collect()
}

type Decode = fn(&str) -> Option<Vec<u8>>;
type Encode = fn(&[u8]) -> String;

/// The two forms in which a Secret holds values.
const FIELDS: [(&str, Decode, Encode); 2] = [
    ("data", |value| STANDARD.decode(value).ok(), |mask| STANDARD.encode(mask)),
    (
        "stringData",
        |value| Some(value.as_bytes().to_vec()),
        |mask| String::from_utf8_lossy(mask).into_owned(),
    ),
];

/// Keys and values of a Secret, in order.
fn values_of(secret: &Object) -> BTreeMap<String, Vec<u8>> {
    let mut values = BTreeMap::new();
    for (field, decode, _) in FIELDS {
        let data = secret.value().get(field).and_then(Value::as_object);
        for (key, value) in data.into_iter().flatten() {
            values.extend(value.as_str().and_then(decode).map(|value| (key.clone(), value)));
        }
    }
    values.retain(|_, value| !value.is_empty());
    values
}

fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

/// As the text stands between the quotes of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
