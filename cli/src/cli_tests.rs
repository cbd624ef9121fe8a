//! Decides that the help of every command is complete and changes only where a reviewer sees it.

use std::path::Path;

use clap::CommandFactory;

use super::*;

/// Every command that does something, with its words.
fn leaves(command: &clap::Command, words: &[&str]) -> Vec<(String, clap::Command)> {
    let subcommands: Vec<_> =
        command.get_subcommands().filter(|c| c.get_name() != "help").collect();
    if subcommands.is_empty() {
        return vec![(words.join(" "), command.clone())];
    }
    let below = |sub: &&clap::Command| {
        let words: Vec<_> = words.iter().copied().chain([sub.get_name()]).collect();
        leaves(sub, &words)
    };
    subcommands.iter().flat_map(below).collect()
}

fn built() -> clap::Command {
    let mut command = Cli::command().term_width(100);
    command.build();
    command
}

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_has_the_exit_statuses() {
    for (words, command) in leaves(&built(), &["datacoop"]) {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.contains(exit_status!()), "{words} has no exit statuses");
    }
}

#[test]
fn names_in_documents_are_the_commands_words() {
    for (words, _) in leaves(&built(), &["datacoop"]) {
        let after = words.trim_start_matches("datacoop ");
        let example = built_example(after);
        assert_eq!(example.command.name(), after);
    }
}

/// Parses the shortest command line of a command.
fn built_example(words: &str) -> Cli {
    let address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    let hash = format!("0x{}", "4e".repeat(32));
    let scope: Vec<_> = "--class all --purpose academic --to anyone --until 2027-01-01 --terms f"
        .split(' ')
        .collect();
    let rest: Vec<&str> = match words {
        "deploy" | "gov delegate" => vec!["--from", "dev:0"],
        "oracle record" => vec!["--member", address, "--proof", &hash, "--from", "dev:0"],
        "oracle batch" | "treasury sign" | "treasury execute" | "member join" | "consent relay"
        | "data register" => vec!["file", "--from", "dev:0"],
        "oracle ingest" => vec!["file", "--members", "map"],
        "token balance" | "member show" | "consent show" | "consent log" | "market usage" => {
            vec![address]
        }
        "token allowance" => vec!["--owner", address, "--spender", address],
        "token transfer" | "token mint" => {
            vec!["--to", address, "--amount", "1", "--from", "dev:0"]
        }
        "token approve" | "token permit" => {
            vec!["--spender", address, "--amount", "1", "--from", "dev:0"]
        }
        "key create" | "key import" | "data dataset show" => vec!["name"],
        "completions" => vec!["bash"],
        "key address" => vec!["dev:0"],
        "token burn" => vec!["--amount", "1", "--from", "dev:0"],
        "member invite" => vec![address, "--person", "x", "--file", "f", "--from", "dev:0"],
        "member issue" => vec![address, "--person", "x", "--from", "dev:0"],
        "member roles" => vec![address, "none", "--from", "dev:0"],
        "member vet" | "member leave" => {
            let account = (words == "member vet").then_some(address);
            account.into_iter().chain(["--from", "dev:0"]).collect()
        }
        "member recover" => vec![address, address, "--reason", "x", "--from", "dev:0"],
        "member revoke" => vec![address, "--reason", "x", "--from", "dev:0"],
        "member bind-did" => vec!["none", "--from", "dev:0"],
        "consent grant" => [&scope[..], &["--from", "dev:0"]].concat(),
        "consent amend" => vec!["1", "--to", "anyone", "--from", "dev:0"],
        "consent revoke" | "market settle" | "market cancel-auction" => {
            vec!["1", "--from", "dev:0"]
        }
        "consent import" => vec!["file", "--dry-run"],
        "consent check" => {
            vec![address, "--class", "genomic", "--purpose", "academic", "--by", address]
        }
        "consent sign grant" => [&scope[..], &["--file", "f", "--from", "dev:0"]].concat(),
        "consent sign amend" => vec!["1", "--to", "anyone", "--file", "f", "--from", "dev:0"],
        "consent sign revoke" | "market release-key" => {
            vec!["1", "--file", "f", "--from", "dev:0"]
        }
        "gov propose" => vec!["--action", "words", "--description", "why", "--from", "dev:0"],
        "gov vote" => vec!["latest", "for", "--from", "dev:0"],
        "gov show" => vec!["latest"],
        "gov queue" | "gov execute" | "gov cancel" => vec!["latest", "--from", "dev:0"],
        "translate" | "treasury show" | "data verify" | "send" | "man" => vec!["file"],
        "data attest" | "treasury cancel" => vec![&hash, "--from", "dev:0"],
        "data history" | "trace" => vec![&hash],
        "market quote" => vec!["1.1", "--purpose", "academic"],
        "market buy" => {
            vec!["1.1", "--purpose", "academic", "--key", &hash, "--from", "dev:0"]
        }
        "market bid" => vec!["1", "--key", &hash, "--from", "dev:0"],
        "market offer" => {
            vec!["1.1", "--purposes", "all", "--terms", "f", "--from", "dev:0"]
        }
        "market auction" => {
            let lot = "1.1 --purpose academic --reserve 1 --until 2027-01-01 --terms f";
            lot.split(' ').chain(["--from", "dev:0"]).collect()
        }
        "market delist" => vec!["1.1", "--from", "dev:0"],
        "market log-access" => vec!["1", &hash, "--manifest", "f", "--from", "dev:0"],
        "market access" => {
            vec!["--holder", address, "--edition", "1.1", "--purpose", "academic"]
        }
        "revenue show" => vec!["--manifest", "file"],
        "revenue claim" => vec!["--all", "--manifest", "file", "--from", "dev:0"],
        "data schema publish" => vec!["name", "--hash", &hash, "--from", "dev:0"],
        "data dataset create" => {
            vec!["name", "--class", "clinical", "--purposes", "academic", "--from", "dev:0"]
        }
        "data dataset publish" => vec!["name", "--from", "dev:0"],
        "treasury spend" => vec!["1", "DATA", "--to", address, "--from", "dev:0"],
        _ => vec![],
    };
    Cli::try_parse_from(["datacoop"].into_iter().chain(words.split(' ')).chain(rest)).unwrap()
}

#[test]
fn the_help_is_the_committed_one() {
    let mut text = built().render_long_help().to_string();
    for (words, mut command) in leaves(&built(), &["datacoop"]) {
        let help = command.render_long_help();
        text += &format!("\n\n{}\n{words}\n\n{help}", "=".repeat(100));
    }
    let trimmed: Vec<_> = text.lines().map(str::trim_end).collect();
    let text = trimmed.join("\n") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("help.txt");
    let is_blessing = std::env::var_os("BLESS").is_some();
    if is_blessing {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(is_blessing || committed == text, "the help changed; see it with BLESS=1 and git diff");
}

#[test]
fn global_flags_are_taken_before_and_after_the_command() {
    for line in [
        "datacoop --json --rpc-url http://x token info",
        "datacoop token info --json --rpc-url http://x",
        "datacoop token --json info --rpc-url http://x",
    ] {
        assert!(Cli::try_parse_from(line.split(' ')).is_ok(), "{line}");
    }
}

#[test]
fn a_key_is_not_repeated_by_the_parser() {
    let key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    let line = ["datacoop", "token", "burn", "--amount", "1", "--from", key];
    let parsed = Cli::try_parse_from(line).unwrap();
    let Command::Token(command) = parsed.command else { panic!("{:?}", parsed.command) };
    assert_eq!(command.name(), "token burn");
}
