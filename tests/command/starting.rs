//! Starting the operator with settings that it cannot use: one line each, and nothing else.

use crate::program::{Ending, Folder, Program};
use std::net::{Ipv4Addr, TcpListener};

const KUBECONFIG: &str = "
apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: me, user: {token: token-of-the-kubeconfig}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
current-context: here
";

/// Without a kubeconfig, so that it never runs.
fn run(variables: &[(&str, &str)]) -> Ending {
    let program = Program::new(&["run"]).with("KUBECONFIG", "nowhere");
    variables.iter().fold(program, |program, (key, value)| program.with(key, *value)).run()
}

fn run_in(folder: &Folder, variables: &[(&str, &str)]) -> Ending {
    let program = Program::new(&[]).within(folder);
    variables.iter().fold(program, |program, (key, value)| program.with(key, *value)).run()
}

#[test]
fn each_mistake_in_the_environment_is_one_line_that_says_what_would_be_right() {
    for (variable, value, rule) in [
        ("NAMESPACE", "Eevee Bot", "lowercase letters, digits and '-'"),
        ("NAMESPACE", "", "at most 63 characters"),
        ("WATCH_OTHER_NAMESPACES", "ture", "true or false"),
        ("KUBE_IN_CLUSTER_CONFIG", "yes", "true or false"),
        ("HTTP_API_PORT", "x", "a number from 1 to 65535"),
        ("HTTP_API_PORT", "0", "a number from 1 to 65535"),
        ("HTTP_API_PORT", "65536", "a number from 1 to 65535"),
        ("HEALTH_PORT", "x", "a number from 0 to 65535"),
        ("KUBERNETES_CLUSTER_DOMAIN", "cluster.local..", "lowercase letters"),
        ("LOG_LEVEL", "loud", "error, warn, info, debug, trace"),
        ("LOG_FORMAT", "xml", "text, json"),
    ] {
        run(&[(variable, value)]).is_refused(&[&format!("{variable} is {value:?}"), rule]);
    }
}

#[test]
fn several_mistakes_are_named_at_once() {
    let ending = run(&[("NAMESPACE", "Eevee"), ("HTTP_API_PORT", "x"), ("LOG_LEVEL", "loud")]);
    ending.is_unusable(&["NAMESPACE", "HTTP_API_PORT", "LOG_LEVEL"]);
    assert_eq!(ending.err.lines().count(), 3, "{}", ending.err);
}

#[test]
fn one_port_for_two_listeners_is_refused() {
    run(&[("HTTP_API_PORT", "8081")]).is_refused(&["HEALTH_PORT is 8081", "so is HTTP_API_PORT"]);
}

#[test]
fn a_token_that_cannot_be_sent_is_refused_and_not_shown() {
    let ending = run(&[("EEVEE_OPERATOR_API_TOKEN", "hunter2\n")]);
    ending.is_refused(&["EEVEE_OPERATOR_API_TOKEN"]);
    assert!(!ending.err.contains("hunter2"), "{}", ending.err);
}

#[test]
fn a_kubeconfig_that_is_not_there_is_named_with_what_helps() {
    let help = ["KUBECONFIG", "KUBE_IN_CLUSTER_CONFIG=true"];
    run(&[]).is_refused(&[&["nowhere"], &help[..]].concat());
    Program::new(&["run"]).run().is_refused(&help);
}

#[test]
fn a_kubeconfig_that_cannot_be_used_is_refused_in_one_line() {
    let broken = KUBECONFIG.replace("[{name: here, cluster", "[{name here, cluster");
    let elsewhere = KUBECONFIG.replace("current-context: here", "current-context: there");
    let address = KUBECONFIG.replace("https://127.0.0.1:1", "not an address");
    let misplaced = KUBECONFIG.replace("{token: token", "token-of-the-kubeconfig #");
    for text in ["", "a\nb", &broken, &elsewhere, &address, &misplaced] {
        let folder = Folder::of(&[("config", text)]);
        let ending = run_in(&folder, &[("KUBECONFIG", "config")]);
        ending.is_refused(&["kubeconfig"]);
        assert!(!ending.err.contains("token-of-the-kubeconfig"), "{}", ending.err);
    }
}

#[test]
fn outside_of_a_pod_there_are_no_credentials_of_a_cluster() {
    let pod = [
        ("KUBE_IN_CLUSTER_CONFIG", "true"),
        ("KUBERNETES_SERVICE_HOST", "10.96.0.1"),
        ("KUBERNETES_SERVICE_PORT", "443"),
    ];
    let words = ["KUBE_IN_CLUSTER_CONFIG", "no pod"];
    run(&pod[..1]).is_refused(&[&words[..], &["KUBERNETES_SERVICE_HOST"]].concat());
    run(&pod).is_refused(&[&words[..], &["serviceaccount/namespace"]].concat());
    let wrong = [&pod[..2], &[("KUBERNETES_SERVICE_PORT", "x")]].concat();
    run(&wrong).is_refused(&[&words[..], &["KUBERNETES_SERVICE_PORT"]].concat());
}

#[test]
fn a_port_that_somebody_else_has_is_refused() {
    let bound = || TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a free port");
    let number = |bound: &TcpListener| bound.local_addr().expect("its address").port().to_string();
    let taken = bound();
    let (port, other) = (number(&taken), number(&bound()));
    let folder = Folder::of(&[("config", KUBECONFIG)]);
    for (variable, the_other) in
        [("HTTP_API_PORT", "HEALTH_PORT"), ("HEALTH_PORT", "HTTP_API_PORT")]
    {
        let variables = [("KUBECONFIG", "config"), (variable, &port), (the_other, &other)];
        run_in(&folder, &variables).is_refused(&[variable, &port, "in use"]);
    }
}
