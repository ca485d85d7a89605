//! Looking through a Whisper model file before whisper.cpp sees it.
//!
//! whisper.cpp trusts its files: a truncated or foreign one makes it read beyond its buffers or
//! abort the whole program. The file's structure is walked here once, reading headers and skipping
//! weights, which takes milliseconds.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// `ggml` as a little-endian number.
const MAGIC: u32 = 0x6767_6d6c;

/// Sizes of Whisper's vocabularies: English, many languages, and large-v3's.
const VOCABULARIES: std::ops::RangeInclusive<u32> = 51_864..=51_866;

/// What a file says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Whether it understands other languages than English.
    pub multilingual: bool,
    /// whisper.cpp's test models have none.
    pub has_weights: bool,
}

/// Checks that a file is a whole Whisper model in whisper.cpp's ggml form.
///
/// # Errors
/// Says what is wrong with it.
pub fn check(path: &Path) -> Result<About, String> {
    let file = File::open(path).map_err(|error| format!("cannot read it ({error})"))?;
    let meta = file.metadata().map_err(|error| format!("cannot read it ({error})"))?;
    if !meta.is_file() {
        return Err("it is not a file".into());
    }
    Walk { file: BufReader::new(file), left: meta.len() }.model()
}

/// A place in the file. `left` counts what is still to come, so that nothing is skipped that is
/// not there.
struct Walk {
    file: BufReader<File>,
    left: u64,
}

impl Walk {
    fn model(mut self) -> Result<About, String> {
        if self.left < 4 || self.number()? != MAGIC {
            return Err("it is not a Whisper model (in whisper.cpp's ggml form)".into());
        }
        let vocabulary = self.number()?;
        // audio context, state, heads, layers; text context, state, heads, layers; mel bands; type
        let limits = [1500, 2048, 64, 64, 448, 2048, 64, 64, 128, 2100];
        let mut shape = [0; 10];
        for (value, limit) in shape.iter_mut().zip(limits) {
            *value = self.number()?;
            if *value > limit {
                return Err("its header makes no sense; it is damaged, or another kind of model".into());
            }
        }
        if !VOCABULARIES.contains(&vocabulary) || shape[..9].contains(&0) {
            return Err("its header makes no sense; it is damaged, or another kind of model".into());
        }

        let (bands, bins) = (self.number()?, self.number()?);
        self.skip(u64::from(bands) * u64::from(bins) * 4)?;
        for _ in 0..self.number()? {
            let length = self.number()?;
            self.skip(length.into())?;
        }
        let has_weights = self.left > 0;
        while self.left > 0 {
            self.tensor()?;
        }
        Ok(About { multilingual: vocabulary > *VOCABULARIES.start(), has_weights })
    }

    /// Skips one named table of weights.
    fn tensor(&mut self) -> Result<(), String> {
        let (dimensions, name, kind) = (self.number()?, self.number()?, self.number()?);
        let (block, bytes) = block_of(kind).ok_or("it holds weights of an unknown kind; it is damaged")?;
        if !(1..=4).contains(&dimensions) || name > 256 {
            return Err("a table of weights makes no sense; it is damaged".into());
        }
        let mut elements = 1_u64;
        for _ in 0..dimensions {
            elements = elements.saturating_mul(self.number()?.into());
        }
        self.skip(name.into())?;
        self.skip((elements / block).saturating_mul(bytes))
    }

    fn number(&mut self) -> Result<u32, String> {
        self.take(4)?;
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes).map_err(|error| format!("cannot read it ({error})"))?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn skip(&mut self, bytes: u64) -> Result<(), String> {
        self.take(bytes)?;
        let offset = i64::try_from(bytes).map_err(|_| "it is damaged".to_owned())?;
        self.file.seek_relative(offset).map_err(|error| format!("cannot read it ({error})"))
    }

    fn take(&mut self, bytes: u64) -> Result<(), String> {
        self.left = self.left.checked_sub(bytes).ok_or("it is cut off: the end is missing")?;
        Ok(())
    }
}

/// Elements and bytes of a block of ggml's number formats.
fn block_of(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (1, 4),
        1 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        _ => return None,
    })
}
