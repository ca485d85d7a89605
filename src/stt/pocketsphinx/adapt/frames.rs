//! From cepstra to the frames that Gaussians are compared with.

use std::array::from_fn;
use std::ops::Range;

use super::gaussians::{DIMS, Frame};

/// The frames of an utterance: its mean taken out, with how the cepstra change (PocketSphinx's `1s_c_d_dd`).
pub fn frames(cepstra: &[Vec<f32>]) -> Vec<Frame> {
    let count = cepstra.len();
    let mut mean = [0.0; DIMS];
    for row in cepstra {
        for (sum, &value) in mean.iter_mut().zip(row) {
            *sum += f64::from(value) / count as f64;
        }
    }
    // The first and the last frame go on for ever.
    let at = |frame: usize, by: isize, dim: usize| {
        let place = frame.saturating_add_signed(by).min(count - 1);
        f64::from(cepstra[place][dim]) - mean[dim]
    };
    (0..count)
        .map(|frame| {
            let change = |by: isize, dim: usize| at(frame, by + 2, dim) - at(frame, by - 2, dim);
            [
                from_fn(|dim| at(frame, 0, dim)),
                from_fn(|dim| change(0, dim)),
                from_fn(|dim| change(1, dim) - change(-1, dim)),
            ]
        })
        .collect()
}

/// Divides frames among phones that follow each other: `scores[phone][frame]` says how well each fits. None has
/// fewer than `least` frames; `None` where there are too few for that.
pub fn divide(scores: &[Vec<f64>], least: usize) -> Option<Vec<Range<usize>>> {
    let count = scores.first()?.len();
    if count < scores.len() * least {
        return None;
    }
    // `best[end]`: the best way to divide the first `end` frames among the phones so far, and where the last begins.
    let mut best: Vec<Option<f64>> = vec![None; count + 1];
    best[0] = Some(0.0);
    let mut begins = Vec::new();
    for phone in scores {
        let sums: Vec<f64> = std::iter::once(0.0)
            .chain(phone.iter().scan(0.0, |sum, score| {
                *sum += score;
                Some(*sum)
            }))
            .collect();
        let (mut next, mut begin) = (vec![None; count + 1], vec![0; count + 1]);
        // The best place to begin at, of those that leave enough frames.
        let mut from: Option<(f64, usize)> = None;
        for end in least..=count {
            let start = end - least;
            if let Some(before) = best[start]
                && from.is_none_or(|(most, _)| before - sums[start] > most)
            {
                from = Some((before - sums[start], start));
            }
            if let Some((most, start)) = from {
                (next[end], begin[end]) = (Some(most + sums[end]), start);
            }
        }
        best = next;
        begins.push(begin);
    }
    let mut end = count;
    let mut ranges: Vec<_> = begins
        .iter()
        .rev()
        .map(|begin| {
            let range = begin[end]..end;
            end = begin[end];
            range
        })
        .collect();
    ranges.reverse();
    Some(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_is_what_comes_after_less_what_came_before() {
        let ramp: Vec<Vec<f32>> = (0..9).map(|n| vec![n as f32; DIMS]).collect();
        let frames = frames(&ramp);
        let middle = frames[4];
        assert!(middle[0][0].abs() < 1e-9, "the mean is taken out: {}", middle[0][0]);
        assert!((middle[1][5] - 4.0).abs() < 1e-9 && middle[2][5].abs() < 1e-9, "{middle:?}");
        // At the end nothing more comes.
        assert!((frames[8][1][0] - 2.0).abs() < 1e-9);
    }

    #[test]
    fn frames_go_to_the_phones_that_they_fit() {
        let fits = |ranges: &[Range<usize>], count: usize| -> Vec<Vec<f64>> {
            let score = |range: &Range<usize>, n| if range.contains(&n) { 1.0 } else { 0.0 };
            ranges.iter().map(|range| (0..count).map(|n| score(range, n)).collect()).collect()
        };
        let said = [0..5, 5..9, 9..20];
        assert_eq!(divide(&fits(&said, 20), 3).unwrap(), said);
        // A phone that fits nowhere still has its frames.
        let short = divide(&fits(&[0..10, 0..0, 10..20], 20), 3).unwrap();
        assert_eq!(short.iter().map(ExactSizeIterator::len).min(), Some(3));
        assert_eq!((short[0].start, short[2].end), (0, 20));
        assert!(divide(&fits(&said, 8), 3).is_none());
        assert!(divide(&[], 3).is_none());
    }
}
