//! `entrenous listen`: a live view in the terminal.

#[cfg(feature = "audio")]
use std::io::IsTerminal;
use std::io::{self, Write};

use crate::Result;
use crate::config::Config;
use crate::event::{Event, EventKind};

use super::{live, show};

#[derive(Debug, clap::Args)]
pub struct Args {}

/// # Errors
/// When the house cannot be assembled, or a part of it dies.
pub fn run(_args: &Args, config: &Config) -> Result<()> {
    #[cfg(feature = "audio")]
    if io::stdout().is_terminal() && io::stdin().is_terminal() {
        return screen::run(config);
    }
    live::run(config, None, &mut plain)
}

/// Without a terminal: one line for each event.
fn plain(event: &Event) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if let EventKind::State { state } = event.kind {
        writeln!(out, "{}", show::state(state))?;
    } else if let Some(line) = show::line(event) {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

#[cfg(feature = "audio")]
mod screen {
    use std::collections::VecDeque;
    use std::io::{self, Stdout, Write};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use crossterm::cursor::{Hide, MoveTo, Show};
    use crossterm::event::{self, KeyCode, KeyModifiers};
    use crossterm::style::Print;
    use crossterm::terminal::{self, Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
    use crossterm::{execute, queue};

    use super::super::{live, show};
    use crate::Result;
    use crate::config::Config;
    use crate::daemon;
    use crate::event::{Event, EventKind, State};

    /// The quietest level on the meter, in dB relative to full scale.
    const QUIET_DB: f32 = -60.0;

    /// From here on the microphone is probably too loud.
    const LOUD_DB: f32 = -1.0;

    /// Lines that are kept for a screen of any height.
    const KEPT: usize = 200;

    pub fn run(config: &Config) -> Result<()> {
        // What was chosen stays readable after the view is closed.
        let parts = live::assemble(config, true, None)?;
        let stop = live::stop_on_signals()?;
        let mut view = View::open()?;
        watch_keys(&stop);
        let result = daemon::run(parts, &stop, &mut |event| view.take(event));
        drop(view);
        result
    }

    /// `q`, Escape and Ctrl-C close the view: in raw mode Ctrl-C is a key like the others.
    fn watch_keys(stop: &Arc<AtomicBool>) {
        let stop = Arc::clone(stop);
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let pressed = event::poll(Duration::from_millis(100))
                    .and_then(|waiting| if waiting { event::read().map(Some) } else { Ok(None) });
                let closes = match pressed {
                    Ok(Some(event::Event::Key(key))) => {
                        let ctrl_c =
                            key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
                        ctrl_c || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc)
                    }
                    Ok(_) => false,
                    // The terminal is gone.
                    Err(_) => true,
                };
                if closes {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        });
    }

    /// State, level meter and the latest lines.
    struct View {
        out: Stdout,
        state: State,
        microphone: String,
        rms_db: f32,
        peak_db: f32,
        lines: VecDeque<String>,
    }

    impl View {
        fn open() -> io::Result<Self> {
            let mut out = io::stdout();
            terminal::enable_raw_mode()?;
            execute!(out, EnterAlternateScreen, Hide)?;
            Ok(Self {
                out,
                state: State::Idle,
                microphone: "no microphone yet".to_owned(),
                rms_db: QUIET_DB,
                peak_db: QUIET_DB,
                lines: VecDeque::new(),
            })
        }

        fn take(&mut self, event: &Event) -> io::Result<()> {
            match &event.kind {
                EventKind::State { state } => self.state = *state,
                EventKind::Level { rms_db, peak_db } => (self.rms_db, self.peak_db) = (*rms_db, *peak_db),
                EventKind::MicrophoneOpen { device } => self.microphone.clone_from(device),
                EventKind::MicrophoneLost { message, .. } => self.microphone.clone_from(message),
                _ => {}
            }
            if let Some(line) = show::line(event) {
                self.lines.push_back(line);
                if self.lines.len() > KEPT {
                    self.lines.pop_front();
                }
            }
            self.draw()
        }

        fn draw(&mut self) -> io::Result<()> {
            let (width, height) = terminal::size()?;
            let (width, height) = (usize::from(width), usize::from(height));
            let mut rows = vec![
                format!("{}  ·  {}", show::state(self.state), self.microphone),
                meter(self.rms_db, self.peak_db, width),
                String::new(),
            ];
            let room = height.saturating_sub(rows.len() + 1);
            let hidden = self.lines.len().saturating_sub(room);
            rows.extend(self.lines.iter().skip(hidden).cloned());
            rows.resize(height.saturating_sub(1), String::new());
            rows.push("q to quit".to_owned());
            for (y, row) in (0..).zip(rows) {
                let fitting: String = row.chars().take(width).collect();
                queue!(self.out, MoveTo(0, y), Clear(ClearType::CurrentLine), Print(fitting))?;
            }
            self.out.flush()
        }
    }

    impl Drop for View {
        fn drop(&mut self) {
            // A terminal that is gone needs no restoring.
            let _ = execute!(self.out, Show, LeaveAlternateScreen);
            let _ = terminal::disable_raw_mode();
        }
    }

    /// `-32 dB ██████████······|···` : the level as a bar, the peak as a line in it.
    pub(super) fn meter(rms_db: f32, peak_db: f32, width: usize) -> String {
        let bar = width.saturating_sub(20).clamp(10, 60);
        let at = |db: f32| ((1.0 - db.min(0.0) / QUIET_DB).max(0.0) * bar as f32).round() as usize;
        let (level, peak) = (at(rms_db), at(peak_db).clamp(1, bar) - 1);
        let cells: String = (0..bar)
            .map(|cell| match cell {
                cell if cell == peak => '|',
                cell if cell < level => '█',
                _ => '·',
            })
            .collect();
        let loud = if peak_db >= LOUD_DB { "  too loud" } else { "" };
        format!("{rms_db:>5.0} dB {cells}{loud}")
    }
}

#[cfg(all(test, feature = "audio"))]
mod tests {
    use super::screen::meter;

    #[test]
    fn the_meter_shows_level_and_peak() {
        assert_eq!(meter(-60.0, -60.0, 40), "  -60 dB |···················");
        assert_eq!(meter(-30.0, -15.0, 40), "  -30 dB ██████████····|·····");
        assert!(meter(0.0, 0.0, 40).ends_with("███|  too loud"));
        assert_eq!(meter(f32::NEG_INFINITY, -96.0, 5).chars().filter(|c| *c == '·').count(), 9);
    }
}
