//! What a CEL program reads of a variable: a rule about the name alone needs no copy of the rest.

use kube_cel::cel::common::ast::{EntryExpr, Expr, IdedEntryExpr, IdedExpr};
use std::collections::BTreeSet;

/// The part of a variable that is read.
#[derive(Debug, Default)]
pub(super) struct Reads {
    whole: bool,
    /// As CEL identifiers.
    fields: BTreeSet<String>,
}

impl Reads {
    pub(super) const WHOLE: Self = Self { whole: true, fields: BTreeSet::new() };

    pub(super) fn of(expression: &IdedExpr, variable: &str) -> Self {
        let mut reads = Self::default();
        reads.add(expression, variable);
        reads
    }

    fn add(&mut self, expression: &IdedExpr, variable: &str) {
        let is_variable =
            |part: &IdedExpr| matches!(&part.expr, Expr::Ident(name) if name == variable);
        match &expression.expr {
            Expr::Ident(_) => self.whole |= is_variable(expression),
            Expr::Select(select) if is_variable(&select.operand) => {
                self.fields.insert(select.field.clone());
            }
            // `oldSelf.hasValue()` asks for no value.
            Expr::Call(call)
                if call.func_name == "hasValue"
                    && call.target.as_deref().is_some_and(is_variable) => {}
            _ => {
                for part in parts(expression) {
                    self.add(part, variable);
                }
            }
        }
    }

    pub(super) fn needs(&self, field: &str) -> bool {
        self.whole || self.fields.contains(field)
    }
}

fn parts(expression: &IdedExpr) -> Vec<&IdedExpr> {
    match &expression.expr {
        Expr::Select(select) => vec![&select.operand],
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::Comprehension(all) => {
            vec![&all.iter_range, &all.accu_init, &all.loop_cond, &all.loop_step, &all.result]
        }
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(of_entry).collect(),
        Expr::Struct(fields) => fields.entries.iter().flat_map(of_entry).collect(),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => Vec::new(),
    }
}

fn of_entry(entry: &IdedEntryExpr) -> Vec<&IdedExpr> {
    match &entry.expr {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}
