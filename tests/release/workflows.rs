//! What every workflow keeps to, whoever changes it.

use crate::place::repository;
use regex::Regex;
use serde_json::Value;
use std::fs;

/// Each workflow, by the name of its file.
fn workflows() -> Vec<(String, String, Value)> {
    let folder = fs::read_dir(repository().join(".github/workflows")).expect("the workflows");
    let mut workflows = Vec::new();
    for entry in folder {
        let path = entry.expect("a file").path();
        let text = fs::read_to_string(&path).expect("a workflow");
        let value = serde_yaml::from_str(&text).expect("YAML");
        workflows.push((path.display().to_string(), text, value));
    }
    assert!(workflows.len() > 1, "{} workflows", workflows.len());
    workflows
}

fn jobs(workflow: &Value) -> impl Iterator<Item = (&String, &Value)> {
    workflow["jobs"].as_object().expect("jobs").iter()
}

fn steps(job: &Value) -> &[Value] {
    job["steps"].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn actions_are_few_and_pinned_by_their_commit_with_the_version_beside_it() {
    let pinned = Regex::new(
        r"^actions/(checkout|upload-artifact|download-artifact)@[0-9a-f]{40} # v\d+\.\d+\.\d+$",
    )
    .expect("a pattern");
    let mut count = 0;
    for (name, text, _) in workflows() {
        for line in text.lines() {
            let Some(action) = line.trim().trim_start_matches("- ").strip_prefix("uses: ") else {
                continue;
            };
            let is_own = action.starts_with("./.github/workflows/");
            assert!(is_own || pinned.is_match(action), "{name}: {action}");
            count += 1;
        }
    }
    assert!(count > 15, "only {count} actions were found");
}

#[test]
fn nothing_is_permitted_but_what_a_job_asks_for() {
    for (name, _, workflow) in workflows() {
        assert_eq!(workflow["permissions"], Value::Object(serde_json::Map::new()), "{name}");
        assert!(workflow["concurrency"]["group"].is_string(), "{name}");
        for (job, of_job) in jobs(&workflow) {
            let permissions = of_job["permissions"].as_object();
            assert!(permissions.is_some_and(|it| !it.is_empty()), "{name}: {job}");
            let calls = of_job.get("uses").is_some();
            assert!(calls || of_job["timeout-minutes"].is_u64(), "{name}: {job} has no limit");
        }
    }
}

#[test]
fn no_credentials_stay_behind_and_no_text_of_others_becomes_a_command() {
    for (name, _, workflow) in workflows() {
        for (job, of_job) in jobs(&workflow) {
            for step in steps(of_job) {
                let run = step["run"].as_str().unwrap_or_default();
                assert!(!run.contains("${{"), "{name}: {job}: {run}");
                let is_checkout =
                    step["uses"].as_str().is_some_and(|it| it.starts_with("actions/checkout@"));
                if is_checkout {
                    assert_eq!(step["with"]["persist-credentials"], false, "{name}: {job}");
                }
            }
        }
    }
}

#[test]
fn every_script_that_is_run_is_there() {
    let script = Regex::new(r"(?:^|[\s(])((?:\.github/release|helm|tests/cluster|\.ci)/[a-z]+)")
        .expect("a pattern");
    let mut count = 0;
    for (name, _, workflow) in workflows() {
        for step in jobs(&workflow).flat_map(|(_, job)| steps(job)) {
            let run = step["run"].as_str().unwrap_or_default();
            for found in script.captures_iter(run) {
                let path = repository().join(&found[1]);
                assert!(path.is_file(), "{name}: {}", &found[1]);
                count += 1;
            }
        }
    }
    assert!(count > 12, "only {count} scripts were found");
}
