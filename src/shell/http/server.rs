//! Takes connections, so many at once, until the operator ends.

use super::client::Client;
use super::connection::Connection;
use super::turns::{self, Turns};
use super::{Api, Backend, answer};
use futures::FutureExt;
use rustix::process::{Resource, getrlimit};
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Time to wait after a connection could not be taken because the system is short of something,
/// such as file descriptors: it would fail again at once.
const PAUSE: Duration = Duration::from_millis(500);

/// Connections that the system takes for us until we come to it. With the 128 that
/// [`TcpListener::bind`] asks for, the others of a thousand clients at once wait for seconds.
const BACKLOG: u32 = 1024;

/// A port to serve on, with room for a thousand clients that come at once.
///
/// # Errors
/// The address is in use or none of this machine's, or the port needs rights.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // The port of an operator that has just ended is not free for a minute otherwise.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves the API until `shutdown` comes to pass. Then it takes no more connections, and those
/// that there are may finish the answer that is under way, for
/// [`Limits::shutdown_time`](super::Limits::shutdown_time) at most.
pub async fn serve<B: Backend>(
    listener: TcpListener,
    api: Arc<Api<B>>,
    shutdown: impl Future<Output = ()>,
) {
    let limits = api.limits;
    let metrics = api.metrics.clone();
    let turns = Arc::new(Mutex::new(Turns::new(&limits, room(limits.waiting))));
    let filter = answer::filter(api);
    let (ending, end) = watch::channel(());
    let start = |client, stream| {
        let (turns, metrics, end) = (Arc::clone(&turns), metrics.clone(), end.clone());
        let connection = Connection { client, limits, turns, metrics, end };
        isolated(client, connection.serve(stream, warp::service(filter.clone())))
    };
    let mut connections = JoinSet::new();
    tokio::select! {
        () = shutdown => {}
        () = take(&listener, &turns, &mut connections, start) => {}
    }
    turns::lock(&turns).send_away();
    drop(listener);
    drop(ending);
    let all = async { while connections.join_next().await.is_some() {} };
    // What is left then ends with the set.
    let _ = tokio::time::timeout(limits.shutdown_time, all).await;
}

/// Takes connections, and starts each when its turn has come. Never ends.
async fn take<F: Future<Output = Client> + Send + 'static>(
    listener: &TcpListener,
    turns: &Mutex<Turns<TcpStream>>,
    connections: &mut JoinSet<Client>,
    start: impl Fn(Client, TcpStream) -> F,
) {
    let mut accepted = pin!(accept(listener));
    loop {
        let next = turns::lock(turns).next();
        if let Some((client, stream)) = next {
            connections.spawn(start(client, stream));
            continue;
        }
        drop(turns::lock(turns).excess());
        let have_room = turns::lock(turns).have_room();
        tokio::select! {
            (client, stream) = &mut accepted, if have_room => {
                turns::lock(turns).arrive(client, stream);
                accepted.set(accept(listener));
            }
            Some(ended) = connections.join_next() => {
                if let Ok(client) = ended {
                    turns::lock(turns).leave(client);
                }
            }
        }
    }
}

/// Serves a connection, and gives its client when it has ended, however it has.
async fn isolated(client: Client, served: impl Future<Output = ()>) -> Client {
    if AssertUnwindSafe(served).catch_unwind().await.is_err() {
        tracing::error!("an HTTP connection was cut by a mistake in the operator");
    }
    client
}

/// Waits for a connection.
async fn accept(listener: &TcpListener) -> (Client, TcpStream) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => return (Client::from(address.ip()), stream),
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot take HTTP connections; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Whether a client went away before its connection was taken.
fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}

/// How many connections may wait. Each holds a file descriptor, and most of those are for the
/// requests to the cluster.
fn room(wanted: usize) -> usize {
    let descriptors = getrlimit(Resource::Nofile).current;
    let quarter = descriptors.and_then(|limit| usize::try_from(limit / 4).ok());
    quarter.map_or(wanted, |quarter| quarter.min(wanted).max(1))
}
