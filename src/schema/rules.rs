//! Runs the CEL rules.

use super::cel_value::to_cel;
use super::fault::{Fault, FaultKind};
use super::functions::FUNCTIONS;
use super::node::{Child, Node};
use super::path::{At, Trail};
use super::ratchet::Former;
use super::rule::CelRule;
use super::value::has_expected_type;
use kube_cel::cel::objects::OptionalValue;
use kube_cel::cel::{ExecutionError, Value as Cel};
use serde_json::Value;
use std::sync::Arc;

/// Runs every rule of the schema on an object.
pub(super) fn judge(
    node: &Node,
    value: &Value,
    former: Former<'_>,
    trail: &Trail<'_>,
    faults: &mut Vec<Fault>,
) {
    // A rule about null is a rule of the value around it.
    if value.is_null() || !node.has_rules {
        return;
    }
    run(node, value, former, trail, faults);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let Child::Judged(child, at) = node.child(name) {
                    judge(child, value, former.field(child, name, value), &trail.child(at), faults);
                }
            }
        }
        Value::Array(items) => {
            let Some(child) = node.items.as_deref() else { return };
            for (index, item) in items.iter().enumerate() {
                let trail = trail.child(At::Index(index));
                judge(child, item, former.item(node, child, item), &trail, faults);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null => {}
    }
}

fn run(node: &Node, value: &Value, former: Former<'_>, trail: &Trail<'_>, faults: &mut Vec<Fault>) {
    for rule in &node.rules {
        if rule.uses_old_self && former.value.is_none() && !rule.optional_old_self {
            continue;
        }
        if let Err(message) = outcome(rule, node, value, former) {
            faults.push(Fault::at(trail, FaultKind::Invalid, message));
        }
    }
}

/// What a rule has to say against a value.
fn outcome(rule: &CelRule, node: &Node, value: &Value, former: Former<'_>) -> Result<(), String> {
    let message = &rule.message;
    if !has_expected_type(node, value) {
        // Only in an update: a new object is refused for its types before any rule runs.
        let expected = node.expected.name();
        return Err(format!("invalid data, expected {expected} evaluating rule: {message}"));
    }
    let mut scope = FUNCTIONS.new_inner_scope();
    scope.add_variable_from_value("self", to_cel(node, value, &rule.reads));
    if rule.uses_old_self {
        scope.add_variable_from_value("oldSelf", old_self(rule, node, former));
    }
    let is_spared = former.unchanged && !rule.uses_old_self;
    match rule.program.execute(&scope) {
        Ok(Cel::Bool(holds)) if holds || is_spared => Ok(()),
        Ok(Cel::Bool(_)) => Err(message.clone()),
        Ok(_) => Err(format!("rule is neither true nor false: {message}")),
        Err(error) => Err(format!("{} evaluating rule: {message}", problem(&error))),
    }
}

fn old_self(rule: &CelRule, node: &Node, former: Former<'_>) -> Cel {
    let former = former.value.map(|former| to_cel(node, former, &rule.reads_old));
    match (former, rule.optional_old_self) {
        (Some(former), false) => former,
        (Some(former), true) => Cel::Opaque(Arc::new(OptionalValue::of(former))),
        (None, _) => Cel::Opaque(Arc::new(OptionalValue::none())),
    }
}

/// An evaluation error, without the values that the library would print with it.
fn problem(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchKey(key) => format!("no such key: {key}"),
        ExecutionError::UndeclaredReference(name) => format!("undeclared reference to {name}"),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "division by zero".to_owned()
        }
        ExecutionError::IndexOutOfBounds(_) => "index out of bounds".to_owned(),
        ExecutionError::Overflow(..) => "integer overflow".to_owned(),
        ExecutionError::FunctionError { function, .. } => format!("{function}() failed"),
        _ => "no such overload".to_owned(),
    }
}
