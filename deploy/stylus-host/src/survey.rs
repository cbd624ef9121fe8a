//! Decides what is measured of a module: its size as the price of starting it sees it, its types,
//! its imports, and its functions' names.

use wasmparser::{Parser, Payload, TypeRef};

use crate::{error::Error, prices::ModuleSize};

/// What must be known of a module before its functions can be rewritten.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) size: ModuleSize,
    /// Inputs and outputs of each type.
    pub(crate) types: Vec<(u64, u64)>,
    pub(crate) imported_functions: u32,
    /// Index of the import that pays for memory, when memory can grow.
    pub(crate) pay_for_memory_grow: Option<u32>,
    /// Globals, imported ones included.
    pub(crate) globals: u32,
    pub(crate) bodies: usize,
    pub(crate) names: Vec<String>,
}

impl Survey {
    /// Reads a module's sections once.
    pub(crate) fn of(wasm: &[u8]) -> Result<Self, Error> {
        let mut survey = Self::default();
        let mut memory_is_fixed = false;
        survey.size.wasm_bytes = wasm.len() as u64;
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(types) => {
                    for ty in types.into_iter_err_on_gc_types() {
                        let ty = ty?;
                        let lens = (ty.params().len() as u64, ty.results().len() as u64);
                        survey.types.push(lens);
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        survey.import(&import?);
                    }
                }
                Payload::FunctionSection(functions) => {
                    for ty in functions {
                        let lens = survey.types.get(ty? as usize).copied().unwrap_or_default();
                        survey.size.functions += 1;
                        survey.size.type_len += lens.0 + lens.1;
                    }
                }
                Payload::MemorySection(memories) => {
                    for memory in memories {
                        let memory = memory?;
                        memory_is_fixed = memory.maximum == Some(memory.initial);
                        survey.size.start_pages = u16::try_from(memory.initial).unwrap_or(u16::MAX);
                    }
                }
                Payload::GlobalSection(globals) => {
                    survey.size.globals += u64::from(globals.count());
                    survey.globals += globals.count();
                }
                Payload::ElementSection(elements) => survey.elements(elements)?,
                Payload::DataSection(data) => {
                    for segment in data {
                        survey.size.data_bytes += segment?.data.len() as u64;
                    }
                }
                Payload::CodeSectionStart { count, .. } => survey.bodies = count as usize,
                Payload::CustomSection(section) => {
                    if let wasmparser::KnownCustom::Name(names) = section.as_known() {
                        survey.names(names)?;
                    }
                }
                _ => {}
            }
        }
        if memory_is_fixed {
            survey.pay_for_memory_grow = None;
        }
        survey.fill_names();
        Ok(survey)
    }

    fn import(&mut self, import: &wasmparser::Import<'_>) {
        match import.ty {
            TypeRef::Func(_) => {
                if import.module == "vm_hooks" && import.name == "pay_for_memory_grow" {
                    self.pay_for_memory_grow = Some(self.imported_functions);
                }
                self.imported_functions += 1;
            }
            TypeRef::Global(_) => self.globals += 1,
            _ => {}
        }
    }

    fn elements(&mut self, elements: wasmparser::ElementSectionReader<'_>) -> Result<(), Error> {
        for element in elements {
            self.size.data_bytes += u64::from(match element?.items {
                wasmparser::ElementItems::Functions(items) => items.count(),
                wasmparser::ElementItems::Expressions(_, items) => items.count(),
            });
        }
        Ok(())
    }

    fn names(&mut self, names: wasmparser::NameSectionReader<'_>) -> Result<(), Error> {
        for subsection in names {
            let wasmparser::Name::Function(functions) = subsection? else { continue };
            self.names = vec![String::new(); self.bodies];
            for naming in functions {
                let naming = naming?;
                let body = naming.index.checked_sub(self.imported_functions);
                if let Some(name) = body.and_then(|body| self.names.get_mut(body as usize)) {
                    *name = naming.name.to_owned();
                }
            }
        }
        Ok(())
    }

    fn fill_names(&mut self) {
        self.names.resize(self.bodies, String::new());
        for (body, name) in self.names.iter_mut().enumerate() {
            if name.is_empty() {
                *name = format!("func[{}]", body + self.imported_functions as usize);
            }
        }
    }
}
