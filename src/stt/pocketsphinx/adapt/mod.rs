//! Adapting an acoustic model to the people of a household, from sentences that they said.
//!
//! The words are known, so each phone of them is found in the sound; then all means of the model are moved, in
//! the same way, to where these people's sounds are. What is kept of their voices is the move: 546 numbers.

mod frames;
mod gaussians;
mod moments;
mod transform;

use super::decode::PocketSphinx;
use super::model::Model;
use crate::stt::SttError;

pub use moments::Spoken;
pub use transform::check;

use gaussians::{Gaussians, shares};

/// Frames (10 ms) of a phone at least, since each has three states.
const PHONE: usize = 3;

/// A model, to be adapted.
pub struct Adapter {
    gaussians: Gaussians,
}

impl Adapter {
    /// # Errors
    /// When the model cannot be read, or is of a kind that cannot be adapted.
    pub fn new(model: &Model) -> Result<Self, SttError> {
        Ok(Self { gaussians: Gaussians::read(model)? })
    }

    /// The phones of words that are known to be said in 16 kHz sound; none where the words are not found in it.
    ///
    /// # Errors
    /// When the search fails.
    pub fn listen(
        &self,
        engine: &mut PocketSphinx,
        words: &[String],
        samples: &[i16],
    ) -> Result<Vec<Spoken>, String> {
        let (segments, cepstra) = engine.place(words, samples)?;
        // Frames are counted from where speech begins.
        let Some(start) = segments.first().map(|segment| segment.frames.0) else { return Ok(Vec::new()) };
        let frames = frames::frames(&cepstra);
        let mut spoken = Vec::new();
        for segment in &segments {
            let phones: Option<Vec<usize>> = engine
                .pronunciation(&segment.word)
                .and_then(|way| way.iter().map(|phone| self.gaussians.find(phone)).collect());
            let range = segment.frames.0 - start..segment.frames.1 - start;
            let (Some(phones), Some(frames)) = (phones, frames.get(range)) else { continue };
            let scores: Vec<Vec<f64>> = phones
                .iter()
                .map(|&phone| frames.iter().map(|frame| self.score(phone, frame)).collect())
                .collect();
            // A word too short for its phones teaches nothing.
            for (phone, range) in phones.iter().zip(frames::divide(&scores, PHONE).unwrap_or_default()) {
                spoken.push(Spoken { phone: *phone, frames: frames[range].to_vec() });
            }
        }
        Ok(spoken)
    }

    /// What PocketSphinx reads to adapt the model, from all that was spoken.
    #[must_use]
    pub fn adapted(&self, spoken: &[&Spoken]) -> String {
        moments::transform(&self.gaussians, spoken).to_text()
    }

    /// How well a phone fits a frame, as the logarithm of its density.
    fn score(&self, phone: usize, frame: &gaussians::Frame) -> f64 {
        let streams = self.gaussians.books[phone].iter().zip(frame);
        streams
            .map(|(stream, frame)| {
                let means: Vec<_> = stream.iter().map(|gaussian| gaussian.mean).collect();
                shares(stream, &means, frame).1
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tuning;
    use super::*;
    use crate::audio;
    use crate::nlu::sentences::{self, SourceFile};
    use crate::testing::shared;

    #[test]
    fn who_taught_it_is_explained_better() {
        let Some(shared) = shared("who_taught_it_is_explained_better") else { return };
        let said = [
            ("human-02.flac", "is the front door locked"),
            ("human-03.flac", "lock the front door"),
            ("human-13.flac", "turn off lights in the office"),
            ("human-14.flac", "what is the outdoor humidity"),
        ];
        let rows: Vec<String> = said.iter().map(|(_, text)| format!("\"{text}\"")).collect();
        let text =
            format!("language: en\nintents:\n  Open:\n    data:\n      - sentences: [{}]\n", rows.join(", "));
        let file = SourceFile { text, path: "test.yaml".into() };
        let loaded = sentences::load("en", &[file], &[]).unwrap();
        let model = Model::find("en", &[shared.join("models")]).unwrap().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let engine = |tuning| PocketSphinx::new(&model, &loaded.grammar, folder.path(), tuning, 0.5).unwrap();
        let said = said.map(|(file, text)| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            (words, audio::load(&shared.join("audio/home/en").join(file)).unwrap())
        });
        let explained = |engine: &mut PocketSphinx| {
            said.each_ref().map(|(words, samples)| {
                let (segments, _) = engine.place(words, samples).unwrap();
                segments.iter().map(|segment| segment.sound).sum::<f64>()
            })
        };

        let mut usual = engine(Tuning::default());
        let adapter = Adapter::new(&model).unwrap();
        let spoken: Vec<Spoken> = said
            .iter()
            .flat_map(|(words, samples)| adapter.listen(&mut usual, words, samples).unwrap())
            .collect();
        // Four sentences have some sixty phones, of which each lasts some tenth of a second.
        assert!((50..90).contains(&spoken.len()), "{}", spoken.len());
        let frames: usize = spoken.iter().map(|phone| phone.frames.len()).sum();
        assert!((300..900).contains(&frames), "{frames}");
        let path = folder.path().join("en.mllr");
        std::fs::write(&path, adapter.adapted(&spoken.iter().collect::<Vec<_>>())).unwrap();
        check(&path).unwrap();

        let before = explained(&mut usual);
        let after = explained(&mut engine(Tuning { adapted: Some(path), ..Tuning::default() }));
        for (before, after) in before.iter().zip(after) {
            assert!(after > *before, "{before} before, {after} adapted");
        }
    }
}
