//! Runs the CEL rules.

use super::cel_value::to_cel;
use super::fault::{Fault, FaultKind};
use super::functions::FUNCTIONS;
use super::node::{Child, Node};
use super::path::{At, Trail};
use super::ratchet::Former;
use super::rule::Rule;
use super::value::has_expected_type;
use kube_cel::cel::objects::OptionalValue;
use kube_cel::cel::{Context, ExecutionError, Value as Cel};
use serde_json::Value;
use std::sync::Arc;

/// The longest message that a messageExpression may give, as in the API server.
const MAX_MESSAGE: usize = 5 * 1024;

/// Runs every rule of the schema on an object.
pub(super) fn judge(root: &Node, object: &Value, former: Former<'_>, faults: &mut Vec<Fault>) {
    visit(Place { rules: root, types: root }, object, former, false, &Trail::ROOT, faults);
}

/// The rules that hold for a value, and its types: within an allOf the two are apart.
#[derive(Clone, Copy)]
struct Place<'a> {
    rules: &'a Node,
    types: &'a Node,
}

fn visit(
    place: Place<'_>,
    value: &Value,
    former: Former<'_>,
    around: bool,
    trail: &Trail<'_>,
    faults: &mut Vec<Fault>,
) {
    // A rule about null is a rule of the value around it.
    if value.is_null() || !place.rules.has_rules {
        return;
    }
    run(place, value, former, trail, faults);
    for branch in &place.rules.checks.all_of {
        let place = Place { rules: branch, types: place.types };
        visit(place, value, former.within_all_of(around), around, trail, faults);
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let (Child::Judged(rules, at), Child::Judged(types, _)) =
                    (place.rules.child(name), place.types.child(name))
                {
                    let below = former.field(types, name, value);
                    visit(
                        Place { rules, types },
                        value,
                        below,
                        former.unchanged,
                        &trail.child(at),
                        faults,
                    );
                }
            }
        }
        Value::Array(items) => {
            let (Some(rules), Some(types)) =
                (place.rules.items.as_deref(), place.types.items.as_deref())
            else {
                return;
            };
            for (index, item) in items.iter().enumerate() {
                let below = former.item(place.types, types, item);
                visit(
                    Place { rules, types },
                    item,
                    below,
                    former.unchanged,
                    &trail.child(At::Index(index)),
                    faults,
                );
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null => {}
    }
}

fn run(
    place: Place<'_>,
    value: &Value,
    former: Former<'_>,
    trail: &Trail<'_>,
    faults: &mut Vec<Fault>,
) {
    for rule in &place.rules.rules {
        if rule.uses_old_self && former.value.is_none() && !rule.optional_old_self {
            continue;
        }
        if !has_expected_type(place.types, value) {
            // Only in an update: a new object is refused for its types before any rule runs.
            let message = format!(
                "invalid data, expected {} evaluating rule: {}",
                place.types.expected.name(),
                rule.message
            );
            faults.push(Fault::at(trail, FaultKind::Invalid, message));
            continue;
        }
        let mut scope = FUNCTIONS.new_inner_scope();
        scope.add_variable_from_value("self", to_cel(place.types, value, &rule.reads));
        if rule.uses_old_self {
            scope.add_variable_from_value("oldSelf", old_self(rule, place.types, former));
        }
        let spared = former.unchanged && !rule.uses_old_self;
        let fault = match rule.program.execute(&scope) {
            Ok(Cel::Bool(true)) => continue,
            Ok(Cel::Bool(false)) if spared => continue,
            Ok(Cel::Bool(false)) => Fault {
                path: trail.path_to(&rule.field_path),
                kind: rule.kind,
                message: message(rule, &scope),
            },
            Ok(_) => Fault::at(
                trail,
                FaultKind::Invalid,
                format!("rule is neither true nor false: {}", rule.message),
            ),
            Err(error) => Fault::at(
                trail,
                FaultKind::Invalid,
                format!("{} evaluating rule: {}", problem(&error), rule.message),
            ),
        };
        faults.push(fault);
    }
}

fn old_self(rule: &Rule, types: &Node, former: Former<'_>) -> Cel {
    let former = former.value.map(|former| to_cel(types, former, &rule.reads_old));
    match (former, rule.optional_old_self) {
        (Some(former), false) => former,
        (Some(former), true) => Cel::Opaque(Arc::new(OptionalValue::of(former))),
        (None, _) => Cel::Opaque(Arc::new(OptionalValue::none())),
    }
}

fn message(rule: &Rule, scope: &Context<'_>) -> String {
    let computed =
        match rule.message_expression.as_ref().map(|expression| expression.execute(scope)) {
            Some(Ok(Cel::String(text))) => text.trim().to_owned(),
            _ => String::new(),
        };
    if computed.is_empty() || computed.len() > MAX_MESSAGE || computed.contains('\n') {
        rule.message.clone()
    } else {
        computed
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
