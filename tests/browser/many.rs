//! A large bot.

use crate::browser::DESKTOP;
use crate::page::Page;
use crate::shown::{Shown, TOKEN, bot, ipc_config, module, unwell};
use eevee_operator::overview::{Level, Overview};
use std::sync::atomic::Ordering;

const MODULES: usize = 500;

const SHOWN: &str = "return [...document.querySelectorAll('ul:not(.head) > .item')].filter((item) => item.checkVisibility()).length === arguments[0]";

fn overview(bad: Option<usize>) -> Overview {
    let modules = (0..MODULES).map(|number| {
        let module =
            module(&format!("module-{number:03}"), &format!("ghcr.io/eeveebot/echo:1.{number}"));
        if bad == Some(number) {
            unwell(module, Level::Failed, "UnavailableReplicas", "no pod", "Look at the pod.")
        } else {
            module
        }
    });
    bot(vec![ipc_config(modules.collect())])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_modules_are_shown_searched_and_kept_up_to_date() {
    let shown = Shown::start(overview(None));
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    page.waits("500 modules", SHOWN, vec![MODULES.into()]).await;
    page.sees(".chip", "501well").await;

    // While nothing changes nobody looks, however often the page asks.
    let told = |status: u16| {
        let text = shown.metrics.text();
        let series = format!("method=\"GET\",route=\"/status\",status_code=\"{status}\"");
        let line =
            text.lines().find(|line| line.contains("requests_total") && line.contains(&series));
        line.and_then(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).unwrap_or(0.0)
    };
    let before = told(304);
    while told(304) < before + 3.0 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(shown.backend.looks.load(Ordering::SeqCst), 1);

    shown.backend.change(overview(Some(321)));
    page.sees(".item[data-level=failed] .name", "module-321").await;
    page.sees(".item[data-level=failed] .help", "Look at the pod.").await;

    let search = "const search = document.getElementById('search'); search.value = arguments[0]; search.dispatchEvent(new Event('input'))";
    page.browser.run(search, vec!["module-1".into()]).await;
    page.waits("what fits", SHOWN, vec![100.into()]).await;
    page.browser.run(search, vec!["nobody".into()]).await;
    page.sees("#nothing", "Nothing fits.").await;
    page.browser.run(search, vec!["".into()]).await;
    page.browser.run("document.querySelector('.chip[data-level=failed]').click()", vec![]).await;
    page.waits("the one that has failed", SHOWN, vec![1.into()]).await;
    page.assert_untouched().await;
}
