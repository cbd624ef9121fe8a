//! Decides which rules the sections of a module break.

use wasmparser::{
    BinaryReaderError, CompositeInnerType, DataKind, ElementItems, ElementKind, ExternalKind,
    FuncType, Parser, Payload, TypeRef, ValType, ValidPayload, Validator, WasmFeatures, types,
};

use super::{Limits, Report, Rule, functions};

/// The module that Stylus programs import from.
const HOST_MODULE: &str = "vm_hooks";

/// The modules that debug chains offer too.
const DEBUG_MODULES: [&str; 2] = ["console", "debug"];

/// The import by which a program pays for memory.
const PAY_FOR_GROWTH: &str = "pay_for_memory_grow";

/// What is known of the module's parts once all sections are read.
#[derive(Default)]
struct Seen {
    memories: Vec<wasmparser::MemoryType>,
    imported_memories: usize,
    memory_exported: bool,
    entrypoint: Option<u32>,
    pays_for_growth: bool,
}

/// Checks every section. An error means that the module is not valid WebAssembly.
pub(super) fn check(
    wasm: &[u8],
    limits: &Limits,
    report: &mut Report,
) -> Result<(), BinaryReaderError> {
    // Everything that the validator knows is enabled, so that what a chain lacks is named by the
    // rule it breaks and not by the parser.
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut seen = Seen::default();
    let mut types = None;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        check_section(&payload, limits, &mut seen, report)?;
        match validator.payload(&payload)? {
            ValidPayload::Func(function, body) => {
                functions::check(wasm, function, &body, limits, report)?;
            }
            ValidPayload::End(all) => types = Some(all),
            _ => {}
        }
    }
    check_memory(&seen, limits, report);
    check_entrypoint(&seen, types.as_ref(), report);
    Ok(())
}

fn check_section(
    payload: &Payload<'_>,
    limits: &Limits,
    seen: &mut Seen,
    report: &mut Report,
) -> Result<(), BinaryReaderError> {
    match payload {
        Payload::TypeSection(section) => {
            for group in section.clone().into_iter_with_offsets() {
                let (offset, group) = group?;
                for ty in group.types() {
                    check_type(&ty.composite_type.inner, offset, limits, report);
                }
            }
        }
        Payload::ImportSection(section) => check_imports(section, limits, seen, report)?,
        Payload::FunctionSection(section) => {
            report.measures.functions = section.count();
            report.limit(Rule::Functions, section.count().into(), limits.functions);
        }
        Payload::TableSection(section) => check_tables(section, limits, report)?,
        Payload::MemorySection(section) => {
            for memory in section.clone() {
                seen.memories.push(memory?);
            }
        }
        Payload::GlobalSection(section) => check_globals(section, limits, report)?,
        Payload::ExportSection(section) => check_exports(section, limits, seen, report)?,
        Payload::StartSection { range, .. } => {
            report.add(Rule::StartFunction, Some(range.start), "a start section");
        }
        Payload::ElementSection(section) => check_elements(section, limits, report)?,
        Payload::DataCountSection { range, .. } => {
            report.add(Rule::DataCount, Some(range.start), "a data count section");
        }
        Payload::DataSection(section) => {
            report.limit(Rule::DataSegments, section.count().into(), limits.data_segments);
            for segment in section.clone().into_iter_with_offsets() {
                let (offset, segment) = segment?;
                if matches!(segment.kind, DataKind::Passive) {
                    report.add(Rule::BulkMemory, Some(offset), "a passive data segment");
                }
            }
        }
        Payload::TagSection(section) => {
            let offset = section.range().start;
            report.add(Rule::Exceptions, Some(offset), "a section of exception tags");
        }
        _ => {}
    }
    Ok(())
}

fn check_type(ty: &CompositeInnerType, offset: u64, limits: &Limits, report: &mut Report) {
    let CompositeInnerType::Func(function) = ty else {
        return report.add(Rule::Gc, Some(offset), "a type that is no function");
    };
    if function.results().len() > 1 && !limits.multi_value {
        let found = format!("a type with {} results", function.results().len());
        report.add(Rule::MultiValue, Some(offset), found);
    }
    for ty in function.params().iter().chain(function.results()) {
        if let Some(rule) = forbidden_type(*ty) {
            report.add(rule, Some(offset), format!("a function type with {ty}"));
        }
    }
}

fn check_imports(
    section: &wasmparser::ImportSectionReader<'_>,
    limits: &Limits,
    seen: &mut Seen,
    report: &mut Report,
) -> Result<(), BinaryReaderError> {
    let mut count = 0_u32;
    for import in section.clone().into_imports_with_offsets() {
        let (offset, import) = import?;
        count += 1;
        check_name(import.name, offset, limits, report);
        let known = import.module == HOST_MODULE
            || limits.debug_chain && DEBUG_MODULES.contains(&import.module);
        let path = format!("`{}.{}`", import.module, import.name);
        match import.ty {
            TypeRef::Func(_) if known => {
                seen.pays_for_growth |=
                    import.module == HOST_MODULE && import.name == PAY_FOR_GROWTH;
            }
            TypeRef::Memory(memory) => {
                seen.memories.push(memory);
                seen.imported_memories += 1;
            }
            _ => report.add(Rule::ImportModule, Some(offset), path),
        }
    }
    report.measures.imports = count;
    report.limit(Rule::Imports, count.into(), limits.imports);
    Ok(())
}

