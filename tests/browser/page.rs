//! The page, as whoever looks at it sees and uses it.

use crate::browser::{Browser, Screen};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// For what takes a second or two on two idle cores.
pub const LONG: Duration = Duration::from_mins(1);

const INTERVAL: Duration = Duration::from_millis(50);

/// Keys as WebDriver calls them.
pub const ENTER: char = '\u{e007}';
pub const TAB: char = '\u{e004}';
pub const ESCAPE: char = '\u{e00c}';

pub struct Page {
    pub browser: Browser,
}

impl Page {
    /// Opens what is at `/`.
    pub async fn open(address: SocketAddr, screen: Screen) -> Self {
        let page = Self { browser: Browser::open(screen).await };
        page.browser.client.goto(&format!("http://{address}/")).await.expect("a page");
        page
    }

    /// Opens it and enters a token.
    pub async fn signed_in(address: SocketAddr, token: &str, screen: Screen) -> Self {
        let page = Self::open(address, screen).await;
        page.sign_in(token).await;
        page.sees("#bot:not([hidden])", "").await;
        page
    }

    /// Types a token where the focus is, and Enter.
    pub async fn sign_in(&self, token: &str) {
        self.sees("#sign:not([hidden])", "Token").await;
        self.press(token).await;
        self.press(ENTER).await;
    }

    /// Presses keys: whatever has the focus gets them.
    pub async fn press(&self, keys: impl ToString) {
        let focused = self.browser.client.active_element().await.expect("something has the focus");
        focused.send_keys(&keys.to_string()).await.expect("keys");
    }

    /// Presses Tab until an element that a selector finds has the focus.
    pub async fn tab_to(&self, selector: &str, text: &str) {
        let script = "const focused = document.activeElement;
            return focused.matches(arguments[0]) && (focused.getAttribute('aria-label') ?? focused.textContent).includes(arguments[1])";
        for _ in 0..60 {
            if self.browser.run(script, vec![json!(selector), json!(text)]).await == true {
                return;
            }
            self.press(TAB).await;
        }
        panic!("Tab does not lead to {selector} {text:?}. The page:\n{}", self.text().await);
    }

    /// Waits until an element that a selector finds is shown and holds a text. Gives the whole of its text.
    pub async fn sees(&self, selector: &str, text: &str) -> String {
        let script = "for (const found of document.querySelectorAll(arguments[0]))
              if (found.checkVisibility() && found.textContent.includes(arguments[1])) return found.textContent;
            return null";
        let arguments = vec![json!(selector), json!(text)];
        let found = self.waits(&format!("{selector} {text:?}"), script, arguments).await;
        found.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until no element that a selector finds is shown.
    pub async fn loses(&self, selector: &str) {
        let script = "return [...document.querySelectorAll(arguments[0])].every((found) => !found.checkVisibility())";
        self.waits(&format!("no {selector}"), script, vec![json!(selector)]).await;
    }

    /// Waits until a script gives something that counts as true.
    pub async fn waits(&self, what: &str, script: &str, arguments: Vec<Value>) -> Value {
        let deadline = Instant::now() + LONG;
        loop {
            let found = self.browser.run(script, arguments.clone()).await;
            if !matches!(found, Value::Null | Value::Bool(false)) {
                return found;
            }
            let shown = if Instant::now() > deadline { Some(self.text().await) } else { None };
            assert!(
                shown.is_none(),
                "{what}: not within {LONG:?}. The page:\n{}",
                shown.unwrap_or_default()
            );
            sleep(INTERVAL).await;
        }
    }

    /// All that is to be read.
    pub async fn text(&self) -> String {
        let text = self.browser.run("return document.body.innerText", vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Marks the document: a page that was loaded again has no mark.
    pub async fn mark(&self) {
        self.browser.run("window.marked = true", vec![]).await;
    }

    pub async fn assert_same_document(&self) {
        assert_eq!(self.browser.run("return window.marked === true", vec![]).await, true);
    }

    /// Fails where the policy has refused anything, or something ran that must not.
    pub async fn assert_untouched(&self) {
        assert_eq!(self.browser.witnessed().await, json!([]));
    }

    /// Opens or closes the details of a resource.
    pub async fn toggle(&self, name: &str) {
        let script = "for (const found of document.querySelectorAll('.name'))
            if (found.querySelector('b').textContent === arguments[0]) return found.click() ?? true;
            return false";
        self.waits(&format!("details of {name}"), script, vec![json!(name)]).await;
    }
}
