//! Decides that every help has examples, and that each of them, and every command line in the
//! documents, is one that the parser accepts.

use std::{fs, path::Path};

use clap::CommandFactory;

use super::*;

/// An address in full, where a document shows its ends.
const ADDRESS: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/// The ends of the hash that stands for all others.
const HASH: &str = "0x4e03…7d45";

/// A command and those below it, with their words.
fn all(command: &clap::Command, words: &str) -> Vec<(String, clap::Command)> {
    let below = command.get_subcommands().filter(|sub| sub.get_name() != "help");
    let below = below.flat_map(|sub| all(sub, &format!("{words} {}", sub.get_name())));
    let own = (words.to_owned(), command.clone());
    std::iter::once(own).chain(below).collect()
}

/// What the parser says against a command line, if it does.
fn refusal(line: &str) -> Option<String> {
    let line = without_comment(line).replace(HASH, &format!("0x{}", "4e".repeat(32)));
    let words = shell_words(&line).into_iter().map(|word| whole(&word));
    let words = words.take_while(|word| !["|", ">", "&&", "||", ";", "&"].contains(&&**word));
    Cli::try_parse_from(words).err().map(|error| error.to_string())
}

/// Cuts the comment off: after a `#`, or what stands apart in an example of a help.
fn without_comment(line: &str) -> &str {
    let mut is_quoted = false;
    let mut before = ' ';
    for (place, letter) in line.char_indices() {
        let ends = !is_quoted && before == ' ' && (letter == '#' || letter == ' ');
        match letter {
            _ if ends && place > 0 => return &line[..place],
            '\'' => is_quoted = !is_quoted,
            _ => {}
        }
        before = letter;
    }
    line
}

/// Writes the whole of an address that is shown by its ends.
fn whole(word: &str) -> String {
    let Some((head, rest)) = word.split_once("0x") else { return word.to_owned() };
    let Some((first, last)) = rest.split_once('…') else { return word.to_owned() };
    let is_digits = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
    let end = last.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(last.len());
    if !is_digits(first) {
        return word.to_owned();
    }
    format!("{head}{ADDRESS}{}", whole(&last[end..]))
}

/// Splits a line as a shell does, at spaces that are not inside of single quotes.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The command lines in the code blocks of a document, each with the number of its line.
fn command_lines(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut variables) = (Vec::new(), Vec::new());
    let mut is_code = false;
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            continue;
        }
        let mut line = line.trim_start().trim_start_matches("$ ").to_owned();
        let assigned = line.split_once('=').filter(|(name, _)| !name.contains(' '));
        variables.extend(assigned.map(|(name, value)| (format!("${name}"), value.to_owned())));
        let command = line.strip_prefix("cargo ").unwrap_or(&line);
        let is_command = ["datacoop ", "demo"].iter().any(|name| command.starts_with(name));
        if !is_code || !is_command {
            continue;
        }
        while line.ends_with('\\') {
            line.pop();
            line += lines.next().map_or("", |(_, next)| next).trim();
        }
        let line = line.strip_prefix("cargo ").map_or_else(
            || line.clone(),
            |rest| if rest.starts_with("demo") { format!("datacoop {rest}") } else { rest.into() },
        );
        let put = |line: String, (name, value): &(String, String)| line.replace(name, value);
        found.push((number, variables.iter().fold(line, put)));
    }
    found
}

#[test]
fn every_help_has_an_example_of_its_command() {
    let mut command = Cli::command();
    command.build();
    let mut silent = Vec::new();
    for (words, command) in all(&command, "datacoop") {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        if !after.contains(&format!("  {words}")) {
            silent.push(words);
        }
    }
    assert!(silent.is_empty(), "no example of: {}", silent.join(", "));
}

#[test]
fn the_examples_of_every_help_are_accepted() {
    let mut command = Cli::command();
    command.build();
    let mut refused = Vec::new();
    for (words, command) in all(&command, "datacoop") {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let examples = after.lines().map(str::trim).filter(|line| line.starts_with("datacoop"));
        for example in examples {
            let refusal = refusal(example);
            refused.extend(refusal.map(|why| format!("{words}: `{example}`\n{why}")));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn the_command_lines_of_the_documents_are_accepted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let documents = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<_> = documents.chain([root.join("README.md")]).collect();
    documents.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    documents.sort();
    let (mut refused, mut count) = (Vec::new(), 0);
    for path in &documents {
        let name = path.file_name().unwrap().to_string_lossy();
        for (number, line) in command_lines(&fs::read_to_string(path).unwrap()) {
            count += 1;
            let refusal = refusal(&line);
            refused.extend(refusal.map(|why| format!("{name}:{number}: `{line}`\n{why}")));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    // What is not found is not tried.
    assert!(count > 60, "only {count} command lines were found");
}

#[test]
fn command_lines_are_found_joined_and_cut() {
    let text = "datacoop no code\n```sh\n$ datacoop a \\\n    b '# c'   # d\nx=--json\ncargo demo $x\nls\n```\n";
    let found = command_lines(text);
    let expected = [(3, "datacoop a b '# c'   # d"), (6, "datacoop demo --json")];
    assert_eq!(found, expected.map(|(number, line)| (number, line.to_owned())));
    assert_eq!(shell_words(without_comment(&found[0].1)), ["datacoop", "a", "b", "# c"]);
    assert_eq!(whole("0x90F7…b906:0x…"), format!("{ADDRESS}:{ADDRESS}"));
    assert!(refusal("datacoop token infos").is_some() && refusal("datacoop token info").is_none());
}
