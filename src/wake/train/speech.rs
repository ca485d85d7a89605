//! Other speech as features: what a word is told from where a household has no recordings of its own.
//!
//! The features of some minutes of strangers are small and say nothing that could be listened to, so
//! that they come with the program. A file is one line of JSON, then a byte a value:
//!
//! ```text
//! {"format":"entrenous-wake-speech","version":1,"features":"embedding","low":[…],"step":[…],
//!  "recordings":[{"group":"barista","rows":187,"seconds":14.9}, …]}
//! ```

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::features::Features;
use crate::wake::WakeError;

const FORMAT: &str = "entrenous-wake-speech";
const VERSION: u32 = 1;

/// Features of other speech.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    header: Header,
    /// Values as steps above the lowest, row by row.
    values: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    features: String,
    /// By column: the lowest value, and what one more is worth.
    low: Vec<f32>,
    step: Vec<f32>,
    recordings: Vec<Stretch>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stretch {
    /// What is said in it: the folder that it comes from.
    group: String,
    rows: usize,
    seconds: f32,
}

/// One stretch's rows.
pub struct Rows {
    pub values: Vec<f32>,
    pub seconds: f64,
}

impl Speech {
    /// Of stretches that were heard already: group, rows, seconds.
    pub(super) fn of<F: Features>(features: &F, heard: Vec<(String, Vec<f32>, f64)>) -> Self {
        let mut low = vec![f32::INFINITY; F::WIDTH];
        let mut high = vec![f32::NEG_INFINITY; F::WIDTH];
        for row in heard.iter().flat_map(|(_, values, _)| values.chunks_exact(F::WIDTH)) {
            for (column, &value) in row.iter().enumerate() {
                low[column] = low[column].min(value);
                high[column] = high[column].max(value);
            }
        }
        let step: Vec<f32> = low.iter().zip(&high).map(|(l, h)| ((h - l) / 255.0).max(1e-6)).collect();
        let mut values = Vec::new();
        let mut recordings = Vec::new();
        for (group, rows, seconds) in heard {
            recordings.push(Stretch { group, rows: rows.len() / F::WIDTH, seconds: seconds as f32 });
            let column = (0..F::WIDTH).cycle();
            values.extend(rows.iter().zip(column).map(|(v, c)| ((v - low[c]) / step[c]).round() as u8));
        }
        let (format, features) = (FORMAT.into(), features.kind().into());
        Self { header: Header { format, version: VERSION, features, low, step, recordings }, values }
    }

    /// What comes with the program for a kind of features.
    pub(super) fn built_in<F: Features>(features: &F) -> Result<Self, WakeError> {
        let (name, bytes): (_, &[u8]) = match features.kind() {
            "embedding" => ("embedding.speech", include_bytes!("../../../models/wake/embedding.speech")),
            "small" => ("small.speech", include_bytes!("../../../models/wake/small.speech")),
            _ => ("cepstra.speech", include_bytes!("../../../models/wake/cepstra.speech")),
        };
        Self::from_bytes(bytes, Path::new(name))
    }

    /// Reads a file's content; `path` is for messages.
    ///
    /// # Errors
    /// When it is not whole, or something else.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, WakeError> {
        parse(bytes).map_err(|reason| WakeError::Model { path: path.to_owned(), reason })
    }

    /// The file's content.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::json!(self.header).to_string().into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.values);
        bytes
    }

    /// Its stretches for a word, without those in which the word itself is said.
    pub(super) fn rows<F: Features>(&self, features: &F, word: &str) -> Result<Vec<Rows>, WakeError> {
        if self.header.features != features.kind() {
            return Err(WakeError::Training(format!(
                "these features of other speech are `{}`; this engine needs `{}`",
                self.header.features,
                features.kind()
            )));
        }
        let (width, mut at, mut all) = (F::WIDTH, 0, Vec::new());
        for stretch in &self.header.recordings {
            let bytes = &self.values[at..at + stretch.rows * width];
            at += bytes.len();
            if says(word, &stretch.group) {
                continue;
            }
            let value = |(&byte, c): (&u8, usize)| self.header.low[c] + f32::from(byte) * self.header.step[c];
            let values = bytes.iter().zip((0..width).cycle()).map(value).collect();
            all.push(Rows { values, seconds: f64::from(stretch.seconds) });
        }
        Ok(all)
    }
}

