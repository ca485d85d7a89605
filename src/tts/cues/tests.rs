//! Everything is measured on the samples.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

use super::*;

/// The strongest frequency in Hz of a piece of sound.
fn strongest(samples: &[i16]) -> f64 {
    let spectrum = spectrum(samples, PIECE);
    let (bin, _) = spectrum.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    bin as f64 * f64::from(RATE) / PIECE as f64
}

/// Of a transform: of a whole sound, and of a piece of one.
const SIZE: usize = 1 << 16;
const PIECE: usize = 1 << 13;

/// Energy by frequency; the sound is padded with silence.
fn spectrum(samples: &[i16], size: usize) -> Vec<f64> {
    let mut padded: Vec<f64> = samples.iter().map(|&s| f64::from(s)).collect();
    padded.resize(size, 0.0);
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(size);
    let mut out = fft.make_output_vec();
    fft.process(&mut padded, &mut out).unwrap();
    out.iter().map(Complex::norm_sqr).collect()
}

/// Stretches of sound between silences or between notes of another pitch: their frequencies.
fn tune(cue: Cue) -> Vec<f64> {
    let sound = cue.sound();
    let step = RATE as usize / 100;
    let mut notes: Vec<f64> = Vec::new();
    let mut silent = true;
    for at in (0..sound.samples.len().saturating_sub(3 * step)).step_by(step) {
        let piece = &sound.samples[at..at + 3 * step];
        let peak = piece.iter().map(|s| s.unsigned_abs()).max().unwrap();
        if peak < 2_500 {
            silent = true;
            continue;
        }
        let hz = strongest(piece);
        let other = notes.last().is_none_or(|last| (hz / last - 1.0).abs() > 0.1);
        if silent || other {
            notes.push(hz);
        }
        silent = false;
    }
    notes
}

/// How loud the sounding part is, A-weighted, in decibels.
fn loudness(cue: Cue) -> f64 {
    let sound = cue.sound();
    let sounding = cue.notes().iter().filter(|(hz, _)| *hz > 0.0).map(|(_, ms)| ms).sum::<u32>();
    let energy: f64 = spectrum(&sound.samples, SIZE)
        .iter()
        .enumerate()
        .skip(1)
        .map(|(bin, energy)| energy * a_weight(bin as f64 * f64::from(RATE) / SIZE as f64).powi(2))
        .sum();
    10.0 * (energy / f64::from(sounding)).log10()
}

#[test]
fn cues_are_short_soft_and_do_not_click() {
    for cue in Cue::ALL {
        let sound = cue.sound();
        let ms = sound.samples.len() as u32 * 1_000 / sound.sample_rate;
        let length = if cue.wakes_people() { 1_000..2_000 } else { 100..300 };
        assert!(length.contains(&ms), "{cue:?}: {ms} ms");
        let loudest = sound.samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((5_000..12_000).contains(&loudest), "{cue:?}: peak {loudest}");
        // The steepest step of a 1 046 Hz tone of height 0.165 is 740.
        let step = sound.samples.windows(2).map(|w| w[0].abs_diff(w[1])).max().unwrap();
        assert!(step < 850, "{cue:?}: a step of {step}");
        assert!(sound.samples[0].abs() < 50 && sound.samples[sound.samples.len() - 1].abs() < 50);
    }
}

#[test]
fn each_has_its_own_tune() {
    let tunes: Vec<Vec<f64>> = Cue::ALL.into_iter().map(tune).collect();
    for (cue, tune) in Cue::ALL.into_iter().zip(&tunes) {
        let written: Vec<f64> = cue.notes().iter().map(|(hz, _)| *hz).filter(|hz| *hz > 0.0).collect();
        assert_eq!(tune.len(), written.len(), "{cue:?}: {tune:?}");
        for (heard, written) in tune.iter().zip(&written) {
            assert!((heard / written - 1.0).abs() < 0.03, "{cue:?}: {heard} Hz for {written} Hz");
        }
    }
    // The shape alone tells them apart: how many notes, and which way each goes.
    let shapes: BTreeSet<Vec<i8>> = tunes
        .iter()
        .map(|tune| {
            let way = |pair: &[f64]| match pair[1] / pair[0] {
                up if up > 1.05 => 1,
                down if down < 0.95 => -1,
                _ => 0,
            };
            tune.windows(2).map(way).collect()
        })
        .collect();
    assert_eq!(shapes.len(), Cue::ALL.len(), "{tunes:?}");
}

#[test]
fn all_are_equally_loud() {
    let levels: Vec<f64> = Cue::ALL.into_iter().map(loudness).collect();
    let (least, most) = levels.iter().fold((f64::MAX, f64::MIN), |(a, b), l| (a.min(*l), b.max(*l)));
    assert!(most - least < 1.0, "{levels:?}");
}

#[test]
fn their_energy_is_where_small_speakers_and_old_ears_have_some() {
    for cue in Cue::ALL {
        let spectrum = spectrum(&cue.sound().samples, SIZE);
        let band = |from: f64, to: f64| -> f64 {
            let bin = |hz: f64| (hz * SIZE as f64 / f64::from(RATE)) as usize;
            spectrum[bin(from)..bin(to)].iter().sum()
        };
        assert!(band(250.0, 2_000.0) > 0.99 * band(0.0, 24_000.0), "{cue:?}");
    }
}

#[test]
fn names_are_those_of_events_and_settings() {
    for cue in Cue::ALL {
        assert_eq!(Cue::of(cue.name()), Some(cue));
        assert_eq!(serde_json::to_value(cue).unwrap(), cue.name());
    }
    let some: Cues = [Cue::Wake, Cue::Alarm].into_iter().collect();
    assert_eq!(serde_json::to_value(&some).unwrap(), serde_json::json!(["wake", "alarm"]));
    assert_eq!(serde_json::to_value(Cues::from(true)).unwrap(), true);
    assert_eq!(serde_json::to_value(Cues::from(false)).unwrap(), false);
}
