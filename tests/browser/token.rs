//! Who sees the bot, and what becomes of the token.

use crate::browser::DESKTOP;
use crate::page::Page;
use crate::shown::{Shown, TOKEN, bot, ipc_config, module};
use eevee_operator::overview::Overview;

fn shown() -> Shown {
    Shown::start(bot(vec![ipc_config(vec![module("echo", "echo:1")])]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_refused_in_words_and_the_right_one_is_asked_for_again() {
    let shown = shown();
    let page = Page::open(shown.address, DESKTOP).await;
    page.sign_in("wrong").await;
    page.sees("#wrong", "Invalid token").await;
    page.loses("#bot").await;
    page.sign_in("päss").await;
    page.sees("#wrong", "printable ASCII").await;
    page.browser.run("document.getElementById('token').value = ''", vec![]).await;
    page.sign_in(TOKEN).await;
    page.sees(".name", "echo").await;
    page.loses("#sign").await;
    page.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_stays_in_its_tab_and_goes_with_signing_out() {
    let shown = shown();
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    let client = &page.browser.client;
    client.refresh().await.expect("the page again");
    page.sees(".name", "echo").await;
    let kept = "return [JSON.stringify(sessionStorage).includes(arguments[0]), localStorage.length, document.cookie, location.href.includes(arguments[0])]";
    let found = page.browser.run(kept, vec![TOKEN.into()]).await;
    assert_eq!(found, serde_json::json!([true, 0, "", false]));

    let first = client.window().await.expect("a window");
    let other = client.new_window(true).await.expect("a tab");
    client.switch_to_window(other.handle).await.expect("the tab");
    client.goto(&format!("http://{}/", shown.address)).await.expect("the page");
    page.sees("#sign", "Token").await;
    client.switch_to_window(first).await.expect("the first tab");

    page.browser.run("document.getElementById('leave').click()", vec![]).await;
    page.sees("#sign", "Token").await;
    let left = "return sessionStorage.length + document.querySelectorAll('.item').length";
    assert_eq!(page.browser.run(left, vec![]).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_has_changed_leads_back_to_the_beginning_with_the_reason() {
    let shown = shown();
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    page.mark().await;
    let address = shown.stop().await;
    let overview = bot(vec![ipc_config(vec![module("second", "echo:1")])]);
    let _changed = Shown::at(address, "another-token", overview);
    page.sees("#wrong", "Invalid token: the token has changed since").await;
    page.loses("#bot").await;
    page.sign_in("another-token").await;
    page.sees(".name", "second").await;
    page.assert_same_document().await;
    page.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_that_is_gone_is_said_to_be_and_comes_back_by_itself() {
    let shown = shown();
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    page.mark().await;
    let address = shown.stop().await;
    page.sees("#trouble", "The operator is gone").await;
    page.sees("#link", "operator gone").await;
    page.sees(".name", "echo").await;
    let overview = bot(vec![ipc_config(vec![module("after", "echo:1")])]);
    let _back = Shown::at(address, TOKEN, overview);
    page.sees(".name", "after").await;
    page.loses("#trouble").await;
    page.sees("#link", "live").await;
    page.assert_same_document().await;
    page.assert_untouched().await;
}

/// tests/browser/run gives the place this address, too. No browser trusts it as its own machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_is_warned_of_but_for_localhost() {
    let here = shown();
    let page = Page::open(here.address, DESKTOP).await;
    page.sees("#sign", "Token").await;
    page.loses("#insecure").await;
    page.browser.client.goto(&format!("http://localhost:{}/", here.address.port())).await.unwrap();
    page.sees("#sign", "Token").await;
    page.loses("#insecure").await;

    let everywhere = Shown::at(([0, 0, 0, 0], 0).into(), TOKEN, Overview::default());
    let port = everywhere.address.port();
    page.browser.client.goto(&format!("http://192.0.2.1:{port}/")).await.expect("a page");
    page.sees("#insecure", "plain HTTP").await;
    page.sign_in(TOKEN).await;
    page.sees("#nothing", "There is no bot here yet").await;
}