/// Whether one of two names says the other: `hey_computer` and `computer`.
fn says(word: &str, group: &str) -> bool {
    let plain = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (word, group) = (plain(word), plain(group));
    !word.is_empty() && !group.is_empty() && (word.contains(&group) || group.contains(&word))
}

fn parse(bytes: &[u8]) -> Result<Speech, String> {
    let line = bytes.iter().position(|&b| b == b'\n').ok_or("it has no header line")?;
    let header: Header =
        serde_json::from_slice(&bytes[..line]).map_err(|e| format!("its header cannot be read: {e}"))?;
    if header.format != FORMAT || header.version != VERSION {
        return Err(format!(
            "it is `{}` version {}; `{FORMAT}` version {VERSION} is understood",
            header.format, header.version
        ));
    }
    let width = header.low.len();
    let sound = |values: &[f32]| values.len() == width && values.iter().all(|value| value.is_finite());
    if width == 0 || !sound(&header.low) || !sound(&header.step) {
        return Err("its scale is damaged".into());
    }
    let rows = header.recordings.iter().try_fold(0usize, |sum, stretch| sum.checked_add(stretch.rows));
    let expected = rows.and_then(|rows| rows.checked_mul(width)).ok_or("its sizes are damaged")?;
    let values = bytes[line + 1..].to_vec();
    if values.len() != expected {
        return Err(format!("it holds {} values where {expected} belong", values.len()));
    }
    Ok(Speech { header, values })
}

#[cfg(test)]
mod tests {
    use super::super::features::{CEPSTRA, Cepstra};
    use super::*;
    use crate::rng::Rng;
    use crate::wake::embedding::Embedder;

    fn speech() -> Speech {
        let mut rng = Rng::new(4);
        let heard = ["jarvis", "barista"].map(|group| {
            let rows = (0..5 * CEPSTRA).map(|_| rng.between(-9.0, 3.0)).collect();
            (group.to_owned(), rows, 0.05)
        });
        Speech::of(&Cepstra, heard.into())
    }

    #[test]
    fn what_is_written_is_read_to_a_fraction_of_its_range() {
        let speech = speech();
        let read = Speech::from_bytes(&speech.to_bytes(), Path::new("x")).expect("whole");
        assert_eq!(read, speech);
        let rows = read.rows(&Cepstra, "computer").expect("cepstra");
        assert_eq!(rows.len(), 2);
        let mut rng = Rng::new(4);
        for value in rows.iter().flat_map(|rows| &rows.values) {
            assert!((value - rng.between(-9.0, 3.0)).abs() < 0.03);
        }
    }

    #[test]
    fn a_word_is_not_told_from_itself() {
        let rows = |word: &str| speech().rows(&Cepstra, word).expect("cepstra").len();
        assert_eq!((rows("jarvis"), rows("Hey-Jarvis"), rows("house")), (1, 1, 2));
        assert!(speech().rows(&Embedder::small().expect("a network"), "house").is_err());
    }

    #[test]
    fn what_comes_with_the_program_is_whole() {
        let whole = |speech: Speech, rows: Result<Vec<Rows>, WakeError>| {
            assert!(rows.expect("rows").len() > 20, "{}", speech.header.features);
        };
        let cepstra = Speech::built_in(&Cepstra).expect("whole");
        whole(cepstra.clone(), cepstra.rows(&Cepstra, "x"));
        let small = Embedder::small().expect("a network");
        let speech = Speech::built_in(&small).expect("whole");
        whole(speech.clone(), speech.rows(&small, "x"));
    }

    #[test]
    fn damaged_files_are_refused() {
        let whole = speech().to_bytes();
        for bytes in [&b""[..], b"garbage", b"{}\n", &whole[..whole.len() - 1], &[&whole[..], b"1"].concat()]
        {
            let error = Speech::from_bytes(bytes, Path::new("some.speech")).expect_err("refused").to_string();
            assert!(error.contains("some.speech"), "{error}");
        }
    }
}
