//! One entry of `x-kubernetes-validations`, compiled.

use super::functions::FUNCTIONS;
use super::keywords::Validation;
use super::reads::Reads;
use kube_cel::cel::{ExecutionError, Program};

/// A CEL rule.
#[derive(Debug)]
pub(super) struct CelRule {
    pub(super) program: Program,
    pub(super) message: String,
    /// `oldSelf` is an optional, and the rule runs without an old value too.
    pub(super) optional_old_self: bool,
    pub(super) uses_old_self: bool,
    /// What it reads of `self`.
    pub(super) reads: Reads,
    /// What it reads of `oldSelf`.
    pub(super) reads_old: Reads,
}

impl CelRule {
    pub(super) fn compile(source: &Validation) -> Result<Self, String> {
        let program = program(&source.rule)?;
        let reads = |variable| Reads::of(program.expression(), variable);
        Ok(Self {
            reads: reads("self"),
            reads_old: reads("oldSelf"),
            uses_old_self: program.references().has_variable("oldSelf"),
            optional_old_self: source.optional_old_self,
            message: source.message.trim().to_owned(),
            program,
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
