//! Decides how somebody is asked: for a yes, for a password, for a key. There is no other place
//! that asks, and with `--non-interactive` nobody is asked.

use std::io::{self, BufRead, IsTerminal};

use datacoop_deploy::keys::{KeyError, Password};

use crate::{exit::Usage, output::Out};

/// Who is asked.
pub(crate) trait Ask {
    /// Asks for a line that is shown as it is typed.
    fn line(&mut self, question: &str) -> io::Result<String>;
    /// Asks for a line that is not shown.
    fn secret(&mut self, question: &str) -> io::Result<String>;
}

/// The person at the terminal. Questions and answers never touch stdout.
#[derive(Debug)]
pub(crate) struct Terminal;

impl Ask for Terminal {
    fn line(&mut self, question: &str) -> io::Result<String> {
        Out::prompt(question);
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(answer)
    }

    fn secret(&mut self, question: &str) -> io::Result<String> {
        rpassword::prompt_password(format!("{question}: "))
    }
}

/// Asks a question and requires a yes, unless it was given beforehand.
pub(crate) fn confirm(out: &Out, is_given: bool, question: &str) -> anyhow::Result<()> {
    if is_given {
        return Ok(());
    }
    if !out.may_ask() || !io::stdin().is_terminal() {
        let text = format!("{question}: nobody is there to ask; say yes with `--yes`");
        return Err(Usage(text).into());
    }
    confirmed(&mut Terminal, question)
}

fn confirmed(whom: &mut dyn Ask, question: &str) -> anyhow::Result<()> {
    let answer = whom.line(&format!("{question}? [y/N]"))?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Usage("nothing was done".to_owned()).into())
}

/// Asks for the password of a keystore.
pub(crate) fn password(out: &Out, of: &str) -> anyhow::Result<Password> {
    let question = format!("Password of {of}");
    Ok(Password::new(secret(out, &question, PASSWORD)?))
}

/// Asks for a password twice, since a mistyped one would lock its owner out.
pub(crate) fn new_password(out: &Out, of: &str) -> anyhow::Result<Password> {
    if !out.may_ask() {
        return Err(unasked(&format!("New password of {of}"), PASSWORD));
    }
    twice(&mut Terminal, of)
}

/// Asks for a private key.
pub(crate) fn key(out: &Out) -> anyhow::Result<String> {
    secret(out, "Private key (64 hexadecimal digits; it is not shown)", "`--key-file` or stdin")
}

/// How a password is given when nobody is asked.
const PASSWORD: &str = "`--password-file FILE` or the variable `DATACOOP_PASSWORD`";

fn twice(whom: &mut dyn Ask, of: &str) -> anyhow::Result<Password> {
    let unasked = |_| unasked(&format!("New password of {of}"), PASSWORD);
    let first = whom.secret(&format!("New password of {of}")).map_err(unasked)?;
    if first.is_empty() {
        return Err(datacoop_deploy::Error::from(KeyError::NoPassword).into());
    }
    let second = whom.secret("The same again").map_err(unasked)?;
    if first != second {
        return Err(Usage("the two passwords differ; nothing was stored".to_owned()).into());
    }
    Ok(Password::new(first))
}

fn secret(out: &Out, question: &str, instead: &str) -> anyhow::Result<String> {
    if !out.may_ask() {
        return Err(unasked(question, instead));
    }
    Terminal.secret(question).map_err(|_| unasked(question, instead))
}

fn unasked(question: &str, instead: &str) -> anyhow::Error {
    Usage(format!("{question}: nobody is there to ask; give it with {instead}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody who gives these answers, and no others.
    struct Script(Vec<&'static str>);

    impl Ask for Script {
        fn line(&mut self, _: &str) -> io::Result<String> {
            if self.0.is_empty() {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
            Ok(self.0.remove(0).to_owned())
        }

        fn secret(&mut self, question: &str) -> io::Result<String> {
            self.line(question)
        }
    }

    #[test]
    fn a_new_password_is_asked_for_twice() {
        let ask = |answers: &[&'static str]| twice(&mut Script(answers.to_vec()), "admin");
        let good = ask(&["correct horse", "correct horse"]).unwrap();
        assert_eq!(good, Password::new("correct horse".to_owned()));
        let refused = |answers: &[&'static str], words: &str| {
            let error = ask(answers).unwrap_err();
            let text = format!("{error:#} {error:?}");
            assert!(text.contains(words) && !text.contains("horse"), "{text}");
        };
        refused(&["correct horse", "correct horses"], "differ");
        refused(&[""], "without a password");
        refused(&["correct horse"], "--password-file");
        refused(&[], "DATACOOP_PASSWORD");
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        let ask = |answer| confirmed(&mut Script(vec![answer]), "pay");
        for yes in ["y\n", "Y", "yes\r\n"] {
            assert!(ask(yes).is_ok(), "{yes}");
        }
        for no in ["", "\n", "n", "no", "yess", "sure"] {
            assert!(ask(no).is_err(), "{no}");
        }
    }
}
