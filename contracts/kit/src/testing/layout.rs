//! Decides how the layout of a contract's storage is written down, and held.

/// Describes a contract's storage: its components' fields in consecutive slots.
#[must_use]
pub fn describe_layout(components: &[(&str, &[(&str, &str)])]) -> String {
    let mut text = String::from("slot  component.field: type\n");
    let fields = components
        .iter()
        .flat_map(|(component, fields)| fields.iter().map(move |field| (component, field)));
    for (slot, (component, (field, kind))) in fields.enumerate() {
        text.push_str(&format!("{slot:>4}  {component}.{field}: {kind}\n"));
    }
    text
}

/// Compares a text with a committed file, or writes the file when `BLESS=1`.
///
/// # Panics
///
/// Panics when they differ.
#[track_caller]
pub fn snapshot(path: &str, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, text).expect("the snapshot is written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, committed, "differs from {path}; BLESS=1 accepts the change");
}
