//! Which of the household's sentences was said, in Whisper's own judgement.
//!
//! Left alone, Whisper writes what is usual elsewhere: "turn on the bad light". Asked how likely each
//! sentence that the other recogniser considers is as the next thing to write (teacher forcing), it
//! chooses among what can be said here. Its own text competes: what is far likelier than all of them
//! was said, and is none of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A model that writes token by token what it heard last.
pub trait TokenModel {
    /// A text in tokens.
    ///
    /// # Errors
    /// When the model cannot write it.
    fn tokens(&mut self, text: &str) -> Result<Vec<i32>, String>;

    /// The natural logarithm of each token's chance after these.
    ///
    /// # Errors
    /// When the model fails.
    fn after(&mut self, before: &[i32]) -> Result<Vec<f32>, String>;

    /// The token that ends a text.
    fn end(&self) -> i32;
}

/// How much likelier (natural logarithm) than a sentence of the household the model's own text must
/// be to be taken instead: people mostly say what their house understands, and are written as the
/// house spells it less often than as others do.
const HOUSEHOLD: f32 = 4.0;

/// Steps of the model for one utterance, counted so that a replay stays the same. A step is one
/// token of one sentence; what sentences share is paid once.
const MAX_STEPS: usize = 64;

/// A sentence that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its place among the sentences.
    pub sentence: usize,
    /// Its chance against the others and the model's own text, 0–1.
    pub chance: f32,
    /// Mean natural logarithm of its tokens' chances.
    pub mean: f32,
}

/// The likeliest of some sentences (likeliest first), in the words of the household. `own` is what the
/// model wrote by itself, as tokens, and whose words those are: the place of a sentence, if any.
/// `None` where its own text is likelier than all of them, or there are none.
///
/// # Errors
/// When the model fails.
pub fn choose(
    model: &mut dyn TokenModel,
    sentences: &[String],
    own: (&[i32], Option<usize>),
) -> Result<Option<Choice>, String> {
    let mut judge = Judge { model, known: BTreeMap::new() };
    let (own, same) = own;
    let Some(own_score) = judge.score(own, f32::NEG_INFINITY)? else { return Ok(None) };
    // (place, score, tokens)
    let mut scores: Vec<(usize, f32, usize)> = Vec::new();
    for (place, sentence) in sentences.iter().enumerate() {
        let tokens = judge.model.tokens(&as_written(sentence))?;
        let mut score = judge.score(&tokens, own_score - HOUSEHOLD)?;
        let mut length = tokens.len();
        if same == Some(place) && score.is_none_or(|score| score < own_score) {
            // The same words, written otherwise ("5" for "five").
            (score, length) = (Some(own_score), own.len());
        }
        scores.extend(score.map(|score| (place, score, length)));
    }
    let Some(&(sentence, best, length)) =
        scores.iter().reduce(|best, next| if next.1 > best.1 { next } else { best })
    else {
        return Ok(None);
    };
    let others: f32 = scores.iter().map(|(_, score, _)| (score - best).exp()).sum();
    let own = if same.is_some() { 0.0 } else { (own_score - HOUSEHOLD - best).exp() };
    let chance = 1.0 / (others + own);
    Ok((chance >= 0.5 || same.is_some()).then(|| Choice {
        sentence,
        chance,
        mean: best / (length + 1) as f32,
    }))
}

/// As Whisper begins a sentence.
fn as_written(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    std::iter::once(' ').chain(first.into_iter().flatten()).chain(letters).collect()
}

/// A model with what it has said so far.
struct Judge<'a> {
    model: &'a mut dyn TokenModel,
    known: BTreeMap<Vec<i32>, Vec<f32>>,
}

impl Judge<'_> {
    /// The natural logarithm of a text's chance, with its end, with or without a full stop; `None`
    /// where it falls below `least`, or the steps are used up.
    fn score(&mut self, tokens: &[i32], least: f32) -> Result<Option<f32>, String> {
        let stop = self.model.tokens(".")?;
        let tokens = tokens.strip_suffix(&stop[..]).unwrap_or(tokens);
        let mut score = 0.0;
        for (at, &token) in tokens.iter().enumerate() {
            let Some(chances) = self.after(&tokens[..at])? else { return Ok(None) };
            score += chance(chances, token);
            if score < least {
                return Ok(None);
            }
        }
        let end = self.model.end();
        let Some(chances) = self.after(tokens)? else { return Ok(None) };
        // After a full stop the end is as good as certain.
        let stopped = stop.first().map_or(f32::NEG_INFINITY, |&stop| chance(chances, stop));
        score += (chance(chances, end).exp() + stopped.exp()).max(f32::MIN_POSITIVE).ln();
        Ok((score >= least).then_some(score))
    }

    fn after(&mut self, before: &[i32]) -> Result<Option<&[f32]>, String> {
        let steps = self.known.len();
        Ok(match self.known.entry(before.to_vec()) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(new) if steps < MAX_STEPS => Some(new.insert(self.model.after(before)?)),
            Entry::Vacant(_) => None,
        })
    }
}

