//! The assembler: opcodes, labels and deferred pushes become bytes.
//!
//! It knows nothing of functions or WebAssembly. Every push whose value depends on the layout of
//! the code starts one byte wide and grows until all values fit: the least fixed point.

use alloy_primitives::U256;

use super::opcode::Opcode;

/// A place in the code that can be jumped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Label(pub(crate) u32);

/// A piece of data behind the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BlobId(pub(crate) u32);

/// Where code came from: an index into the caller's list of functions and a byte offset in the
/// WebAssembly module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) function: u32,
    pub(crate) offset: u32,
}

/// One element of an assembly text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// An opcode without an immediate.
    Op(Opcode),
    /// Pushes a known word with the shortest push.
    Push(U256),
    /// Pushes the position of a label.
    PushLabel(Label),
    /// Pushes the position of a blob.
    PushBlob(BlobId),
    /// Pushes the length of everything: code and blobs.
    PushLength,
    /// Pushes a word that is known when all functions are (a static frame's address).
    PushFrame { function: u32, slot: u32 },
    /// Defines a label by a `JUMPDEST`.
    Label(Label),
    /// What follows comes from here.
    Source(Source),
}

/// Data behind the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blob {
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// Positions of labels, big-endian, each as many bytes wide.
    Table { labels: Vec<Label>, entry_bytes: u8 },
}

/// An assembly text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    pub(crate) items: Vec<Item>,
    pub(crate) blobs: Vec<Blob>,
    labels: u32,
}

/// The result of assembling.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assembled {
    /// Code, then blobs.
    pub(crate) bytes: Vec<u8>,
    /// Length of the code alone.
    pub(crate) code_bytes: usize,
    /// Start of every run of code from one source, ascending.
    pub(crate) sources: Vec<(usize, Source)>,
    /// Positions of the labels.
    pub(crate) labels: Vec<usize>,
}

/// Zero bytes at the end of a word from which on shifting is worth its gas.
const MANY_ZERO_BYTES: usize = 6;

impl Text {
    /// A label that is not defined yet.
    pub(crate) const fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// Adds data behind the code.
    pub(crate) fn blob(&mut self, blob: Blob) -> BlobId {
        if let Some(same) = self.blobs.iter().position(|known| *known == blob) {
            return BlobId(u32::try_from(same).unwrap_or(u32::MAX));
        }
        self.blobs.push(blob);
        BlobId(u32::try_from(self.blobs.len() - 1).unwrap_or(u32::MAX))
    }

    /// An empty text that goes on counting labels and blobs where this one is, for an attempt that
    /// may be dropped.
    pub(crate) fn attempt(&self) -> Self {
        Self { items: Vec::new(), blobs: self.blobs.clone(), labels: self.labels }
    }

    /// Takes over what an [`attempt`](Self::attempt) has become.
    pub(crate) fn append(&mut self, attempt: Self) {
        self.items.extend(attempt.items);
        self.blobs = attempt.blobs;
        self.labels = attempt.labels;
    }

    pub(crate) fn op(&mut self, op: Opcode) {
        self.items.push(Item::Op(op));
    }

    pub(crate) fn push(&mut self, item: Item) {
        let Item::Push(word) = item else {
            self.items.push(item);
            return;
        };
        // A word with many zeros at its end is shorter when it is shifted there:
        // PUSH word >> n · PUSH1 n · SHL.
        let zeros = if word.is_zero() { 0 } else { word.trailing_zeros() / 8 };
        if zeros >= MANY_ZERO_BYTES {
            self.items.push(Item::Push(word >> (8 * zeros)));
            self.items.push(Item::Push(U256::from(8 * zeros)));
            self.items.push(Item::Op(Opcode::SHL));
        } else {
            self.items.push(Item::Push(word));
        }
    }

    /// Removes labels that nothing refers to, and with them their `JUMPDEST`s.
    pub(crate) fn drop_unused_labels(&mut self) {
        let mut used = vec![false; self.labels as usize];
        for item in &self.items {
            if let Item::PushLabel(label) = item {
                used[label.0 as usize] = true;
            }
        }
        for blob in &self.blobs {
            if let Blob::Table { labels, .. } = blob {
                for label in labels {
                    used[label.0 as usize] = true;
                }
            }
        }
        self.items.retain(|item| !matches!(item, Item::Label(label) if !used[label.0 as usize]));
    }

    /// Turns the text into bytes; `frame` says where a static frame's word lies.
    pub(crate) fn assemble(&self, frame: impl Fn(u32, u32) -> U256) -> Assembled {
        let mut layout = Layout::new(self, frame);
        while layout.place() {}
        layout.emit()
    }
}

