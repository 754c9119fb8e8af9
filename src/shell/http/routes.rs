//! Every route of the API.

use http::Method;

/// What a route shows or does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Root,
    Health,
    Metrics,
    BotModules,
    RestartModule,
    Live,
    Ready,
}

/// One route.
pub struct Route {
    /// Also the label `route` of metrics.
    pub path: &'static str,
    pub page: Page,
    /// Whether it takes the token.
    pub token: bool,
    /// Whether its requests are counted: not those of kubelets and of Prometheus, which must be
    /// answered most when the operator is busy.
    pub limited: bool,
}

const ROUTES: [Route; 8] = [
    Route { path: "/", page: Page::Root, token: false, limited: true },
    Route { path: "/api/health", page: Page::Health, token: true, limited: false },
    Route { path: "/api/metrics", page: Page::Metrics, token: false, limited: false },
    Route { path: "/metrics", page: Page::Metrics, token: false, limited: false },
    Route { path: "/api/bot-modules", page: Page::BotModules, token: true, limited: true },
    Route {
        path: "/api/action/restart-module",
        page: Page::RestartModule,
        token: true,
        limited: true,
    },
    Route { path: "/livez", page: Page::Live, token: false, limited: false },
    Route { path: "/readyz", page: Page::Ready, token: false, limited: false },
];

impl Route {
    /// The route of a path, which must be written exactly so.
    pub fn of(path: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.path == path)
    }

    /// The methods that it answers, as header Allow has them. HEAD is GET without the body.
    pub fn allowed(&self) -> &'static str {
        match self.page {
            Page::RestartModule => "POST",
            Page::Root
            | Page::Health
            | Page::Metrics
            | Page::BotModules
            | Page::Live
            | Page::Ready => "GET, HEAD",
        }
    }

    /// Whether it answers a method.
    pub fn answers(&self, method: &Method) -> bool {
        self.allowed().split(", ").any(|allowed| allowed == method.as_str())
    }
}

/// Every route with its methods, for somebody who is looking for one.
pub fn list() -> Vec<String> {
    ROUTES.iter().map(|route| format!("{} {}", route.allowed(), route.path)).collect()
}