fn chance(chances: &[f32], token: i32) -> f32 {
    usize::try_from(token).ok().and_then(|token| chances.get(token)).copied().unwrap_or(f32::NEG_INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes words; each is likely after the ones that the script says, and all others are not.
    struct Scripted {
        words: Vec<String>,
        /// Beginnings with the word that follows and its chance.
        likely: Vec<(&'static str, &'static str, f32)>,
        steps: usize,
    }

    impl Scripted {
        fn new(likely: &[(&'static str, &'static str, f32)]) -> Self {
            let words = ["<end>".into(), ".".into()].to_vec();
            Self { words, likely: likely.to_vec(), steps: 0 }
        }

        fn word(&mut self, word: &str) -> i32 {
            let place = self.words.iter().position(|known| known == word).unwrap_or_else(|| {
                self.words.push(word.into());
                self.words.len() - 1
            });
            i32::try_from(place).unwrap()
        }
    }

    impl TokenModel for Scripted {
        fn tokens(&mut self, text: &str) -> Result<Vec<i32>, String> {
            Ok(text.to_lowercase().split_whitespace().map(|word| self.word(word)).collect())
        }

        fn after(&mut self, before: &[i32]) -> Result<Vec<f32>, String> {
            self.steps += 1;
            let words: Vec<&str> = before.iter().map(|&word| self.words[word as usize].as_str()).collect();
            let before = words.join(" ");
            let mut chances = vec![1e-4_f32.ln(); 200];
            for (_, next, chance) in self.likely.clone().iter().filter(|(after, ..)| *after == before) {
                chances[self.word(next) as usize] = chance.ln();
            }
            Ok(chances)
        }

        fn end(&self) -> i32 {
            0
        }
    }

    /// "turn on the bad light" is a little likelier than what the household calls it.
    fn bad_light() -> Scripted {
        Scripted::new(&[
            ("", "turn", 0.9),
            ("turn", "on", 0.8),
            ("turn", "off", 0.1),
            ("turn on", "the", 0.9),
            ("turn off", "the", 0.9),
            ("turn on the", "bad", 0.5),
            ("turn on the", "bed", 0.3),
            ("turn on the bad", "light", 0.9),
            ("turn on the bed", "light", 0.9),
            ("turn on the bad light", ".", 0.9),
            ("turn on the bed light", ".", 0.9),
        ])
    }

    fn sentences(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_the_household_says_wins_over_what_is_usual() {
        let mut model = bad_light();
        let own = model.tokens("turn on the bad light .").unwrap();
        let known = sentences(&["turn off the bed light", "turn on the bed light", "banana"]);
        let choice = choose(&mut model, &known, (&own, None)).unwrap().unwrap();
        assert_eq!(choice.sentence, 1);
        assert!(choice.chance > 0.9 && choice.mean > -0.6, "{choice:?}");
    }

    #[test]
    fn what_is_far_likelier_than_all_sentences_is_none_of_them() {
        let mut model = Scripted::new(&[
            ("", "thank", 0.9),
            ("thank", "you", 0.9),
            ("thank you", "<end>", 0.9),
            ("", "turn", 0.01),
        ]);
        let own = model.tokens("thank you").unwrap();
        let known = sentences(&["turn it up", "thank the lights"]);
        assert_eq!(choose(&mut model, &known, (&own, None)).unwrap(), None);
        assert_eq!(choose(&mut model, &[], (&own, None)).unwrap(), None);
    }

    #[test]
    fn two_that_are_equally_likely_are_no_choice() {
        let mut model = Scripted::new(&[
            ("", "lights", 0.9),
            ("lights", "on", 0.33),
            ("lights", "off", 0.32),
            ("lights", "of", 0.34),
            ("lights on", "<end>", 0.9),
            ("lights off", "<end>", 0.9),
            ("lights of", "<end>", 0.9),
            ("lights", "up", 0.31),
            ("lights up", "<end>", 0.9),
        ]);
        let own = model.tokens("lights of").unwrap();
        let known = sentences(&["lights on", "lights off", "lights up"]);
        assert_eq!(choose(&mut model, &known, (&own, None)).unwrap(), None);
    }

    #[test]
    fn the_same_words_written_otherwise_are_the_sentence() {
        let mut model = Scripted::new(&[("", "5", 0.9), ("5", "minutes", 0.9), ("5 minutes", ".", 0.9)]);
        let own = model.tokens("5 minutes .").unwrap();
        let known = sentences(&["five minutes", "nine minutes"]);
        let choice = choose(&mut model, &known, (&own, Some(0))).unwrap().unwrap();
        assert_eq!(choice.sentence, 0);
        assert!(choice.chance > 0.99 && choice.mean > -0.2, "{choice:?}");
    }

    #[test]
    fn beginnings_are_weighed_once_and_hopeless_sentences_not_to_their_end() {
        let mut model = bad_light();
        let own = model.tokens("turn on the bad light .").unwrap();
        let far = "banana banana banana banana banana banana";
        choose(&mut model, &sentences(&["turn on the bed light", far]), (&own, None)).unwrap();
        // Six of its own, two beyond what is shared; the other is dropped after its first word.
        assert_eq!(model.steps, 8);
        let many: Vec<String> = (0..50).map(|n| format!("turn on the bed {n} a b c")).collect();
        let mut model = bad_light();
        let own = model.tokens("turn on the bad light .").unwrap();
        choose(&mut model, &many, (&own, None)).unwrap();
        assert!(model.steps <= MAX_STEPS, "{}", model.steps);
    }
}
