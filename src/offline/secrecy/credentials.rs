//! Credentials that stand in plain text beside Secrets: what a name, or the value itself, shows to
//! be one.

use serde_json::{Map, Value};
use std::ops::Range;

/// Parts of names, without capital letters and punctuation, that name a credential.
const TELLING: [&str; 18] = [
    "accesskey",
    "apikey",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "encryptionkey",
    "passphrase",
    "passwd",
    "password",
    "presharedkey",
    "privatekey",
    "secret",
    "sessionid",
    "signingkey",
    "sshkey",
    "token",
    "webhook",
];

/// Words that do so only where they stand alone: they begin or end too many others.
const WORDS: [&str; 7] = ["auth", "jwt", "pass", "pin", "psk", "pw", "pwd"];

/// Maps of annotations, whose values may hold anything.
const ANNOTATIONS: [&str; 2] = ["annotations", "podAnnotations"];
/// The operator's own annotations hold nothing secret.
pub const OWN: &str = "eevee.bot/";

/// Whether a name says that its value is a credential.
pub fn is_named(name: &str) -> bool {
    let joined = joined(name);
    TELLING.iter().any(|part| joined.contains(part))
        || words(name).iter().any(|word| WORDS.contains(&word.as_str()))
}

/// The same of a number: `maxTokens` counts tokens.
pub fn is_named_number(name: &str) -> bool {
    let joined = joined(name);
    TELLING.iter().any(|part| joined.ends_with(part))
        || words(name).last().is_some_and(|word| WORDS.contains(&word.as_str()))
}

/// Where in the text of a field the credential stands, if it holds one.
pub fn find(text: &str, is_named: bool) -> Option<Range<usize>> {
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    if is_named && !trimmed.is_empty() {
        return Some(start..start + trimmed.len());
    }
    in_text(text)
}

/// The same whatever the name: a private key, or the password in a URL.
fn in_text(text: &str) -> Option<Range<usize>> {
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") {
        return Some(0..text.len());
    }
    let start = text.find("://")? + "://".len();
    let authority = text[start..].split(['/', '?', '#', ' ', '\n']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let name = user.split_once(':').map_or(0, |(name, _)| name.len() + 1);
    if user.len() == name {
        return None;
    }
    // Others may follow.
    let is_only = !text[start..].contains("://");
    Some(if is_only { start + name..start + user.len() } else { 0..text.len() })
}

/// Hands over every text in an object's fields that holds a credential: values of variables and
/// headers, and annotations.
pub fn in_fields(value: &mut Value, take: &mut impl FnMut(&mut String, bool)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| in_fields(item, take)),
        Value::Object(fields) => {
            in_pair(fields, take);
            for (field, value) in fields {
                if ANNOTATIONS.contains(&field.as_str()) {
                    in_annotations(value, take);
                } else if field != "managedFields" {
                    in_fields(value, take);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A variable or a header.
fn in_pair(fields: &mut Map<String, Value>, take: &mut impl FnMut(&mut String, bool)) {
    let is_named = fields.get("name").and_then(Value::as_str).is_some_and(is_named);
    if let Some(Value::String(text)) = fields.get_mut("value")
        && !text.is_empty()
    {
        take(text, is_named);
    }
}

fn in_annotations(annotations: &mut Value, take: &mut impl FnMut(&mut String, bool)) {
    for (key, value) in annotations.as_object_mut().into_iter().flatten() {
        if let Value::String(text) = value
            && !key.starts_with(OWN)
            && !text.is_empty()
        {
            take(text, is_named(key));
        }
    }
}

fn joined(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// `nickservPass` and `NICKSERV_PASS` as `nickserv` and `pass`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for char in name.chars() {
        let begins = char.is_ascii_uppercase() && was_lower;
        if (begins || !char.is_ascii_alphanumeric())
            && words.last().is_some_and(|it| !it.is_empty())
        {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| char.is_ascii_alphanumeric()) {
            word.push(char.to_ascii_lowercase());
        }
        was_lower = char.is_ascii_lowercase() || char.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_are_known_in_every_spelling() {
        for name in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "MYSQLPASSWORD",
            "passwd",
            "api_key",
            "apiKey",
            "X-Api-Key",
            "Authorization",
            "client-secret",
            "TOKEN",
            "accessTokens",
            "private key",
            "nickserv_pass",
            "nickservPass",
            "PASS",
            "webhookUrl",
            "credentials",
        ] {
            assert!(is_named(name), "{name}");
        }
        for name in
            ["name", "passenger", "bypass", "author", "compass_mode", "keyboard", "key", "spinner"]
        {
            assert!(!is_named(name), "{name}");
        }
        assert!(is_named_number("pin") && is_named_number("api_token"));
        assert!(!is_named_number("maxTokens") && !is_named_number("token_limit"));
    }

    #[test]
    fn credentials_are_known_by_what_they_are() {
        let found = |text: &'static str| find(text, false).map(|place| &text[place]);
        assert_eq!(found("postgres://bot:s@db/bot"), Some("s"));
        assert_eq!(found("redis://:a:b@db"), Some("a:b"));
        assert_eq!(found("https://sentry-key@sentry.io/1"), Some("sentry-key"));
        let two = "nats://a:b@c,nats://d:e@f";
        assert_eq!(found(two), Some(two));
        let key = "-----BEGIN RSA PRIVATE KEY-----\nabc";
        assert_eq!(found(key), Some(key));
        assert_eq!(find(" a \n", true), Some(1..2));
        assert_eq!(find(" \n", true), None);
        for text in [
            "https://example.com/a@b",
            "bot@example.com",
            "",
            "a://",
            "-----BEGIN CERTIFICATE-----",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
