//! What a store is reached with, from the environment of a Job.

use crate::backup::endpoint;
use crate::backup::variables::{
    S3_ACCESS_ID, S3_BUCKET, S3_CA_BUNDLE, S3_ENDPOINT, S3_PATH_STYLE, S3_PREFIX, S3_REGION,
    S3_SECRET_KEY, S3_SIGNATURE_V2,
};
use std::fmt;

const USUAL_REGION: &str = "us-east-1";

/// A store and the credentials for it. Nothing else is ever used: no variable, no file and no
/// service of a cloud.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    pub endpoint: String,
    pub bucket: String,
    /// Put in front of every key, exactly as written.
    pub prefix: String,
    pub region: String,
    /// Whether the bucket stands in the path and not in the host.
    pub path_style: bool,
    /// Certificates in PEM that are trusted beside those of the system.
    pub ca_bundle: Option<String>,
    pub access_id: String,
    pub secret_key: String,
}

impl Access {
    /// Reads the variables that begin with `S3_`.
    ///
    /// # Errors
    /// One line for each variable that cannot be used. None shows a value.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let optional = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut required = |name: &str| {
            optional(name).unwrap_or_else(|| {
                mistakes.push(format!("{name} is not set"));
                String::new()
            })
        };
        let mut access = Self {
            endpoint: required(S3_ENDPOINT),
            bucket: required(S3_BUCKET),
            prefix: optional(S3_PREFIX).unwrap_or_default(),
            region: optional(S3_REGION).unwrap_or_else(|| USUAL_REGION.to_owned()),
            path_style: false,
            ca_bundle: optional(S3_CA_BUNDLE),
            access_id: required(S3_ACCESS_ID),
            secret_key: required(S3_SECRET_KEY),
        };
        let mut flag = |name: &str| match optional(name).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                mistakes.push(format!("{name} must be true or false"));
                false
            }
        };
        access.path_style = flag(S3_PATH_STYLE);
        if flag(S3_SIGNATURE_V2) {
            let why = "only an image of your own signs requests in the old way";
            mistakes.push(format!("{S3_SIGNATURE_V2} is true: {why}; set signatureV2 to false"));
        }
        if mistakes.is_empty()
            && let Err(why) = access.check()
        {
            mistakes.push(why);
        }
        if mistakes.is_empty() { Ok(access) } else { Err(mistakes) }
    }

    /// Whether requests can be made of it.
    ///
    /// # Errors
    /// The first field that cannot be used, as an S3Store calls it.
    pub fn check(&self) -> Result<(), String> {
        endpoint::endpoint(&self.endpoint, self.path_style)?.of_bucket(&self.bucket)?;
        endpoint::check_prefix(&self.prefix)?;
        let is_visible =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic());
        if !is_visible(&self.region) || self.region.contains(['/', ',', '=']) {
            return Err("region must be a plain name, such as us-east-1".to_owned());
        }
        if !is_visible(&self.access_id) || self.access_id.contains(['/', ',', '=']) {
            return Err("the value of accessId must be one word: look for a line break or a blank in its Secret".to_owned());
        }
        if self.secret_key.is_empty() || self.secret_key.chars().any(char::is_whitespace) {
            return Err("the value of accessKey must be one word: look for a line break or a blank in its Secret".to_owned());
        }
        Ok(())
    }
}

/// Shows neither the key nor, where it says nothing to a person, the authority.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("endpoint", &endpoint::endpoint(&self.endpoint, true).map(|url| url.to_string()))
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("region", &self.region)
            .field("path_style", &self.path_style)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: [(&str, &str); 5] = [
        (S3_ENDPOINT, "https://s3.example.org"),
        (S3_BUCKET, "b"),
        (S3_ACCESS_ID, "id"),
        (S3_SECRET_KEY, "hunter2"),
        (S3_PREFIX, "/a b//"),
    ];

    fn read(also: &[(&str, &str)]) -> Result<Access, Vec<String>> {
        let all: Vec<_> = also.iter().chain(&WHOLE).collect();
        Access::read(|name| all.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn the_environment_is_read_with_its_defaults() {
        let access = read(&[]).expect("it is whole");
        assert_eq!((access.region.as_str(), access.path_style), ("us-east-1", false));
        assert_eq!(access.prefix, "/a b//");
        assert!(!format!("{access:?}").contains("hunter2"));
        assert!(read(&[(S3_PATH_STYLE, "true")]).is_ok_and(|access| access.path_style));
    }

    #[test]
    fn every_variable_that_cannot_be_used_is_named() {
        let mistakes = Access::read(|_| None).expect_err("nothing is set");
        for name in [S3_ENDPOINT, S3_BUCKET, S3_ACCESS_ID, S3_SECRET_KEY] {
            assert!(mistakes.iter().any(|line| line.starts_with(name)), "{name}: {mistakes:?}");
        }
        for (name, value, why) in [
            (S3_PATH_STYLE, "yes", "true or false"),
            (S3_SIGNATURE_V2, "true", "signatureV2"),
            (S3_ENDPOINT, "http://hunter2@h", "credentials"),
            (S3_REGION, "a b", "region"),
            (S3_SECRET_KEY, "hunter2\n", "line break"),
            (S3_ACCESS_ID, "a\u{e9}", "accessId"),
            (S3_PREFIX, "../", "prefix"),
        ] {
            let mistakes = read(&[(name, value)]).expect_err(name).join("; ");
            assert!(mistakes.contains(why) && !mistakes.contains("hunter2"), "{name}: {mistakes}");
        }
    }
}
