//! Questions about a module that its operators answer.

use wasmparser::Operator;

use super::module::Module;

/// The operators of all functions, with the function's index; malformed ones end the walk, which
/// validation has excluded.
fn operators<'m>(module: &'m Module<'_>) -> impl Iterator<Item = (u32, Operator<'m>)> {
    let imports = module.imports.len();
    module.functions.iter().enumerate().flat_map(move |(number, function)| {
        let index = u32::try_from(imports + number).unwrap_or(u32::MAX);
        let reader = function.body.get_operators_reader().ok();
        reader
            .into_iter()
            .flat_map(wasmparser::OperatorsReader::into_iter)
            .map_while(Result::ok)
            .map(move |operator| (index, operator))
    })
}

/// Whether the memory may grow.
pub(crate) fn grows(module: &Module<'_>) -> bool {
    operators(module).any(|(_, operator)| matches!(operator, Operator::MemoryGrow { .. }))
}

/// Number of operators of all functions.
pub(crate) fn instructions(module: &Module<'_>) -> usize {
    operators(module).count()
}

/// Type indices of all indirect calls, ascending.
pub(crate) fn called_types(module: &Module<'_>) -> Vec<u32> {
    let mut types: Vec<_> = operators(module)
        .filter_map(|(_, operator)| match operator {
            Operator::CallIndirect { type_index, .. } => Some(type_index),
            _ => None,
        })
        .collect();
    types.sort_unstable();
    types.dedup();
    types
}
