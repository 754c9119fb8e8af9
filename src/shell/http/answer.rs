//! One request, from its head to its answer.

use super::client::Client;
use super::error_response::ErrorResponse;
use super::routes::{self, Counted, Page, Route};
use super::{Api, Backend, accept, body, modules, restart, status, web_page};
use crate::shell::metrics::CONTENT_TYPE;
use futures::{FutureExt, Stream};
use http::header::{CONNECTION, CONTENT_TYPE as CONTENT_TYPE_HEADER, VARY};
use http::{HeaderMap, HeaderValue, Method, Uri};
use jiff::Timestamp;
use serde_json::json;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use warp::reply::{Reply, Response};
use warp::{Buf, Filter, Rejection};

/// Label `route` of requests for a path that does not exist.
pub const NO_ROUTE: &str = "unmatched";

/// The head of a request, as far as it matters.
struct Head {
    client: Client,
    method: Method,
    target: Uri,
    headers: HeaderMap,
}

/// Answers every request. The connection has put the [`Client`] and the target into the request:
/// warp's own filter of paths panics where a target has none, as in `CONNECT a:443`.
pub fn filter<B: Backend>(
    api: Arc<Api<B>>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    warp::ext::get::<Client>()
        .and(warp::method())
        .and(warp::ext::get::<Uri>())
        .and(warp::header::headers_cloned())
        .map(|client, method, target, headers| Head { client, method, target, headers })
        .and(warp::body::stream())
        .then(move |head, body| {
            let api = Arc::clone(&api);
            async move { counted(&api, head, body).await }
        })
}

/// Answers, and counts the answer.
async fn counted<B, S, D, E>(api: &Api<B>, head: Head, body: S) -> Response
where
    B: Backend,
    S: Stream<Item = Result<D, E>>,
    D: Buf,
{
    let began = Instant::now();
    let route = Route::of(api.routes, head.target.path());
    let (name, method) = (route.map_or(NO_ROUTE, Route::label), head.method.as_str());
    let answer = AssertUnwindSafe(respond(api, &head, route, body)).catch_unwind().await;
    let response = answer.map_or_else(
        |_| cut_short(method, name),
        |answer| answer.unwrap_or_else(Reply::into_response),
    );
    let status = response.status().as_u16();
    tracing::debug!(method, route = name, status, "answered a request");
    api.metrics.api_request(method, name, status, began.elapsed().as_secs_f64());
    response
}

/// The answer where there would be none: the panic itself tells its place and reason.
fn cut_short(method: &str, route: &str) -> Response {
    tracing::error!(method, route, "an answer was cut short by a mistake in the operator");
    last(ErrorResponse::mistake().into_response())
}

/// The same as the last answer of its connection.
pub fn last(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

async fn respond<B, S, D, E>(
    api: &Api<B>,
    head: &Head,
    route: Option<&Route>,
    body: S,
) -> Result<Response, ErrorResponse>
where
    B: Backend,
    S: Stream<Item = Result<D, E>>,
    D: Buf,
{
    if is_counted(api, head, route) {
        admit(api, head.client)
            .map_err(|wait| ErrorResponse::too_many_requests(&api.limits, wait))?;
    }
    let route = route.ok_or_else(|| nowhere(api.routes, &head.target))?;
    if !route.answers(&head.method) {
        return Err(ErrorResponse::method_not_allowed(route.allowed()));
    }
    if route.token {
        api.auth.check(&head.headers)?;
    }
    Ok(match route.page {
        Page::Root => root(api, &head.headers),
        Page::Health => {
            warp::reply::json(&json!({ "status": "ok", "timestamp": now() })).into_response()
        }
        Page::Metrics => metrics(api),
        Page::BotModules => {
            warp::reply::json(&modules::list(api.backend.as_ref())?).into_response()
        }
        Page::Status => status::status(api, &head.headers)?,
        Page::RestartModule => {
            let asked =
                restart::RestartRequest::from_body(&body::object(body, &api.limits).await?)?;
            warp::reply::json(&restart::restart(api, &asked).await?).into_response()
        }
        Page::Live => probe("Not live", api.backend.live())?,
        Page::Ready => probe("Not ready", api.backend.ready())?,
    })
}

/// Whether a request is one of those that a client may send only so often.
fn is_counted<B>(api: &Api<B>, head: &Head, route: Option<&Route>) -> bool {
    match route.map(|route| route.counted) {
        None | Some(Counted::Everybodys) => true,
        Some(Counted::Strangers) => api.auth.check(&head.headers).is_err(),
        Some(Counted::Nobodys) => false,
    }
}

/// Where a target leads that is no route.
fn nowhere(routes: &[Route], target: &Uri) -> ErrorResponse {
    let problem = if target.path().is_empty() {
        ErrorResponse::bad_request("The request target has no path")
    } else {
        ErrorResponse::not_found("Not found")
    };
    problem.details(routes::list(routes))
}

fn admit<B>(api: &Api<B>, client: Client) -> Result<(), Duration> {
    // Counts are whole after a panic, too.
    let mut limiter = api.limiter.lock().unwrap_or_else(PoisonError::into_inner);
    limiter.admit(client, Instant::now())
}

/// The page for browsers, or who this is for everybody else.
fn root<B>(api: &Api<B>, headers: &HeaderMap) -> Response {
    if !api.web_page {
        return who();
    }
    let mut response = if accept::prefers_html(headers) { web_page::page(headers) } else { who() };
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    response
}

fn who() -> Response {
    warp::reply::json(&json!({
        "message": "eevee.bot Operator API",
        "version": env!("CARGO_PKG_VERSION"),
        "timestamp": now(),
    }))
    .into_response()
}

fn metrics<B>(api: &Api<B>) -> Response {
    let text = api.metrics.text();
    warp::reply::with_header(text, CONTENT_TYPE_HEADER, CONTENT_TYPE).into_response()
}

fn probe(error: &str, state: Result<(), String>) -> Result<Response, ErrorResponse> {
    state.map_err(|reason| ErrorResponse::unavailable(error).details(reason))?;
    Ok(warp::reply::json(&json!({ "status": "ok" })).into_response())
}

/// The time, as JavaScript writes it: RFC 3339 in UTC with milliseconds.
fn now() -> String {
    format!("{:.3}", Timestamp::now())
}
