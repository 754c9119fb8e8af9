//! A changed moduleConfig reaches the module.

use crate::bot::Bot;
use crate::place::Place;
use serde_json::json;

#[test]
fn a_changed_module_config_rolls_the_module_which_reads_it() {
    let greeting = |word: &str| json!({ "moduleConfig": format!("greeting: {word}\n") });
    let modules = [("alice", greeting("Ahoy")), ("bob", json!({}))];
    let mut bot = Bot::install(Place::shared(), "config", &modules);
    assert_eq!(bot.ask("alice", "hello"), "Ahoy from config-alice");
    bot.change("alice", greeting("Moin"));
    bot.await_answer("alice", "hello", "Moin from config-alice");
    assert_eq!((bot.rollouts("alice"), bot.rollouts("bob")), (1, 0));
    bot.remove();
}
