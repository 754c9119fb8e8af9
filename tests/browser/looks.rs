//! How it looks. `PAGE_PICTURES=docs/page make browser` takes the pictures of docs/page.md.

use crate::browser::{Browser, DESKTOP, PHONE, Screen};
use crate::page::Page;
use crate::shown::{Shown, TOKEN, backed_up, bot, ipc_config, module, pod, unwell};
use eevee_operator::overview::{Level, Overview, ReadyCondition, Resource, Schedule, State, Store};
use jiff::{Timestamp, ToSpan};
use std::path::PathBuf;

fn ago(hours: i64) -> String {
    let time = Timestamp::now() - hours.hours();
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A bot that has a bit of everything.
fn overview() -> Overview {
    let image = |name: &str| format!("ghcr.io/eeveebot/{name}:2.4.1");
    let mut weather = unwell(
        module("weather", &image("weather")),
        Level::Failed,
        "UnavailableReplicas",
        "pod eevee-weather-module-6d4b9-k8zvt cannot start: ImagePullBackOff: Back-off pulling image \"ghcr.io/eeveebot/weather:2.4.1\"",
        "Correct the image, or name a Secret for its registry in imagePullSecrets.",
    );
    weather.pod = Some(pod("eevee-weather-module-6d4b9-k8zvt", false));
    let dice = unwell(
        module("dice", &image("dice")),
        Level::Failed,
        "SecretNotFound",
        "there is no Secret/dice-env in namespace eevee-bot, which spec.envSecret names",
        "Make the Secret that the message names in this namespace, or correct the name.",
    );
    let mut calculator = module("calculator", &image("calculator"));
    calculator.resource.level = Level::Progressing;
    calculator.replicas_ready = 0;
    calculator.resource.ready = Some(ReadyCondition {
        status: "Unknown".to_owned(),
        reason: "Updating".to_owned(),
        message: "1 of 1 replicas are to be replaced".to_owned(),
        since: Some(ago(0)),
    });
    let mut admin = module("admin", &image("admin"));
    admin.module_name = Some("administration".to_owned());
    let mut router = module("router", &image("router"));
    router.restarts = Some(3);
    let mut urltitle = backed_up(module("urltitle", &image("urltitle")), &ago(9));
    urltitle.claim = Some(State {
        level: Level::Ok,
        reason: "AsWanted".to_owned(),
        message: "the claim is bound and has 1Gi".to_owned(),
    });
    let modules = vec![
        dice,
        weather,
        calculator,
        admin,
        module("echo", &image("echo")),
        module("help", &image("help")),
        router,
        backed_up(module("seen", &image("seen")), &ago(9)),
        urltitle,
    ];
    let mut overview = bot(vec![ipc_config(modules)]);
    let namespace = &mut overview.namespaces[0];
    let resource = |name: &str, reason: &str| Resource {
        name: name.to_owned(),
        created: Some(ago(2000)),
        ready: Some(ReadyCondition {
            status: "True".to_owned(),
            reason: reason.to_owned(),
            message: String::new(),
            since: Some(ago(700)),
        }),
        ..Resource::default()
    };
    namespace.s3_stores.push(Store {
        resource: resource("offsite", "ConnectionSuccessful"),
        bucket: Some("bot-backups".to_owned()),
    });
    namespace.backup_schedules.push(Schedule {
        resource: resource("nightly", "CronJobsCreated"),
        schedule: Some("17 3 * * *".to_owned()),
        suspended: false,
        s3_store: Some("offsite".to_owned()),
        last_success: Some(ago(9)),
        modules: 2,
    });
    overview.totals.ok += 2;
    overview
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_fits_a_desk_and_a_phone_in_light_and_in_dark() {
    let shown = Shown::start(overview());
    for (name, screen, scheme) in [
        ("light", DESKTOP, "light"),
        ("dark", DESKTOP, "dark"),
        ("phone", PHONE, "light"),
        ("phone-dark", PHONE, "dark"),
    ] {
        let page = Page::open(shown.address, screen).await;
        page.browser.prefer(scheme).await;
        page.sees("#sign", "Token").await;
        assert_fits(&page, screen).await;
        picture(&page.browser, &format!("token-{name}")).await;
        page.sign_in(TOKEN).await;
        page.sees(".name", "weather").await;
        page.browser.run("scrollTo(0, 0); document.activeElement.blur()", vec![]).await;
        assert_fits(&page, screen).await;
        assert_legible(&page).await;
        picture(&page.browser, name).await;
        page.toggle("weather").await;
        page.sees(".more dd", "eevee-weather").await;
        page.browser
            .run(
                "document.querySelector('.more:not([hidden])').scrollIntoView({ block: 'center' })",
                vec![],
            )
            .await;
        assert_fits(&page, screen).await;
        assert_legible(&page).await;
        picture(&page.browser, &format!("open-{name}")).await;
        page.assert_untouched().await;
    }
}

/// Nothing is wider than the screen.
async fn assert_fits(page: &Page, _: Screen) {
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(page.browser.run(wide, vec![]).await, 0, "{}", page.text().await);
}

/// WCAG 2, 1.4.3: text stands out from its ground by 4.5 to 1.
async fn assert_legible(page: &Page) {
    let faint = page.browser.run(CONTRAST, vec![]).await;
    assert_eq!(faint, serde_json::json!([]));
}

const CONTRAST: &str = "
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => [r, g, b].map((it) => it / 255)
        .map((it) => (it <= 0.03928 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4))
        .reduce((sum, it, index) => sum + it * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = (element) => {
        for (let it = element; it; it = it.parentElement) {
            const [r, g, b, a = 1] = channels(getComputedStyle(it).backgroundColor);
            if (a > 0) return [r, g, b];
        }
        return [255, 255, 255];
    };
    const faint = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.checkVisibility() || element.closest('script, style, .unseen')) continue;
        const [one, other] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))];
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (ratio < 4.5) faint.push(`${element.className || element.tagName}: ${ratio.toFixed(2)} ${element.textContent.slice(0, 30)}`);
    }
    return faint;";

async fn picture(browser: &Browser, name: &str) {
    let Some(folder) = std::env::var_os("PAGE_PICTURES").map(PathBuf::from) else { return };
    let taken = browser.client.screenshot().await.expect("a picture");
    std::fs::write(folder.join(format!("{name}.png")), taken).expect("a file");
}
