//! Decides what is where on the dashboard's screen: all at once where there is room, else in five views.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::{Color, Modifier, Style},
    text::Line,
    widgets::{Block, Cell, Paragraph, Row, Table, Tabs},
};

use super::panels::{Panel, Panels};
use crate::time::Span;

/// From which size on everything is shown at once.
const WIDE: u16 = 150;
const TALL: u16 = 44;

/// The views where there is no room for all.
const VIEWS: [&str; 5] = ["1 Overview", "2 Proposals", "3 Treasury", "4 Market", "5 Contracts"];

/// What the screen shows.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) panels: Panels,
    /// Which of the views.
    pub(super) view: usize,
    /// Seconds since what is shown was read.
    pub(super) age: u64,
    /// Why it could not be read since, if it could not.
    pub(super) lost: Option<String>,
    /// Whether it is being read.
    pub(super) is_reading: bool,
}

impl Shown {
    /// Chooses the view with a number, counted from 1.
    pub(super) const fn choose(&mut self, number: usize) {
        if number >= 1 && number <= VIEWS.len() {
            self.view = number - 1;
        }
    }

    /// Chooses the next view, or the one before.
    pub(super) const fn turn(&mut self, steps: usize) {
        self.view = (self.view + steps) % VIEWS.len();
    }

    /// How many steps lead to the view before.
    pub(super) const BACK: usize = VIEWS.len() - 1;
}

pub(super) fn draw(frame: &mut Frame<'_>, shown: &Shown) {
    let area = frame.area();
    let is_whole = area.width >= WIDE && area.height >= TALL;
    let tabs = if is_whole { 0 } else { 1 };
    let rows = [1, tabs].map(Constraint::Length).into_iter();
    let rows = rows.chain([Constraint::Min(0), Constraint::Length(1)]);
    let rows = Layout::vertical(rows).split(area);
    frame.render_widget(Line::styled(shown.panels.head.as_str(), Modifier::BOLD), rows[0]);
    if is_whole {
        whole(frame, &shown.panels, rows[2]);
    } else {
        let titles = Tabs::new(VIEWS).select(shown.view).highlight_style(Modifier::REVERSED);
        frame.render_widget(titles, rows[1]);
        view(frame, shown, rows[2]);
    }
    frame.render_widget(state(shown), rows[3]);
}

/// What is at the bottom: how old what is shown is, and which keys there are.
fn state(shown: &Shown) -> Line<'_> {
    let age = Span(shown.age);
    match &shown.lost {
        Some(reason) => {
            let text = format!(" no answer; this is {age} old: {reason}");
            Line::styled(text, Style::new().fg(Color::White).bg(Color::Red))
        }
        None if shown.is_reading => Line::raw(" reading …   q leaves   r refreshes"),
        None => Line::raw(format!(" read {age} ago   q leaves   r refreshes   1-5 and ← → choose")),
    }
}

/// Splits an area into parts below each other, the first ones as high as they need be.
fn stack<const N: usize>(area: Rect, heights: [Constraint; N]) -> [Rect; N] {
    Layout::vertical(heights).areas(area)
}

/// How high a panel is with all its rows, and its frame.
fn high(panel: &Panel) -> Constraint {
    let lines = panel.rows.iter().map(|row| lines_of(row)).sum::<usize>().max(1);
    let head = usize::from(!panel.columns.is_empty());
    Constraint::Length(u16::try_from(lines + head + 2).unwrap_or(u16::MAX))
}

fn lines_of(row: &[String]) -> usize {
    row.iter().map(|cell| cell.lines().count()).max().unwrap_or_default().max(1)
}

fn whole(frame: &mut Frame<'_>, panels: &Panels, area: Rect) {
    let rest = Constraint::Min(3);
    let [top, below] = stack(area, [Constraint::Length(15), rest]);
    let columns = Layout::horizontal([Constraint::Fill(1); 3]).split(top);
    let [rewards, _] = stack(columns[0], [high(&panels.rewards), Constraint::Min(0)]);
    let [oracle, market] = stack(columns[1], [high(&panels.oracle), rest]);
    let [treasury, people] = stack(columns[2], [high(&panels.treasury), rest]);
    let [proposals, contracts] =
        Layout::horizontal([Constraint::Fill(9), Constraint::Fill(11)]).areas(below);
    let [proposals, waiting] = stack(proposals, [Constraint::Fill(2), Constraint::Fill(1)]);
    let [contracts, revenue, auctions] =
        stack(contracts, [high(&panels.contracts), Constraint::Fill(1), Constraint::Fill(1)]);
    for (panel, area) in [
        (&panels.rewards, rewards),
        (&panels.oracle, oracle),
        (&panels.market, market),
        (&panels.treasury, treasury),
        (&panels.people, people),
        (&panels.proposals, proposals),
        (&panels.pending, waiting),
        (&panels.contracts, contracts),
        (&panels.revenue, revenue),
        (&panels.auctions, auctions),
    ] {
        render(frame, panel, area);
    }
}