/// The state of the search for the least fixed point.
struct Layout<'a, F> {
    text: &'a Text,
    frame: F,
    /// Immediate bytes of every item that is a push.
    widths: Vec<u8>,
    labels: Vec<usize>,
    blobs: Vec<usize>,
    code_bytes: usize,
    length: usize,
}

impl<'a, F: Fn(u32, u32) -> U256> Layout<'a, F> {
    fn new(text: &'a Text, frame: F) -> Self {
        Self {
            text,
            frame,
            widths: vec![0; text.items.len()],
            labels: vec![0; text.labels as usize],
            blobs: vec![0; text.blobs.len()],
            code_bytes: 0,
            length: 0,
        }
    }

    /// Recomputes all positions, then all widths; says whether a width grew.
    fn place(&mut self) -> bool {
        let mut at = 0;
        for (item, width) in self.text.items.iter().zip(&self.widths) {
            at += match item {
                Item::Label(label) => {
                    self.labels[label.0 as usize] = at;
                    1
                }
                Item::Op(_) => 1,
                Item::Source(_) => 0,
                _ => 1 + usize::from(*width),
            };
        }
        self.code_bytes = at;
        for (position, blob) in self.blobs.iter_mut().zip(&self.text.blobs) {
            *position = at;
            at += match blob {
                Blob::Bytes(bytes) => bytes.len(),
                Blob::Table { labels, entry_bytes } => labels.len() * usize::from(*entry_bytes),
            };
        }
        self.length = at;
        let mut grew = false;
        for i in 0..self.text.items.len() {
            let Some(value) = self.value(&self.text.items[i]) else { continue };
            let width = u8::try_from(value.byte_len()).unwrap_or(32);
            if width > self.widths[i] {
                self.widths[i] = width;
                grew = true;
            }
        }
        grew
    }

    /// The word that an item pushes, if it is a push.
    fn value(&self, item: &Item) -> Option<U256> {
        Some(match *item {
            Item::Push(value) => value,
            Item::PushLabel(label) => U256::from(self.labels[label.0 as usize]),
            Item::PushBlob(blob) => U256::from(self.blobs[blob.0 as usize]),
            Item::PushLength => U256::from(self.length),
            Item::PushFrame { function, slot } => (self.frame)(function, slot),
            Item::Op(_) | Item::Label(_) | Item::Source(_) => return None,
        })
    }

    fn emit(self) -> Assembled {
        let mut out = Assembled { code_bytes: self.code_bytes, ..Assembled::default() };
        for (item, &width) in self.text.items.iter().zip(&self.widths) {
            match item {
                Item::Op(op) => out.bytes.push(op.byte()),
                Item::Label(_) => out.bytes.push(Opcode::JUMPDEST.byte()),
                Item::Source(source) => {
                    if out.sources.last().is_none_or(|(_, last)| last != source) {
                        out.sources.push((out.bytes.len(), *source));
                    }
                }
                _ => {
                    let value = self.value(item).unwrap_or_default().to_be_bytes::<32>();
                    out.bytes.push(Opcode::push(width).byte());
                    out.bytes.extend_from_slice(&value[32 - usize::from(width)..]);
                }
            }
        }
        for blob in &self.text.blobs {
            match blob {
                Blob::Bytes(bytes) => out.bytes.extend_from_slice(bytes),
                Blob::Table { labels, entry_bytes } => {
                    for label in labels {
                        let position = self.labels[label.0 as usize].to_be_bytes();
                        let start = position.len() - usize::from(*entry_bytes);
                        out.bytes.extend_from_slice(&position[start..]);
                    }
                }
            }
        }
        out.labels = self.labels;
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_reach_the_least_fixed_point() {
        let mut text = Text::default();
        let far = text.label();
        text.push(Item::PushLabel(far));
        text.op(Opcode::JUMP);
        for _ in 0..253 {
            text.op(Opcode::STOP);
        }
        text.push(Item::Label(far));
        let code = text.assemble(|_, _| U256::ZERO);
        // With one immediate byte the label lies at 256, which needs two: then it lies at 257.
        assert_eq!(code.bytes[..3], [0x61, 0x01, 0x01]);
        assert_eq!(code.labels, [257]);
    }

    #[test]
    fn zero_is_pushed_without_an_immediate() {
        let mut text = Text::default();
        text.push(Item::Push(U256::ZERO));
        text.push(Item::Push(U256::from(0x1234)));
        assert_eq!(text.assemble(|_, _| U256::ZERO).bytes, [0x5f, 0x61, 0x12, 0x34]);
    }
}
