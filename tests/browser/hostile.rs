//! What others write into their resources is shown as the text that it is.

use crate::browser::DESKTOP;
use crate::page::Page;
use crate::shown::{Shown, TOKEN, bot, ipc_config, module, unwell};
use eevee_operator::overview::Level;

const HOSTILE: [&str; 7] = [
    "<img src=x onerror=planted('image')>",
    "<script>planted('script')</script>",
    "<svg onload=planted('svg')></svg>",
    "<iframe srcdoc=\"<script>parent.planted('frame')</script>\"></iframe>",
    "javascript:planted('address')",
    "\"><b style=position:fixed onclick=planted('bold')>bold</b>",
    "</script></style><base href=//elsewhere.example><style>*{display:none}</style>",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn markup_in_names_messages_and_images_is_text_and_nothing_of_it_runs() {
    let modules = HOSTILE.iter().map(|text| {
        let mut module = unwell(module(text, text), Level::Failed, text, text, text);
        module.module_name = Some((*text).to_owned());
        module.tag = Some((*text).to_owned());
        module
    });
    let mut overview = bot(vec![ipc_config(modules.collect())]);
    overview.namespaces[0].name = HOSTILE[0].to_owned();
    let shown = Shown::start(overview);
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    for text in HOSTILE {
        for place in [".name b", ".name small", ".reason", ".facts span", ".help"] {
            page.sees(place, text).await;
        }
        page.toggle(text).await;
        page.sees(".more dd", text).await;
    }
    page.sees("h2 span", HOSTILE[0]).await;
    let elements = "return document.querySelectorAll('#bot :is(img, script, svg, iframe, base, style, [onerror], [onload], [onclick], [style])').length";
    assert_eq!(page.browser.run(elements, vec![]).await, 0);
    let links = "return [...document.querySelectorAll('a[target]')].every((link) => link.href.startsWith('https://github.com/eeveebot/operator/'))";
    assert_eq!(page.browser.run(links, vec![]).await, true);
    page.assert_untouched().await;
}

/// The test before this one is worth something only if the witness sees what happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_policy_refuses_is_witnessed() {
    let shown = Shown::start(bot(vec![ipc_config(vec![module("echo", "echo:1")])]));
    let page = Page::signed_in(shown.address, TOKEN, DESKTOP).await;
    page.assert_untouched().await;
    for (attempt, directive) in [
        (
            "const it = document.createElement('script'); it.append('planted(1)'); document.body.append(it)",
            "require-trusted-types-for",
        ),
        (
            "const it = document.createElement('b'); it.setAttribute('style', 'color: red'); document.body.append(it)",
            "style",
        ),
        (
            "const it = document.createElement('img'); it.src = '/favicon.ico'; document.body.append(it)",
            "img-src",
        ),
        ("document.body.innerHTML = '<b></b>'", "require-trusted-types-for"),
        ("fetch('http://127.0.0.2:1/').catch(() => {})", "connect-src"),
    ] {
        // What a driver runs is not bound by the policy of the page in all respects; what it plants is.
        let script = format!("try {{ {attempt} }} catch {{ /* refused at once */ }}");
        page.browser.run(&script, vec![]).await;
        let seen = "return window.witnessed.some((entry) => entry.startsWith(arguments[0]))";
        page.waits(directive, seen, vec![directive.into()]).await;
    }
    let ran = "return window.witnessed.filter((entry) => entry.startsWith('ran')).length";
    assert_eq!(page.browser.run(ran, vec![]).await, 0);
}
