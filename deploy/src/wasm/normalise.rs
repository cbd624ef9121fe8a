//! Decides the one binary form of a module: the form that a Stylus chain's parser takes.
//!
//! What rustc and wasm-opt write is valid WebAssembly, yet refused at activation: the table index
//! of `call_indirect` is padded to five bytes, and there is a section that counts data segments.
//! Printing the module to text and assembling it again cures both, and is what cargo-stylus does,
//! so that the payload made from it is the same.

use wasm_encoder::{CustomSection, Module, RawSection, Section};
use wasmparser::{Parser, Payload};

use crate::Error;

/// The name of the custom section in which the names of functions are kept.
const NAME_SECTION: &str = "name";

/// A module in the form that Stylus chains parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normalised {
    /// The module without custom sections.
    pub wasm: Vec<u8>,
    /// The content of the name section that was cut off, if there was one. Its function indices
    /// hold for `wasm` too, since normalising moves no function.
    pub names: Option<Vec<u8>>,
}

impl Normalised {
    /// Returns the module with its name section, for disassembly and tracing. Byte offsets are
    /// those of `wasm`, since the section comes last.
    #[must_use]
    pub fn with_names(&self) -> Vec<u8> {
        let mut wasm = self.wasm.clone();
        if let Some(names) = &self.names {
            CustomSection { name: NAME_SECTION.into(), data: names.into() }.append_to(&mut wasm);
        }
        wasm
    }
}

/// Brings `wasm` into the form that Stylus chains parse.
///
/// # Errors
///
/// [`Error::InvalidWasm`] when `wasm` is not a WebAssembly module.
pub fn normalise(wasm: &[u8]) -> Result<Normalised, Error> {
    let mut module = Module::new();
    let mut names = None;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(|source| Error::InvalidWasm { reason: source.to_string() })? {
            Payload::CustomSection(section) => {
                if section.name() == NAME_SECTION {
                    names = Some(section.data().to_vec());
                }
            }
            payload => {
                if let Some((id, range)) = payload.as_section() {
                    module.section(&RawSection { id, data: slice(wasm, range)? });
                }
            }
        }
    }
    let text = wasmprinter::print_bytes(module.finish())
        .map_err(|source| Error::InvalidWasm { reason: format!("{source:#}") })?;
    let wasm =
        wat::parse_str(text).map_err(|source| Error::InvalidWasm { reason: source.to_string() })?;
    Ok(Normalised { wasm, names })
}

fn slice(wasm: &[u8], range: std::ops::Range<u64>) -> Result<&[u8], Error> {
    let bounds = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
    bounds.and_then(|(start, end)| wasm.get(start..end)).ok_or_else(|| Error::InvalidWasm {
        reason: format!("a section's bounds {range:?} lie outside of the module"),
    })
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, DataCountSection, ElementSection, Elements, ExportKind, ExportSection,
        Function, FunctionSection, RefType, TableSection, TableType, TypeSection,
    };

    use super::*;
    use crate::wasm::{Limits, Rule, check};

    /// A module with what rustc leaves behind: a padded table index, a count of data segments,
    /// a name section and the producers.
    fn as_rustc_writes() -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        module.section(&types);
        module.section(FunctionSection::new().function(0));
        module.section(TableSection::new().table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 1,
            maximum: Some(1),
            shared: false,
        }));
        module.section(ExportSection::new().export("f", ExportKind::Func, 0));
        module.section(ElementSection::new().active(
            None,
            &wasm_encoder::ConstExpr::i32_const(0),
            Elements::Functions((&[0]).into()),
        ));
        module.section(&DataCountSection { count: 0 });
        let mut code = CodeSection::new();
        let mut function = Function::new([]);
        function.raw([0x41, 0x00, 0x11, 0x00, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b]);
        code.function(&function);
        module.section(&code);
        module.section(&CustomSection { name: "producers".into(), data: (&[0]).into() });
        module
            .section(&CustomSection { name: "name".into(), data: (&[1, 4, 1, 0, 1, b'f']).into() });
        module.finish()
    }

    #[test]
    fn padded_table_indices_and_the_data_count_are_gone() {
        let rules = |wasm: &[u8]| -> Vec<Rule> {
            let report = check(wasm, &Limits::default());
            report.violations.iter().map(|violation| violation.rule).collect()
        };
        let before = rules(&as_rustc_writes());
        assert!(before.contains(&Rule::PaddedIndex) && before.contains(&Rule::DataCount));
        let after = rules(&normalise(&as_rustc_writes()).unwrap().wasm);
        assert!(!after.contains(&Rule::PaddedIndex) && !after.contains(&Rule::DataCount));
    }

    #[test]
    fn names_are_cut_off_and_can_be_put_back() {
        let normalised = normalise(&as_rustc_writes()).unwrap();
        assert_eq!(normalised.names.as_deref(), Some(&[1, 4, 1, 0, 1, b'f'][..]));
        let sections = |wasm: &[u8]| {
            Parser::new(0)
                .parse_all(wasm)
                .filter(|payload| matches!(payload, Ok(Payload::CustomSection(_))))
                .count()
        };
        assert_eq!(sections(&normalised.wasm), 0);
        assert_eq!(sections(&normalised.with_names()), 1);
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        let once = normalise(&as_rustc_writes()).unwrap().wasm;
        assert_eq!(normalise(&once).unwrap().wasm, once);
    }

    #[test]
    fn bytes_that_are_no_module_are_refused() {
        assert!(matches!(normalise(b"\0asm").unwrap_err(), Error::InvalidWasm { .. }));
    }
}
