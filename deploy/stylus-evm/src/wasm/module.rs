//! Reads a module: validates it, refuses what no Stylus contract has, and keeps the rest.

use wasmparser::{
    DataKind, ElementItems, ElementKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator,
    Parser, Payload, TableInit, TypeRef, ValType, Validator, WasmFeatures,
};

use crate::{
    error::{Construct, Error, Position},
    host::{HostFunction, table},
};

/// Bytes of a WebAssembly page.
pub(crate) const PAGE_BYTES: u64 = 65_536;

/// A value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    I32,
    I64,
}

/// A function type.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Signature {
    pub(crate) params: Vec<Type>,
    pub(crate) results: Vec<Type>,
}

/// A memory's size in pages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) initial: u64,
    pub(crate) maximum: Option<u64>,
}

/// A global variable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Global {
    pub(crate) ty: Type,
    pub(crate) mutable: bool,
    pub(crate) initial: u64,
}

/// Bytes that are in the memory from the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) address: u32,
    pub(crate) bytes: &'a [u8],
}

/// A function with a body.
#[derive(Clone, Debug)]
pub(crate) struct Defined<'a> {
    pub(crate) body: FunctionBody<'a>,
}

/// A module. Functions are numbered as in WebAssembly: imports first.
#[derive(Debug, Default)]
pub(crate) struct Module<'a> {
    types: Vec<Result<Signature, ValType>>,
    pub(crate) imports: Vec<&'static HostFunction>,
    import_types: Vec<u32>,
    declared: Vec<u32>,
    pub(crate) functions: Vec<Defined<'a>>,
    pub(crate) memory: Memory,
    memories: u32,
    table_size: Option<u64>,
    /// The table: function indices.
    pub(crate) table: Vec<Option<u32>>,
    pub(crate) globals: Vec<Global>,
    /// Globals that are exported.
    pub(crate) exported_globals: Vec<(String, u32)>,
    pub(crate) data: Vec<Segment<'a>>,
    /// Function exports.
    pub(crate) exports: Vec<(String, u32)>,
    names: Vec<(u32, String)>,
    exports_memory: bool,
}

/// What the validator lets pass: enough to name every unsupported construct.
fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::GC_TYPES
        | WasmFeatures::FLOATS
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIMD
        | WasmFeatures::THREADS
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::MULTI_MEMORY
}

