//! Empty files that an ear opens before it is sealed, for it can open none afterwards.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::audio::{SAMPLE_RATE, wav};
use crate::store::private;

/// How many recordings an ear can make.
pub const SLOTS: u8 = 64;

/// The longest recording, in samples: half a minute.
pub const LONGEST: usize = 30 * SAMPLE_RATE as usize;

/// How large its file is: no file of an ear that keeps sound can be larger.
pub const LONGEST_BYTES: u64 = (wav::HEADER + 2 * LONGEST) as u64;

/// What names of these files begin with.
const MARK: &str = ".ear-";

/// The name of a file that an ear, by the number of its process, has opened.
#[must_use]
pub fn name(ear: u32, slot: u8) -> String {
    format!("{MARK}{ear}-{slot}")
}

/// The files, in the ear.
pub struct Pool(VecDeque<(u8, File)>);

impl Pool {
    /// Makes and opens them.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn open(folder: &Path, ear: u32) -> io::Result<Self> {
        private::folder(folder)?;
        let file = |slot| Ok((slot, private::create(&folder.join(name(ear, slot)))?));
        Ok(Self((0..SLOTS).map(file).collect::<io::Result<_>>()?))
    }

    /// Writes a recording, or the beginning of one that is too long, and says where; `None` when all files
    /// are full.
    ///
    /// # Errors
    /// When it cannot be written; the file is lost.
    pub fn write(&mut self, samples: &[i16]) -> io::Result<Option<u8>> {
        let Some((slot, file)) = self.0.pop_front() else { return Ok(None) };
        wav::write_to(file, &samples[..samples.len().min(LONGEST)], SAMPLE_RATE)?;
        Ok(Some(slot))
    }

    /// One of the files, to try what can be written into it.
    pub fn take(&mut self) -> Option<File> {
        self.0.pop_front().map(|(_, file)| file)
    }
}

/// Removes what the ears of an assistant that is over have left.
///
/// # Errors
/// When it cannot be removed.
pub fn clear(folder: &Path) -> io::Result<()> {
    let inside = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        inside => inside?,
    };
    for entry in inside {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(MARK) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a file, unless somebody else has.
///
/// # Errors
/// When it cannot be removed.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
