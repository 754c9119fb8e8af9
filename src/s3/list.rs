//! What lies below the folder of a module, and nowhere else.

use super::bucket::Bucket;
use super::encode;
use super::error::RequestError;
use super::request::Request;
use super::xml::Element;
use crate::backup::key::{self, Of};
use http::Method;
use jiff::Timestamp;

/// Keys in one page.
const PAGE: usize = 500;
/// Pages of one list. Nobody has so many backups of one module.
const PAGES: usize = 400;

const NO_LIST: RequestError = RequestError::Malformed("its answer is no list");
const ENDLESS: RequestError = RequestError::Malformed("its list does not end");
const CUT: RequestError = RequestError::Malformed("its list goes on, and it does not say where");

/// A backup that lies in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBackup {
    pub id: String,
    pub key: String,
    /// When it was made: its id tells, else the store.
    pub time: Timestamp,
    pub bytes: u64,
}

/// An upload that was begun.
pub struct Begun {
    pub key: String,
    pub upload: String,
    /// When it began. None where the store does not say.
    pub since: Option<Timestamp>,
}

/// Asks for at most one key.
pub fn probe(bucket: &Bucket) -> Request<'static> {
    listing(&bucket.prefix).query("max-keys", 1)
}

/// Whether it is the answer to a listing.
///
/// # Errors
/// Where it is not.
pub fn check(body: &[u8]) -> Result<(), RequestError> {
    page(body, "ListBucketResult").map(|_| ())
}

fn listing(prefix: &str) -> Request<'static> {
    let request = Request::of_bucket(Method::GET).query("list-type", 2);
    request.query("encoding-type", "url").query("prefix", prefix)
}

/// The backups of a module, newest first.
///
/// # Errors
/// Why they cannot be listed.
pub async fn backups(bucket: &Bucket, of: &Of) -> Result<Vec<StoredBackup>, RequestError> {
    let mut backups = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES {
        let request = listing(&of.folder(&bucket.prefix)).query("delimiter", "/");
        let mut request = request.query("max-keys", PAGE);
        if let Some(token) = &token {
            request = request.query("continuation-token", token);
        }
        let answer = bucket.ask(&request).await?;
        let page = page(&answer.body, "ListBucketResult")?;
        for entry in page.all("Contents") {
            backups.extend(stored(bucket, of, &page, entry)?);
        }
        token = next(&page, "NextContinuationToken")?;
        if token.is_none() {
            backups.sort_by(|a: &StoredBackup, b| (b.time, &b.id).cmp(&(a.time, &a.id)));
            backups.dedup();
            return Ok(backups);
        }
    }
    Err(ENDLESS)
}

/// A backup, if the key of an entry is that of one.
fn stored(
    bucket: &Bucket,
    of: &Of,
    page: &Element,
    entry: &Element,
) -> Result<Option<StoredBackup>, RequestError> {
    let text = entry.text_of("Key").ok_or(NO_LIST)?;
    let Some(id) = id(bucket, of, page, text) else { return Ok(None) };
    let modified = entry.text_of("LastModified").and_then(|time| time.parse().ok());
    let time = key::time_of(&id).or(modified).ok_or(NO_LIST)?;
    let bytes = entry.text_of("Size").and_then(|size| size.parse().ok()).ok_or(NO_LIST)?;
    Ok(Some(StoredBackup { key: of.key(&bucket.prefix, &id), id, time, bytes }))
}

/// The id in a key. Stores do not agree on how to encode one: some promise to and do not, and a blank has
/// two forms. Whichever reading gives a key of exactly the right form is right.
fn id(bucket: &Bucket, of: &Of, page: &Element, text: &str) -> Option<String> {
    let is_encoded = page.text_of("EncodingType") == Some("url");
    let decoded = [true, false].into_iter().filter(|_| is_encoded);
    let readings = decoded.filter_map(|plus| encode::decoded(text, plus));
    let mut readings = readings.chain([text.to_owned()]);
    readings.find_map(|key| of.id(&bucket.prefix, &key).map(str::to_owned))
}

/// Uploads of backups of a module that were begun and have not ended.
///
/// # Errors
/// Why they cannot be listed.
pub async fn uploads(bucket: &Bucket, of: &Of) -> Result<Vec<Begun>, RequestError> {
    let folder = of.folder(&bucket.prefix);
    uploads_below(bucket, &folder, |page, text| {
        id(bucket, of, page, text).map(|id| of.key(&bucket.prefix, &id))
    })
    .await
}

/// Uploads of one object that were begun and have not ended.
///
/// # Errors
/// Why they cannot be listed.
pub async fn uploads_of(bucket: &Bucket, key: &str) -> Result<Vec<Begun>, RequestError> {
    uploads_below(bucket, key, |_, text| {
        let mut readings = [true, false].into_iter().filter_map(|plus| encode::decoded(text, plus));
        (text == key || readings.any(|reading| reading == key)).then(|| key.to_owned())
    })
    .await
}

async fn uploads_below(
    bucket: &Bucket,
    prefix: &str,
    key: impl Fn(&Element, &str) -> Option<String>,
) -> Result<Vec<Begun>, RequestError> {
    let mut uploads = Vec::new();
    let mut marker: Option<(String, Option<String>)> = None;
    for _ in 0..PAGES {
        let request = Request::of_bucket(Method::GET).query("uploads", "");
        let request = request.query("encoding-type", "url").query("prefix", prefix);
        let mut request = request.query("max-uploads", PAGE);
        if let Some((key, upload)) = &marker {
            request = request.query("key-marker", key);
            if let Some(upload) = upload {
                request = request.query("upload-id-marker", upload);
            }
        }
        let answer = bucket.ask(&request).await?;
        let page = page(&answer.body, "ListMultipartUploadsResult")?;
        for entry in page.all("Upload") {
            let (text, upload) =
                entry.text_of("Key").zip(entry.text_of("UploadId")).ok_or(NO_LIST)?;
            let since = entry.text_of("Initiated").and_then(|time| time.parse().ok());
            uploads.extend(key(&page, text).map(|key| Begun {
                key,
                upload: upload.to_owned(),
                since,
            }));
        }
        let Some(key) = next(&page, "NextKeyMarker")? else { return Ok(uploads) };
        marker = Some((key, filled(&page, "NextUploadIdMarker")));
    }
    Err(ENDLESS)
}

fn page(body: &[u8], name: &str) -> Result<Element, RequestError> {
    Element::read(body).filter(|document| document.is(name)).ok_or(NO_LIST)
}

/// Where the next page begins, if there is one. A part of a list is no answer: the newest backups come last.
fn next(page: &Element, marker: &'static str) -> Result<Option<String>, RequestError> {
    if page.text_of("IsTruncated") != Some("true") {
        return Ok(None);
    }
    filled(page, marker).map(Some).ok_or(CUT)
}

fn filled(page: &Element, name: &'static str) -> Option<String> {
    page.text_of(name).filter(|text| !text.is_empty()).map(str::to_owned)
}
