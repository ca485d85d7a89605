//! What a household's model learns from: its examples, its templates, and what is no command.
//!
//! Sentences are sampled from every template, a bounded number each, so that an intent with many
//! ways to say it does not drown the others; a maker's examples are said again with other values.
//! Against these stand everyday sentences that ship with the program, the household's own words in
//! no order, and commands that run on into something else. The same sources give the same material.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::certainty::{Certainty, Evidence};
use super::example::{Example, Span};
use super::frames::Frames;
use super::tokens::Reading;
use super::{Effort, Lessons, Trained};
use crate::nlu::grammar::{Grammar, ListKind, Marked};
use crate::nlu::text::{self, is_french};
use crate::rng::Rng;

/// The intent of everything that is no command.
pub const NOTHING: &str = "-";
/// Raised when the same sources give other material or learn differently.
const VERSION: u32 = 1;
/// Sentences of a frame, shared out among its templates: at least, and at most this many of each.
const OF_FRAME: usize = 40;
const OF_TEMPLATE: (usize, usize) = (4, 12);
/// One more sentence for each further combination of slots, up to this many.
const RICH: usize = 24;
/// Ways in which an example is said, with other values.
const OF_EXAMPLE: usize = 6;
/// How often a sentence has a value that the household lacks.
const UNKNOWN: f32 = 0.15;
const SYLLABLES: [&str; 16] = [
    "ka", "lor", "mi", "ven", "tas", "du", "pel", "rio", "zan", "gu", "ber", "no", "fle", "shi", "oc", "wen",
];
/// Values of each list that are known by heart, and how many ways are tried to say one.
const KNOWN: usize = 5000;
const WAYS: u64 = 6;
const SEED: u64 = 1;

const EVERYDAY: [(&str, &str); 2] =
    [("en", include_str!("everyday/en.txt")), ("fr", include_str!("everyday/fr.txt"))];

/// Said before and after commands, and meaning nothing: with these a command stays a command.
const BEFORE: [(&str, &str); 2] = [
    (
        "en",
        "hey,okay,so,um,well,go ahead and,can you please,i need you to,would you mind to,let's,be so kind and",
    ),
    ("fr", "euh,alors,bon,dis,s'il te plaît,peux-tu,il faudrait,tu pourrais,je veux que tu,vas-y,allez"),
];
const AFTER: [(&str, &str); 2] = [
    ("en", "please,for me,now,right now,right away,again,thanks,a bit,will you,today,quickly,then"),
    ("fr", "s'il te plaît,pour moi,maintenant,tout de suite,encore,merci,un peu,vite,aujourd'hui,d'accord"),
];
/// Little words that people and recognisers lose.
const LITTLE: [&str; 14] =
    ["the", "a", "an", "my", "please", "le", "la", "les", "l'", "un", "une", "du", "des", "mon"];

/// Everything to learn from.
#[derive(Debug, Clone)]
pub struct Material {
    language: String,
    examples: Vec<Example>,
    variants: Vec<u16>,
    /// Held out of the first of two rounds, in which confidence is calibrated.
    held: Vec<bool>,
    /// Values of lists: slot and words.
    known: Vec<(String, String)>,
}

impl Material {
    /// Gathers what a grammar gives to learn from.
    #[must_use]
    pub fn of(grammar: &Grammar) -> Self {
        let frames = Frames::new(grammar);
        let mut gatherer = Gatherer::new(grammar, &frames);
        gatherer.templates();
        gatherer.examples();
        gatherer.nothing();
        gatherer.known();
        gatherer.material
    }

