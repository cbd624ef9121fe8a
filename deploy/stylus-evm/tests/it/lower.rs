//! Asserts what each operator becomes, as text beside its input: `tests/lower/<family>/<shape>.wat`
//! and `.txt`. With `BLESS=1` the texts are written anew, for a reader to judge.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use stylus_evm::{Options, Passes, disassemble, translate};

/// The function whose code is shown.
const SHOWN: &str = "f";

#[test]
fn every_operator_has_the_lowering_beside_it() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut shapes = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lower"), &mut shapes);
    shapes.sort();
    assert!(shapes.len() >= 20, "{} shapes", shapes.len());
    let mut different = Vec::new();
    for shape in shapes {
        let text = show(&fs::read_to_string(&shape).unwrap());
        let expected = shape.with_extension("txt");
        if bless {
            fs::write(&expected, &text).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != text {
            different.push(format!("{}\n{text}", shape.display()));
        }
    }
    assert!(different.is_empty(), "BLESS=1 accepts these:\n{}", different.join("\n"));
}

/// All modules below a folder.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "wat") {
            found.push(path);
        }
    }
}

/// What the function under test becomes, as it is lowered and with all passes.
fn show(wat: &str) -> String {
    let wasm = wat::parse_str(wat).unwrap();
    let mut text = String::new();
    for (title, passes) in [("lowered", Passes::none()), ("with all passes", Passes::default())] {
        let options = Options { passes, ..Options::default() };
        let translation = translate(&wasm, &options).unwrap();
        let listing = disassemble(&translation.deployed_bytecode, Some(&translation.map));
        let _ = writeln!(text, "; {title}");
        match of_function(&listing) {
            shown if shown.is_empty() => text.push_str("; nothing is left of the function\n"),
            shown => text.push_str(&shown),
        }
    }
    text
}

/// The lines of one function, without positions, so that code elsewhere may change. Destinations
/// of jumps within it are lines; all others are names.
fn of_function(listing: &str) -> String {
    let mut shown = Vec::new();
    let mut inside = false;
    for line in listing.lines() {
        if let Some(location) = line.strip_prefix("; ") {
            inside = location.split(" @").next() == Some(SHOWN);
        } else if let (true, Some((position, instruction))) = (inside, line.split_once("  ")) {
            shown.push((usize::from_str_radix(position, 16).unwrap(), instruction.to_owned()));
        }
    }
    let mut text = String::new();
    for (position, instruction) in &shown {
        let label = match instruction.as_str() {
            "JUMPDEST" => format!("+{}", position - shown[0].0),
            _ => String::new(),
        };
        let to =
            instruction.strip_prefix("PUSH2 0x").and_then(|to| usize::from_str_radix(to, 16).ok());
        let inner = to.filter(|to| shown.contains(&(*to, "JUMPDEST".to_owned())));
        let instruction = match (inner, to) {
            (Some(to), _) => format!("PUSH2 +{}", to - shown[0].0),
            (None, Some(_)) => "PUSH2 outside".to_owned(),
            (None, None) => instruction.clone(),
        };
        let _ = writeln!(text, "{label:>6}  {instruction}");
    }
    text
}
