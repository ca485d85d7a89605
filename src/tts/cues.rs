//! Short, soft sounds that say what a screen would show. Computed, not recorded.
//!
//! Each differs from the others in its tune, not only in its pitch, so that it is told apart by
//! those who do not hear high notes well; all seem equally loud, because each note is weighted as
//! the ear weights it. Each is an event as well ([`crate::event::EventKind::Cue`]), for lamps and
//! for people who cannot hear it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Speech;

/// A speaker's usual rate, so that nothing resamples them.
const RATE: u32 = 48_000;

/// The height of a note at 1 kHz, of full scale: heard in a room, not over a conversation.
const HEIGHT: f64 = 0.165;

/// One note: frequency in Hz and length in milliseconds; 0 Hz is a pause.
type Note = (f64, u32);

/// What a sound says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    /// The wake word was heard; speak now. Rising.
    Wake,
    /// The conversation is over. Falling.
    Done,
    /// Something was said and not understood. Twice the same low note.
    NotUnderstood,
    /// The microphone is off. Falling in three steps.
    Muted,
    /// The microphone is on again. Rising in three steps.
    Unmuted,
    /// A timer is over. Four notes like a bell, with a long rest.
    Timer,
    /// An alarm: two and two notes, rising, with a short rest.
    Alarm,
}

impl Cue {
    pub const ALL: [Self; 7] =
        [Self::Wake, Self::Done, Self::NotUnderstood, Self::Muted, Self::Unmuted, Self::Timer, Self::Alarm];

    /// `not_understood`, as in events, in the settings and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wake => "wake",
            Self::Done => "done",
            Self::NotUnderstood => "not_understood",
            Self::Muted => "muted",
            Self::Unmuted => "unmuted",
            Self::Timer => "timer",
            Self::Alarm => "alarm",
        }
    }

    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cue| cue.name() == name)
    }

    /// Whether it is to be heard even in quiet hours.
    #[must_use]
    pub const fn wakes_people(self) -> bool {
        matches!(self, Self::Timer | Self::Alarm)
    }

    const fn notes(self) -> &'static [Note] {
        match self {
            Self::Wake => &[(587.3, 70), (880.0, 90)],
            Self::Done => &[(880.0, 70), (587.3, 90)],
            Self::NotUnderstood => &[(311.1, 90), (0.0, 50), (311.1, 120)],
            Self::Muted => &[(784.0, 70), (587.3, 70), (392.0, 110)],
            Self::Unmuted => &[(392.0, 70), (587.3, 70), (784.0, 110)],
            Self::Timer => &[(1046.5, 180), (784.0, 180), (1046.5, 180), (784.0, 300), (0.0, 700)],
            Self::Alarm => &[(523.3, 200), (659.3, 260), (0.0, 90), (659.3, 200), (784.0, 320), (0.0, 400)],
        }
    }

    #[must_use]
    pub fn sound(self) -> Speech {
        play(self.notes())
    }
}

/// Which cues are sounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cues(BTreeSet<Cue>);

impl Cues {
    #[must_use]
    pub fn contains(&self, cue: Cue) -> bool {
        self.0.contains(&cue)
    }
}

impl From<bool> for Cues {
    /// All, or none.
    fn from(on: bool) -> Self {
        Self(Cue::ALL.into_iter().filter(|_| on).collect())
    }
}

impl FromIterator<Cue> for Cues {
    fn from_iter<I: IntoIterator<Item = Cue>>(cues: I) -> Self {
        Self(cues.into_iter().collect())
    }
}

/// As the settings say it: `true`, `false` or names.
impl Serialize for Cues {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.len() {
            0 => serializer.serialize_bool(false),
            all if all == Cue::ALL.len() => serializer.serialize_bool(true),
            _ => serializer.collect_seq(&self.0),
        }
    }
}

/// Notes one after another, each under a raised cosine, so that nothing clicks.
fn play(notes: &[Note]) -> Speech {
    let mut samples = Vec::new();
    for &(hz, ms) in notes {
        let n = RATE * ms / 1_000;
        let height = if hz > 0.0 { HEIGHT / a_weight(hz) } else { 0.0 };
        samples.extend((0..n).map(|i| {
            let (at, whole) = (f64::from(i), f64::from(n));
            let fade = 0.5 - 0.5 * (std::f64::consts::TAU * at / whole).cos();
            let tone = (std::f64::consts::TAU * hz * at / f64::from(RATE)).sin();
            (tone * fade * height * 32_767.0) as i16
        }));
    }
    Speech { samples, sample_rate: RATE }
}

/// How much of a tone the ear takes in, 1 at 1 kHz (A-weighting, IEC 61672).
fn a_weight(hz: f64) -> f64 {
    let f2 = hz * hz;
    let all = 12_194.0_f64.powi(2) * f2 * f2
        / ((f2 + 20.6_f64.powi(2))
            * ((f2 + 107.7_f64.powi(2)) * (f2 + 737.9_f64.powi(2))).sqrt()
            * (f2 + 12_194.0_f64.powi(2)));
    all * 1.2589
}

#[cfg(test)]
mod tests;