fn view(frame: &mut Frame<'_>, shown: &Shown, area: Rect) {
    let panels = &shown.panels;
    let rest = Constraint::Min(3);
    match shown.view {
        0 => {
            let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).areas(area);
            let [rewards, people] = stack(left, [high(&panels.rewards), rest]);
            let [oracle, market, treasury] =
                stack(right, [high(&panels.oracle), high(&panels.market), rest]);
            render(frame, &panels.rewards, rewards);
            render(frame, &panels.people, people);
            render(frame, &panels.oracle, oracle);
            render(frame, &panels.market, market);
            render(frame, &panels.treasury, treasury);
        }
        1 => render(frame, &panels.proposals, area),
        2 => {
            let [treasury, waiting] = stack(area, [high(&panels.treasury), rest]);
            render(frame, &panels.treasury, treasury);
            render(frame, &panels.pending, waiting);
        }
        3 => {
            let [market, revenue, auctions] =
                stack(area, [high(&panels.market), high(&panels.revenue), rest]);
            render(frame, &panels.market, market);
            render(frame, &panels.revenue, revenue);
            render(frame, &panels.auctions, auctions);
        }
        _ => render(frame, &panels.contracts, area),
    }
}

fn render(frame: &mut Frame<'_>, panel: &Panel, area: Rect) {
    let block = Block::bordered().title(format!(" {} ", panel.title));
    if panel.rows.is_empty() {
        frame.render_widget(Paragraph::new(panel.otherwise).block(block), area);
        return;
    }
    let head = usize::from(!panel.columns.is_empty());
    let room = usize::from(block.inner(area).height).saturating_sub(head);
    let widths = widths(panel, block.inner(area).width);
    let rows: Vec<_> = panel.rows.iter().map(|row| wrapped(row, &widths)).collect();
    let (fits, more) = fitting(&rows, room);
    let rows = rows[..fits].iter().map(|row| {
        let height = u16::try_from(lines_of(row)).unwrap_or(u16::MAX);
        Row::new(row.iter().map(|cell| Cell::from(cell.as_str()))).height(height)
    });
    let mut block = block;
    if more > 0 {
        block = block.title_bottom(format!(" and {more} more "));
    }
    let mut table = Table::new(rows, widths.iter().copied().map(Constraint::Length)).block(block);
    if !panel.columns.is_empty() {
        table = table.header(Row::new(panel.columns.iter().copied()).style(Modifier::BOLD));
    }
    frame.render_widget(table, area);
}

/// How many rows have room, and how many have not.
fn fitting(rows: &[Vec<String>], room: usize) -> (usize, usize) {
    let mut used = 0;
    let fits = rows.iter().take_while(|row| {
        // What begins is shown, and cut off.
        let has_room = used < room;
        used += lines_of(row);
        has_room
    });
    let fits = fits.count();
    (fits, rows.len() - fits)
}

/// How wide the columns are: as they need be, but for the last, which has what is left of the `room`.
fn widths(panel: &Panel, room: u16) -> Vec<u16> {
    let count = panel.rows.iter().map(Vec::len).max().unwrap_or_default();
    let wide = |column: usize| {
        let head = panel.columns.get(column).map_or(0, |name| name.chars().count());
        let cells = panel.rows.iter().filter_map(|row| row.get(column));
        let cells = cells.flat_map(|cell| cell.lines().map(|line| line.chars().count()));
        u16::try_from(cells.chain([head]).max().unwrap_or_default()).unwrap_or(u16::MAX)
    };
    let mut widths: Vec<_> = (0..count.saturating_sub(1)).map(wide).collect();
    // Between two columns is a space.
    let taken =
        widths.iter().fold(0_u16, |sum, width| sum.saturating_add(*width).saturating_add(1));
    widths.push(room.saturating_sub(taken));
    widths
}

/// A row whose last cell has no line that is wider than its column.
fn wrapped(row: &[String], widths: &[u16]) -> Vec<String> {
    let mut row = row.to_vec();
    if let (Some(cell), Some(width)) = (row.last_mut(), widths.last()) {
        let width = usize::from(*width).max(1);
        let lines: Vec<_> = cell.lines().flat_map(|line| wrap(line, width)).collect();
        *cell = lines.join("\n");
    }
    row
}