fn check_tables(
    section: &wasmparser::TableSectionReader<'_>,
    limits: &Limits,
    report: &mut Report,
) -> Result<(), BinaryReaderError> {
    for (index, table) in section.clone().into_iter_with_offsets().enumerate() {
        let (offset, table) = table?;
        if index > 0 {
            report.add(Rule::ReferenceTypes, Some(offset), "a second table");
        }
        if !table.ty.element_type.is_func_ref() {
            let found = format!("a table of {}", table.ty.element_type);
            report.add(Rule::ReferenceTypes, Some(offset), found);
        }
        report.limit(Rule::TableEntries, table.ty.initial, limits.table_entries);
    }
    Ok(())
}

fn check_globals(
    section: &wasmparser::GlobalSectionReader<'_>,
    limits: &Limits,
    report: &mut Report,
) -> Result<(), BinaryReaderError> {
    report.limit(Rule::Globals, section.count().into(), limits.globals);
    for global in section.clone().into_iter_with_offsets() {
        let (offset, global) = global?;
        if let Some(rule) = forbidden_type(global.ty.content_type) {
            let found = format!("a global of type {}", global.ty.content_type);
            report.add(rule, Some(offset), found);
        }
    }
    Ok(())
}

fn check_exports(
    section: &wasmparser::ExportSectionReader<'_>,
    limits: &Limits,
    seen: &mut Seen,
    report: &mut Report,
) -> Result<(), BinaryReaderError> {
    report.limit(Rule::Exports, section.count().into(), limits.exports);
    for export in section.clone().into_iter_with_offsets() {
        let (offset, export) = export?;
        check_name(export.name, offset, limits, report);
        match (export.name, export.kind) {
            ("memory", ExternalKind::Memory) => seen.memory_exported = true,
            ("user_entrypoint", ExternalKind::Func) => seen.entrypoint = Some(export.index),
            _ => {}
        }
    }
    Ok(())
}

fn check_elements(
    section: &wasmparser::ElementSectionReader<'_>,
    limits: &Limits,
    report: &mut Report,
) -> Result<(), BinaryReaderError> {
    report.limit(Rule::ElementSegments, section.count().into(), limits.element_segments);
    for segment in section.clone().into_iter_with_offsets() {
        let (offset, segment) = segment?;
        if !matches!(segment.kind, ElementKind::Active { table_index: None | Some(0), .. }) {
            report.add(Rule::BulkMemory, Some(offset), "an element segment that is not active");
        }
        let entries = match segment.items {
            ElementItems::Functions(items) => items.count(),
            ElementItems::Expressions(_, items) => {
                report.add(Rule::ReferenceTypes, Some(offset), "elements given by expressions");
                items.count()
            }
        };
        report.limit(Rule::ElementEntries, entries.into(), limits.element_entries);
    }
    Ok(())
}

fn check_name(name: &str, offset: u64, limits: &Limits, report: &mut Report) {
    if name.len() as u64 > limits.name_bytes {
        let found = format!("{}, where {} are allowed", name.len(), limits.name_bytes);
        report.add(Rule::NameBytes, Some(offset), found);
    }
}

fn check_memory(seen: &Seen, limits: &Limits, report: &mut Report) {
    let [memory] = seen.memories.as_slice() else {
        return report.add(Rule::OneMemory, None, format!("{} memories", seen.memories.len()));
    };
    if seen.imported_memories > 0 {
        report.add(Rule::OneMemory, None, "an imported memory");
    }
    if memory.shared {
        report.add(Rule::Atomics, None, "a shared memory");
    }
    if memory.memory64 || memory.page_size_log2.is_some() {
        report.add(Rule::Extension, None, "a memory of 64-bit addresses or with its own page size");
    }
    if !seen.memory_exported {
        report.add(Rule::MemoryExport, None, "no such export");
    }
    report.measures.memory_pages = memory.initial;
    report.limit(Rule::MemoryPages, memory.initial, limits.memory_pages);
    if memory.maximum != Some(memory.initial) && !seen.pays_for_growth {
        report.add(Rule::MemoryGrowth, None, "no such import");
    }
}

fn check_entrypoint(seen: &Seen, types: Option<&types::Types>, report: &mut Report) {
    let Some(index) = seen.entrypoint else {
        return report.add(Rule::Entrypoint, None, "no such export");
    };
    let ty = types.and_then(|types| {
        let types = types.as_ref();
        let id = types.core_function_at(index);
        types.get(id).map(|ty| ty.unwrap_func().clone())
    });
    if ty != Some(FuncType::new([ValType::I32], [ValType::I32])) {
        report.add(Rule::Entrypoint, None, "an export of another type");
    }
}

/// Returns the rule that forbids values of type `ty`.
pub(super) const fn forbidden_type(ty: ValType) -> Option<Rule> {
    match ty {
        ValType::I32 | ValType::I64 => None,
        ValType::F32 | ValType::F64 => Some(Rule::Floats),
        ValType::V128 => Some(Rule::Simd),
        ValType::Ref(_) => Some(Rule::ReferenceTypes),
    }
}
