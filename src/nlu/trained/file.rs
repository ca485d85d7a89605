//! A trained model as the bytes of one file: magic, version, SHA-256 of the rest, the rest.
//!
//! All numbers are little-endian. Names and values come first, then one table for the classifier
//! and for each tagger. The hash is checked before anything is read, so a damaged file can neither
//! be used nor make the reader allocate what it does not hold.

use sha2::{Digest, Sha256};

use super::Trained;
use super::certainty::Certainty;
use super::learner::Chain;
use super::lexicon::Lexicon;
use super::table::Table;
use super::tagger::Tagger;
use super::tokens::Reading;

const MAGIC: &[u8; 8] = b"ENTRNLU\0";
/// Raised whenever features or the layout change: an older model would see other features.
const VERSION: u32 = 2;
const HEAD: usize = 8 + 4 + 32;

/// Why bytes are not a usable model. The mend is always to train again: it takes seconds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFileError {
    #[error("this is not a trained understanding model; train it again")]
    NotAModel,
    #[error("the model has format {found}, this program reads {VERSION}; train it again")]
    Version { found: u32 },
    #[error("the model is damaged (its checksum is wrong); train it again")]
    Damaged,
}

impl Trained {
    /// The model as the bytes of a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(Vec::new());
        out.list(&self.intents, |out, name| out.text(name));
        out.list(&self.labels, |out, (intent, variant)| {
            out.0.extend(intent.to_le_bytes());
            out.0.extend(variant.to_le_bytes());
        });
        out.reading(&self.reading);
        out.float(self.temperature);
        out.list(self.certainty.0, Writer::float);
        out.lexicon(&self.lexicon);
        out.chain(&self.classifier);
        out.list(&self.taggers, |out, tagger| {
            out.list(&tagger.slots, |out, name| out.text(name));
            out.chain(&tagger.chain);
        });
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(Sha256::digest(&out.0));
        bytes.extend(out.0);
        bytes
    }

    /// Reads what [`Trained::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are something else, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelFileError> {
        if bytes.len() < HEAD || &bytes[..8] != MAGIC {
            return Err(ModelFileError::NotAModel);
        }
        let mut reader = Reader(&bytes[8..]);
        let found = reader.number().ok_or(ModelFileError::NotAModel)?;
        if found != VERSION {
            return Err(ModelFileError::Version { found });
        }
        if bytes[12..HEAD] != Sha256::digest(&bytes[HEAD..])[..] {
            return Err(ModelFileError::Damaged);
        }
        Reader(&bytes[HEAD..]).trained().filter(Trained::is_sound).ok_or(ModelFileError::Damaged)
    }

    /// Whether every index stays inside its table.
    fn is_sound(&self) -> bool {
        let sound = |chain: &Chain, labels: usize| {
            let table = &chain.weights;
            chain.labels == labels
                && chain.start.len() == labels
                && chain.transitions.len() == labels * labels
                && table.ends.len() == table.keys.len()
                && table.ends.is_sorted()
                && table.ends.last().is_none_or(|&end| end as usize <= table.entries.len())
                && table.entries.iter().all(|&(label, _)| usize::from(label) < labels)
        };
        self.taggers.len() == self.intents.len()
            && sound(&self.classifier, self.labels.len())
            && self.labels.is_sorted()
            && self.labels.iter().all(|&(intent, _)| usize::from(intent) < self.intents.len())
            && self.taggers.iter().all(|tagger| sound(&tagger.chain, Tagger::tags(tagger.slots.len())))
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: usize) {
        self.0.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn float(&mut self, number: f32) {
        self.0.extend(number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend(text.as_bytes());
    }

    fn list<T>(
        &mut self,
        items: impl IntoIterator<IntoIter: ExactSizeIterator<Item = T>>,
        write: impl Fn(&mut Self, T),
    ) {
        let items = items.into_iter();
        self.number(items.len());
        items.for_each(|item| write(self, item));
    }

    fn reading(&mut self, reading: &Reading) {
        let (kind, language) = match reading {
            Reading::Written => (0, ""),
            Reading::Lower => (1, ""),
            Reading::Spoken(language) => (2, language.as_str()),
        };
        self.number(kind);
        self.text(language);
    }

    fn lexicon(&mut self, lexicon: &Lexicon) {
        self.list(&lexicon.slots, |out, name| out.text(name));
        for table in [&lexicon.values, &lexicon.inside] {
            self.list(table, |out, (key, slots)| {
                out.text(key);
                out.list(slots, |out, &(slot, _)| out.0.extend(slot.to_le_bytes()));
            });
        }
        self.list(&lexicon.outside, |out, (word, _)| out.text(word));
    }

    fn chain(&mut self, chain: &Chain) {
        self.number(chain.labels);
        self.list(&chain.start, |out, &weight| out.float(weight));
        self.list(&chain.transitions, |out, &weight| out.float(weight));
        self.list(&chain.weights.keys, |out, &key| out.number(key as usize));
        self.list(&chain.weights.ends, |out, &end| out.number(end as usize));
        self.list(&chain.weights.entries, |out, &(label, weight)| {
            out.0.extend(label.to_le_bytes());
            out.0.extend(weight.to_le_bytes());
        });
    }
}

/// Reads from the front; `None` when the bytes end too early.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn float(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let size = self.number()? as usize;
        let (head, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        String::from_utf8(head.to_vec()).ok()
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.number()?).map(|_| read(self)).collect()
    }

    fn trained(&mut self) -> Option<Trained> {
        Some(Trained {
            intents: self.list(Self::text)?,
            labels: self.list(|reader| {
                Some((u16::from_le_bytes(reader.take()?), u16::from_le_bytes(reader.take()?)))
            })?,
            reading: self.reading()?,
            temperature: self.float()?,
            certainty: Certainty(self.list(Self::float)?.try_into().ok()?),
            lexicon: self.lexicon()?,
            classifier: self.chain()?,
            taggers: self
                .list(|reader| Some(Tagger { slots: reader.list(Self::text)?, chain: reader.chain()? }))?,
        })
    }

    fn reading(&mut self) -> Option<Reading> {
        let (kind, language) = (self.number()?, self.text()?);
        match kind {
            0 => Some(Reading::Written),
            1 => Some(Reading::Lower),
            2 => Some(Reading::Spoken(language)),
            _ => None,
        }
    }

    fn lexicon(&mut self) -> Option<Lexicon> {
        let slots = self.list(Self::text)?;
        let counted = |reader: &mut Self| {
            Some((reader.text()?, reader.list(|reader| Some((u16::from_le_bytes(reader.take()?), 1)))?))
        };
        let values = self.list(counted)?.into_iter().collect();
        let inside = self.list(counted)?.into_iter().collect();
        let outside = self.list(Self::text)?.into_iter().map(|word| (word, Lexicon::CARRIER)).collect();
        Some(Lexicon { slots, values, inside, outside })
    }

    fn chain(&mut self) -> Option<Chain> {
        let labels = self.number()? as usize;
        let start = self.list(Self::float)?;
        let transitions = self.list(Self::float)?;
        let keys = self.list(Self::number)?;
        let ends = self.list(Self::number)?;
        let entries = self
            .list(|reader| Some((u16::from_le_bytes(reader.take()?), i16::from_le_bytes(reader.take()?))))?;
        Some(Chain { labels, weights: Table { keys, ends, entries }, transitions, start })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::trained::tests::toy;

    #[test]
    fn a_model_read_back_is_the_same_model() {
        let model = toy();
        let bytes = model.to_bytes();
        let again = Trained::from_bytes(&bytes).unwrap();
        assert_eq!(again, model);
        assert_eq!(again.to_bytes(), bytes);
    }

    #[test]
    fn damaged_files_are_refused_with_the_reason() {
        let bytes = toy().to_bytes();
        for at in (HEAD..bytes.len()).step_by(97) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert_eq!(Trained::from_bytes(&damaged), Err(ModelFileError::Damaged));
        }
        assert_eq!(Trained::from_bytes(&bytes[..bytes.len() - 1]), Err(ModelFileError::Damaged));
        assert_eq!(Trained::from_bytes(b"hello"), Err(ModelFileError::NotAModel));
        let mut newer = bytes;
        newer[8] = 9;
        assert_eq!(Trained::from_bytes(&newer), Err(ModelFileError::Version { found: 9 }));
    }

    #[test]
    fn a_correct_checksum_over_nonsense_is_refused_too() {
        let mut bytes = toy().to_bytes();
        bytes[HEAD] = 200;
        let hash = Sha256::digest(&bytes[HEAD..]);
        bytes[12..HEAD].copy_from_slice(&hash);
        assert_eq!(Trained::from_bytes(&bytes), Err(ModelFileError::Damaged));
    }
}
