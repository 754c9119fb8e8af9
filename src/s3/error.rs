//! What can go wrong between a store and us, and what a person does about it.

use super::xml::Element;
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use std::time::Duration;

/// Longest word that is taken for an error code or a region.
const LONGEST_WORD: usize = 64;

/// Why there is no good answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The server says so.
    Refused(Refusal),
    UnknownHost,
    LinkLocal,
    NobodyListens,
    /// No way there: no route, no network.
    Unreachable,
    /// What is wrong with the server's certificate, and what to do.
    Certificate(String),
    /// The other side does not speak TLS as we do.
    NoTls,
    TimedOut,
    /// The connection ended in the middle.
    Cut,
    /// It is no answer of S3. What is wrong with it.
    Malformed(&'static str),
    /// The request cannot be made. Why.
    Unusable(String),
}

/// An answer that is no success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    /// The S3 error code, where it is a plain word.
    pub code: Option<String>,
    /// Where the bucket is.
    pub region: Option<String>,
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// Reads an answer.
    pub fn new(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let error = Element::read(body).filter(|document| document.is("Error"));
        let text = |name| error.as_ref().and_then(|error| error.text_of(name)).and_then(word);
        let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Self {
            status,
            code: text("Code"),
            region: header("x-amz-bucket-region").and_then(word).or_else(|| text("Region")),
            retry_after: seconds.map(Duration::from_secs),
        }
    }

    fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }

    /// For the message: the error code, or the status where there is none.
    fn named(&self) -> String {
        match &self.code {
            Some(code) => code.clone(),
            None => format!("HTTP {}", self.status.as_u16()),
        }
    }
}

/// A word that may stand in a message: whatever else a server writes may be a secret, or a lie.
fn word(text: &str) -> Option<String> {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    let is_word = !text.is_empty() && text.len() <= LONGEST_WORD && text.chars().all(is_plain);
    is_word.then(|| text.to_owned())
}

impl RequestError {
    /// Whether the same request may have another answer in a moment.
    pub fn is_worth_another_try(&self) -> bool {
        match self {
            Self::Refused(refusal) => {
                matches!(refusal.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
                    || matches!(
                        refusal.code(),
                        // Bytes were changed in transit.
                        "BadDigest" | "XAmzContentSHA256Mismatch" | "RequestTimeout" | "SlowDown"
                    )
            }
            // Names are looked up again, too: a resolver that fails often does so once.
            Self::UnknownHost
            | Self::NobodyListens
            | Self::Unreachable
            | Self::TimedOut
            | Self::Cut => true,
            _ => false,
        }
    }

    /// Whether somebody must mend something before there can be a good answer.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Refused(refusal) => {
                let is_passing =
                    matches!(refusal.status.as_u16(), 408 | 409 | 412 | 425 | 429 | 507)
                        || (refusal.status.is_server_error()
                            && refusal.status != StatusCode::NOT_IMPLEMENTED)
                        || matches!(refusal.code(), "RequestTimeTooSkewed" | "NoSuchUpload");
                !is_passing && !self.is_worth_another_try()
            }
            Self::LinkLocal | Self::Certificate(_) | Self::NoTls | Self::Unusable(_) => true,
            _ => false,
        }
    }

    /// How long the server wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// The status of a refusal.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// What it is and what to do.
    pub fn advice(&self) -> String {
        let fixed = match self {
            Self::Refused(refusal) => return refusal.advice(),
            Self::Certificate(what) | Self::Unusable(what) => return what.clone(),
            Self::Malformed(what) => {
                return format!("{what}: look whether endpoint is an S3 service");
            }
            Self::UnknownHost => {
                "the host is unknown: look at endpoint, and with a bucket in the host name whether pathStyle must be true"
            }
            Self::LinkLocal => {
                "the host is a link-local address, which is no S3 service: mend endpoint"
            }
            Self::NobodyListens => {
                "the connection is refused: look whether the store runs, and at the port of endpoint"
            }
            Self::Unreachable => {
                "the host cannot be reached: look at the network and at NetworkPolicies"
            }
            Self::NoTls => "TLS fails: look whether endpoint must begin with http, and at its port",
            Self::TimedOut => {
                "timeout, no answer in time: look whether the store runs, at the network and at NetworkPolicies"
            }
            Self::Cut => {
                "the connection was cut in the middle of an answer: look at the store and what is on the way to it"
            }
        };
        fixed.to_owned()
    }
}

impl Refusal {
    fn advice(&self) -> String {
        let named = self.named();
        let of_code = match self.code() {
            "NoSuchBucket" => "there is no such bucket ({}): create it, or mend bucket",
            "NoSuchKey" => "there is no such object ({})",
            // The second is versitygw's word for it.
            "InvalidAccessKeyId" | "XAdminUserNotFound" => {
                "the store does not know the access key ({}): look at the Secret of accessId"
            }
            "SignatureDoesNotMatch" => {
                "the signature does not match ({}): look at the Secret of accessKey"
            }
            "RequestTimeTooSkewed" => {
                "the clocks of this machine and of the store differ too much ({}): set them"
            }
            "BadDigest" | "XAmzContentSHA256Mismatch" => {
                "what arrived has another checksum than what was sent ({}): something on the way changes it"
            }
            "NoSuchUpload" => {
                "the upload is gone ({}): look for a lifecycle rule that ends uploads too early"
            }
            _ => "",
        };
        if let Some(region) = &self.region
            && self.is_elsewhere()
        {
            return format!("the bucket is in region {region} ({named}): set region to {region}");
        }
        let text = if of_code.is_empty() { self.advice_of_status() } else { of_code };
        text.replace("{}", &named)
    }

    /// Whether another region is the reason.
    fn is_elsewhere(&self) -> bool {
        let is_of_region = matches!(
            self.code(),
            "AuthorizationHeaderMalformed"
                | "PermanentRedirect"
                | "TemporaryRedirect"
                | "IllegalLocationConstraintException"
                | "InvalidRegion"
        );
        is_of_region
            || self.status.is_redirection()
            || (self.code.is_none() && self.status == StatusCode::BAD_REQUEST)
    }

    fn advice_of_status(&self) -> &'static str {
        match self.status.as_u16() {
            300..=399 => {
                "the store answers with a redirect ({}), which is not followed: name the server itself in endpoint, and look at region"
            }
            401 | 403 => {
                "access denied ({}): allow it in the policy of the access key or of the bucket"
            }
            400 if self.is_elsewhere() => {
                "the store does not take the signature ({}): look at region"
            }
            404 => "there is no such thing ({}): look at endpoint, bucket and pathStyle",
            412 => "the object was replaced while it was read ({})",
            429 | 503 => "the store is too busy ({}): it may do better later",
            501 => "the store cannot do this ({})",
            507 => "the store is full ({}): make room",
            500..=599 => "the store has failed ({}): look at its log, it may do better later",
            _ => "the store refuses it ({})",
        }
    }
}
