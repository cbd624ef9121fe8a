//! Decides how another program is run: what it says goes to the progress, and its end to the
//! error when it fails.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, ErrorKind, Read},
    process::{Command, Stdio},
    thread,
};

use crate::{Error, Event, Progress, Stage};

/// How many lines of a failed program's output are kept.
const KEPT_LINES: usize = 60;

/// Runs `command` to its end and returns what it wrote to stdout.
pub(crate) fn run(
    command: &mut Command,
    stage: Stage,
    way_out: &'static str,
    progress: &dyn Progress,
) -> Result<String, Error> {
    let program = said(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| match source.kind() {
            ErrorKind::NotFound => Error::MissingProgram {
                program: command.get_program().to_string_lossy().into_owned(),
                way_out,
            },
            _ => failed(&program, &source.to_string()),
        })?;
    let stdout = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        stdout.map(|mut stdout| stdout.read_to_string(&mut text));
        text
    });
    let mut tail = VecDeque::new();
    for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).lines()) {
        let Ok(line) = line else { break };
        progress.report(Event::Said { stage, line: line.trim() });
        if tail.len() == KEPT_LINES {
            tail.pop_front();
        }
        tail.push_back(line);
    }
    let status = child.wait().map_err(|source| failed(&program, &source.to_string()))?;
    let stdout = reader.join().unwrap_or_default();
    if status.success() {
        return Ok(stdout);
    }
    let mut output = tail.into_iter().collect::<Vec<_>>().join("\n");
    if output.is_empty() {
        output = stdout;
    }
    Err(failed(&program, &output))
}

/// Returns a command's name and first arguments.
fn said(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let arguments = command.get_args().take(2).map(|argument| argument.to_string_lossy());
    let words: Vec<_> = std::iter::once(name).chain(arguments).collect();
    words.join(" ")
}

fn failed(program: &str, output: &str) -> Error {
    Error::ProgramFailed { program: program.to_owned(), output: output.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Silent;

    #[test]
    fn a_missing_program_is_named_with_the_way_out() {
        let mut command = Command::new("datacoop-no-such-program");
        let error = run(&mut command, Stage::Install, "install it", &Silent).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`datacoop-no-such-program` is needed and was not found; install it"
        );
    }

    #[test]
    fn the_output_of_a_failed_program_is_shown() {
        let mut command = Command::new("cargo");
        command.arg("no-such-subcommand");
        let error = run(&mut command, Stage::Compile, "", &Silent).unwrap_err();
        assert!(matches!(&error, Error::ProgramFailed { program, output }
            if program == "cargo no-such-subcommand" && output.contains("no such command")));
    }
}
