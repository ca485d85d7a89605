//! The screen of those who record something: shared by `wake record` and `donate record`.

use std::io::{IsTerminal, Write};

use crate::studio::Screen;

/// Lines, and a bar for the level where somebody sees it.
#[derive(Default)]
pub struct Terminal {
    /// Whether a bar stands in the line.
    bar: bool,
}

impl Screen for Terminal {
    fn line(&mut self, text: &str) -> std::io::Result<()> {
        if std::mem::take(&mut self.bar) {
            eprint!("\r\x1b[K");
        }
        writeln!(std::io::stdout(), "{text}")
    }

    fn level(&mut self, db: f32) -> std::io::Result<()> {
        const WIDTH: usize = 40;
        let mut to = std::io::stderr();
        if !to.is_terminal() {
            return Ok(());
        }
        self.bar = true;
        // From −60 dB to full scale.
        let filled = ((db + 60.0) / 60.0 * WIDTH as f32).clamp(0.0, WIDTH as f32) as usize;
        write!(to, "\r[{}{}] {db:5.0} dB", "#".repeat(filled), " ".repeat(WIDTH - filled))?;
        to.flush()
    }
}
