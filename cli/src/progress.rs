//! Decides how long work is shown: bars on a terminal, one line a stage elsewhere, and for programs
//! lines of JSON on stdout.

use std::{
    collections::HashMap,
    io::{self, IsTerminal, Write},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use datacoop_deploy::{Event, Progress, Stage};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::output::SCHEMA_VERSION;

/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// Shows reports of progress.
#[derive(Debug)]
pub(crate) struct Bars {
    target: Target,
}

#[derive(Debug)]
enum Target {
    Hidden,
    Lines,
    Events,
    Terminal { all: MultiProgress, bars: Mutex<HashMap<Stage, ProgressBar>> },
}

impl Bars {
    /// Shows nothing.
    pub(crate) const fn hidden() -> Self {
        Self { target: Target::Hidden }
    }

    /// Writes lines of JSON on stdout.
    pub(crate) const fn as_events() -> Self {
        Self { target: Target::Events }
    }

    /// Shows bars when stderr is a terminal, else lines.
    pub(crate) fn on_stderr() -> Self {
        let target = if io::stderr().is_terminal() {
            Target::Terminal { all: MultiProgress::new(), bars: Mutex::default() }
        } else {
            Target::Lines
        };
        Self { target }
    }
}

impl Progress for Bars {
    fn report(&self, event: Event<'_>) {
        match &self.target {
            Target::Hidden => {}
            Target::Lines => line(event),
            Target::Events => {
                if let Some(event) = document(event) {
                    // A reader that went away is told when the result is written.
                    let _ = writeln!(io::stdout().lock(), "{event}");
                }
            }
            Target::Terminal { all, bars } => {
                let mut bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
                show(all, &mut bars, event);
            }
        }
    }
}

/// An event as a program reads it.
fn document(event: Event<'_>) -> Option<Value> {
    let mut document = match event {
        Event::Began { stage, subject, total } => {
            json!({ "event": "began", "stage": stage.to_string(), "subject": subject, "total": total })
        }
        Event::Advanced { stage, done } => {
            json!({ "event": "advanced", "stage": stage.to_string(), "done": done })
        }
        Event::Said { stage, line } => {
            json!({ "event": "said", "stage": stage.to_string(), "line": line })
        }
        Event::Ended { stage } => json!({ "event": "ended", "stage": stage.to_string() }),
        _ => return None,
    };
    document["schemaVersion"] = SCHEMA_VERSION.into();
    Some(document)
}

fn line(event: Event<'_>) {
    if let Event::Began { stage, subject, .. } = event {
        // Nobody is left to be told when stderr is closed.
        let _ = writeln!(io::stderr().lock(), "{stage} {subject}");
    }
}

fn show(all: &MultiProgress, bars: &mut HashMap<Stage, ProgressBar>, event: Event<'_>) {
    match event {
        Event::Began { stage, subject, total } => {
            let bar = all.add(total.map_or_else(ProgressBar::new_spinner, ProgressBar::new));
            bar.set_style(style(total));
            bar.set_prefix(format!("{stage} {subject}"));
            bar.enable_steady_tick(TICK);
            bars.insert(stage, bar);
        }
        Event::Advanced { stage, done } => {
            if let Some(bar) = bars.get(&stage) {
                bar.set_position(done);
            }
        }
        Event::Said { stage, line } => {
            if let Some(bar) = bars.get(&stage) {
                bar.set_message(line.trim().to_owned());
            }
        }
        Event::Ended { stage } => {
            if let Some(bar) = bars.remove(&stage) {
                bar.finish_and_clear();
            }
        }
        _ => {}
    }
}

fn style(total: Option<u64>) -> ProgressStyle {
    let template = match total {
        Some(_) => "{prefix} {bar:30} {pos}/{len} {per_sec} {wide_msg}",
        None => "{spinner} {prefix} {elapsed} {wide_msg:.dim}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
