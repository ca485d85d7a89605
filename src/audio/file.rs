//! Recordings as the house hears them: 16 kHz mono, whole or frame by frame.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::decode::Decoder;
use super::{AudioError, FRAME_SAMPLES, Frame, Resampler, SAMPLE_RATE};

/// The longest recording that [`load`] takes, in seconds.
pub const LOAD_LIMIT_S: u64 = 600;

/// Reads a whole recording as 16 kHz mono.
///
/// # Errors
/// When it cannot be read, is no recording, or is longer than [`LOAD_LIMIT_S`].
pub fn load(path: &Path) -> Result<Vec<i16>, AudioError> {
    let limit = (LOAD_LIMIT_S * u64::from(SAMPLE_RATE)) as usize;
    let mut source = Source::open(path)?;
    let mut samples = Vec::new();
    while source.next(&mut samples)? {
        if samples.len() > limit {
            return Err(AudioError::TooLong { path: path.to_owned(), limit_s: LOAD_LIMIT_S });
        }
    }
    Ok(samples)
}

/// A recording of any length, frame by frame; the last frame is filled up with silence.
pub struct FileFrames {
    source: Source,
    ready: VecDeque<i16>,
    chunk: Vec<i16>,
    over: bool,
}

impl FileFrames {
    /// # Errors
    /// When the file cannot be read or is no recording.
    pub fn open(path: &Path) -> Result<Self, AudioError> {
        let source = Source::open(path)?;
        Ok(Self { source, ready: VecDeque::new(), chunk: Vec::new(), over: false })
    }
}

impl Iterator for FileFrames {
    type Item = Result<Frame, AudioError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.len() < FRAME_SAMPLES && !self.over {
            self.chunk.clear();
            match self.source.next(&mut self.chunk) {
                Ok(more) => self.over = !more,
                Err(error) => {
                    self.over = true;
                    self.ready.clear();
                    return Some(Err(error));
                }
            }
            self.ready.extend(&self.chunk);
        }
        if self.ready.is_empty() {
            return None;
        }
        let mut frame = [0; FRAME_SAMPLES];
        let n = self.ready.len().min(FRAME_SAMPLES);
        frame.iter_mut().zip(self.ready.drain(..n)).for_each(|(to, from)| *to = from);
        Some(Ok(frame))
    }
}

