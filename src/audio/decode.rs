//! Opening and decoding one recording, whatever its format. The only file that names symphonia.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::AudioError;

/// A recording being decoded, packet by packet: constant memory, however long it is.
pub struct Decoder {
    path: PathBuf,
    format: Box<dyn FormatReader>,
    codec: Box<dyn AudioDecoder>,
    track: u32,
    interleaved: Vec<f32>,
    /// Packets that could not be decoded.
    damaged: u64,
    /// The first thing that was wrong with one.
    damage: String,
    sound_came: bool,
}

/// How many packets in a row may be damaged before the rest is given up.
const DAMAGE_LIMIT: u64 = 1_000;

impl Decoder {
    /// Opens a file and finds its first sound track.
    ///
    /// # Errors
    /// When it cannot be read, or is no recording.
    pub fn open(path: &Path) -> Result<Self, AudioError> {
        let read = |source| AudioError::Read { path: path.to_owned(), source };
        let not_audio =
            |reason: &str| AudioError::NotAudio { path: path.to_owned(), reason: reason.to_owned() };
        let file = File::open(path).map_err(read)?;
        let metadata = file.metadata().map_err(read)?;
        if metadata.is_dir() {
            return Err(not_audio("it is a directory"));
        }
        if metadata.is_file() && metadata.len() == 0 {
            return Err(not_audio("it is empty"));
        }

        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
            hint.with_extension(extension);
        }
        let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
        let (format, codec, track) = guarded(|| find_track(&hint, stream)).map_err(|error| match error {
            Error::IoError(source) if source.kind() != io::ErrorKind::UnexpectedEof => read(source),
            Error::IoError(_) => not_audio("it ends before any sound, or holds none"),
            error => not_audio(&error.to_string()),
        })?;
        Ok(Self {
            path: path.to_owned(),
            format,
            codec,
            track,
            interleaved: Vec::new(),
            damaged: 0,
            damage: String::new(),
            sound_came: false,
        })
    }

    /// Decodes some more: replaces `mono` by the next samples (−1 to 1, channels averaged) and
    /// gives their rate; `None` at the end.
    ///
    /// Damaged stretches are left out and a file that stops short gives what is there, with a
    /// warning.
    ///
    /// # Errors
    /// When nothing in the file can be decoded, or it cannot be read.
    pub fn next(&mut self, mono: &mut Vec<f32>) -> Result<Option<u32>, AudioError> {
        mono.clear();
        let mut damaged_in_a_row = 0;
        while damaged_in_a_row < DAMAGE_LIMIT {
            let packet = match guarded(|| self.format.next_packet()) {
                Ok(Some(packet)) if packet.track_id == self.track => packet,
                Ok(Some(_)) => continue,
                Ok(None) => return self.end(),
                Err(Error::IoError(source)) if source.kind() != io::ErrorKind::UnexpectedEof => {
                    return Err(AudioError::Read { path: self.path.clone(), source });
                }
                Err(error) => {
                    self.note(&error);
                    return self.end();
                }
            };
            let (codec, interleaved) = (&mut self.codec, &mut self.interleaved);
            let rate = guarded(|| codec.decode(&packet).map(|sound| mix(&sound, interleaved, mono)));
            match rate {
                Ok(rate) if !mono.is_empty() => {
                    self.sound_came = true;
                    return Ok(Some(rate));
                }
                // Packets that only prime the decoder.
                Ok(_) => {}
                Err(error) => {
                    damaged_in_a_row += 1;
                    mono.clear();
                    self.note(&error);
                }
            }
        }
        self.end()
    }

    fn note(&mut self, error: &Error) {
        if self.damaged == 0 {
            self.damage = match error {
                Error::IoError(_) => "it ends too early".to_owned(),
                error => error.to_string(),
            };
        }
        self.damaged += 1;
    }

    fn end(&mut self) -> Result<Option<u32>, AudioError> {
        if !self.sound_came {
            let reason = if self.damaged == 0 { "it holds no sound".to_owned() } else { self.damage.clone() };
            return Err(AudioError::NotAudio { path: self.path.clone(), reason });
        }
        if self.damaged > 0 {
            tracing::warn!(
                "`{}` is damaged ({}); what can be decoded is used",
                self.path.display(),
                self.damage
            );
            self.damaged = 0;
        }
        Ok(None)
    }
}

type Track = (Box<dyn FormatReader>, Box<dyn AudioDecoder>, u32);

fn find_track(hint: &Hint, stream: MediaSourceStream<'static>) -> Result<Track, Error> {
    let format = symphonia::default::get_probe().probe(
        hint,
        stream,
        FormatOptions::default(),
        MetadataOptions::default(),
    )?;
    let track = format.default_track(TrackType::Audio).ok_or(Error::Unsupported("it has no sound track"))?;
    let parameters = track
        .codec_params
        .as_ref()
        .and_then(|parameters| parameters.audio())
        .ok_or(Error::Unsupported("its sound track says nothing about its format"))?;
    let decoder =
        symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default())?;
    let id = track.id;
    Ok((format, decoder, id))
}

/// Averages the channels of a decoded packet into `mono` and gives the sample rate.
fn mix(sound: &GenericAudioBufferRef<'_>, interleaved: &mut Vec<f32>, mono: &mut Vec<f32>) -> u32 {
    let channels = sound.num_planes().max(1);
    sound.copy_to_vec_interleaved(interleaved);
    let scale = 1.0 / channels as f32;
    mono.extend(interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() * scale));
    sound.spec().rate()
}

/// Runs the decoder so that a panic in it, over a hostile file, is an error about that file.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or(Err(Error::DecodeError("the decoder gave up on its contents")))
}
