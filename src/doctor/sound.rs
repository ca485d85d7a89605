//! The microphone and the speaker.

use super::Finding;
use crate::config::Config;

/// Whether sound can go out and come in, with what was found.
pub fn examine(config: &Config) -> (bool, Vec<Finding>) {
    #[cfg(feature = "audio")]
    return devices::examine(config);
    #[cfg(not(feature = "audio"))]
    {
        let _ = config;
        let mend = "build it with `--features audio`";
        (false, vec![Finding::fault("microphone", "this program was built without sound devices", mend)])
    }
}

/// Judges a second of what a microphone gave.
#[cfg_attr(not(feature = "audio"), allow(dead_code))]
fn judge(device: &str, samples: &[i16]) -> Finding {
    let check = "microphone";
    let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    let energy = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>();
    let level = decibels((energy / samples.len().max(1) as f64).sqrt());
    let clipped = samples.iter().filter(|sample| sample.unsigned_abs() >= CLIPPED).count();
    let message =
        format!("`{device}` gives {level:.0} dB on average, {:.0} dB at most", decibels(peak.into()));
    if peak == 0 {
        Finding::fault(
            check,
            format!("`{device}` gives nothing but zeros"),
            "unmute it (`alsamixer`, F4), or name another with `audio.input` (`entrenous devices` lists them)",
        )
    } else if clipped * 1000 > samples.len() {
        Finding::warning(
            check,
            format!("{message}; it is overdriven"),
            "turn its gain down (`alsamixer`, F4)",
        )
    } else if level < QUIET {
        Finding::warning(
            check,
            format!("{message}; that is very quiet"),
            "turn its gain up (`alsamixer`, F4), and run this again while somebody speaks",
        )
    } else {
        Finding::ok(check, message)
    }
}

/// Samples this large are at the end of the scale.
const CLIPPED: u16 = 32_700;

/// Decibels below full scale under which even a quiet room is louder.
const QUIET: f64 = -75.0;

fn decibels(amplitude: f64) -> f64 {
    20.0 * (amplitude.max(0.5) / 32768.0).log10()
}

#[cfg(feature = "audio")]
pub use devices::through_the_air;

#[cfg(feature = "audio")]
mod devices {
    use std::time::{Duration, Instant};

    use super::{Config, Finding, judge};
    use crate::audio::{AudioError, Captured, FrameSource, Loudspeaker, Microphone, SAMPLE_RATE, Speaker};
    use crate::event::EventKind;
    use crate::tts::{Cue, Speech};

    /// How long a microphone may take to give its first second.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// How often it is looked whether the speaker has ended.
    const STEP: Duration = Duration::from_millis(20);

    /// What comes after the speaker has ended: buffers, and the echo of the room.
    const TAIL: Duration = Duration::from_millis(800);

    pub fn examine(config: &Config) -> (bool, Vec<Finding>) {
        let (device, heard) = record(&mut Microphone::new(&config.audio));
        let microphone = match heard {
            Ok(samples) => judge(&device, &samples),
            Err(reason) => Finding::fault(
                "microphone",
                reason,
                "plug one in, or name another with `audio.input` (`entrenous devices` lists them)",
            ),
        };
        let speaker = match play(&mut Loudspeaker::new(&config.audio), &Cue::Wake.sound(), &mut || {
            std::thread::sleep(STEP);
        }) {
            Ok(()) => Finding::ok("speaker", "a short sound was played; did you hear it?"),
            Err(error) => Finding::warning("speaker", error.to_string(), "answers are shown, not spoken"),
        };
        let sounding = microphone.mend.is_none() && speaker.mend.is_none();
        (sounding, vec![microphone, speaker])
    }

    /// A second of the microphone, with its name.
    fn record(microphone: &mut Microphone) -> (String, Result<Vec<i16>, String>) {
        let (mut device, mut samples) = (String::new(), Vec::new());
        let end = Instant::now() + PATIENCE;
        while samples.len() < SAMPLE_RATE as usize {
            if Instant::now() > end {
                return (device, Err("it opened, and gave no sound for 5 s".into()));
            }
            match microphone.next(Duration::from_millis(100)) {
                Captured::Frame(frame) => samples.extend(frame),
                Captured::Event(EventKind::MicrophoneOpen { device: name }) => device = name,
                Captured::Event(EventKind::MicrophoneLost { message, .. }) => return (device, Err(message)),
                Captured::Event(_) | Captured::Nothing => {}
                Captured::End => return (device, Err("it went away".into())),
            }
        }
        (device, Ok(samples))
    }

    /// Plays to the end, and does something else meanwhile.
    fn play(
        speaker: &mut Loudspeaker,
        speech: &Speech,
        meanwhile: &mut dyn FnMut(),
    ) -> Result<(), AudioError> {
        speaker.start(speech)?;
        while speaker.playing()? {
            meanwhile();
        }
        Ok(())
    }

    /// What the microphone hears while the speaker says something.
    pub fn through_the_air(config: &Config, speech: &Speech) -> Result<Vec<i16>, AudioError> {
        let mut microphone = Microphone::new(&config.audio);
        let mut heard = Vec::new();
        let mut listen = |time: Duration| {
            let end = Instant::now() + time;
            while Instant::now() < end {
                if let Captured::Frame(frame) = microphone.next(Duration::from_millis(5)) {
                    heard.extend(frame);
                }
            }
        };
        // Opening it takes a moment: what is said before that is lost.
        listen(TAIL);
        let mut speaker = Loudspeaker::new(&config.audio);
        play(&mut speaker, speech, &mut || listen(STEP))?;
        listen(TAIL);
        Ok(heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    #[test]
    fn a_microphone_is_judged_by_its_sound() {
        let sine = |amplitude: f32| -> Vec<i16> {
            (0..16_000).map(|t| ((t as f32 * 0.2).sin() * amplitude) as i16).collect()
        };
        assert_eq!(judge("m", &vec![0; 16_000]).status, Status::Fault);
        assert_eq!(judge("m", &sine(3.0)).status, Status::Warning);
        assert_eq!(judge("m", &sine(3000.0)).status, Status::Ok);
        // Beyond the scale: the cast holds it there, as a converter does.
        assert_eq!(judge("m", &sine(60_000.0)).status, Status::Warning);
        let finding = judge("m", &sine(32768.0 / 2.0));
        assert!(finding.message.contains("-9 dB on average, -6 dB at most"), "{}", finding.message);
    }
}
