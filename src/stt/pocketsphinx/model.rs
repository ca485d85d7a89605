//! Finding an acoustic model and checking that it is whole.

use std::fs;
use std::path::{Path, PathBuf};

use crate::stt::SttError;

/// An acoustic model's folder with its dictionary.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub folder: PathBuf,
    pub dictionary: PathBuf,
}

/// Where Debian puts models.
const SYSTEM: &str = "/usr/share/pocketsphinx/model";

/// The model's name for a language that there is one for.
fn name(language: &str) -> Option<&'static str> {
    match language.split(['-', '_']).next()? {
        "en" => Some("en-us"),
        "fr" => Some("fr-fr"),
        _ => None,
    }
}

impl Model {
    /// Looks for a language's model in each folder (`<folder>/pocketsphinx/en-us`), then where the
    /// system keeps its own; `None` when there is none.
    ///
    /// # Errors
    /// When a model is there but cannot be used.
    pub fn find(language: &str, folders: &[PathBuf]) -> Result<Option<Self>, SttError> {
        let Some(name) = name(language) else { return Ok(None) };
        let own = folders.iter().map(|folder| folder.join("pocketsphinx").join(name));
        let system = Path::new(SYSTEM).join(name);
        let places = own.chain([system.join(name), system]);
        places.into_iter().find(|place| place.is_dir()).map(|place| Self::open(&place)).transpose()
    }

    /// Checks a model's folder. The dictionary stands in it or beside it.
    ///
    /// # Errors
    /// When a file is missing, or not what its name says.
    pub fn open(folder: &Path) -> Result<Self, SttError> {
        let fault = |reason: String| SttError::Model { path: folder.to_owned(), reason };
        let read = |file: &str| {
            fs::read(folder.join(file))
                .map_err(|error| fault(format!("`{file}` cannot be read ({error}); fetch the model again")))
        };
        let damaged = |file: &str| fault(format!("`{file}` is damaged; fetch the model again"));
        for (file, start) in [("feat.params", "-"), ("noisedict", "<")] {
            if !read(file)?.starts_with(start.as_bytes()) {
                return Err(damaged(file));
            }
        }
        for file in ["means", "variances", "transition_matrices"] {
            gaussians(&read(file)?).ok_or_else(|| damaged(file))?;
        }
        let (streams, densities) = gaussians(&read("means")?).ok_or_else(|| damaged("means"))?;
        let (phones, senones) = definitions(&read("mdef")?).ok_or_else(|| damaged("mdef"))?;
        // Twelve bytes a phone in the definitions; one byte a weight in the dump.
        if read("mdef")?.len() < phones * 12 {
            return Err(damaged("mdef"));
        }
        if read("sendump")?.len() < senones * streams * densities {
            return Err(damaged("sendump"));
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder.parent().unwrap_or(folder);
        let dictionary = [folder, beside]
            .iter()
            .flat_map(|place| {
                [format!("cmudict-{name}.dict"), "dict.txt".to_owned()].map(|file| place.join(file))
            })
            .find(|path| path.is_file())
            .ok_or_else(|| fault("it has no dictionary; fetch the model again".into()))?;
        Ok(Self { folder: folder.to_owned(), dictionary })
    }
}

/// A little-endian number at a place of a file.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(i32::from_le_bytes(bytes)).ok()
}

/// Checks the length of a file of floats in Sphinx-3 format: a text header, a mark of the byte
/// order, three sizes (for Gaussians: codebooks, streams, densities, then each stream's length),
/// the count of floats, the floats, a check sum. Gives streams and densities.
///
/// PocketSphinx ends the process on a file that is cut short, so this is done before.
fn gaussians(bytes: &[u8]) -> Option<(usize, usize)> {
    const HEADER: &[u8] = b"endhdr\n";
    bytes.starts_with(b"s3\n").then_some(())?;
    let start = bytes.windows(HEADER.len()).position(|window| window == HEADER)? + HEADER.len() + 4;
    let (second, third) = (number(bytes, start + 4)?, number(bytes, start + 8)?);
    let rest = bytes.len() - start;
    // The lengths of streams stand between the sizes and the count, where there are any.
    let whole = |lengths: usize| {
        number(bytes, start + 12 + 4 * lengths)
            .is_some_and(|floats| 12 + 4 * lengths + 4 + 4 * floats + 4 == rest)
    };
    (whole(0) || (second < 64 && whole(second))).then_some((second, third))
}

