//! The credentials in a module's configuration, which is a text of the module's own making.

use super::credentials::{self, is_named, is_named_number};
use crate::yaml;
use serde_json::Value;
use std::ops::Range;

/// Stands for a credential in a comment.
const HIDDEN: &str = "masked";

/// Lines below that of its key on which a value may begin.
const BELOW: usize = 1;

/// A credential in a configuration.
struct Found {
    /// The document, and the place in it.
    document: usize,
    pointer: String,
    /// Where in the text of the value the credential stands.
    place: Range<usize>,
    credential: String,
}

/// Every credential in a configuration.
pub fn credentials(text: &str) -> Vec<String> {
    let documents = yaml::read(text).unwrap_or_default();
    find(&documents).into_iter().map(|found| found.credential).collect()
}

/// A configuration with masks for its credentials. None where it has some that cannot be replaced
/// one by one: then it is to be masked as a whole.
pub fn masked(text: &str, mask: &impl Fn(&str) -> String) -> Option<String> {
    let Ok(documents) = yaml::read(text) else {
        return (!may_hold_credentials(text)).then(|| text.to_owned());
    };
    let found = find(&documents);
    let mut lines: Vec<String> = text.split_inclusive('\n').map(without_comment).collect();
    let mut wanted: Vec<Value> = documents.iter().map(|one| one.value.clone()).collect();
    for Found { document, pointer, place, credential } in &found {
        let line = documents[*document].lines.nearest_line(pointer).checked_sub(1)?;
        let mut near = lines.get_mut(line..)?.iter_mut().take(1 + BELOW);
        let stands = |line: &String| line.rfind(credential.as_str());
        let (line, at) = near.find_map(|line| stands(line).map(|at| (line, at)))?;
        line.replace_range(at..at + credential.len(), &mask(credential));
        let value = wanted[*document].pointer_mut(pointer)?;
        let mut text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.replace_range(place.clone(), &mask(credential));
        *value = text.into();
    }
    let text = lines.concat();
    // Whatever else stood on those lines is as it was.
    let read: Vec<Value> = yaml::read(&text).ok()?.into_iter().map(|one| one.value).collect();
    (read == wanted).then_some(text)
}

fn find(documents: &[yaml::Document]) -> Vec<Found> {
    let mut all = Vec::new();
    for (document, read) in documents.iter().enumerate() {
        let mut take = |pointer: &str, text: &str, place: Range<usize>| {
            let credential = text[place.clone()].to_owned();
            all.push(Found { document, pointer: pointer.to_owned(), place, credential });
        };
        walk(&read.value, "", Name::default(), &mut take);
    }
    all
}

/// What the names that lead to a value say of it.
#[derive(Clone, Copy, Default)]
struct Name {
    is_named: bool,
    is_named_number: bool,
}

fn walk(value: &Value, pointer: &str, name: Name, take: &mut impl FnMut(&str, &str, Range<usize>)) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let inner = Name {
                    is_named: name.is_named || is_named(key),
                    is_named_number: name.is_named_number || is_named_number(key),
                };
                let segment = key.replace('~', "~0").replace('/', "~1");
                walk(value, &format!("{pointer}/{segment}"), inner, take);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                walk(item, &format!("{pointer}/{place}"), name, take);
            }
        }
        Value::String(text) => {
            // A file of another format, or one in a field of this one, is not taken apart.
            let is_file = pointer.is_empty() || text.contains('\n');
            let whole = (is_file && may_hold_credentials(text)).then_some(0..text.len());
            if let Some(place) = credentials::find(text, name.is_named).or(whole) {
                take(pointer, text, place);
            }
        }
        Value::Number(number) if name.is_named_number => {
            let text = number.to_string();
            take(pointer, &text, 0..text.len());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A line whose comment tells no credential, as one does that was commented out.
fn without_comment(line: &str) -> String {
    let start = if line.trim_start().starts_with('#') { line.find('#') } else { line.find(" #") };
    let Some(start) = start else { return line.to_owned() };
    let (before, comment) = line.split_at(start);
    let text = comment.trim_end();
    match text.find([':', '=']) {
        Some(end) if may_hold_credentials(text) && !text[end + 1..].trim().is_empty() => {
            format!("{before}{} {HIDDEN}{}", &text[..=end], &comment[text.len()..])
        }
        _ => line.to_owned(),
    }
}

/// Whether a text that is no YAML looks as if it had credentials.
fn may_hold_credentials(text: &str) -> bool {
    text.lines().any(|line| {
        let name = line.split([':', '=']).next().unwrap_or_default();
        is_named(name) || credentials::find(line, false).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(text: &str) -> Option<String> {
        masked(text, &|_| "secret-0001".to_owned())
    }

    #[test]
    fn a_credential_is_masked_where_it_stands() {
        for (text, wanted) in [
            ("a: 1 # one\npassword: abc # two\n", "a: 1 # one\npassword: secret-0001 # two\n"),
            (
                "irc:\n  - {user: abc, pass: \"abc\"}\n",
                "irc:\n  - {user: abc, pass: \"secret-0001\"}\n",
            ),
            ("token: |\n  abc\n", "token: |\n  secret-0001\n"),
            ("pin: 1234\r\n", "pin: secret-0001\r\n"),
            ("url: redis://bot:abc@db/0\n", "url: redis://bot:secret-0001@db/0\n"),
            ("{\"apiKey\":\"abc\"}", "{\"apiKey\":\"secret-0001\"}"),
            ("secrets: [abc, def]\n", "secrets: [secret-0001, secret-0001]\n"),
            ("a: 1\n---\npassword: abc\n", "a: 1\n---\npassword: secret-0001\n"),
            ("max_tokens: 10\npassword: ''\n", "max_tokens: 10\npassword: ''\n"),
            ("nothing: here\n", "nothing: here\n"),
            ("no: [yaml", "no: [yaml"),
            (
                "# password: abc\r\na: 1 # the token = abc\n",
                "# password: masked\r\na: 1 # the token = masked\n",
            ),
            ("# plain: abc\n# a password\n", "# plain: abc\n# a password\n"),
            ("a: '#fff'\ntoken: abc\n", "a: '#fff'\ntoken: secret-0001\n"),
            ("TOKEN=abc", "secret-0001"),
        ] {
            assert_eq!(mask(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_to_be_masked_as_a_whole() {
        for text in [
            "key: |\n  -----BEGIN PRIVATE KEY-----\n  abc\n  def\n  -----END PRIVATE KEY-----\n",
            "password: \"a\\x62c\"\n",
            "a: &a {password: abc}\nb: *a\n",
            "{pass: abc, user: abc}\n",
            "password: abc\nno: [yaml",
            "password=abc\n[section",
            "env: |\n  PASSWORD=abc\n  PLAIN=def\n",
            "a: '\n  # password: abc'\n",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }
}
