//! Rules of the repository that no lint knows, held for every file of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use datacoop_tests::workspace_root;

/// Folders that hold what was built or installed.
const NOT_OURS: [&str; 4] = [".git", "target", "node_modules", "deployments"];

/// The longest a source file may be; data tables and all.
const MAX_LINES: usize = 600;

/// A file of the repository: its path from the root, and its text.
struct File {
    path: PathBuf,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension == "rs")
    }
}

/// Every text file of the repository.
fn files() -> Result<Vec<File>> {
    let root = workspace_root();
    let mut found = Vec::new();
    collect(&root, &root, &mut found)?;
    Ok(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = entry.path();
        if NOT_OURS.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(root, &path, found)?;
        } else if let Ok(text) = String::from_utf8(fs::read(&path)?) {
            found.push(File { path: path.strip_prefix(root)?.to_path_buf(), text });
        }
    }
    Ok(())
}

/// Lists `path:line` for every line of a Rust file that has one of `words` in it.
fn lines_with(files: &[File], words: &[&str], wanted: impl Fn(&File) -> bool) -> Vec<String> {
    let mut hits = Vec::new();
    for file in files.iter().filter(|file| wanted(file)) {
        for (number, line) in file.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                hits.push(format!("{}:{}: {}", file.path.display(), number + 1, line.trim()));
            }
        }
    }
    hits
}

#[track_caller]
fn assert_none(rule: &str, hits: &[String]) {
    assert!(hits.is_empty(), "{rule}:\n  {}", hits.join("\n  "));
}

#[test]
fn every_rust_file_says_first_what_it_decides() -> Result<()> {
    let silent: Vec<_> = files()?
        .iter()
        .filter(|file| file.is_rust() && !file.text.starts_with("//! "))
        .map(|file| file.path.display().to_string())
        .collect();
    assert_none("the first line of a Rust file is a `//!` sentence", &silent);
    Ok(())
}

#[test]
fn no_rust_file_is_a_giant() -> Result<()> {
    let giants: Vec<_> = files()?
        .iter()
        .filter(|file| file.is_rust() && file.text.lines().count() > MAX_LINES)
        .map(|file| format!("{} ({} lines)", file.path.display(), file.text.lines().count()))
        .collect();
    assert_none("a Rust file is split before it is this long", &giants);
    Ok(())
}

#[test]
fn nothing_is_left_to_be_done_later_in_the_code() -> Result<()> {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX:")];
    assert_none("unfinished work is not committed", &lines_with(&files()?, &words, File::is_rust));
    Ok(())
}

#[test]
fn every_test_runs_and_asserts_by_itself() -> Result<()> {
    let words = [concat!("#[ign", "ore"), concat!("#[should_", "panic")];
    assert_none("tests are not skipped", &lines_with(&files()?, &words, File::is_rust));
    Ok(())
}

#[test]
fn no_test_waits_for_the_clock() -> Result<()> {
    let words = [concat!("thread::", "sleep"), concat!("time::", "sleep")];
    let in_tests = |file: &File| {
        file.is_rust() && file.path.components().any(|part| part.as_os_str() == "tests")
    };
    assert_none(
        "tests wait for events, never for a time",
        &lines_with(&files()?, &words, in_tests),
    );
    Ok(())
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() -> Result<()> {
    let words = [concat!("/ro", "ot/"), concat!("/wo", "rk/main"), concat!("/ho", "me/")];
    assert_none("paths are relative to the repository", &lines_with(&files()?, &words, |_| true));
    Ok(())
}

#[test]
fn the_architecture_names_every_crate() -> Result<()> {
    let root = workspace_root();
    let page = fs::read_to_string(root.join("ARCHITECTURE.md"))?;
    let unnamed: Vec<_> = files()?
        .into_iter()
        .filter(|file| file.path.ends_with("Cargo.toml"))
        .filter_map(|file| Some(file.path.parent()?.display().to_string()))
        .filter(|folder| !folder.is_empty() && !page.contains(&format!("`{folder}`")))
        .collect();
    assert_none("ARCHITECTURE.md has one line per crate", &unnamed);
    Ok(())
}

#[test]
fn the_readme_links_to_nothing_that_is_missing() -> Result<()> {
    let root = workspace_root();
    let mut broken = Vec::new();
    for file in files()?.iter().filter(|file| file.path.extension().is_some_and(|e| e == "md")) {
        let folder = root.join(&file.path).parent().unwrap_or(&root).to_path_buf();
        for target in links(&file.text) {
            if !folder.join(target).exists() {
                broken.push(format!("{}: {target}", file.path.display()));
            }
        }
    }
    assert_none("a link in a page leads somewhere", &broken);
    Ok(())
}

#[test]
fn the_page_of_attacks_names_tests_that_there_are() -> Result<()> {
    let page = fs::read_to_string(workspace_root().join("docs/GOVERNANCE.md"))?;
    let (_, table) = page.split_once("## Attacks").context("the page has attacks")?;
    let files = files()?;
    let (mut count, mut missing) = (0, Vec::new());
    for row in table.lines().filter(|line| line.contains(": `")) {
        for part in row.split(['|', ';']) {
            let Some((group, names)) = part.trim().split_once(": ") else { continue };
            let folder = match group {
                "suite" => "tests/it/governance".to_owned(),
                "beside" => "tests/it/governor_twins".to_owned(),
                contract => format!("contracts/{contract}/tests/it"),
            };
            for name in names.split(", ").map(|name| name.trim_matches('`')) {
                let function = format!("fn {name}(");
                let mut there = files.iter().filter(|file| file.path.starts_with(&folder));
                count += 1;
                if !there.any(|file| file.text.contains(&function)) {
                    missing.push(format!("{name} in {folder}"));
                }
            }
        }
    }
    assert_none("an attack's test is where the page says", &missing);
    assert!(count > 40, "only {count} tests were read from the page");
    Ok(())
}

/// The targets of a page's links to files, without anchors.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        (!target.is_empty() && !target.contains("://")).then_some(target)
    })
}