    /// Whether there is anything to tell from nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.examples.iter().all(|example| example.intent == NOTHING)
    }

    /// A name for exactly this material: hexadecimal, 16 digits.
    #[must_use]
    pub fn key(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{VERSION} {} {:?}", self.language, self.known));
        for ((example, variant), held) in self.examples.iter().zip(&self.variants).zip(&self.held) {
            hash.update(format!("{example:?} {variant} {held}\n"));
        }
        let start = hash.finalize().iter().take(8).fold(0, |key: u64, &byte| key << 8 | u64::from(byte));
        format!("{start:016x}")
    }

    /// How often [`Material::learn`] calls `tick`.
    #[must_use]
    pub fn steps(&self) -> u64 {
        let (kept, variants) = self.kept();
        Trained::steps(&self.lessons(&kept, &variants))
            + Trained::steps(&self.lessons(&self.examples, &self.variants))
    }

    /// Learns, calling `tick` on the way: first from a part, to see how far confidence can be
    /// trusted on the rest, then from everything.
    #[must_use]
    pub fn learn(&self, tick: &dyn Fn()) -> Trained {
        let (kept, variants) = self.kept();
        let part = Trained::train(&self.lessons(&kept, &variants), tick);
        let held = self.examples.iter().zip(&self.held).filter(|(_, held)| **held);
        let answers: Vec<_> = held.filter_map(|(example, _)| answer(&part, example)).collect();
        let mut whole = Trained::train(&self.lessons(&self.examples, &self.variants), tick);
        whole.certainty = Certainty::fit(&answers);
        whole
    }

    fn kept(&self) -> (Vec<Example>, Vec<u16>) {
        let all = self.examples.iter().zip(&self.variants).zip(&self.held);
        all.filter(|(_, held)| !**held).map(|((example, variant), _)| (example.clone(), *variant)).unzip()
    }

    fn lessons<'a>(&'a self, examples: &'a [Example], variants: &'a [u16]) -> Lessons<'a> {
        let reading = Reading::Spoken(self.language.clone());
        Lessons { examples, variants, known: &self.known, reading, effort: Effort::BRIEF, seed: SEED }
    }
}

