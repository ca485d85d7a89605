//! Writing WAV files, and reading the ones whose header lies.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes 16-bit mono samples.
///
/// # Errors
/// When the file cannot be written, or the sound is longer than a WAV file can be (4 GiB).
pub fn write(path: &Path, samples: &[i16], sample_rate: u32) -> std::io::Result<()> {
    write_to(File::create(path)?, samples, sample_rate)
}

/// Writes 16-bit mono samples into a file that is open: a header of [`HEADER`] bytes, and nothing but them.
///
/// # Errors
/// As [`write`].
pub fn write_to(file: File, samples: &[i16], sample_rate: u32) -> std::io::Result<()> {
    let header =
        header(samples.len(), sample_rate).ok_or_else(|| std::io::Error::other("too long for a WAV file"))?;
    let mut file = BufWriter::new(file);
    file.write_all(&header)?;
    for sample in samples {
        file.write_all(&sample.to_le_bytes())?;
    }
    file.flush()
}

/// How long the header is, in bytes.
pub const HEADER: usize = 44;

/// What [`write_to`] writes before so many samples; `None` when that is more than a WAV file can hold.
#[must_use]
pub fn header(samples: usize, sample_rate: u32) -> Option<[u8; HEADER]> {
    let bytes = u32::try_from(samples * 2).ok().filter(|bytes| *bytes <= u32::MAX - 36)?;
    let mut header = [0; HEADER];
    // PCM, one channel; bytes a second, bytes a frame, bits a sample.
    let parts: [&[u8]; 9] = [
        b"RIFF",
        &(36 + bytes).to_le_bytes(),
        b"WAVEfmt \x10\0\0\0\x01\0\x01\0",
        &sample_rate.to_le_bytes(),
        &(sample_rate * 2).to_le_bytes(),
        &2_u16.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &bytes.to_le_bytes(),
    ];
    let mut rest = header.as_mut_slice();
    for part in parts {
        rest.write_all(part).ok()?;
    }
    Some(header)
}

/// The samples and the rate of a 16-bit mono WAV stream that was written to a pipe: its header
/// cannot know the length, so everything after `data` is sound.
///
/// `None` when it is not such a stream.
#[must_use]
pub fn read_stream(bytes: &[u8]) -> Option<(Vec<i16>, u32)> {
    let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut sample_rate = None;
    loop {
        let (id, after) = rest.split_at_checked(4)?;
        let (len, body) = after.split_at_checked(4)?;
        if id == b"data" {
            let samples = body.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
            return Some((samples, sample_rate?));
        }
        if id == b"fmt " {
            let u16_at = |at: usize| Some(u16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]));
            let (format, channels, bits) = (u16_at(0)?, u16_at(2)?, u16_at(14)?);
            if (format, channels, bits) != (1, 1, 16) {
                return None;
            }
            sample_rate = Some(u32::from(u16_at(4)?) | u32::from(u16_at(6)?) << 16);
        }
        let len = u32::from_le_bytes(len.try_into().ok()?) as usize;
        rest = body.get(len.checked_add(len % 2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_even_when_the_length_is_a_lie() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let samples = [0, 1, -1, i16::MAX, i16::MIN];
        write(&path, &samples, 22_050).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        assert_eq!(read_stream(&bytes), Some((samples.to_vec(), 22_050)));
        bytes[40..44].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
        assert_eq!(read_stream(&bytes), Some((samples.to_vec(), 22_050)));
        assert_eq!(read_stream(&bytes[..30]), None);
        assert_eq!(read_stream(b"not audio"), None);
    }
}