/// Breaks a line between words, and words that are too long for a line of their own anywhere.
fn wrap(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let letters: Vec<char> = word.chars().collect();
        let last = lines.last_mut().map_or(0, |last| last.chars().count());
        let gap = usize::from(last > 0);
        if last + gap + letters.len() <= width {
            if let Some(line) = lines.last_mut() {
                line.push_str(&" "[..gap]);
                line.push_str(word);
            }
            continue;
        }
        lines.extend(letters.chunks(width).map(|part| part.iter().collect()));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ratatui::{Terminal, backend::TestBackend};

    use super::*;
    use crate::commands::dashboard::sample;

    fn shown(view: usize) -> Shown {
        let panels = sample::panels();
        Shown { panels, view, age: 3, lost: None, is_reading: false }
    }

    /// What a screen of some size shows.
    fn drawn((width, height): (u16, u16), shown: &Shown) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, shown)).unwrap();
        let buffer = terminal.backend().buffer();
        let rows = buffer.content().chunks(usize::from(width));
        let line = |cells: &[ratatui::buffer::Cell]| {
            let line: String = cells.iter().map(ratatui::buffer::Cell::symbol).collect();
            line.trim_end().to_owned() + "\n"
        };
        rows.map(line).collect()
    }

    #[test]
    fn the_screens_are_the_committed_ones() {
        let mut text = String::new();
        for (view, name) in VIEWS.iter().enumerate() {
            text += &format!("{name}\n{}\n", drawn((80, 24), &shown(view)));
        }
        text += &format!("Everything\n{}", drawn((150, 50), &shown(0)));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/dashboard/screens.txt");
        let is_blessing = std::env::var_os("BLESS").is_some();
        if is_blessing {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(is_blessing || committed == text, "see it with BLESS=1 and git diff:\n{text}");
    }

    #[test]
    fn what_is_most_urgent_fits_the_smallest_usual_screen() {
        let overview = drawn((80, 24), &shown(0));
        for words in [
            "chain 42161",
            "contributions 25000, 3 rejected",
            "left now",
            "last report",
            "licences sold",
            "must sign",
            "members",
            "q leaves",
        ] {
            assert!(overview.contains(words), "no `{words}` in\n{overview}");
        }
        assert!(drawn((80, 24), &shown(4)).contains("does not expire"));
        let proposals = drawn((80, 24), &shown(1));
        assert!(proposals.contains("set rewards.cooldown to 5 days"), "{proposals}");
        // On a large one nothing has to be chosen.
        let whole = drawn((150, 50), &shown(0));
        for title in ["Proposals", "Contracts", "Treasury", "Market", "Oracle", "Open auctions"] {
            assert!(whole.contains(title), "no `{title}` in\n{whole}");
        }
    }

    #[test]
    fn a_lost_connection_is_said_with_the_age_of_what_is_shown() {
        let lost = Some("nobody answers at http://127.0.0.1:8545".to_owned());
        let text = drawn((80, 24), &Shown { lost, age: 75, ..shown(0) });
        assert!(text.contains("no answer; this is 1 minute 15 seconds old: nobody"), "{text}");
        assert!(text.contains("contributions"), "what was read stays\n{text}");
    }

    #[test]
    fn rows_without_room_are_counted() {
        let mut shown = shown(4);
        let row = shown.panels.contracts.rows[0].clone();
        shown.panels.contracts.rows = vec![row; 40];
        let text = drawn((80, 24), &shown);
        assert!(text.contains("and 22 more"), "{text}");
    }

    #[test]
    fn lines_are_broken_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("pay 2 ETH to alice", 9), ["pay 2 ETH", "to alice"]);
        assert_eq!(wrap("to 0x123456789 now", 5), ["to", "0x123", "45678", "9 now"]);
        assert_eq!(wrap("", 5), Vec::<String>::new());
    }

    #[test]
    fn tiny_screens_do_no_harm() {
        for size in [(1, 1), (10, 2), (20, 5), (300, 3), (3, 300)] {
            for view in 0..VIEWS.len() {
                drawn(size, &shown(view));
            }
        }
    }

    #[test]
    fn views_are_chosen_by_number_and_in_turn() {
        let mut shown = shown(0);
        shown.choose(5);
        assert_eq!(shown.view, 4);
        shown.choose(6);
        shown.choose(0);
        assert_eq!(shown.view, 4);
        shown.turn(1);
        assert_eq!(shown.view, 0);
        shown.turn(Shown::BACK);
        assert_eq!(shown.view, 4);
    }
}