/// What a model makes of a sentence that it does not know, and whether that is right.
fn answer(model: &Trained, example: &Example) -> Option<(Evidence, bool)> {
    let query = model.query(&example.text)?;
    let (intent, share) = (0..model.intents.len())
        .filter(|&intent| model.intents[intent] != NOTHING)
        .map(|intent| (intent, query.share(model, intent)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let (slots, probability) = query.slots(model, intent);
    let found = slots.iter().map(|slot| (slot.name.as_str(), slot.range));
    let meant = example.slots.iter().map(|span| (span.name.as_str(), [span.start, span.end]));
    let right = model.intents[intent] == example.intent && found.eq(meant);
    Some((Evidence { share, slots: probability, strangeness: query.strangeness }, right))
}

struct Gatherer<'g> {
    grammar: &'g Grammar,
    frames: &'g Frames,
    material: Material,
    everyday: Vec<&'static str>,
    words: Vec<String>,
    rng: Rng,
}

impl<'g> Gatherer<'g> {
    fn new(grammar: &'g Grammar, frames: &'g Frames) -> Self {
        let language = if is_french(&grammar.language) { "fr" } else { "en" };
        let everyday: Vec<_> =
            of_language(&EVERYDAY, language).lines().filter(|line| !line.starts_with('#')).collect();
        let words: BTreeSet<String> = everyday.iter().flat_map(|line| text::words(line, language)).collect();
        let material = Material {
            language: language.to_owned(),
            examples: Vec::new(),
            variants: Vec::new(),
            held: Vec::new(),
            known: Vec::new(),
        };
        Self { grammar, frames, material, everyday, words: words.into_iter().collect(), rng: Rng::new(SEED) }
    }

    fn add(&mut self, example: Example, variant: u16, held: bool) {
        self.material.examples.push(example);
        self.material.variants.push(variant);
        self.material.held.push(held);
    }

    fn templates(&mut self) {
        let mut templates = vec![0; self.frames.all.len()];
        for &frame in &self.frames.of_sentence {
            templates[frame] += 1;
        }
        let mut turn = vec![0; self.frames.all.len()];
        for sentence in 0..self.grammar.sentences.len() {
            let frame = self.frames.of_sentence[sentence];
            turn[frame] += 1;
            // Every fourth template of a frame is held out, never the only one.
            let held = turn[frame] % 4 == 2;
            let rich = self.frames.richness[sentence].min(RICH);
            let wanted = (OF_FRAME / templates[frame]).clamp(OF_TEMPLATE.0, OF_TEMPLATE.1) + rich - 1;
            let mut seen = BTreeSet::new();
            for attempt in 0..wanted * 3 {
                if seen.len() == wanted {
                    break;
                }
                let pieces = self.sample(sentence, attempt as u64);
                if seen.insert(joined(&pieces)) {
                    self.say(frame, pieces, held);
                }
            }
        }
    }

    /// A template's words; runs that fill a slot with its name.
    fn sample(&mut self, sentence: usize, attempt: u64) -> Vec<Piece> {
        let seed = Rng::for_item(SEED, sentence as u64).next() ^ attempt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (words, marks) = self.grammar.sample_marked(sentence, seed);
        let mut pieces = Vec::new();
        let mut at = 0;
        for mark in marks.iter().filter(|mark| mark.first < mark.end) {
            pieces.extend(words[at..mark.first].iter().map(|word| Piece::plain(word)));
            let kind = &self.grammar.lists[mark.list].kind;
            let value = match kind {
                ListKind::Wildcard => self.anything(),
                _ => words[mark.first..mark.end].join(" "),
            };
            pieces.push(Piece { words: value, slot: Some(mark.slot.clone()), open: is_open(kind) });
            at = mark.end;
        }
        pieces.extend(words[at..].iter().map(|word| Piece::plain(word)));
        pieces
    }

    /// One to three everyday words.
    fn anything(&mut self) -> String {
        let count = 1 + self.rng.below(3);
        let words: Vec<String> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }

    /// One or two words that nobody has heard.
    fn invented(&mut self) -> String {
        let mut words = Vec::new();
        for _ in 0..=self.rng.below(2) {
            let mut word = String::new();
            for _ in 0..=1 + self.rng.below(2) {
                word.push_str(SYLLABLES[self.rng.below(SYLLABLES.len())]);
            }
            words.push(word);
        }
        words.join(" ")
    }

    fn word(&mut self) -> String {
        let at = self.rng.below(self.words.len());
        self.words[at].clone()
    }

    /// Adds a sentence of a frame, now and then with words before and after it or a little word lost.
    fn say(&mut self, frame: usize, mut pieces: Vec<Piece>, held: bool) {
        let language = self.material.language.clone();
        let open: Vec<_> = (0..pieces.len()).filter(|&at| pieces[at].open).collect();
        if !open.is_empty() && self.rng.chance(UNKNOWN) {
            // A value that the household lacks is still one: it must be found to be refused.
            let at = open[self.rng.below(open.len())];
            pieces[at].words = if self.rng.chance(0.5) { self.anything() } else { self.invented() };
        }
        if pieces.len() > 2 && self.rng.chance(0.2) {
            let little: Vec<_> = (0..pieces.len())
                .filter(|&at| pieces[at].slot.is_none() && LITTLE.contains(&pieces[at].words.as_str()))
                .collect();
            if !little.is_empty() {
                let lost = self.rng.below(little.len());
                pieces.remove(little[lost]);
            }
        }
        for (share, list, front) in [(0.25, BEFORE, true), (0.2, AFTER, false)] {
            if self.rng.chance(share) {
                let words: Vec<&str> = of_language(&list, &language).split(',').collect();
                let said = Piece::plain(words[self.rng.below(words.len())]);
                pieces.insert(if front { 0 } else { pieces.len() }, said);
            }
        }
        let Frame { intent, variant } = self.frame(frame);
        let example = example(&intent, &pieces);
        self.add(example, variant, held);
    }

    fn frame(&self, frame: usize) -> Frame {
        let frame = &self.frames.all[frame];
        Frame { intent: frame.intent.clone(), variant: frame.variant }
    }

    /// A maker's examples as they are, and with other values in their slots.
    fn examples(&mut self) {
        let grammar = self.grammar;
        for (at, marked) in grammar.examples.iter().enumerate() {
            let frame = self.frames.of_example[at];
            let held = at % 4 == 2;
            let mut seen = BTreeSet::new();
            for way in 0..OF_EXAMPLE {
                let pieces = self.pieces(marked, (way > 0).then_some(way as u64));
                if seen.insert(joined(&pieces)) {
                    self.say(frame, pieces, held);
                }
            }
        }
    }

    fn pieces(&mut self, marked: &Marked, other: Option<u64>) -> Vec<Piece> {
        let chars: Vec<char> = marked.example.text.chars().collect();
        let plain = |from: usize, to: usize| {
            let words = text::words(&chars[from..to].iter().collect::<String>(), &self.material.language);
            words.iter().map(|word| Piece::plain(word)).collect::<Vec<_>>()
        };
        let (mut pieces, mut at) = (Vec::new(), 0);
        for (span, list) in marked.example.slots.iter().zip(&marked.lists) {
            pieces.extend(plain(at, span.start));
            let own = text::words(&marked.example.raw(span), &self.material.language).join(" ");
            let words = match (other, list) {
                (Some(seed), Some(list)) if !matches!(self.grammar.lists[*list].kind, ListKind::Wildcard) => {
                    self.grammar.sample_value(*list, Rng::for_item(seed, span.start as u64).next()).join(" ")
                }
                _ => own,
            };
            let open = list.is_some_and(|list| is_open(&self.grammar.lists[list].kind));
            pieces.push(Piece { words, slot: Some(span.name.clone()), open });
            at = span.end;
        }
        pieces.extend(plain(at, chars.len()));
        pieces
    }

    /// What is no command.
    fn nothing(&mut self) {
        let none = |text: String| Example { intent: NOTHING.to_owned(), text, slots: Vec::new() };
        let commands = self.material.examples.clone();
        for (at, line) in self.everyday.clone().into_iter().enumerate() {
            self.add(none(line.to_owned()), 0, at % 3 == 1);
        }
        let vocabulary: BTreeSet<String> =
            commands.iter().flat_map(|example| text::words(&example.text, &self.material.language)).collect();
        let vocabulary: Vec<String> = vocabulary.into_iter().collect();
        for at in 0..commands.len() / 12 {
            let words: Vec<String> = (0..2 + self.rng.below(6))
                .map(|_| {
                    if self.rng.chance(0.7) {
                        vocabulary[self.rng.below(vocabulary.len())].clone()
                    } else {
                        self.word()
                    }
                })
                .collect();
            self.add(none(words.join(" ")), 0, at % 3 == 1);
        }
        // A command that runs on: "turn on the lamp that she bought".
        for at in 0..commands.len() / 12 {
            let command = self.rng.below(commands.len());
            let rest: Vec<String> = (0..2 + self.rng.below(4)).map(|_| self.word()).collect();
            let text = format!("{} {}", commands[command].text, rest.join(" "));
            self.add(none(text), 0, at % 3 == 1);
        }
    }

    /// The values of every list under the names of the slots that they fill.
    fn known(&mut self) {
        let combos = self.frames.all.iter().flat_map(|frame| &frame.combos).flatten();
        let lists: BTreeSet<(String, usize)> =
            combos.filter_map(|(slot, list)| Some((slot.clone(), (*list)?))).collect();
        let mut known = BTreeSet::new();
        for (slot, list) in lists {
            let ListKind::Values(values) = &self.grammar.lists[list].kind else { continue };
            for value in values.iter().take(KNOWN) {
                let ways = (0..WAYS).map(|seed| self.grammar.sample_of(&value.expr, seed).join(" "));
                known.extend(ways.map(|way| (slot.clone(), way)));
            }
        }
        self.material.known = known.into_iter().collect();
    }
}

struct Frame {
    intent: String,
    variant: u16,
}

/// Words of a sentence; those of a slot are one piece.
#[derive(Debug, Clone)]
struct Piece {
    words: String,
    slot: Option<String>,
    /// Whether people may well say a value that the household lacks.
    open: bool,
}

impl Piece {
    fn plain(words: &str) -> Self {
        Self { words: words.to_owned(), slot: None, open: false }
    }
}

/// Names and rooms are open, "on" and "off" are not.
fn is_open(kind: &ListKind) -> bool {
    matches!(kind, ListKind::Values(values) if values.len() > 3)
}

fn joined(pieces: &[Piece]) -> String {
    let words: Vec<_> = pieces.iter().map(|piece| piece.words.as_str()).collect();
    words.join(" ")
}

fn example(intent: &str, pieces: &[Piece]) -> Example {
    let (mut slots, mut at) = (Vec::new(), 0);
    for piece in pieces {
        let end = at + piece.words.chars().count();
        if let Some(name) = &piece.slot {
            slots.push(Span { name: name.clone(), start: at, end });
        }
        at = end + 1;
    }
    Example { intent: intent.to_owned(), text: joined(pieces), slots }
}

fn of_language<'a>(texts: &[(&str, &'a str)], language: &str) -> &'a str {
    texts.iter().find(|(tag, _)| *tag == language).map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::nlu::sentences::{SourceFile, load};

    fn material(yaml: &str) -> Material {
        let file = SourceFile { path: PathBuf::from("test.yaml"), text: format!("language: en\n{yaml}") };
        Material::of(&load("en", &[file], &[]).unwrap().grammar)
    }

    const FANS: &str = "
