//! What the kubelet and Prometheus ask for.

use crate::answers::Module;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves `/health`, `/metrics` and `/diary` on all addresses; the kubelet calls from outside the pod.
pub async fn serve(port: u16, module: Arc<Module>) -> Result<(), String> {
    let routes = Router::new()
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/diary", get(diary))
        .with_state(module);
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await;
    let listener = listener.map_err(|e| format!("HTTP_API_PORT {port}: {e}"))?;
    axum::serve(listener, routes).await.map_err(|e| format!("HTTP_API_PORT {port}: {e}"))
}

/// A module that nobody can talk to is not healthy.
async fn health(State(module): State<Arc<Module>>) -> (StatusCode, &'static str) {
    if module.is_connected() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "NATS is not connected\n")
    }
}

async fn metrics(State(module): State<Arc<Module>>) -> String {
    module.metrics()
}

/// Looked at after a restore: is the database sound, and what is in it?
async fn diary(State(module): State<Arc<Module>>) -> (StatusCode, String) {
    match module.diary().await {
        Ok(told) => (StatusCode::OK, told + "\n"),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, why + "\n"),
    }
}
