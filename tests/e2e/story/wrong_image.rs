//! An image that nobody has.

use crate::bot::Bot;
use crate::cluster::{eventually, image};
use crate::place::{LONG, Place};
use serde_json::json;

#[test]
fn a_wrong_image_is_told_by_the_condition_and_the_right_one_heals() {
    let mut bot = Bot::install(Place::shared(), "wrong", &[("alice", json!({}))]);
    let wrong = image("no-such-module");
    bot.change("alice", json!({ "image": wrong }));

    bot.place.wait_for_reason("botmodule/wrong-alice", "UnavailableReplicas");
    let message = "{.status.conditions[?(@.type==\"Ready\")].message}";
    let message = eventually("the reason of the kubelet", LONG, || {
        let message = bot.place.find(&["botmodule/wrong-alice"], message);
        message.contains("ImagePullBackOff").then_some(message)
    });
    assert!(message.contains(&wrong), "{message}");
    // The pod with the right image is kept until then.
    assert_eq!(bot.ask("alice", "hello"), "Hello from wrong-alice");

    bot.change("alice", json!({ "image": image("example-module") }));
    bot.place.wait_for_reason("botmodule/wrong-alice", "AvailableReplicas");
    bot.await_ready();
    bot.remove();
}
