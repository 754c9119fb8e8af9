//! One request, signed.

use super::encode;
use super::error::RequestError;
use super::payload::Payload;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequestBody;
use url::{Position, Url};

/// What is asked of a bucket, or of an object in it.
pub struct Request<'a> {
    pub method: Method,
    pub key: Option<&'a str>,
    pub query: Vec<(&'static str, String)>,
    pub headers: Vec<(HeaderName, String)>,
    pub payload: Payload,
}

impl<'a> Request<'a> {
    /// Of the bucket.
    pub fn of_bucket(method: Method) -> Self {
        let payload = Payload::new(Vec::new());
        Self { method, key: None, query: Vec::new(), headers: Vec::new(), payload }
    }

    /// Of one object.
    pub fn of_object(method: Method, key: &'a str) -> Self {
        Self { key: Some(key), ..Self::of_bucket(method) }
    }

    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn payload(self, payload: Payload) -> Self {
        Self { payload, ..self }
    }

    /// Signs it for a bucket.
    ///
    /// # Errors
    /// A key that would lead elsewhere.
    pub fn signed(
        &self,
        bucket: &Url,
        region: &str,
        credential: &AwsCredential,
    ) -> Result<http::Request<Payload>, RequestError> {
        let unusable =
            |what: &str| RequestError::Unusable(format!("{what} cannot be part of a request"));
        let url = self.url(bucket).ok_or_else(|| unusable("the key of the object"))?;
        let builder = http::Request::builder().method(self.method.clone()).uri(url.as_str());
        let body = HttpRequestBody::empty();
        let mut request = builder.body(body).map_err(|_| unusable("endpoint"))?;
        AwsAuthorizer::new(credential, "s3", region)
            .try_authorize(&mut request, Some(&self.payload.digest))
            .map_err(|_| unusable("the access key"))?;
        let (mut parts, _) = request.into_parts();
        self.add_headers(&url, &mut parts.headers).ok_or_else(|| unusable("a header"))?;
        Ok(http::Request::from_parts(parts, self.payload.clone()))
    }

    /// Those that are not signed, since proxies may change them, and those that the signer takes as given.
    fn add_headers(&self, url: &Url, headers: &mut HeaderMap) -> Option<()> {
        for (name, value) in &self.headers {
            headers.insert(name, HeaderValue::from_str(value).ok()?);
        }
        let host = &url[Position::BeforeHost..Position::AfterPort];
        headers.insert(HOST, HeaderValue::from_str(host).ok()?);
        if self.method == Method::POST || self.method == Method::PUT {
            headers.insert(CONTENT_LENGTH, self.payload.len().into());
        }
        Some(())
    }

    /// None where a URL of this key would be that of another.
    fn url(&self, bucket: &Url) -> Option<Url> {
        let folder = bucket.path().trim_end_matches('/');
        let path = format!("{folder}/{}", encode::path(self.key.unwrap_or_default()));
        let query =
            self.query.iter().map(|(name, value)| format!("{name}={}", encode::value(value)));
        let query = query.collect::<Vec<_>>().join("&");
        let mut url = bucket.clone();
        url.set_path(&path);
        url.set_query((!query.is_empty()).then_some(&query));
        (url.path() == path).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(key: &str) -> Option<String> {
        let bucket = Url::parse("https://s3.example.org/b").expect("a URL");
        let request = Request::of_object(Method::GET, key).query("prefix", "/a b+");
        request.url(&bucket).map(|url| url.to_string())
    }

    #[test]
    fn keys_stand_in_urls_as_they_are() {
        for (key, path) in [
            ("a", "a"),
            ("/a", "/a"),
            ("a//b", "a//b"),
            ("a b+%ä", "a%20b%2B%25%C3%A4"),
            ("...", "..."),
        ] {
            let whole = format!("https://s3.example.org/b/{path}?prefix=%2Fa%20b%2B");
            assert_eq!(url(key), Some(whole), "{key}");
        }
    }

    #[test]
    fn a_key_that_means_another_folder_is_refused() {
        for key in ["..", "../a", "a/../b", "a/./b", "."] {
            assert_eq!(url(key), None, "{key}");
        }
    }

    #[test]
    fn what_is_sent_has_a_length_and_is_signed() {
        let bucket = Url::parse("http://s3.example.org:9000/b").expect("a URL");
        let credential =
            AwsCredential { key_id: "id".into(), secret_key: "hunter2".into(), token: None };
        let request = Request::of_object(Method::PUT, "a").payload(Payload::new("abc"));
        let signed = request.signed(&bucket, "us-east-1", &credential).expect("it can be signed");
        let header = |name: &str| signed.headers()[name].to_str().expect("text");
        assert_eq!(header("content-length"), "3");
        assert_eq!(header("host"), "s3.example.org:9000");
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(header("x-amz-content-sha256"), digest);
        assert!(
            header("authorization").contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date")
        );
        assert!(!format!("{:?}", signed.headers()).contains("hunter2"));
    }
}
