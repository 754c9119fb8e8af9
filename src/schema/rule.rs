//! One entry of `x-kubernetes-validations`, compiled.

use super::fault::FaultKind;
use super::functions::FUNCTIONS;
use super::node::{Child, Node};
use super::path::{At, Step};
use super::reads::Reads;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::ValidationRule;
use kube_cel::cel::{ExecutionError, Program};

/// A CEL rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) program: Program,
    pub(super) message: String,
    pub(super) message_expression: Option<Program>,
    /// Where its faults are, seen from the value that it judges.
    pub(super) field_path: Vec<Step>,
    pub(super) kind: FaultKind,
    /// `oldSelf` is an optional, and the rule runs without an old value too.
    pub(super) optional_old_self: bool,
    pub(super) uses_old_self: bool,
    /// What it reads of `self`, its messageExpression included.
    pub(super) reads: Reads,
    /// What it reads of `oldSelf`.
    pub(super) reads_old: Reads,
}

impl Rule {
    pub(super) fn compile(rule: &ValidationRule, node: &Node) -> Result<Self, String> {
        let program = program(&rule.rule)?;
        let message_expression =
            rule.message_expression.as_deref().map(self::program).transpose()?;
        let reads = |variable| {
            let mut reads = Reads::default();
            for program in [Some(&program), message_expression.as_ref()].into_iter().flatten() {
                reads.add(program.expression(), variable);
            }
            reads
        };
        let message = rule.message.as_deref().map(str::trim).filter(|message| !message.is_empty());
        Ok(Self {
            reads: reads("self"),
            reads_old: reads("oldSelf"),
            uses_old_self: program.references().has_variable("oldSelf"),
            program,
            message: message
                .map_or_else(|| format!("failed rule: {}", rule.rule.trim()), str::to_owned),
            message_expression,
            field_path: field_path(rule.field_path.as_deref().unwrap_or_default(), node)?,
            kind: match rule.reason.as_deref() {
                Some("FieldValueForbidden") => FaultKind::Forbidden,
                Some("FieldValueRequired") => FaultKind::Missing,
                Some("FieldValueDuplicate") => FaultKind::Duplicate,
                _ => FaultKind::Invalid,
            },
            optional_old_self: rule.optional_old_self == Some(true),
        })
    }
}

fn program(source: &str) -> Result<Program, String> {
    let program = Program::compile(source).map_err(|error| format!("rule {source:?}: {error}"))?;
    match program.references().functions().into_iter().find(|name| !is_known(name, &program)) {
        Some(unknown) => Err(format!("rule {source:?}: function {unknown} is not known here")),
        None => Ok(program),
    }
}

/// Whether a function can be called. The compiler takes any name, and a rule that calls an unknown
/// one would refuse every object, so call it here, without arguments, and see.
fn is_known(function: &str, program: &Program) -> bool {
    let is_operator = !function.starts_with(|char: char| char.is_ascii_alphabetic());
    let is_undeclared =
        |call: String| match Program::compile(&call).map(|call| call.execute(&FUNCTIONS)) {
            Ok(Err(ExecutionError::UndeclaredReference(name))) => name.as_str() == function,
            Ok(_) => false,
            Err(_) => true,
        };
    // `sets.contains` is called `contains`, and `sets` looks like a variable.
    let references = program.references();
    is_operator
        || !is_undeclared(format!("{function}()"))
        || references
            .variables()
            .iter()
            .any(|space| !is_undeclared(format!("{space}.{function}()")))
}

/// Reads a JSON path such as `.spec.x` or `.labels['a.b/c']`.
fn field_path(path: &str, node: &Node) -> Result<Vec<Step>, String> {
    let wrong = || format!("fieldPath {path:?} does not refer to a field");
    let (mut steps, mut here, mut rest) = (Vec::new(), node, path);
    while !rest.is_empty() {
        let (name, after) = if let Some(quoted) = rest.strip_prefix("['") {
            quoted.split_once("']").ok_or_else(wrong)?
        } else {
            let named = rest.strip_prefix('.').ok_or_else(wrong)?;
            named.split_at(named.find(['.', '[']).unwrap_or(named.len()))
        };
        let Child::Judged(child, at) = here.child(name) else { return Err(wrong()) };
        steps.push(match at {
            At::Key(_) => Step::Key(name.to_owned()),
            At::Root | At::Field(_) | At::Index(_) => Step::Field(name.to_owned()),
        });
        (here, rest) = (child, after);
    }
    Ok(steps)
}
