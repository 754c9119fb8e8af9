//! The forms that Kubernetes asks texts to have.

use super::{Invalid, Verdict};
use crate::crd::image::{ECHO, IMAGE_RULE, is_image};
use regex::Regex;
use std::sync::LazyLock;

/// A form: a pattern, the longest text in characters, and what both ask for, in words.
pub struct Form {
    pattern: LazyLock<Option<Regex>>,
    longest: usize,
    rule: &'static str,
}

macro_rules! form {
    ($pattern:expr, $longest:expr, $rule:expr) => {
        // Every pattern compiles: a test says so.
        Form {
            pattern: LazyLock::new(|| Regex::new($pattern).ok()),
            longest: $longest,
            rule: $rule,
        }
    };
}

/// Names of most objects.
pub static DNS_NAME: Form = form!(
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    253,
    "consist of at most 253 lower-case letters, digits, '-' and '.', with a letter or digit at both ends"
);

/// Names of namespaces.
pub static DNS_LABEL: Form = form!(
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    63,
    "consist of at most 63 lower-case letters, digits and '-', with a letter or digit at both ends"
);

/// Keys of labels, annotations and taints, and names of resources.
pub static KEY: Form = form!(
    r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
    317,
    "consist of at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends, perhaps behind a DNS name and '/', for example example.com/disk"
);

/// Values of labels.
pub static LABEL_VALUE: Form = form!(
    r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
    63,
    "consist of at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends, or be empty"
);

/// Names of ports.
pub static PORT_NAME: Form = form!(
    "^([a-z0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    15,
    "be a number from 1 to 65535, without quotes, or the name of a port: at most 15 lower-case letters, digits and '-', at least one letter among them"
);

/// Names of environment variables.
pub static VARIABLE: Form =
    form!("^[ -<>-~]+$", usize::MAX, "consist of printable ASCII characters other than '='");

/// Keys of ConfigMaps and Secrets.
pub static DATA_KEY: Form = form!(
    r"^([-_a-zA-Z0-9]|\.[-_a-zA-Z0-9])[-._a-zA-Z0-9]*$",
    253,
    "consist of at most 253 letters, digits, '-', '_' and '.', and not begin with '..'"
);

/// Names of HTTP headers.
pub static HEADER: Form =
    form!("^[-A-Za-z0-9]+$", usize::MAX, "consist of letters, digits and '-'");

/// Shares of a number of pods.
pub static PERCENT: Form = form!(
    "^[0-9]+%$",
    usize::MAX,
    "be a number of 0 or more, without quotes, or a share such as 25%"
);

/// Names of kernel parameters.
pub static SYSCTL: Form = form!(
    r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
    253,
    "be the name of a kernel parameter, for example net.core.somaxconn"
);

impl Form {
    /// Whether a text has the form.
    pub fn fits(&self, text: &str) -> bool {
        text.chars().count() <= self.longest
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
    }

    /// Judges the text of a field.
    ///
    /// # Errors
    /// What the field must be.
    pub fn check(&self, field: &str, text: &str) -> Verdict {
        if self.fits(text) { Ok(()) } else { Err(Invalid::new(field, self.unmet(text))) }
    }

    /// Judges a part of a field that has no path of its own, such as the key of a map.
    ///
    /// # Errors
    /// What it must be.
    pub fn check_part(&self, field: &str, part: &str, text: &str) -> Verdict {
        if self.fits(text) {
            return Ok(());
        }
        Err(Invalid::new(field, format!(": {part} {}", self.unmet(text))))
    }

    fn unmet(&self, text: &str) -> String {
        format!("is {}: it must {}", super::shown(text), self.rule)
    }

    /// Judges the text of a field that means nothing where it is empty.
    ///
    /// # Errors
    /// What the field must be.
    pub fn check_if_any(&self, field: &str, text: Option<&str>) -> Verdict {
        text.filter(|text| !text.is_empty()).map_or(Ok(()), |text| self.check(field, text))
    }
}

/// Judges an image.
///
/// # Errors
/// What the field must be.
pub fn image(field: &str, text: &str) -> Verdict {
    if is_image(text) {
        return Ok(());
    }
    Err(Invalid::new(field, format!("is {}: it must {IMAGE_RULE} {ECHO}", super::shown(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each form: texts that have it, and texts that lack it.
    #[test]
    fn forms_are_told_apart() {
        let long = "a".repeat(64);
        let cases: [(&Form, &[&str], &[&str]); 10] = [
            (&DNS_NAME, &["a", "a-b.c", "0"], &["", "A", "a_b", "-a", "a.", "a..b", "é"]),
            (&DNS_LABEL, &["a", "a-b"], &["", "a.b", "A", &long]),
            (&KEY, &["a", "A_b.c", "x.y/Z"], &["", "/a", "a/", "X/a", "a b", "a/b/c", &long]),
            (&LABEL_VALUE, &["", "a", "A.b_c-d"], &["a b", "-a", "a/b", &long]),
            (
                &PORT_NAME,
                &["http", "8080-a", "a1"],
                &["", "8080", "a--b", "Http", "a-", "abcdefghijklmnop"],
            ),
            (&VARIABLE, &["A", "a b", "1.2-3", "~"], &["", "A=B", "Ä", "a\n"]),
            (
                &DATA_KEY,
                &["a", ".a", "A_b.c-", "..a".trim_start_matches('.')],
                &["", ".", "..", "..a", "a/b", "a b"],
            ),
            (&HEADER, &["X-A", "a"], &["", "a b", "a:", "a_b"]),
            (&PERCENT, &["0%", "150%"], &["", "1", "%", "-1%", "1.5%"]),
            (
                &SYSCTL,
                &["net.core.somaxconn", "kernel/shm_rmid_forced"],
                &["", "Net", "a..b", "a."],
            ),
        ];
        for (form, good, bad) in cases {
            assert!(form.pattern.is_some(), "{} does not compile", form.rule);
            for text in good {
                assert!(form.fits(text), "{text:?} must {}", form.rule);
            }
            for text in bad {
                assert!(!form.fits(text), "{text:?} passes for: {}", form.rule);
            }
        }
    }
}
