//! The Gaussians of an acoustic model, read from its files: each phone has a codebook of them in three streams
//! (the cepstra, how they change, and how that changes).

use std::fs;

use super::super::model::{Model, floats, phone_names};
use crate::stt::SttError;

pub const STREAMS: usize = 3;
/// Numbers of a stream.
pub const DIMS: usize = 13;

/// One frame of sound: its streams.
pub type Frame = [[f64; DIMS]; STREAMS];

/// One Gaussian with a diagonal covariance.
#[derive(Debug, Clone)]
pub struct Gaussian {
    pub mean: [f64; DIMS],
    /// One over each variance.
    pub precision: [f64; DIMS],
    /// The logarithm of its density at its mean.
    pub height: f64,
}

/// All of a model, by phone and stream.
pub struct Gaussians {
    /// The names of phones, in the order of the codebooks.
    pub phones: Vec<String>,
    /// `books[phone][stream]`.
    pub books: Vec<[Vec<Gaussian>; STREAMS]>,
}

/// Variances are not taken to be smaller (PocketSphinx's `-varfloor`).
const VARIANCE_FLOOR: f64 = 1e-4;

impl Gaussians {
    /// # Errors
    /// When a file cannot be read, or the model is of another kind.
    pub fn read(model: &Model) -> Result<Self, SttError> {
        let fault = |reason: String| SttError::Model { path: model.folder.clone(), reason };
        let read = |file: &str| {
            fs::read(model.folder.join(file))
                .map_err(|error| fault(format!("`{file}` cannot be read ({error})")))
        };
        let other_kind = || fault("it is of a kind that cannot be adapted".into());
        let phones = phone_names(&read("mdef")?).ok_or_else(other_kind)?;
        let (means, variances) = (read("means")?, read("variances")?);
        let (means, variances) =
            (floats(&means).ok_or_else(other_kind)?, floats(&variances).ok_or_else(other_kind)?);
        let book = STREAMS * DIMS;
        if means.is_empty() || means.len() != variances.len() || means.len() % (phones.len() * book) != 0 {
            return Err(other_kind());
        }
        let densities = means.len() / (phones.len() * book);
        let mut all = means.chunks_exact(DIMS).zip(variances.chunks_exact(DIMS)).map(gaussian);
        let mut stream = || all.by_ref().take(densities).collect::<Vec<_>>();
        let books = phones.iter().map(|_| [stream(), stream(), stream()]).collect();
        Ok(Self { phones, books })
    }

    /// The place of a phone.
    pub fn find(&self, phone: &str) -> Option<usize> {
        self.phones.iter().position(|known| known == phone)
    }
}

fn gaussian((mean, variance): (&[f32], &[f32])) -> Gaussian {
    let mut of = Gaussian { mean: [0.0; DIMS], precision: [0.0; DIMS], height: 0.0 };
    for dim in 0..DIMS {
        let variance = f64::from(variance[dim]).max(VARIANCE_FLOOR);
        of.mean[dim] = f64::from(mean[dim]);
        of.precision[dim] = 1.0 / variance;
        of.height -= 0.5 * (std::f64::consts::TAU * variance).ln();
    }
    of
}

/// How much each Gaussian of a stream explains of a frame (shares of one), and the logarithm of the density of
/// all together, each weighing the same.
pub fn shares(stream: &[Gaussian], means: &[[f64; DIMS]], frame: &[f64; DIMS]) -> (Vec<f64>, f64) {
    let mut densities: Vec<f64> = stream
        .iter()
        .zip(means)
        .map(|(gaussian, mean)| {
            let apart: f64 =
                (0..DIMS).map(|dim| gaussian.precision[dim] * (frame[dim] - mean[dim]).powi(2)).sum();
            gaussian.height - 0.5 * apart
        })
        .collect();
    let best = densities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for density in &mut densities {
        *density = (*density - best).exp();
        sum += *density;
    }
    for density in &mut densities {
        *density /= sum;
    }
    (densities, best + (sum / stream.len() as f64).ln())
}
