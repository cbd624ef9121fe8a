//! Disassembly: one instruction a line, with labels at jump destinations and, when a source map is
//! given, the function and WebAssembly offset where each run of code comes from.

use std::fmt::Write as _;

use super::opcode::Opcode;
use crate::map::SourceMap;

/// Writes `code` as text, one instruction a line: position, mnemonic, immediate.
///
/// Bytes behind the last instruction that the map covers are data and shown as such; without a map
/// everything is taken for code.
#[must_use]
pub fn disassemble(code: &[u8], map: Option<&SourceMap>) -> String {
    let mut out = String::new();
    let end = map.map_or(code.len(), |map| map.code_bytes().min(code.len()));
    let mut at = 0;
    let mut last = None;
    while at < end {
        let here = map.and_then(|map| map.lookup(at));
        if here != last {
            if let Some(location) = here {
                let _ = writeln!(out, "; {location}");
            }
            last = here;
        }
        let op = Opcode::from_byte(code[at]);
        let next = at + 1 + op.immediate_bytes();
        let immediate = &code[(at + 1).min(end)..next.min(end)];
        let _ = write!(out, "{at:05x}  {op}");
        if !immediate.is_empty() {
            out.push_str(" 0x");
            for byte in immediate {
                let _ = write!(out, "{byte:02x}");
            }
        }
        out.push('\n');
        at = next;
    }
    if end < code.len() {
        let _ = writeln!(out, "; data");
        for (line, chunk) in code[end..].chunks(32).enumerate() {
            let _ = write!(out, "{:05x}  ", end + line * 32);
            for byte in chunk {
                let _ = write!(out, "{byte:02x}");
            }
            out.push('\n');
        }
    }
    out
}
