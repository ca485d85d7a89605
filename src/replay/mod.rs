//! Recordings through the pipeline that runs live.

mod expect;

pub use expect::{Difference, Expectations};

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::audio::{self, FileFrames, SAMPLE_RATE};
use crate::event::{Event, EventKind};
use crate::pipeline::Pipeline;

/// Silence (in frames, 16 ms each) after a recording that stops right after its last word, so
/// that the endpointer sees the pause that it would see in a room.
const ROOM_AFTER_FRAMES: usize = 75;

/// How a recording is put through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As a microphone would hear it: wake word first.
    Live,
    /// The whole recording is one command.
    Command,
}

/// Puts one recording through and reports every event, the first being `Recording`.
///
/// With `realtime` it takes as long as the recording.
///
/// # Errors
/// When the recording cannot be read.
pub fn recording(
    pipeline: &mut Pipeline,
    path: &Path,
    mode: Mode,
    realtime: bool,
    emit: &mut dyn FnMut(Event),
) -> Result<()> {
    let name = path.display().to_string();
    match mode {
        Mode::Command => {
            let samples = audio::load(path)?;
            emit(Event::new(pipeline.now_ms(), EventKind::Recording { path: name }));
            if realtime {
                thread::sleep(Duration::from_secs_f64(samples.len() as f64 / f64::from(SAMPLE_RATE)));
            }
            pipeline.utterance(&samples, emit);
        }
        Mode::Live => {
            let frames = FileFrames::open(path)?;
            let (begin, from_ms) = (Instant::now(), pipeline.now_ms());
            emit(Event::new(from_ms, EventKind::Recording { path: name }));
            for frame in frames {
                pipeline.frame(&frame?, emit);
                if realtime {
                    let due = Duration::from_millis(pipeline.now_ms() - from_ms);
                    thread::sleep(due.saturating_sub(begin.elapsed()));
                }
            }
            for _ in 0..ROOM_AFTER_FRAMES {
                pipeline.frame(&[0; crate::audio::FRAME_SAMPLES], emit);
            }
            pipeline.finish(emit);
        }
    }
    Ok(())
}