/// The recordings that arguments name: files as they are, directories as the `.wav`, `.flac` and
/// `.mp3` files in them (not below), sorted by name.
///
/// # Errors
/// When a path does not exist, a directory cannot be read or holds no recording.
pub fn recordings(paths: &[PathBuf]) -> Result<Vec<PathBuf>, AudioError> {
    let mut found = Vec::new();
    for path in paths {
        let read = |source| AudioError::Read { path: path.clone(), source };
        if !path.metadata().map_err(read)?.is_dir() {
            found.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in path.read_dir().map_err(read)? {
            let file = entry.map_err(read)?.path();
            if is_recording(&file) && file.is_file() {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            let reason = "it is a directory without recordings".to_owned();
            return Err(AudioError::NotAudio { path: path.clone(), reason });
        }
        inside.sort();
        found.append(&mut inside);
    }
    Ok(found)
}

fn is_recording(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    ["wav", "flac", "mp3"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Decoder and resampler in a row.
struct Source {
    path: PathBuf,
    decoder: Decoder,
    resampler: Option<Resampler>,
    mono: Vec<f32>,
}

impl Source {
    fn open(path: &Path) -> Result<Self, AudioError> {
        let decoder = Decoder::open(path)?;
        Ok(Self { path: path.to_owned(), decoder, resampler: None, mono: Vec::new() })
    }

    /// Appends the next samples; `false` once the recording is over.
    fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, AudioError> {
        let Some(rate) = self.decoder.next(&mut self.mono)? else {
            if let Some(mut resampler) = self.resampler.take() {
                resampler.finish(out);
            }
            return Ok(false);
        };
        // A recording glued from parts may change its rate on the way.
        if self.resampler.as_ref().is_none_or(|resampler| resampler.rate() != rate) {
            if let Some(mut old) = self.resampler.take() {
                old.finish(out);
            }
            let new = Resampler::new(rate).ok_or_else(|| AudioError::NotAudio {
                path: self.path.clone(),
                reason: format!("a sample rate of {rate} Hz cannot be right"),
            })?;
            self.resampler = Some(new);
        }
        if let Some(resampler) = &mut self.resampler {
            resampler.push(&self.mono, out);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use hound::{SampleFormat, WavSpec, WavWriter};
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::audio::wav;
    use crate::testing::shared;

    /// A 440 Hz tone at half of full scale.
    fn tone(rate: u32, seconds: f32) -> impl Iterator<Item = f32> {
        let n = (rate as f32 * seconds) as u32;
        (0..n).map(move |i| 0.5 * (i as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin())
    }

    fn write(path: &Path, rate: u32, channels: u16, bits: u16, format: SampleFormat) {
        let spec = WavSpec { channels, sample_rate: rate, bits_per_sample: bits, sample_format: format };
        let mut writer = WavWriter::create(path, spec).unwrap();
        for sample in tone(rate, 0.5) {
            for _ in 0..channels {
                match format {
                    SampleFormat::Float => writer.write_sample(sample).unwrap(),
                    SampleFormat::Int => {
                        let full = (1_i64 << (bits - 1)) as f32;
                        writer.write_sample((sample * full) as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
    }

    fn reason(result: Result<Vec<i16>, AudioError>) -> String {
        match result {
            Err(AudioError::NotAudio { reason, .. }) => reason,
            other => panic!("expected `NotAudio`, got {:?}", other.map(|s| s.len())),
        }
    }

    fn folder() -> TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn every_wav_format_sounds_the_same() {
        let folder = folder();
        let path = folder.path().join("a.wav");
        let expected: Vec<f32> = tone(SAMPLE_RATE, 0.5).collect();
        let formats = [(8, 0.02), (16, 0.005), (24, 0.005), (32, 0.005)].map(|f| (SampleFormat::Int, f));
        for (format, (bits, tolerance)) in formats.into_iter().chain([(SampleFormat::Float, (32, 0.005))]) {
            for (rate, channels) in [(8_000, 1), (16_000, 1), (44_100, 2), (48_000, 6)] {
                write(&path, rate, channels, bits, format);
                let samples = load(&path).unwrap();
                let what = format!("{format:?} {bits} bit, {rate} Hz, {channels} channels");
                assert!(samples.len().abs_diff(8_000) <= 1, "{what}: {} samples", samples.len());
                let worst = (400..7_600)
                    .map(|i| (f32::from(samples[i]) / 32_768.0 - expected[i]).abs())
                    .fold(0.0, f32::max);
                assert!(worst < tolerance, "{what}: off by {worst}");
            }
        }
    }

    #[test]
    fn flac_and_wav_of_the_same_sound_are_the_same() {
        let Some(shared) = shared("flac_and_wav_of_the_same_sound_are_the_same") else { return };
        let flac = load(&shared.join("audio/open/jfk.flac")).unwrap();
        assert!(flac.len().abs_diff(11 * SAMPLE_RATE as usize) < 8_000, "{} samples", flac.len());
        let folder = folder();
        let path = folder.path().join("jfk.wav");
        wav::write(&path, &flac, SAMPLE_RATE).unwrap();
        assert_eq!(load(&path).unwrap(), flac);
    }

    #[test]
    fn frames_are_the_whole_recording_and_silence_at_the_end() {
        let folder = folder();
        let path = folder.path().join("a.wav");
        write(&path, 44_100, 2, 16, SampleFormat::Int);
        let whole = load(&path).unwrap();
        let mut framed: Vec<i16> = Vec::new();
        for frame in FileFrames::open(&path).unwrap() {
            framed.extend(frame.unwrap());
        }
        assert_eq!(framed.len(), whole.len().next_multiple_of(FRAME_SAMPLES));
        assert_eq!(framed[..whole.len()], whole);
        assert!(framed[whole.len()..].iter().all(|&s| s == 0));
    }

    #[test]
    fn what_is_no_number_is_silence() {
        let folder = folder();
        let path = folder.path().join("nan.wav");
        let spec = WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        let mut writer = WavWriter::create(&path, spec).unwrap();
        for i in 0..48_000 {
            writer.write_sample(if i % 2 == 0 { f32::NAN } else { f32::INFINITY }).unwrap();
        }
        writer.finalize().unwrap();
        assert_eq!(load(&path).unwrap(), vec![0; 16_000]);
    }

    #[test]
    fn what_is_no_recording_is_one_clear_error() {
        let folder = folder();
        let path = folder.path().join("a.wav");
        fs::write(&path, b"").unwrap();
        assert_eq!(reason(load(&path)), "it is empty");
        assert_eq!(reason(load(folder.path())), "it is a directory");
        assert!(matches!(load(&folder.path().join("none.wav")), Err(AudioError::Read { .. })));

        fs::write(&path, "Shopping list: two cups of flour, and a very long story.\n".repeat(500)).unwrap();
        reason(load(&path));
        wav::write(&path, &[], SAMPLE_RATE).unwrap();
        assert_eq!(reason(load(&path)), "it holds no sound");
        let noise: Vec<u8> = (0..200_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        fs::write(&path, &noise).unwrap();
        reason(load(&path));
    }

    #[test]
    fn a_truncated_recording_gives_what_is_there() {
        let folder = folder();
        let path = folder.path().join("a.wav");
        let samples: Vec<i16> = tone(SAMPLE_RATE, 1.0).map(|s| (s * 32_768.0) as i16).collect();
        wav::write(&path, &samples, SAMPLE_RATE).unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..44 + 2 * 10_001]).unwrap();
        let there = load(&path).unwrap();
        assert!(there.len() > 8_800, "{} samples", there.len());
        assert_eq!(there[..], samples[..there.len()]);
        fs::write(&path, &bytes[..30]).unwrap();
        reason(load(&path));
    }

    #[test]
    fn three_hours_are_too_long_to_load_and_fine_in_frames() {
        let folder = folder();
        let path = folder.path().join("long.wav");
        // 3 h at 8 kHz, 8 bit: a hole in the file system, not 86 MB.
        let bytes = 3 * 3_600 * 8_000_u32;
        let spec =
            WavSpec { channels: 1, sample_rate: 8_000, bits_per_sample: 8, sample_format: SampleFormat::Int };
        WavWriter::create(&path, spec).unwrap().finalize().unwrap();
        let mut header = fs::read(&path).unwrap();
        header[4..8].copy_from_slice(&(bytes + 36).to_le_bytes());
        header[40..44].copy_from_slice(&bytes.to_le_bytes());
        fs::write(&path, &header).unwrap();
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(44 + u64::from(bytes)).unwrap();
        assert!(matches!(load(&path), Err(AudioError::TooLong { limit_s: 600, .. })));
        let frames = FileFrames::open(&path).unwrap().map(Result::unwrap).count();
        assert_eq!(frames, 3 * 3_600 * 16_000 / FRAME_SAMPLES);
    }

    #[test]
    fn directories_give_their_recordings_by_name() {
        let folder = folder();
        for name in ["b.WAV", "a.flac", "c.txt", "d.mp3"] {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        let given = folder.path().join("c.txt");
        let found = recordings(&[folder.path().to_owned(), given.clone()]).unwrap();
        let names: Vec<_> = found.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a.flac", "b.WAV", "d.mp3", "c.txt"]);
        assert!(recordings(&[folder.path().join("none")]).is_err());
        assert!(recordings(&[self::folder().path().to_owned()]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        /// Whatever follows a valid beginning, there is sound or an error, never a panic.
        #[test]
        fn random_bytes_after_a_header_never_panic(
            body in prop::collection::vec(any::<u8>(), 0..3_000),
            format in any::<[u8; 20]>(),
            keep in 0_usize..=20,
            seconds in 0_u32..1_000_000,
        ) {
            let folder = folder();
            let path = folder.path().join("a.wav");
            let mut bytes = Vec::new();
            bytes.extend(b"RIFF");
            bytes.extend(seconds.to_le_bytes());
            bytes.extend(b"WAVEfmt ");
            // The first `keep` bytes of the format are right, the others random.
            let right = [16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3e, 0, 0, 0, 0x7d, 0, 0, 2, 0, 16, 0];
            bytes.extend(&right[..keep]);
            bytes.extend(&format[keep..]);
            bytes.extend(b"data");
            bytes.extend((body.len() as u32).to_le_bytes());
            bytes.extend(&body);
            fs::write(&path, &bytes).unwrap();
            if let Ok(samples) = load(&path) {
                prop_assert!(!samples.is_empty());
            }
            if let Ok(frames) = FileFrames::open(&path) {
                frames.for_each(drop);
            }
        }
    }
}
