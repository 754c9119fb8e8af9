//! Every limit of the HTTP API.

use std::time::Duration;

/// How much a client may ask for, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time for the head of a request, counted from the end of the one before it: an idle
    /// connection is closed after it, too.
    pub head_time: Duration,
    /// Bytes of the head of a request, at least 8192.
    pub head_bytes: usize,
    /// Time for the body of a request.
    pub body_time: Duration,
    /// Bytes of the body of a request.
    pub body_bytes: usize,
    /// Time for the cluster to answer.
    pub cluster_time: Duration,
    /// Connections served at once.
    pub connections: usize,
    /// Connections of one client served at once.
    pub client_connections: usize,
    /// Connections that wait to be served, unless the file descriptors of the process are few.
    pub waiting: usize,
    /// Age at which a connection ends with the answer under way.
    pub connection_time: Duration,
    /// Time for that answer. Then the connection is cut: that ends clients that do not read.
    pub last_answer_time: Duration,
    /// Time for a client to read the last answer of a connection that still has input unread.
    pub linger_time: Duration,
    /// Time for the answers under way when the server ends.
    pub shutdown_time: Duration,
    /// Requests of one client within [`Limits::window`].
    pub requests: u32,
    /// Counted from the first request of a client.
    pub window: Duration,
    /// Clients that are counted one by one; the others share one count.
    pub clients: usize,
}

/// The limits of the contract, and where it gives none:
///
/// - a head of 128 KiB has room for a token of 64 KB, and 128 connections that fill it take 16 MiB;
/// - a quarter of them is more than a proxy needs that speaks for many, and who wants to keep all
///   of them busy needs four addresses;
/// - a thousand clients that come at once and wait take nothing but their file descriptors;
/// - 10,000 clients take less than 1 MiB;
/// - a cluster that has not answered in 15 s has not answered before most clients give up;
/// - the last answer may take as long as a body and the cluster together, and some to be read.
impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(10),
            head_bytes: 128 * 1024,
            body_time: Duration::from_secs(10),
            body_bytes: 64 * 1024,
            cluster_time: Duration::from_secs(15),
            connections: 128,
            client_connections: 32,
            waiting: 1024,
            connection_time: Duration::from_mins(1),
            last_answer_time: Duration::from_secs(30),
            linger_time: Duration::from_secs(1),
            shutdown_time: Duration::from_secs(2),
            requests: 100,
            window: Duration::from_mins(1),
            clients: 10_000,
        }
    }
}

impl Limits {
    /// Those of the listener for the kubelet, which asks one thing at a time.
    pub fn health() -> Self {
        Self {
            connections: 32,
            client_connections: 16,
            waiting: 64,
            clients: 100,
            ..Self::default()
        }
    }
}