intents:
  Fan:
    data:
      - sentences: [\"(start|run) [the] {fan}\", \"{fan} to {speed}\", \"call the fan {nick}\"]
        examples: [\"let the [big fan](fan) spin\"]
lists:
  fan: {values: [big fan, small fan]}
  speed: {range: {from: 1, to: 3}}
  nick: {wildcard: true}
";

    #[test]
    fn slots_are_marked_where_their_words_stand() {
        let material = material(FANS);
        let mut seen = BTreeSet::new();
        for example in material.examples.iter().filter(|example| example.intent == "Fan") {
            for span in &example.slots {
                let raw = example.raw(span);
                match span.name.as_str() {
                    "fan" => assert!(["big fan", "small fan"].contains(&raw.as_str()), "{raw}"),
                    "speed" => {
                        assert!(["1", "2", "3", "one", "two", "three"].contains(&raw.as_str()), "{raw}");
                    }
                    _ => assert!(!raw.trim().is_empty() && raw != "something"),
                }
                seen.insert(span.name.clone());
            }
        }
        assert_eq!(seen.len(), 3);
        // An example is also said with the other value.
        assert!(material.examples.iter().any(|example| example.text.contains("let the small fan spin")));
        assert!(material.examples.iter().any(|example| example.intent == NOTHING));
        assert!(material.known.contains(&("fan".to_owned(), "big fan".to_owned())));
    }

    #[test]
    fn the_same_sources_are_the_same_material() {
        assert_eq!(material(FANS).key(), material(FANS).key());
        assert_ne!(material(FANS).key(), material(&FANS.replace("spin", "turn")).key());
        let bytes = || material(FANS).learn(&|| ()).to_bytes();
        assert_eq!(bytes(), bytes());
    }

    #[test]
    fn ticks_are_as_many_as_announced() {
        let material = material("intents: {A: {data: [{examples: [hello there, good evening]}]}}");
        let count = std::cell::Cell::new(0);
        let _ = material.learn(&|| count.set(count.get() + 1));
        assert_eq!(count.get(), material.steps());
    }
}
