//! What the operator's account may do, held against what it needs.

use super::facts::{Facts, InstallPhase, Reviews};
use super::finding::Finding;
use super::operator;
use super::rights::Right;

const SUBJECT: &str = "rights";

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let Reviews { account, answers } = match &facts.reviews {
        Ok(reviews) => reviews,
        Err(why) => return vec![Finding::unseen(SUBJECT, why)],
    };
    let is_lacking = answers.iter().any(|(_, answer)| *answer == Ok(false));
    if let Some(why) = stranger(facts).filter(|_| is_lacking) {
        return vec![Finding::unseen(SUBJECT, &why)];
    }
    let purpose = match facts.phase {
        InstallPhase::Before => "an installation takes",
        InstallPhase::After => "the operator needs",
    };
    if answers.iter().all(|(_, answer)| *answer == Ok(false)) {
        let reason = format!("{account} has none of the {} that {purpose}", answers.len());
        let is_of_cluster = answers.iter().any(|(right, _)| right.within.is_none());
        return vec![Finding::fail(SUBJECT, reason).mend(mend(facts, account, is_of_cluster))];
    }
    let mut findings: Vec<Finding> = answers
        .iter()
        .filter_map(|(right, answer)| of_right(facts, account, right, answer))
        .collect();
    let unseen: Vec<&String> =
        answers.iter().filter_map(|(_, answer)| answer.as_ref().err()).collect();
    if let [why, ..] = &unseen[..] {
        let (count, all) = (unseen.len(), answers.len());
        findings.push(Finding::unseen(SUBJECT, &format!("{count} of {all} of {account}: {why}")));
    }
    if findings.is_empty() {
        let reason = format!("{account} has all {} that {purpose}", answers.len());
        findings.push(Finding::pass(SUBJECT, reason));
    }
    findings
}

/// Why the account may be another than the operator's.
fn stranger(facts: &Facts) -> Option<String> {
    match facts.phase {
        InstallPhase::Before => None,
        InstallPhase::After => operator::hidden(facts),
    }
}

fn of_right(
    facts: &Facts,
    account: &str,
    right: &Right,
    answer: &Result<bool, String>,
) -> Option<Finding> {
    let subject = format!("right to {right}");
    let place = match &right.within {
        Some(namespace) => format!("in namespace {namespace}"),
        None => "in the whole cluster".to_owned(),
    };
    match answer {
        Ok(true) | Err(_) => None,
        Ok(false) => {
            let finding = Finding::fail(subject, format!("{account} lacks it {place}"));
            Some(finding.mend(mend(facts, account, right.within.is_none())))
        }
    }
}

fn mend(facts: &Facts, account: &str, is_of_cluster: bool) -> String {
    let home = &facts.home;
    if facts.phase == InstallPhase::After {
        return format!(
            "helm upgrade eevee-operator eevee/operator --namespace {home} --reset-then-reuse-values"
        );
    }
    // An administrator has to do it.
    let role = format!("eevee-installer --clusterrole=cluster-admin --user='{account}'");
    if is_of_cluster {
        format!("kubectl create clusterrolebinding {role}")
    } else {
        format!("kubectl create rolebinding {role} --namespace {home}")
    }
}
