//! The example bot, whole.

use crate::operator::{LONG, Running, cluster};
use crate::support::{Edge, Objects, condition, example_bot};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_module_of_the_example_bot_becomes_ready() {
    let cluster = cluster();
    let objects = Objects::in_fresh_namespace(cluster, "example").await;
    let edge = Edge::new();
    let running = Running::start(cluster, &objects, &edge).await;
    let bot = example_bot(objects.namespace());
    for object in &bot {
        objects.apply_value(object.clone()).await;
    }
    for object in bot.iter().filter(|object| object["kind"] != "Secret") {
        let resource = format!("{}s", object["kind"].as_str().expect("a kind").to_lowercase());
        let name = object["metadata"]["name"].as_str().expect("a name");
        objects
            .wait(&resource, name, LONG, |live| {
                (condition(live?, "Ready")?["status"] == "True").then_some(())
            })
            .await;
    }
    running.stop().await;
}
