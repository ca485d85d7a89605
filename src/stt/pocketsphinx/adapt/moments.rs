//! What each Gaussian explained of some speech, and the transform that would have explained it best.

use super::gaussians::{DIMS, Frame, Gaussians, STREAMS, shares};
use super::transform::Transform;

/// How many frames the model as it is counts for: little speech changes little.
const PRIOR_FRAMES: f64 = 100.0;
/// Times that the shares of the Gaussians are found anew.
const ROUNDS: usize = 2;
/// A row of a transform: the shift, and a factor for each number of a mean.
const ROW: usize = DIMS + 1;

/// Frames of one phone.
pub struct Spoken {
    pub phone: usize,
    pub frames: Vec<Frame>,
}

/// The transform of all means under which what was spoken is likeliest (maximum likelihood linear regression:
/// Leggetter and Woodland 1995, "Maximum likelihood linear regression for speaker adaptation of continuous
/// density hidden Markov models"), drawn towards the model as it is.
pub fn transform(gaussians: &Gaussians, spoken: &[&Spoken]) -> Transform {
    (0..ROUNDS)
        .fold(Transform::none(), |transform, _| solve(gaussians, &Moments::of(gaussians, &transform, spoken)))
}

/// How many frames a Gaussian explained, and their sum.
#[derive(Debug, Clone, Default)]
struct Moment {
    count: f64,
    sum: [f64; DIMS],
}

/// Those of all Gaussians, by phone and stream.
struct Moments(Vec<[Vec<Moment>; STREAMS]>);

impl Moments {
    fn of(gaussians: &Gaussians, transform: &Transform, spoken: &[&Spoken]) -> Self {
        let none = |stream: &Vec<_>| vec![Moment::default(); stream.len()];
        let mut all: Vec<_> = gaussians.books.iter().map(|book| book.each_ref().map(none)).collect();
        for spoken in spoken {
            for stream in 0..STREAMS {
                let book = &gaussians.books[spoken.phone][stream];
                let means: Vec<_> =
                    book.iter().map(|gaussian| transform.of(stream, &gaussian.mean)).collect();
                for frame in &spoken.frames {
                    let (shares, _) = shares(book, &means, &frame[stream]);
                    for (moment, share) in all[spoken.phone][stream].iter_mut().zip(shares) {
                        moment.count += share;
                        for (sum, value) in moment.sum.iter_mut().zip(&frame[stream]) {
                            *sum += share * value;
                        }
                    }
                }
            }
        }
        Self(all)
    }
}

fn solve(gaussians: &Gaussians, moments: &Moments) -> Transform {
    let mut transform = Transform::none();
    for stream in 0..STREAMS {
        let all: Vec<_> = gaussians
            .books
            .iter()
            .zip(&moments.0)
            .flat_map(|(book, moments)| book[stream].iter().zip(&moments[stream]))
            .collect();
        let mean_square: [f64; DIMS] = std::array::from_fn(|dim| {
            all.iter().map(|(gaussian, _)| gaussian.mean[dim].powi(2)).sum::<f64>() / all.len() as f64
        });
        for dim in 0..DIMS {
            let mut precisions: Vec<f64> = all.iter().map(|(gaussian, _)| gaussian.precision[dim]).collect();
            precisions.sort_by(f64::total_cmp);
            let weight = PRIOR_FRAMES * precisions[precisions.len() / 2];
            let (mut left, mut right) = ([[0.0; ROW]; ROW], [0.0; ROW]);
            for row in 0..ROW {
                left[row][row] = weight * if row == 0 { 1.0 } else { mean_square[row - 1] };
            }
            right[dim + 1] = weight * mean_square[dim];
            for (gaussian, moment) in all.iter().filter(|(_, moment)| moment.count > 0.0) {
                let extended: [f64; ROW] =
                    std::array::from_fn(|row| if row == 0 { 1.0 } else { gaussian.mean[row - 1] });
                for row in 0..ROW {
                    let factor = gaussian.precision[dim] * extended[row];
                    right[row] += factor * moment.sum[dim];
                    for column in 0..ROW {
                        left[row][column] += factor * moment.count * extended[column];
                    }
                }
            }
            let solved = linear(left, right);
            transform.shift[stream][dim] = solved[0];
            transform.turn[stream][dim].copy_from_slice(&solved[1..]);
        }
    }
    transform
}

/// Solves `left · x = right` by Gauss's elimination. `left` is positive definite, so no rows change places.
fn linear(mut left: [[f64; ROW]; ROW], mut right: [f64; ROW]) -> [f64; ROW] {
    for pivot in 0..ROW {
        for row in pivot + 1..ROW {
            let factor = left[row][pivot] / left[pivot][pivot];
            let above = left[pivot];
            for (value, above) in left[row].iter_mut().zip(above) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    let mut solved = [0.0; ROW];
    for row in (0..ROW).rev() {
        let known: f64 = (row + 1..ROW).map(|column| left[row][column] * solved[column]).sum();
        solved[row] = (right[row] - known) / left[row][row];
    }
    solved
}

#[cfg(test)]
mod tests {
    use super::super::gaussians::Gaussian;
    use super::*;
    use crate::rng::Rng;

    /// A model of two phones with a few Gaussians, anywhere.
    fn gaussians(random: &mut Rng) -> Gaussians {
        let mut gaussian = |_| Gaussian {
            mean: std::array::from_fn(|_| f64::from(random.between(-3.0, 3.0))),
            precision: [4.0; DIMS],
            height: 0.0,
        };
        let mut stream = || (0..24).map(&mut gaussian).collect::<Vec<_>>();
        let books = (0..2).map(|_| [stream(), stream(), stream()]).collect();
        Gaussians { phones: vec!["A".into(), "B".into()], books }
    }

    #[test]
    fn a_voice_that_is_elsewhere_is_found_and_little_speech_changes_little() {
        let mut random = Rng::new(1);
        let gaussians = gaussians(&mut random);
        let mut moved = Transform::none();
        for stream in 0..STREAMS {
            for dim in 0..DIMS {
                moved.shift[stream][dim] = f64::from(random.between(-0.3, 0.3));
                moved.turn[stream][dim][dim] = f64::from(random.between(0.9, 1.1));
            }
        }
        let speak = |count: usize| -> Vec<Spoken> {
            let frame = |phone: usize, at: usize| -> Frame {
                std::array::from_fn(|stream| moved.of(stream, &gaussians.books[phone][stream][at % 24].mean))
            };
            (0..2)
                .map(|phone| Spoken { phone, frames: (0..count).map(|at| frame(phone, at)).collect() })
                .collect()
        };
        let far = |found: &Transform| -> f64 {
            let shifts = found.shift.iter().flatten().zip(moved.shift.iter().flatten());
            shifts.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        let much = speak(4_800);
        let found = transform(&gaussians, &much.iter().collect::<Vec<_>>());
        assert!(far(&found) < 0.03, "{}", far(&found));
        let little = speak(3);
        let found = transform(&gaussians, &little.iter().collect::<Vec<_>>());
        assert!(found.shift.iter().flatten().all(|shift| shift.abs() < 0.1), "{found:?}");
        assert_eq!(transform(&gaussians, &[]), Transform::none());
    }
}