impl<'a> Module<'a> {
    /// Reads a module.
    pub(crate) fn parse(wasm: &'a [u8]) -> Result<Self, Error> {
        let mut module = Self::default();
        let mut validator = Validator::new_with_features(features());
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.map_err(Self::invalid)?;
            let valid = validator.payload(&payload).map_err(Self::invalid)?;
            if let wasmparser::ValidPayload::Func(to_validate, body) = valid {
                let mut function = to_validate.into_validator(Default::default());
                let index = u32::try_from(module.imports.len() + module.functions.len()).ok();
                function.validate(&body).map_err(|source| {
                    let position = Position { function: index, offset: source.offset() };
                    Error::Invalid { position, source }
                })?;
            }
            module.section(payload)?;
        }
        module.finish()
    }

    /// Type of a function of the index space.
    pub(crate) fn signature(&self, function: u32) -> Result<&Signature, Error> {
        let imported = self.import_types.len();
        let index = function as usize;
        let type_index = match index.checked_sub(imported) {
            None => self.import_types[index],
            Some(defined) => self.declared[defined],
        };
        self.type_at(type_index, Position { function: Some(function), offset: 0 })
    }

    /// A function type, refused when it has other types than integers.
    pub(crate) fn type_at(&self, index: u32, position: Position) -> Result<&Signature, Error> {
        match &self.types[index as usize] {
            Ok(signature) => Ok(signature),
            Err(ty) => Err(Error::unsupported(position, Construct::ValueType(ty.to_string()))),
        }
    }

    /// A name for people.
    pub(crate) fn name(&self, function: u32) -> String {
        if let Some((_, name)) = self.names.iter().find(|(index, _)| *index == function) {
            return name.clone();
        }
        if let Some((name, _)) = self.exports.iter().find(|(_, index)| *index == function) {
            return name.clone();
        }
        format!("func[{function}]")
    }

    /// Types of indirect calls.
    pub(crate) fn called_types(&self) -> Vec<u32> {
        super::scan::called_types(self)
    }

    fn invalid(source: wasmparser::BinaryReaderError) -> Error {
        let position = Position { function: None, offset: source.offset() };
        Error::Invalid { position, source }
    }

    fn section(&mut self, payload: Payload<'a>) -> Result<(), Error> {
        match payload {
            Payload::TypeSection(reader) => {
                for ty in reader.into_iter_err_on_gc_types() {
                    let ty = ty.map_err(Self::invalid)?;
                    self.types.push(signature(&ty));
                }
                Ok(())
            }
            Payload::ImportSection(reader) => {
                for import in reader.into_imports_with_offsets() {
                    let (offset, import) = import.map_err(Self::invalid)?;
                    self.import(offset, &import)?;
                }
                Ok(())
            }
            Payload::FunctionSection(reader) => {
                for ty in reader {
                    self.declared.push(ty.map_err(Self::invalid)?);
                }
                Ok(())
            }
            Payload::CodeSectionEntry(body) => {
                self.functions.push(Defined { body });
                Ok(())
            }
            Payload::StartSection { range, .. } => {
                let position = Position { function: None, offset: range.start };
                Err(Error::unsupported(position, Construct::Start))
            }
            Payload::TagSection(reader) => {
                let position = Position { function: None, offset: reader.range().start };
                Err(Error::unsupported(position, Construct::Section("tag")))
            }
            Payload::CustomSection(reader) => {
                if let KnownCustom::Name(names) = reader.as_known() {
                    self.name_section(names);
                }
                Ok(())
            }
            other => self.state_section(other),
        }
    }

    /// Sections that describe memory, table, globals and exports.
    fn state_section(&mut self, payload: Payload<'a>) -> Result<(), Error> {
        match payload {
            Payload::MemorySection(reader) => {
                let position = Position { function: None, offset: reader.range().start };
                for memory in reader {
                    let memory = memory.map_err(Self::invalid)?;
                    self.memory(&memory, position)?;
                }
            }
            Payload::TableSection(reader) => {
                let position = Position { function: None, offset: reader.range().start };
                for table in reader {
                    let table = table.map_err(Self::invalid)?;
                    self.table(&table, position)?;
                }
            }
            Payload::GlobalSection(reader) => {
                for global in reader.into_iter_with_offsets() {
                    let (offset, global) = global.map_err(Self::invalid)?;
                    let position = Position { function: None, offset };
                    let ty = value_type(global.ty.content_type).map_err(|ty| {
                        Error::unsupported(position, Construct::ValueType(ty.to_string()))
                    })?;
                    let initial = self.constant(&global.init_expr, position)?;
                    self.globals.push(Global { ty, mutable: global.ty.mutable, initial });
                }
            }
            Payload::ExportSection(reader) => {
                for export in reader {
                    let export = export.map_err(Self::invalid)?;
                    match export.kind {
                        ExternalKind::Func => {
                            self.exports.push((export.name.to_owned(), export.index));
                        }
                        ExternalKind::Memory => self.exports_memory |= export.name == "memory",
                        ExternalKind::Global => {
                            self.exported_globals.push((export.name.to_owned(), export.index));
                        }
                        _ => {}
                    }
                }
            }
            Payload::ElementSection(reader) => {
                for element in reader.into_iter_with_offsets() {
                    let (offset, element) = element.map_err(Self::invalid)?;
                    self.element(&element, Position { function: None, offset })?;
                }
            }
            Payload::DataSection(reader) => {
                for data in reader.into_iter_with_offsets() {
                    let (offset, data) = data.map_err(Self::invalid)?;
                    self.segment(&data, Position { function: None, offset })?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, offset: u64, import: &wasmparser::Import<'a>) -> Result<(), Error> {
        let position = Position { function: None, offset };
        let unknown = || {
            let (module, name) = (import.module.to_owned(), import.name.to_owned());
            Error::unsupported(position, Construct::Import { module, name })
        };
        let TypeRef::Func(type_index) = import.ty else { return Err(unknown()) };
        let host = table::find(import.module, import.name).ok_or_else(unknown)?;
        let found = self.type_at(type_index, position)?;
        if !host.has_type(found) {
            let (expected, found) = (host.type_text(), text(found));
            let construct = Construct::ImportType { name: host.name, expected, found };
            return Err(Error::unsupported(position, construct));
        }
        self.imports.push(host);
        self.import_types.push(type_index);
        Ok(())
    }

    const fn memory(
        &mut self,
        ty: &wasmparser::MemoryType,
        position: Position,
    ) -> Result<(), Error> {
        self.memories += 1;
        if self.memories > 1 {
            return Err(Error::unsupported(position, Construct::SeveralMemories));
        }
        if ty.memory64 || ty.shared || ty.page_size_log2.is_some() {
            return Err(Error::unsupported(position, Construct::MemoryKind));
        }
        self.memory = Memory { initial: ty.initial, maximum: ty.maximum };
        Ok(())
    }

    const fn table(
        &mut self,
        table: &wasmparser::Table<'a>,
        position: Position,
    ) -> Result<(), Error> {
        if self.table_size.is_some() {
            return Err(Error::unsupported(position, Construct::SeveralTables));
        }
        let plain = matches!(table.init, TableInit::RefNull);
        if table.ty.table64 || table.ty.shared || !table.ty.element_type.is_func_ref() || !plain {
            return Err(Error::unsupported(position, Construct::TableKind));
        }
        self.table_size = Some(table.ty.initial);
        Ok(())
    }

    fn element(
        &mut self,
        element: &wasmparser::Element<'a>,
        position: Position,
    ) -> Result<(), Error> {
        let start = match &element.kind {
            ElementKind::Active { offset_expr, .. } => self.constant(offset_expr, position)?,
            ElementKind::Declared => return Ok(()),
            ElementKind::Passive => {
                return Err(Error::unsupported(position, Construct::PassiveSegment));
            }
        };
        let mut functions = Vec::new();
        match element.items.clone() {
            ElementItems::Functions(reader) => {
                for function in reader {
                    functions.push(Some(function.map_err(Self::invalid)?));
                }
            }
            ElementItems::Expressions(_, reader) => {
                for expression in reader {
                    let expression = expression.map_err(Self::invalid)?;
                    functions.push(self.reference(&expression, position)?);
                }
            }
        }
        let end = start + functions.len() as u64;
        let size = self.table_size.unwrap_or_default();
        if end > size {
            return Err(Error::SegmentOutOfBounds { position, end, size });
        }
        let (start, end) = (index(start)?, index(end)?);
        if self.table.len() < end {
            self.table.resize(end, None);
        }
        self.table[start..end].copy_from_slice(&functions);
        Ok(())
    }

    fn segment(&mut self, data: &wasmparser::Data<'a>, position: Position) -> Result<(), Error> {
        let DataKind::Active { offset_expr, .. } = &data.kind else {
            return Err(Error::unsupported(position, Construct::PassiveSegment));
        };
        let address = self.constant(offset_expr, position)?;
        let end = address + data.data.len() as u64;
        let size = self.memory.initial * PAGE_BYTES;
        if end > size {
            return Err(Error::SegmentOutOfBounds { position, end, size });
        }
        let address = u32::try_from(address).unwrap_or(u32::MAX);
        self.data.push(Segment { address, bytes: data.data });
        Ok(())
    }

    /// Value of a constant initializer.
    fn constant(
        &self,
        expression: &wasmparser::ConstExpr<'a>,
        position: Position,
    ) -> Result<u64, Error> {
        let mut reader = expression.get_operators_reader();
        let first = reader.read().map_err(Self::invalid)?;
        let value = match first {
            Operator::I32Const { value } => u64::from(value.cast_unsigned()),
            Operator::I64Const { value } => value.cast_unsigned(),
            _ => return Err(Error::unsupported(position, Construct::Initializer)),
        };
        match reader.read() {
            Ok(Operator::End) => Ok(value),
            _ => Err(Error::unsupported(position, Construct::Initializer)),
        }
    }

    /// Function of a constant reference.
    fn reference(
        &self,
        expression: &wasmparser::ConstExpr<'a>,
        position: Position,
    ) -> Result<Option<u32>, Error> {
        let mut reader = expression.get_operators_reader();
        match reader.read().map_err(Self::invalid)? {
            Operator::RefFunc { function_index } => Ok(Some(function_index)),
            Operator::RefNull { .. } => Ok(None),
            _ => Err(Error::unsupported(position, Construct::Initializer)),
        }
    }

    /// Takes the names of functions; a malformed name section is as good as none.
    fn name_section(&mut self, names: wasmparser::NameSectionReader<'a>) {
        for part in names.into_iter().flatten() {
            if let Name::Function(map) = part {
                for naming in map.into_iter().flatten() {
                    self.names.push((naming.index, naming.name.to_owned()));
                }
            }
        }
    }

    fn finish(mut self) -> Result<Self, Error> {
        let size = index(self.table_size.unwrap_or_default())?;
        self.table.resize(size.min(1 << 20), None);
        Ok(self)
    }

    /// Index of the entry point of a Stylus contract.
    pub(crate) fn entrypoint(&self) -> Result<u32, Error> {
        let entry = self.exports.iter().find(|(name, _)| name == "user_entrypoint");
        let index =
            entry.ok_or(Error::MissingExport("function `user_entrypoint: (i32) -> i32`"))?.1;
        let signature = self.signature(index)?;
        if signature.params != [Type::I32] || signature.results != [Type::I32] {
            return Err(Error::MissingExport("function `user_entrypoint: (i32) -> i32`"));
        }
        if self.memories == 0 || !self.exports_memory {
            return Err(Error::MissingExport("memory `memory`"));
        }
        Ok(index)
    }
}

const fn value_type(ty: ValType) -> Result<Type, ValType> {
    match ty {
        ValType::I32 => Ok(Type::I32),
        ValType::I64 => Ok(Type::I64),
        other => Err(other),
    }
}

fn signature(ty: &wasmparser::FuncType) -> Result<Signature, ValType> {
    let types =
        |list: &[ValType]| list.iter().copied().map(value_type).collect::<Result<Vec<_>, _>>();
    Ok(Signature { params: types(ty.params())?, results: types(ty.results())? })
}

/// A function type as the text format writes it.
pub(crate) fn text(signature: &Signature) -> String {
    let list = |types: &[Type]| {
        let names: Vec<_> = types
            .iter()
            .map(|ty| match ty {
                Type::I32 => "i32",
                Type::I64 => "i64",
            })
            .collect();
        names.join(" ")
    };
    format!("({}) -> ({})", list(&signature.params), list(&signature.results))
}

fn index(value: u64) -> Result<usize, Error> {
    usize::try_from(value).map_err(|_| Error::internal("an index exceeds the host's"))
}
