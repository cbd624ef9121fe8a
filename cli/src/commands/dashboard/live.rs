//! Decides how the dashboard lives on a terminal: when it is read again, which keys it heeds, and that the
//! terminal is left as it was found.

use std::{
    future::Future,
    io,
    pin::Pin,
    thread,
    time::{Duration, Instant},
};

use datacoop_deploy::{
    Error, Silent,
    dashboard::{Dashboard, Snapshot},
};
use ratatui::{
    DefaultTerminal,
    crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::{MissedTickBehavior, interval},
};

use super::{
    Look,
    screen::{Shown, draw},
};

/// How often the age of what is shown is written anew.
const SECOND: Duration = Duration::from_secs(1);

/// What a user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Leave,
    Refresh,
    Choose(usize),
    Turn(usize),
    /// The screen has another size.
    Redraw,
}

/// A look that is under way, and what it is made with.
type Looking = Pin<Box<dyn Future<Output = (Dashboard, Result<Snapshot, Error>)>>>;

/// The terminal, given back when dropped.
struct Screen(DefaultTerminal);

impl Screen {
    fn enter() -> io::Result<Self> {
        // A panic gives it back too, before it says anything.
        ratatui::try_init().map(Self)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Shows the dashboard until the user leaves it.
///
/// # Errors
///
/// When the terminal fails, or when the cooperative is not there any more; a chain that does not answer is
/// shown, and asked again.
pub(super) async fn run(dashboard: Dashboard, first: Look, every: Duration) -> anyhow::Result<()> {
    let mut screen = Screen::enter()?;
    let mut wishes = wishes();
    let Look { names, .. } = &first;
    let names = names.clone();
    let mut shown =
        Shown { panels: first.panels(), view: 0, age: 0, lost: None, is_reading: false };
    let (mut read_at, mut idle, mut looking) = (Instant::now(), Some(dashboard), None::<Looking>);
    let mut due = interval(every);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    due.reset();
    let mut second = interval(SECOND);
    loop {
        shown.age = read_at.elapsed().as_secs();
        shown.is_reading = looking.is_some();
        screen.0.draw(|frame| draw(frame, &shown))?;
        let mut is_due = false;
        tokio::select! {
            wish = wishes.recv() => match wish {
                Some(Wish::Leave) | None => return Ok(()),
                Some(Wish::Refresh) => is_due = true,
                Some(Wish::Choose(number)) => shown.choose(number),
                Some(Wish::Turn(steps)) => shown.turn(steps),
                Some(Wish::Redraw) => {}
            },
            _ = due.tick() => is_due = true,
            _ = second.tick() => {}
            (dashboard, outcome) = ended(&mut looking) => {
                (idle, looking) = (Some(dashboard), None);
                match outcome {
                    Ok(snapshot) => {
                        shown.panels = Look { snapshot, names: names.clone() }.panels();
                        (read_at, shown.lost) = (Instant::now(), None);
                    }
                    Err(error) if is_passing(&error) => shown.lost = Some(error.to_string()),
                    Err(error) => return Err(error.into()),
                }
            }
        }
        if is_due && let Some(dashboard) = idle.take() {
            looking = Some(Box::pin(look(dashboard)));
        }
    }
}

async fn look(mut dashboard: Dashboard) -> (Dashboard, Result<Snapshot, Error>) {
    let outcome = dashboard.refresh(&Silent).await;
    (dashboard, outcome)
}

/// Awaits the look that is under way, or for ever when there is none.
async fn ended(looking: &mut Option<Looking>) -> (Dashboard, Result<Snapshot, Error>) {
    match looking {
        Some(looking) => looking.await,
        None => std::future::pending().await,
    }
}

/// Whether a failure may be gone at the next look.
const fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Unreachable { .. } | Error::Refusal { .. } | Error::Answer { .. })
}

/// Reads keys on a thread of their own, which ends with the process.
fn wishes() -> UnboundedReceiver<Wish> {
    let (tell, told) = unbounded_channel();
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            if let Some(wish) = wish(&event)
                && tell.send(wish).is_err()
            {
                return;
            }
        }
    });
    told
}

/// What somebody wants who presses a key.
fn wish(event: &Event) -> Option<Wish> {
    let key = match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => key,
        Event::Resize(..) => return Some(Wish::Redraw),
        _ => return None,
    };
    Some(match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Wish::Leave,
        KeyCode::Char('q') | KeyCode::Esc => Wish::Leave,
        KeyCode::Char('r') => Wish::Refresh,
        KeyCode::Char(digit @ '1'..='9') => Wish::Choose(digit as usize - '0' as usize),
        KeyCode::Right | KeyCode::Tab => Wish::Turn(1),
        KeyCode::Left | KeyCode::BackTab => Wish::Turn(Shown::BACK),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::KeyEvent;

    use super::*;

    #[test]
    fn keys_are_heeded_when_they_go_down() {
        let press = |code| wish(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        assert_eq!(press(KeyCode::Char('q')), Some(Wish::Leave));
        assert_eq!(press(KeyCode::Char('r')), Some(Wish::Refresh));
        assert_eq!(press(KeyCode::Char('3')), Some(Wish::Choose(3)));
        assert_eq!(press(KeyCode::Char('c')), None);
        let stop = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(wish(&Event::Key(stop)), Some(Wish::Leave));
        let (code, none) = (KeyCode::Char('q'), KeyModifiers::NONE);
        let up = KeyEvent::new_with_kind(code, none, KeyEventKind::Release);
        assert_eq!(wish(&Event::Key(up)), None);
        assert_eq!(wish(&Event::Resize(80, 24)), Some(Wish::Redraw));
    }

    #[test]
    fn what_passes_is_waited_for_and_what_does_not_ends_the_dashboard() {
        let (endpoint, reason) = ("http://x".to_owned(), String::new());
        assert!(is_passing(&Error::Unreachable { endpoint, reason }));
        assert!(!is_passing(&Error::WrongChain { expected: 1, actual: 2 }));
    }
}
