//! Learnt weights, packed: only those that matter, in 16 bits each.

/// Feature hash → weights of labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Sorted.
    pub keys: Vec<u32>,
    /// Where each key's entries end.
    pub ends: Vec<u32>,
    /// Label, and weight in units of 1/[`STEPS`].
    pub entries: Vec<(u16, i16)>,
}

/// Weights are rounded to this fraction; they rarely pass 10.
const STEPS: f32 = 512.0;
/// Smaller weights change no decision worth their bytes.
const LEAST: f32 = 0.03;

impl Table {
    /// Packs rows of `width` weights; `keys` names the rows.
    #[must_use]
    pub fn new(keys: &[u32], weights: &[f32], width: usize) -> Self {
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_unstable_by_key(|&row| keys[row]);
        let mut table = Self::default();
        for row in order {
            let row_weights = &weights[row * width..][..width];
            let before = table.entries.len();
            for (label, &weight) in row_weights.iter().enumerate().filter(|(_, weight)| weight.abs() >= LEAST)
            {
                table.entries.push((label as u16, (weight * STEPS).round() as i16));
            }
            if table.entries.len() > before {
                table.keys.push(keys[row]);
                table.ends.push(table.entries.len() as u32);
            }
        }
        table
    }

    /// The weights of a feature; none for one that was never learnt.
    pub fn row(&self, key: u32) -> impl Iterator<Item = (u16, f32)> {
        let range = self.keys.binary_search(&key).map_or(0..0, |at| {
            let start = if at == 0 { 0 } else { self.ends[at - 1] };
            start as usize..self.ends[at] as usize
        });
        self.entries[range].iter().map(|&(label, weight)| (label, f32::from(weight) / STEPS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_and_small_weights_do_not() {
        let table = Table::new(&[9, 4, 6], &[1.5, 0.0, -2.25, 0.001, 0.0, 0.0], 2);
        assert_eq!(table.row(9).collect::<Vec<_>>(), [(0, 1.5)]);
        assert_eq!(table.row(4).collect::<Vec<_>>(), [(0, -2.25)]);
        assert_eq!(table.row(6).count() + table.row(5).count(), 0);
        assert_eq!(table.keys, [4, 9]);
    }
}
