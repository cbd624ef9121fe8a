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

/// Whether nothing can change a result after `write_result`: all its calls stand in the entry
/// point, nothing but reads of locals and constants follows until the function ends, and nobody
/// else calls the entry point.
pub(crate) fn result_stays(module: &Module<'_>) -> bool {
    let Some(write) = module.imports.iter().position(|host| host.name == "write_result") else {
        return true;
    };
    let write = u32::try_from(write).unwrap_or(u32::MAX);
    let Ok(entry) = module.entrypoint() else { return false };
    if module.table.iter().flatten().any(|&function| function == write || function == entry) {
        return false;
    }
    let mut written = false;
    for (function, operator) in operators(module) {
        match operator {
            Operator::Call { function_index } if function_index == entry => return false,
            Operator::Call { function_index } if function_index == write => {
                if function != entry {
                    return false;
                }
                written = true;
            }
            Operator::LocalGet { .. }
            | Operator::I32Const { .. }
            | Operator::Nop => {}
            // A return ends the function; what follows starts anew.
            Operator::Return | Operator::Unreachable => written = false,
            // An end may be that of a block, behind which code goes on: the function's own is last.
            Operator::End => {}
            _ if written && function == entry => return false,
            _ => written = false,
        }
    }
    true
}
