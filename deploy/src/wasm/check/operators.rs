//! Decides which rule an operator breaks, by the proposal that WebAssembly got it from.

use wasmparser::Operator;

use super::Rule;

/// Returns the rule that forbids `operator`, and the operator's name.
pub(super) fn forbidden_by(operator: &Operator<'_>) -> Option<(Rule, &'static str)> {
    let (proposal, name) = origin(operator);
    let rule = match proposal {
        "mvp" | "sign_extension" => is_float(name).then_some(Rule::Floats),
        "bulk_memory" => {
            let supported =
                matches!(operator, Operator::MemoryCopy { .. } | Operator::MemoryFill { .. });
            (!supported).then_some(Rule::BulkMemory)
        }
        "saturating_float_to_int" => Some(Rule::Floats),
        "simd" | "relaxed_simd" => Some(Rule::Simd),
        "threads" | "shared_everything_threads" => Some(Rule::Atomics),
        "reference_types" => Some(Rule::ReferenceTypes),
        "tail_call" => Some(Rule::TailCalls),
        "exceptions" | "legacy_exceptions" => Some(Rule::Exceptions),
        "gc" | "function_references" | "stack_switching" => Some(Rule::Gc),
        _ => Some(Rule::Extension),
    };
    rule.map(|rule| (rule, name))
}

/// Returns whether an MVP operator, by the name of its visitor, works on floating point.
fn is_float(name: &str) -> bool {
    name.contains("f32") || name.contains("f64")
}

macro_rules! define_origin {
    ($(@$proposal:ident $operator:ident $({ $($field:ident: $type:ty),* })?
        => $visit:ident ($($arity:tt)*))*) => {
        /// Returns the proposal that brought `operator` and the operator's name.
        fn origin(operator: &Operator<'_>) -> (&'static str, &'static str) {
            match operator {
                $(Operator::$operator { .. } => (stringify!($proposal), visited(stringify!($visit))),)*
                _ => ("unknown", "unknown"),
            }
        }
    };
}
wasmparser::for_each_operator!(define_origin);

/// Takes the operator's name out of the name of its visitor.
fn visited(visit: &'static str) -> &'static str {
    visit.strip_prefix("visit_").unwrap_or(visit)
}
