//! What a request is about, read from its method and path as the API server does.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

/// One request of a client.
#[derive(Clone)]
pub struct Request {
    /// Rises by one with each request of an edge.
    pub number: u64,
    pub method: http::Method,
    pub verb: Verb,
    /// The path as it was sent, without the query.
    pub path: String,
    /// Empty for the core group, and where the path names no resource (discovery, /version).
    pub group: String,
    /// Plural; empty where the path names none.
    pub resource: String,
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub subresource: Option<String>,
    /// Decoded.
    pub query: BTreeMap<String, String>,
    /// Null where there was none or it was not JSON.
    pub body: Value,
    pub at: Instant,
    /// None until there is an answer, and for ever if there is none. An injected one counts.
    pub status: Option<u16>,
    /// When the head of the answer or the failure was there, or the client gave up waiting. None until then.
    pub finished: Option<Instant>,
}

/// What the API server calls a verb, except that server-side apply is told from other patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    Get,
    List,
    Watch,
    Create,
    Update,
    Patch,
    Apply,
    Delete,
    DeleteCollection,
}

impl Verb {
    pub fn changes(self) -> bool {
        !matches!(self, Self::Get | Self::List | Self::Watch)
    }
}

impl Request {
    pub(super) fn read(number: u64, head: &http::request::Parts, body: &[u8]) -> Request {
        let query = query(head.uri.query().unwrap_or_default());
        let place = Place::of(head.uri.path());
        let content = head.headers.get(http::header::CONTENT_TYPE);
        let applies =
            content.is_some_and(|kind| kind.as_bytes().starts_with(b"application/apply-patch"));
        let watches = query.get("watch").is_some_and(|value| value != "false" && value != "0");
        let verb = match (head.method.as_str(), &place.name) {
            ("POST", _) => Verb::Create,
            ("PUT", _) => Verb::Update,
            ("PATCH", _) if applies => Verb::Apply,
            ("PATCH", _) => Verb::Patch,
            ("DELETE", Some(_)) => Verb::Delete,
            ("DELETE", None) => Verb::DeleteCollection,
            _ if watches => Verb::Watch,
            (_, None) if !place.resource.is_empty() => Verb::List,
            _ => Verb::Get,
        };
        Request {
            number,
            method: head.method.clone(),
            verb,
            path: head.uri.path().to_owned(),
            group: place.group,
            resource: place.resource,
            namespace: place.namespace,
            name: place.name,
            subresource: place.subresource,
            query,
            body: serde_json::from_slice(body).unwrap_or_default(),
            at: Instant::now(),
            status: None,
            finished: None,
        }
    }

    /// Whether it is this verb on this resource itself, not on a subresource.
    pub fn is(&self, verb: Verb, resource: &str) -> bool {
        self.verb == verb && self.resource == resource && self.subresource.is_none()
    }

    /// Whether it is about the object of that name, or creates it.
    pub fn names(&self, namespace: &str, name: &str) -> bool {
        let named = self.name.as_deref().or_else(|| self.body.pointer("/metadata/name")?.as_str());
        self.namespace.as_deref() == Some(namespace) && named == Some(name)
    }

    /// Whether it is meant to change what the cluster holds. Leases are not counted: how often one is renewed is a
    /// matter of time. Neither are dry runs and the questions that are asked by POST.
    pub fn is_write(&self) -> bool {
        let asks = ["authorization.k8s.io", "authentication.k8s.io"].contains(&self.group.as_str());
        self.verb.changes()
            && self.resource != "leases"
            && !asks
            && !self.query.contains_key("dryRun")
    }

    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Without the body, which may hold secrets and is long.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {:?} {}", self.number, self.verb, self.path)?;
        if let (Verb::Create, Some(Value::String(name))) =
            (self.verb, self.body.pointer("/metadata/name"))
        {
            write!(f, " ({name})")?;
        }
        match (self.status, self.finished) {
            (Some(status), _) => write!(f, " → {status}"),
            (None, Some(_)) => f.write_str(" → no answer"),
            (None, None) => f.write_str(" → …"),
        }
    }
}

#[derive(Default)]
struct Place {
    group: String,
    resource: String,
    namespace: Option<String>,
    name: Option<String>,
    subresource: Option<String>,
}

