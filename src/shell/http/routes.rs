//! Every route of the API.

use http::Method;

/// What a route shows or does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Root,
    Health,
    Metrics,
    BotModules,
    Status,
    RestartModule,
    Live,
    Ready,
}

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Everybodys,
    /// Those without the token: who holds it looks as often as a screen is drawn.
    Strangers,
    /// Nobody's: kubelets and Prometheus must be answered most when the operator is busy.
    Nobodys,
}

/// One route.
pub struct Route {
    pub path: &'static str,
    pub page: Page,
    /// Whether it takes the token.
    pub token: bool,
    pub counted: Counted,
}

const LIVE: Route =
    Route { path: "/livez", page: Page::Live, token: false, counted: Counted::Nobodys };
const READY: Route =
    Route { path: "/readyz", page: Page::Ready, token: false, counted: Counted::Nobodys };

/// Every route.
pub static API: [Route; 9] = [
    Route { path: "/", page: Page::Root, token: false, counted: Counted::Everybodys },
    Route { path: "/api/health", page: Page::Health, token: true, counted: Counted::Nobodys },
    Route { path: "/api/metrics", page: Page::Metrics, token: false, counted: Counted::Nobodys },
    Route { path: "/metrics", page: Page::Metrics, token: false, counted: Counted::Nobodys },
    Route {
        path: "/api/bot-modules",
        page: Page::BotModules,
        token: true,
        counted: Counted::Everybodys,
    },
    Route { path: "/api/status", page: Page::Status, token: true, counted: Counted::Strangers },
    Route {
        path: "/api/action/restart-module",
        page: Page::RestartModule,
        token: true,
        counted: Counted::Everybodys,
    },
    LIVE,
    READY,
];

/// Those that the kubelet asks for.
pub static HEALTH: [Route; 2] = [LIVE, READY];

impl Route {
    /// The route of a path.
    pub fn of(routes: &'static [Self], path: &str) -> Option<&'static Self> {
        routes.iter().find(|route| route.is(path))
    }

    /// Whether a path means it, as Express reads paths by default: in either case of letters, with
    /// or without a slash at the end, and nothing decoded.
    fn is(&self, path: &str) -> bool {
        let without_slash = path.strip_suffix('/').filter(|_| self.path != "/");
        self.path.eq_ignore_ascii_case(without_slash.unwrap_or(path))
    }

    /// Label `route` of metrics, as dashboards of the TypeScript operator have it: without `/api`.
    pub fn label(&self) -> &'static str {
        self.path.strip_prefix("/api").unwrap_or(self.path)
    }

    /// The methods that it answers, as header Allow has them. HEAD is GET without the body.
    pub fn allowed(&self) -> &'static str {
        match self.page {
            Page::RestartModule => "POST",
            Page::Root
            | Page::Health
            | Page::Metrics
            | Page::BotModules
            | Page::Status
            | Page::Live
            | Page::Ready => "GET, HEAD",
        }
    }

    /// Whether it answers a method.
    pub fn answers(&self, method: &Method) -> bool {
        self.allowed().split(", ").any(|allowed| allowed == method.as_str())
    }
}

/// Routes with their methods, for somebody who is looking for one.
pub fn list(routes: &[Route]) -> Vec<String> {
    routes.iter().map(|route| format!("{} {}", route.allowed(), route.path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> Option<Page> {
        Route::of(&API, path).map(|route| route.page)
    }

    #[test]
    fn every_route_is_found_in_either_case_with_one_slash_at_most() {
        for route in &API {
            assert_eq!(page(route.path), Some(route.page));
            assert_eq!(page(&route.path.to_uppercase()), Some(route.page));
        }
        for (path, found) in [
            ("/API/Bot-Modules/", Some(Page::BotModules)),
            ("/livez/", Some(Page::Live)),
            ("/api/health//", None),
            ("/api//health", None),
            ("//api/health", None),
            ("//", None),
            ("", None),
            ("*", None),
            ("api/health", None),
            ("/api", None),
            ("/health", None),
            ("/%61pi/health", None),
            ("/api/health%2F", None),
            ("/api/health/.", None),
        ] {
            assert_eq!(page(path), found, "{path:?}");
        }
    }

    #[test]
    fn labels_are_those_of_the_typescript_operator() {
        let labels: Vec<&str> = API.iter().map(Route::label).collect();
        assert_eq!(
            labels,
            [
                "/",
                "/health",
                "/metrics",
                "/metrics",
                "/bot-modules",
                "/status",
                "/action/restart-module",
                "/livez",
                "/readyz"
            ]
        );
    }
}
