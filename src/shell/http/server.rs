//! Takes connections, so many at once, until the operator ends.

use super::client::Client;
use super::connection::Connection;
use super::{Api, Backend, answer};
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Time to wait after a connection could not be taken because the system is short of something,
/// such as file descriptors: it would fail again at once.
const PAUSE: Duration = Duration::from_millis(500);

/// Connections that the system takes for us while every slot is in use. With the 128 that
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
    let slots = Arc::new(Semaphore::new(limits.connections));
    let filter = answer::filter(api);
    let (ending, end) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            // Never an error: nobody closes the semaphore.
            let slot = Arc::clone(&slots).acquire_owned().await.ok();
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            () = &mut shutdown => break,
            next = next => next,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, address)) => {
                let client = Client::from(address.ip());
                let slots = Arc::clone(&slots);
                let connection = Connection { client, limits, slots, end: end.clone() };
                let served = connection.serve(stream, warp::service(filter.clone()));
                connections.spawn(async move {
                    served.await;
                    drop(slot);
                });
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot take HTTP connections; trying again");
                tokio::select! {
                    () = &mut shutdown => break,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    }
    drop(listener);
    drop(ending);
    let all = async { while connections.join_next().await.is_some() {} };
    // What is left then ends with the set.
    let _ = tokio::time::timeout(limits.shutdown_time, all).await;
}

/// Whether a client went away before its connection was taken.
fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}