impl Place {
    fn of(path: &str) -> Place {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (group, rest) = match parts[..] {
            ["api", _version, ref rest @ ..] => ("", rest),
            ["apis", group, _version, ref rest @ ..] => (group, rest),
            _ => return Place::default(),
        };
        let (namespace, rest) = match *rest {
            // These are subresources of the namespace itself.
            ["namespaces", _, "status" | "finalize", ..] => (None, rest),
            ["namespaces", namespace, ref rest @ ..] if !rest.is_empty() => (Some(namespace), rest),
            _ => (None, rest),
        };
        let own = |part: &&str| (*part).to_owned();
        Place {
            group: group.to_owned(),
            resource: rest.first().map(own).unwrap_or_default(),
            namespace: namespace.map(str::to_owned),
            name: rest.get(1).map(own),
            subresource: rest.get(2).map(own),
        }
    }
}

fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

/// `+` and `%2B` of a query.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap_or_default(), rest.next().unwrap_or_default()];
                let digits = String::from_utf8_lossy(&digits).into_owned();
                u8::from_str_radix(&digits, 16).unwrap_or(b'?')
            }
            _ => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Request, Verb};

    fn read(method: &str, uri: &str, body: &str) -> Request {
        let request = http::Request::builder().method(method).uri(uri);
        let (head, ()) = request.body(()).expect("a request").into_parts();
        Request::read(1, &head, body.as_bytes())
    }

    fn place(uri: &str) -> String {
        let request = read("GET", uri, "");
        let [namespace, name, subresource] = [request.namespace, request.name, request.subresource]
            .map(|part| part.unwrap_or("-".to_owned()));
        format!(
            "{:?} {}/{} {namespace} {name} {subresource}",
            request.verb, request.group, request.resource
        )
    }

    #[test]
    fn paths_are_read_as_the_api_server_does() {
        for (uri, expected) in [
            ("/api/v1/secrets?limit=50", "List /secrets - - -"),
            ("/api/v1/namespaces/a/secrets/b", "Get /secrets a b -"),
            ("/api/v1/namespaces", "List /namespaces - - -"),
            ("/api/v1/namespaces/a", "Get /namespaces - a -"),
            ("/api/v1/namespaces/a/status", "Get /namespaces - a status"),
            ("/apis/eevee.bot/v1/botmodules?watch=true&x=1", "Watch eevee.bot/botmodules - - -"),
            ("/apis/apps/v1/namespaces/a/deployments/b/scale", "Get apps/deployments a b scale"),
            ("/apis/apps/v1", "Get apps/ - - -"),
            ("/version", "Get / - - -"),
        ] {
            assert_eq!(place(uri), expected, "{uri}");
        }
    }

    #[test]
    fn the_query_is_decoded() {
        let request = read("GET", "/api/v1/pods?labelSelector=a%3Db%2Cc&x=1+2&flag", "");
        assert_eq!(request.query["labelSelector"], "a=b,c");
        assert_eq!(request.query["x"], "1 2");
        assert_eq!(request.query["flag"], "");
    }

    #[test]
    fn writes_are_what_changes_the_cluster() {
        let configs = "/api/v1/namespaces/a/configmaps";
        assert!(read("POST", configs, "{}").is_write());
        assert!(read("PATCH", &format!("{configs}/b"), "{}").is_write());
        assert!(read("DELETE", &format!("{configs}/b"), "").is_write());
        assert!(!read("GET", configs, "").is_write());
        assert!(!read("POST", &format!("{configs}?dryRun=All"), "{}").is_write());
        let leases = "/apis/coordination.k8s.io/v1/namespaces/a/leases/b";
        assert!(!read("PUT", leases, "{}").is_write());
        assert!(read("PUT", leases, "{}").verb.changes());
        assert!(
            !read("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{}")
                .is_write()
        );
    }

    #[test]
    fn a_created_object_is_named_by_its_body() {
        let body = r#"{"metadata": {"name": "b"}, "data": {"key": "c2VjcmV0"}}"#;
        let request = read("POST", "/api/v1/namespaces/a/secrets", body);
        assert!(request.names("a", "b") && !request.names("a", "c") && !request.names("b", "b"));
        let shown = format!("{request:?}");
        assert_eq!(shown, "#1 Create /api/v1/namespaces/a/secrets (b) → …");
    }
}
