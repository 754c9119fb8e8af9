use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    from_environment(|key| {
        pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn an_empty_environment_gives_the_defaults() {
    assert_eq!(read(&[]), Ok(Settings::default()));
}

#[test]
fn booleans_are_true_in_any_case() {
    for value in ["true", "TRUE", "True", "1"] {
        assert!(read(&[("WATCH_OTHER_NAMESPACES", value)]).unwrap().watch_other_namespaces);
    }
    for value in ["false", "FALSE", "0", ""] {
        assert!(!read(&[("WATCH_OTHER_NAMESPACES", value)]).unwrap().watch_other_namespaces);
    }
}

#[test]
fn every_mistake_is_named_at_once() {
    let mistakes = read(&[
        ("NAMESPACE", "Not A Name"),
        ("KUBERNETES_CLUSTER_DOMAIN", "..local"),
        ("WATCH_OTHER_NAMESPACES", "ture"),
    ])
    .unwrap_err();
    assert_eq!(mistakes.len(), 3);
    assert!(mistakes[2].starts_with("WATCH_OTHER_NAMESPACES is \"ture\""));
    assert!(mistakes[0].starts_with("NAMESPACE is \"Not A Name\""));
    assert!(mistakes[1].starts_with("KUBERNETES_CLUSTER_DOMAIN is \"..local\""));
}

#[test]
fn a_dot_at_either_end_of_the_cluster_domain_is_dropped() {
    for domain in ["bots.example", "bots.example.", ".bots.example", ".bots.example."] {
        let settings = read(&[("KUBERNETES_CLUSTER_DOMAIN", domain)]).unwrap();
        assert_eq!(settings.cluster_domain, "bots.example", "{domain}");
    }
    for domain in ["", ".", "..", "bots.example..", "bots..example", "-.example"] {
        assert!(read(&[("KUBERNETES_CLUSTER_DOMAIN", domain)]).is_err(), "{domain}");
    }
}

#[test]
fn an_empty_token_is_none() {
    assert_eq!(read(&[("EEVEE_OPERATOR_API_TOKEN", "")]).unwrap().api_token, None);
}

#[test]
fn images_of_nats_are_those_of_the_installation() {
    let images =
        read(&[("NATS_IMAGE", "mirror:5000/nats:2"), ("NATS_EXPORTER_IMAGE", "")]).unwrap();
    assert_eq!(images.nats_images.server, "mirror:5000/nats:2");
    assert_eq!(images.nats_images.exporter, NatsImages::default().exporter);
    for image in ["https://mirror/nats", "a:", "a b", "host/Upper"] {
        let mistakes = read(&[("NATS_IMAGE", image)]).unwrap_err();
        let expected = format!("NATS_IMAGE is {image:?}: it must be an image");
        assert!(mistakes[0].starts_with(&expected), "{mistakes:?}");
    }
}

fn environment(pairs: &[(&str, &str)]) -> Result<Environment, Vec<String>> {
    Environment::read(|key| {
        pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn an_empty_environment_is_that_of_an_operator_with_a_kubeconfig() {
    let defaults = Environment {
        settings: Settings::default(),
        in_cluster: false,
        http_port: 9000,
        health_port: Some(8081),
        web_page: true,
        log_level: LogLevel::Info,
        log_format: LogFormat::Text,
        pod_name: None,
    };
    assert_eq!(environment(&[]), Ok(defaults.clone()));
    let empty = [
        "KUBE_IN_CLUSTER_CONFIG",
        "HTTP_API_PORT",
        "HEALTH_PORT",
        "LOG_LEVEL",
        "LOG_FORMAT",
        "POD_NAME",
    ];
    assert_eq!(environment(&empty.map(|key| (key, ""))), Ok(defaults));
}

#[test]
fn every_variable_is_read() {
    let read = environment(&[
        ("NAMESPACE", "bots"),
        ("KUBE_IN_CLUSTER_CONFIG", "1"),
        ("HTTP_API_PORT", "65535"),
        ("HEALTH_PORT", "1"),
        ("WEB_PAGE", "false"),
        ("LOG_LEVEL", "Trace"),
        ("LOG_FORMAT", "JSON"),
        ("POD_NAME", "eevee-operator-0"),
    ]);
    let wanted = Environment {
        settings: Settings { namespace: "bots".to_owned(), ..Settings::default() },
        in_cluster: true,
        http_port: 65535,
        health_port: Some(1),
        web_page: false,
        log_level: LogLevel::Trace,
        log_format: LogFormat::Json,
        pod_name: Some("eevee-operator-0".to_owned()),
    };
    assert_eq!(read, Ok(wanted));
}

#[test]
fn the_page_is_there_until_it_is_turned_off() {
    let page = |value| environment(&[("WEB_PAGE", value)]).map(|read| read.web_page);
    for (value, expected) in
        [("", true), ("TRUE", true), ("1", true), ("0", false), ("False", false)]
    {
        assert_eq!(page(value), Ok(expected), "{value}");
    }
    assert_eq!(page("off"), Err(vec!["WEB_PAGE is \"off\": it must be true or false".to_owned()]));
}

#[test]
fn mistakes_of_a_running_operator_are_all_named_at_once() {
    let pairs = [
        ("NAMESPACE", "Not A Name"),
        ("KUBE_IN_CLUSTER_CONFIG", "maybe"),
        ("HTTP_API_PORT", "0"),
        ("HEALTH_PORT", "none"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("EEVEE_OPERATOR_API_TOKEN", "line\n"),
    ];
    let mistakes = environment(&pairs).unwrap_err();
    assert_eq!(mistakes.len(), pairs.len(), "{mistakes:#?}");
    for (key, value) in pairs {
        let line = mistakes.iter().find(|line| line.starts_with(key)).expect("its line");
        assert!(key.ends_with("TOKEN") || line.contains(&format!("is {value:?}: ")), "{line}");
    }
    assert!(mistakes[5].ends_with("it must be one of error, warn, info, debug, trace"));
}

#[test]
fn a_port_is_a_number_from_1_to_65535() {
    for port in ["0", "65536", "-1", "http", "9000 ", "1e3"] {
        let mistakes = environment(&[("HTTP_API_PORT", port)]).unwrap_err();
        let line = format!("HTTP_API_PORT is {port:?}: it must be a number from 1 to 65535");
        assert_eq!(mistakes, [line]);
    }
}

#[test]
fn the_kubelets_port_is_another_one_or_none() {
    let port = |value| environment(&[("HEALTH_PORT", value)]).map(|read| read.health_port);
    assert_eq!(port("9001"), Ok(Some(9001)));
    assert_eq!(port("0"), Ok(None));
    for value in ["65536", "-1", "http", "8081 ", "1e3"] {
        let line = format!("HEALTH_PORT is {value:?}: it must be a number from 0 to 65535");
        assert_eq!(port(value), Err(vec![line]));
    }
    for pairs in [
        &[("HEALTH_PORT", "9000")][..],
        &[("HTTP_API_PORT", "8081")],
        &[("HTTP_API_PORT", "80"), ("HEALTH_PORT", "080")],
    ] {
        let mistakes = environment(pairs).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        let line = "and so is HTTP_API_PORT: each needs a port of its own";
        assert!(mistakes[0].starts_with("HEALTH_PORT is ") && mistakes[0].ends_with(line));
    }
    let unusable = environment(&[("HTTP_API_PORT", "x"), ("HEALTH_PORT", "9000")]).unwrap_err();
    assert_eq!(unusable.len(), 1, "a default that nobody asked for is in nobody's way");
}

#[test]
fn a_token_that_no_header_can_carry_is_refused_and_never_shown() {
    for token in [" secret", "secret ", "secret\n", "sec\tret", "sec\0ret", "s\u{e9}cret"] {
        for mistakes in [
            read(&[("EEVEE_OPERATOR_API_TOKEN", token)]).unwrap_err(),
            environment(&[("EEVEE_OPERATOR_API_TOKEN", token)]).unwrap_err(),
        ] {
            assert_eq!(mistakes.len(), 1);
            assert!(mistakes[0].starts_with("EEVEE_OPERATOR_API_TOKEN cannot be sent in a header"));
            assert!(!mistakes[0].contains("cret"), "{}", mistakes[0]);
        }
    }
    let token = "a token, of \"ours\"~";
    let settings = read(&[("EEVEE_OPERATOR_API_TOKEN", token)]).unwrap();
    assert_eq!(settings.api_token.as_deref(), Some(token));
}

#[test]
fn render_does_not_mind_what_it_does_not_read() {
    let pairs = [("LOG_LEVEL", "loud"), ("HTTP_API_PORT", "none"), ("LOG_FORMAT", "xml")];
    assert_eq!(read(&pairs), Ok(Settings::default()));
}