/// The floats of a file of Gaussians that [`Model::open`] has checked; `None` where its streams are not three
/// of 13 numbers.
pub fn floats(bytes: &[u8]) -> Option<Vec<f32>> {
    const HEADER: &[u8] = b"endhdr\n";
    let start = bytes.windows(HEADER.len()).position(|window| window == HEADER)? + HEADER.len() + 4;
    let streams = number(bytes, start + 4)?;
    let lengths: Option<Vec<usize>> =
        (0..streams.min(64)).map(|n| number(bytes, start + 12 + 4 * n)).collect();
    if lengths? != [13; 3] {
        return None;
    }
    let first = start + 12 + 4 * streams + 4;
    let count = number(bytes, first - 4)?;
    let floats = bytes.get(first..first + 4 * count)?.chunks_exact(4);
    Some(floats.filter_map(|four| Some(f32::from_le_bytes(four.try_into().ok()?))).collect())
}

/// The names of the phones of a binary model definition, in the order of their codebooks.
pub fn phone_names(bytes: &[u8]) -> Option<Vec<String>> {
    let (phones, _) = definitions(bytes)?;
    // After the counts of phones, all of them first by context, come ten sizes; then the names.
    let base = number(bytes, 12 + number(bytes, 8)?)?;
    let start = 12 + number(bytes, 8)? + 40;
    (base <= phones).then_some(())?;
    let names = bytes.get(start..)?.split(|&byte| byte == 0).take(base);
    names.map(|name| String::from_utf8(name.to_vec()).ok()).collect()
}

/// How many phones and senones a binary model definition lists.
fn definitions(bytes: &[u8]) -> Option<(usize, usize)> {
    bytes.starts_with(b"BMDF").then_some(())?;
    let start = 12 + number(bytes, 8)?;
    Some((number(bytes, start + 4)?, number(bytes, start + 16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::shared;

    /// A copy of a model with one file changed.
    fn changed(model: &Path, file: &str, change: impl Fn(Vec<u8>) -> Option<Vec<u8>>) -> SttError {
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(model).unwrap() {
            let entry = entry.unwrap();
            let bytes = fs::read(entry.path()).unwrap();
            let bytes = if entry.file_name() == file { change(bytes) } else { Some(bytes) };
            if let Some(bytes) = bytes {
                fs::write(folder.path().join(entry.file_name()), bytes).unwrap();
            }
        }
        Model::open(folder.path()).unwrap_err()
    }

    #[test]
    fn whole_models_are_taken_and_half_ones_refused() {
        let Some(shared) = shared("whole_models_are_taken_and_half_ones_refused") else { return };
        for language in ["en", "fr"] {
            let folder = shared.join("models/pocketsphinx").join(name(language).unwrap());
            let model = Model::open(&folder).unwrap();
            assert!(model.dictionary.is_file());
            for file in ["mdef", "means", "variances", "transition_matrices", "sendump", "noisedict"] {
                let error = changed(&folder, file, |_| None).to_string();
                assert!(error.contains(file) && error.contains("fetch"), "{error}");
                let error = changed(&folder, file, |_| Some(b"not a model".to_vec())).to_string();
                assert!(error.contains(file) && error.contains("damaged"), "{error}");
            }
            for file in ["means", "variances", "transition_matrices", "sendump", "mdef"] {
                let half = |bytes: Vec<u8>| Some(bytes[..bytes.len() / 2].to_vec());
                let error = changed(&folder, file, half).to_string();
                assert!(error.contains(file), "{error}");
            }
        }
    }

    #[test]
    fn a_language_without_a_model_is_not_an_error() {
        assert_eq!(Model::find("de", &[]).unwrap(), None);
    }
}
