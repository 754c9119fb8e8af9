//! The NATS connection.

use crate::answers::Module;
use crate::settings::Settings;
use async_nats::{Client, ConnectOptions, Event, Message};
use futures::StreamExt;
use std::time::Duration;

/// The next attempt comes soon, so that a NATS server that is back is used at once.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(500);
/// Time of one attempt. What leads to a pod that is gone is not even refused.
const ATTEMPT: Duration = Duration::from_secs(1);

/// Enough that a module which waits for another keeps nobody waiting.
const AT_A_TIME: usize = 16;

/// A client that keeps trying, from the first attempt on: a module may start before its NATS server does.
pub async fn connect(settings: &Settings) -> Result<Client, String> {
    let options = ConnectOptions::with_token(settings.nats_token.clone())
        .name(&settings.name)
        .retry_on_initial_connect()
        .connection_timeout(ATTEMPT)
        .reconnect_delay_callback(|attempts| match attempts {
            // The server may be there: another has just taken its place.
            0 | 1 => Duration::ZERO,
            _ => BETWEEN_ATTEMPTS,
        })
        .event_callback(|event| async move { report(&event) });
    let connected = options.connect(&settings.nats_host).await;
    connected.map_err(|e| format!("NATS_HOST {}: {e}", settings.nats_host))
}

fn report(event: &Event) {
    println!("nats: {event}");
}

/// The subject that a module answers on.
pub fn subject(module: &str) -> String {
    format!("example.{module}")
}

/// Answers requests, several at a time, until the connection is closed.
pub async fn answer(nats: &Client, module: &Module) -> Result<(), String> {
    // Replicas share the work: each request goes to one of them.
    let group = "example".to_owned();
    let subscription = nats.queue_subscribe(subject(module.name()), group).await;
    let requests = subscription.map_err(|e| format!("cannot subscribe: {e}"))?;
    requests.for_each_concurrent(AT_A_TIME, |request| answer_one(nats, module, request)).await;
    Err("the NATS connection was closed".to_owned())
}

async fn answer_one(nats: &Client, module: &Module, request: Message) {
    let answer = module.answer(&String::from_utf8_lossy(&request.payload)).await;
    if let Some(reply) = request.reply
        && let Err(e) = nats.publish(reply, answer.into()).await
    {
        println!("cannot answer: {e}");
    }
}
