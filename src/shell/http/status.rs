//! How all resources are, for whoever draws them: a page, a dashboard, a program.

mod room;

use super::conditional::Tag;
use super::error_response::ErrorResponse;
use super::{Api, Backend, modules};
use crate::overview::Overview;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue};
use room::Room;
use serde::Serialize;
use std::sync::{Mutex, PoisonError};
use warp::reply::{Reply, Response};

/// The body of an answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    /// Of the operator.
    version: &'static str,
    /// Resources that there is no room for. All of them are well, unless there are many thousands.
    left_out: usize,
    #[serde(flatten)]
    overview: Overview,
}

/// Which content was told last, and what of the cluster was known then: nothing of the content itself.
#[derive(Default)]
pub struct LastTold(Mutex<Option<(u64, Tag)>>);

impl LastTold {
    fn tag(&self, changes: u64) -> Option<Tag> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(known, _)| *known == changes).map(|(_, tag)| tag)
    }

    fn note(&self, changes: u64, tag: Tag) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((changes, tag));
    }
}

/// Every resource of every watched namespace, or that a client has seen them as they are.
///
/// # Errors
/// 500 before the cluster has told of them.
pub fn status<B: Backend>(api: &Api<B>, headers: &HeaderMap) -> Result<Response, ErrorResponse> {
    modules::check_known(api.backend.as_ref())?;
    // Before the look: what changes meanwhile is told the next time.
    let changes = api.backend.changes();
    if let Some(tag) = api.last_told.tag(changes).filter(|tag| tag.is_held(headers)) {
        return Ok(guarded(tag.not_modified()));
    }
    let body = body(api.backend.overview())?;
    let tag = Tag::of(&body);
    api.last_told.note(changes, tag);
    let held = tag.is_held(headers);
    Ok(guarded(if held { tag.not_modified() } else { tag.on(body.into_response()) }))
}

fn body(mut overview: Overview) -> Result<Vec<u8>, ErrorResponse> {
    let left_out = Room::fit(&mut overview);
    let body = Body { version: env!("CARGO_PKG_VERSION"), left_out, overview };
    room::to_json(&body).map_err(|_| ErrorResponse::mistake())
}

/// Names of modules and their images are nobody else's business: no browser keeps them.
fn guarded(mut response: Response) -> Response {
    for (name, value) in [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
