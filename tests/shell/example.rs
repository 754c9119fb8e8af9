//! The example bot, whole.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::example_bot;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_module_of_the_example_bot_becomes_ready() {
    let mut stage = Stage::set("example").await;
    bring_up(&stage).await;
    stage.stop().await;
}

/// Applies the example bot and waits until all of it is Ready. Gives its resources as they are.
pub async fn bring_up(stage: &Stage<'_>) -> Vec<Value> {
    let bot = example_bot(stage.namespace());
    stage.apply_all(bot.clone()).await;
    let mut live = Vec::new();
    for object in bot {
        let name = object["metadata"]["name"].as_str().expect("a name");
        live.push(match object["kind"].as_str().expect("a kind") {
            "BotModule" if object["spec"]["enabled"] == false => {
                stage.objects.ready(("botmodules", name), "Disabled", LONG).await
            }
            "BotModule" => stage.ready(name).await,
            "IpcConfig" => stage.nats_ready(name).await,
            _ => stage.objects.existing("secrets", name).await,
        });
    }
    live
}
