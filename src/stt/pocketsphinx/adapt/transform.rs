//! A change of all means of a model, in PocketSphinx's file format.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::gaussians::{DIMS, STREAMS};
use crate::stt::SttError;

/// What becomes of the means of each stream: `mean[i] = shift[i] + Σ turn[i][j] · mean[j]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Transform {
    pub turn: [[[f64; DIMS]; DIMS]; STREAMS],
    pub shift: [[f64; DIMS]; STREAMS],
}

impl Transform {
    /// The one that changes nothing.
    pub fn none() -> Self {
        let mut turn = [[[0.0; DIMS]; DIMS]; STREAMS];
        for (dim, row) in turn.iter_mut().flat_map(|stream| stream.iter_mut().enumerate()) {
            row[dim] = 1.0;
        }
        Self { turn, shift: [[0.0; DIMS]; STREAMS] }
    }

    /// A mean, changed.
    pub fn of(&self, stream: usize, mean: &[f64; DIMS]) -> [f64; DIMS] {
        std::array::from_fn(|dim| {
            let turned: f64 = self.turn[stream][dim].iter().zip(mean).map(|(turn, mean)| turn * mean).sum();
            self.shift[stream][dim] + turned
        })
    }

    /// As PocketSphinx reads it: one class of Gaussians, the streams, and for each its length, the matrix, the
    /// shift and factors for the variances (all one).
    pub fn to_text(&self) -> String {
        let mut text = format!("1\n{STREAMS}\n");
        let row = |text: &mut String, row: &[f64]| {
            let numbers: Vec<String> = row.iter().map(|number| format!("{number:.6}")).collect();
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{}", numbers.join(" "));
        };
        for stream in 0..STREAMS {
            let _ = writeln!(text, "{DIMS}");
            for turn in &self.turn[stream] {
                row(&mut text, turn);
            }
            row(&mut text, &self.shift[stream]);
            row(&mut text, &[1.0; DIMS]);
        }
        text
    }
}

/// Checks a file that [`Transform::to_text`] wrote, before PocketSphinx reads it.
///
/// # Errors
/// When it cannot be read, or is not one.
pub fn check(path: &Path) -> Result<(), SttError> {
    let fault = |what: &str| SttError::Model {
        path: path.to_owned(),
        reason: format!("{what}; delete it with `entrenous adapt --forget`, or adapt again"),
    };
    let text = fs::read_to_string(path).map_err(|error| fault(&format!("it cannot be read ({error})")))?;
    let numbers: Option<Vec<f64>> = text
        .split_whitespace()
        .map(|number| number.parse().ok().filter(|number: &f64| number.is_finite()))
        .collect();
    let stream = 1 + DIMS * DIMS + DIMS + DIMS;
    let whole = numbers.is_some_and(|numbers| {
        numbers.len() == 2 + STREAMS * stream
            && numbers.starts_with(&[1.0, STREAMS as f64])
            && numbers[2..].chunks(stream).all(|stream| stream.starts_with(&[DIMS as f64]))
    });
    if whole { Ok(()) } else { Err(fault("the adaptation to this household is damaged")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transform_is_written_whole_and_what_is_not_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("en.mllr");
        let text = Transform::none().to_text();
        fs::write(&path, &text).unwrap();
        check(&path).unwrap();
        let halves = [&text[..text.len() / 2], "", "1\n3\n", &text.replacen("1.000000", "NaN", 1), "hello"];
        for broken in halves {
            fs::write(&path, broken).unwrap();
            let error = check(&path).unwrap_err().to_string();
            assert!(error.contains("en.mllr") && error.contains("adapt --forget"), "{error}");
        }
    }
}
