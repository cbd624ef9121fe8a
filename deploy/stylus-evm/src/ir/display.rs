//! The representation as text, for people who debug a pass.

use std::fmt;

use super::{Edge, Function, Op, Terminator, Value};

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// A value as an operand: constants by their words.
struct Operand<'a>(&'a Function, Value);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.constant(self.1) {
            Some(word) => write!(f, "{word:#x}"),
            None => write!(f, "{}", self.1),
        }
    }
}

struct List<'a>(&'a Function, &'a [Value]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, &value) in self.1.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}{}", Operand(self.0, value))?;
        }
        Ok(())
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "fn {} -> {}", self.name, self.results)?;
        for (number, block) in self.blocks.iter().enumerate() {
            writeln!(f, "  b{number}({}):", List(self, &block.params))?;
            for &value in &block.ops {
                let def = self.def(value);
                match &def.op {
                    Op::Call(callee) => {
                        writeln!(
                            f,
                            "    {} = call f{}({})",
                            List(self, &def.results),
                            callee.0,
                            List(self, &def.args)
                        )?;
                    }
                    op if op.has_value() => {
                        writeln!(f, "    {value} = {op:?}({})", List(self, &def.args))?;
                    }
                    op => writeln!(f, "    {op:?}({})", List(self, &def.args))?,
                }
            }
            self.display_end(f, &block.end)?;
        }
        Ok(())
    }
}

impl Function {
    fn display_end(&self, f: &mut fmt::Formatter<'_>, end: &Terminator) -> fmt::Result {
        let edge = |edge: &Edge| format!("b{}({})", edge.block.0, List(self, &edge.args));
        match end {
            Terminator::Jump(to) => writeln!(f, "    jump {}", edge(to)),
            Terminator::Branch { condition, if_true, if_false } => writeln!(
                f,
                "    if {} then {} else {}",
                Operand(self, *condition),
                edge(if_true),
                edge(if_false)
            ),
            Terminator::Switch { index, edges } => {
                let edges: Vec<_> = edges.iter().map(edge).collect();
                writeln!(f, "    switch {} [{}]", Operand(self, *index), edges.join(", "))
            }
            Terminator::Return { values, .. } => writeln!(f, "    return {}", List(self, values)),
            Terminator::TableJump { index, args, table } => writeln!(
                f,
                "    enter {} of {table:?} with {}",
                Operand(self, *index),
                List(self, args)
            ),
            Terminator::TailCall { callee, args } => {
                writeln!(f, "    enter f{} with {}", callee.0, List(self, args))
            }
            Terminator::Halt { op, args } => writeln!(f, "    {op} {}", List(self, args)),
            Terminator::Trap => writeln!(f, "    trap"),
        }
    }
}
