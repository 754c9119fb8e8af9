//! What proves to the API server who is asking, in the header Authorization.

use super::header::bearer;
use super::plugin::Plugin;
use futures::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use jiff::Timestamp;
use kube::client::Body;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tower::{BoxError, Layer, Service};

/// A file is read again after this time, as client-go does.
const REREAD: Duration = Duration::from_mins(1);

/// What is sent with every request.
#[derive(Clone)]
pub enum AuthHeader {
    None,
    Fixed(HeaderValue),
    /// The header of today, and what gives the next one.
    Renewed(Arc<Mutex<Renewed>>),
}

pub struct Renewed {
    source: TokenSource,
    header: Option<HeaderValue>,
    due: Due,
}

pub enum TokenSource {
    File(PathBuf),
    Plugin(Plugin),
}

/// When the source is asked again.
enum Due {
    Now,
    At(Instant),
    Expiry(Timestamp),
    /// When the API server refuses what there is.
    Never,
}

impl Due {
    fn is_over(&self) -> bool {
        match self {
            Self::Now => true,
            Self::At(instant) => Instant::now() >= *instant,
            Self::Expiry(time) => Timestamp::now() >= *time,
            Self::Never => false,
        }
    }
}

impl AuthHeader {
    /// The token in a file. What stands in `token` beside it counts as long as no file can be read.
    ///
    /// # Errors
    /// Why there is no token at all.
    pub fn file(path: PathBuf, otherwise: Option<HeaderValue>) -> Result<Self, String> {
        let read = token_in(&path);
        let header = match (read, otherwise) {
            (Ok(header), _) | (Err(_), Some(header)) => header,
            (Err(why), None) => return Err(why),
        };
        Ok(Self::renewed(TokenSource::File(path), Some(header), Due::At(Instant::now() + REREAD)))
    }

    /// What a plugin gave, and will give.
    pub fn plugin(plugin: Plugin, header: Option<HeaderValue>, expiry: Option<Timestamp>) -> Self {
        Self::renewed(TokenSource::Plugin(plugin), header, expiry.map_or(Due::Never, Due::Expiry))
    }

    fn renewed(source: TokenSource, header: Option<HeaderValue>, due: Due) -> Self {
        Self::Renewed(Arc::new(Mutex::new(Renewed { source, header, due })))
    }

    async fn header(&self) -> Result<Option<HeaderValue>, String> {
        match self {
            Self::None => Ok(None),
            Self::Fixed(header) => Ok(Some(header.clone())),
            Self::Renewed(renewed) => renewed.lock().await.header().await,
        }
    }

    /// The API server does not take what it was sent.
    async fn is_stale(&self) {
        if let Self::Renewed(renewed) = self {
            renewed.lock().await.due = Due::Now;
        }
    }
}

impl Renewed {
    async fn header(&mut self) -> Result<Option<HeaderValue>, String> {
        if self.due.is_over() {
            self.renew().await?;
        }
        Ok(self.header.clone())
    }

    async fn renew(&mut self) -> Result<(), String> {
        match &self.source {
            TokenSource::File(path) => {
                // A file may be gone for a moment, or for good once it was read.
                if let Ok(header) = token_in(path) {
                    self.header = Some(header);
                }
                self.due = Due::At(Instant::now() + REREAD);
            }
            TokenSource::Plugin(plugin) => {
                let plugin = plugin.clone();
                let ran = tokio::task::spawn_blocking(move || plugin.run()).await;
                let given = ran.map_err(|error| format!("the exec plugin: {error}"))??;
                self.header = given.header;
                self.due = given.expiry.map_or(Due::Never, Due::Expiry);
            }
        }
        Ok(())
    }
}

/// The token that a file holds, without the line break behind it.
fn token_in(path: &Path) -> Result<HeaderValue, String> {
    let named = |why: String| format!("tokenFile ({}) {why}", path.display());
    let bytes = std::fs::read(path).map_err(|error| named(format!("cannot be read: {error}")))?;
    match bytes.trim_ascii() {
        [] => Err(named("is empty".to_owned())),
        token => bearer(token).map_err(named),
    }
}

impl<S> Layer<S> for AuthHeader {
    type Service = Authorized<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Authorized { credentials: self.clone(), inner }
    }
}

/// Sends the credentials with every request.
#[derive(Clone)]
pub struct Authorized<S> {
    credentials: AuthHeader,
    inner: S,
}

impl<S, B> Service<Request<Body>> for Authorized<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send,
    B: Send,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // The one that is ready is this one, not its copy.
        let copy = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, copy);
        let credentials = self.credentials.clone();
        Box::pin(async move {
            if let Some(header) = credentials.header().await? {
                request.headers_mut().insert(AUTHORIZATION, header);
            }
            let answer = inner.call(request).await?;
            if answer.status() == StatusCode::UNAUTHORIZED {
                credentials.is_stale().await;
            }
            Ok(answer)
        })
    }
}
