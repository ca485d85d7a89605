//! What the learners look at: hashed features of a sentence and of each of its tokens.
//!
//! A feature is the hash of a template's number and the strings it was filled with. 32 bits keep
//! the model small; among 200,000 features an unseen one is taken for a known one about once in
//! 20,000 look-ups.

use super::lexicon::Lexicon;
use super::places;
use super::times;
use super::tokens::Token;
use super::words;

/// A sentence as its features see it.
pub struct Sentence<'a> {
    tokens: &'a [Token],
    shapes: Vec<String>,
    classes: Vec<&'static str>,
    stretches: Vec<Option<(char, char)>>,
    carrier: Vec<bool>,
    placed: Vec<bool>,
    /// Names of known values and where in them each token stands, as `B3`, `I3`, `E3`, `S3`.
    lists: Vec<Vec<String>>,
    holders: Vec<Vec<u16>>,
    /// Tokens that no other sentence has.
    strange: usize,
}

impl<'a> Sentence<'a> {
    /// `own` is the sentence's own contribution to the lexicon, in training.
    #[must_use]
    pub fn new(tokens: &'a [Token], lexicon: &Lexicon, own: Option<&Lexicon>) -> Self {
        let mut lists = vec![Vec::new(); tokens.len()];
        let matches = lexicon.matches(tokens, own);
        for found in &matches {
            // A match inside a longer one of the same slot says nothing new.
            let inside = |other: &super::lexicon::Match| {
                other != found
                    && other.slot == found.slot
                    && other.first <= found.first
                    && other.end >= found.end
            };
            if matches.iter().any(inside) {
                continue;
            }
            for (at, lists) in lists.iter_mut().enumerate().take(found.end).skip(found.first) {
                let place = match (at == found.first, at + 1 == found.end) {
                    (true, true) => 'S',
                    (true, false) => 'B',
                    (false, true) => 'E',
                    (false, false) => 'I',
                };
                lists.push(format!("{place}{}", found.slot));
            }
        }
        let mut placed = vec![false; tokens.len()];
        for found in matches.iter().filter(|found| lexicon.slots[found.slot as usize].starts_with('@')) {
            placed[found.first..found.end].fill(true);
        }
        let classes: Vec<_> = tokens.iter().map(class).collect();
        Self {
            tokens,
            shapes: tokens.iter().map(|token| shape(&token.text)).collect(),
            stretches: times::stretches(tokens, &classes),
            classes,
            carrier: tokens.iter().map(|token| lexicon.is_carrier(&token.lower, own)).collect(),
            placed,
            lists,
            strange: tokens.iter().filter(|token| !lexicon.knows(&token.lower, own)).count(),
            holders: tokens.iter().map(|token| lexicon.holders(&token.lower, own)).collect(),
        }
    }

    /// The share of words that training never showed; 0–1.
    #[must_use]
    pub fn strangeness(&self) -> f32 {
        self.strange as f32 / self.tokens.len().max(1) as f32
    }

    /// Features of the whole sentence, for the intent.
    #[must_use]
    pub fn sentence_features(&self) -> Vec<u32> {
        let mut bag = Bag::default();
        self.sentence(&mut bag);
        bag.0.sort_unstable();
        bag.0.dedup();
        bag.0
    }

    /// The same features with a name for people each.
    #[must_use]
    pub fn named_sentence_features(&self, lexicon: &Lexicon) -> Vec<(u32, String)> {
        let mut bag = Named { features: Vec::new(), lexicon };
        self.sentence(&mut bag);
        bag.features.sort();
        bag.features.dedup_by_key(|(feature, _)| *feature);
        bag.features
    }

    fn sentence(&self, bag: &mut impl Add) {
        let n = self.tokens.len();
        for at in 0..n.cast_signed() {
            let word = self.word(at);
            bag.add(6, &[self.class(at)]);
            for list in &self.lists[at as usize] {
                bag.add(7, &[list]);
            }
            bag.add(1, &[word]);
            bag.add(2, &[self.word(at - 1), word]);
            bag.add(3, &[self.word(at - 2), self.word(at - 1), word]);
            bag.add(4, &[self.word(at - 2), word]);
            let padded: Vec<char> = format!("^{word}$").chars().collect();
            for size in 3..=4 {
                for gram in padded.windows(size) {
                    bag.add(5, &[&gram.iter().collect::<String>()]);
                }
            }
            for slot in &self.holders[at as usize] {
                bag.add(8, &[&slot.to_string()]);
            }
        }
        bag.add(2, &[self.word(n.cast_signed() - 1), ">"]);
        for at in 0..3 {
            bag.add(10 + at as u32, &[self.word(at)]);
        }
        if self.strange > 0 {
            bag.add(9, &[&self.strange.min(4).to_string()]);
        }
        self.skeleton(bag);
    }

    /// How many of a token's first features hang on its own letters, where it is no carrier word.
    #[must_use]
    pub fn own(&self) -> Vec<usize> {
        let own = |at: usize| {
            let letters = self.tokens[at].lower.chars().count().min(4);
            if self.carrier[at] || self.known_place(at.cast_signed()) { 0 } else { 4 + 2 * letters }
        };
        (0..self.tokens.len()).map(own).collect()
    }

    /// Features of each token, for its tag.
    #[must_use]
    pub fn token_features(&self) -> Vec<Vec<u32>> {
        (0..self.tokens.len().cast_signed()).map(|at| self.one(at)).collect()
    }

    fn one(&self, at: isize) -> Vec<u32> {
        let mut bag = Bag::default();
        if !self.known_place(at) {
            self.own_word(&mut bag, at);
        }
        let word = |offset: isize| self.word(at + offset);
        bag.add(20, &[]);
        for offset in [-3, -2, -1, 1, 2, 3] {
            bag.add((30 + offset) as u32, &[word(offset)]);
        }
        for offset in [-2, -1, 2] {
            bag.add((40 + offset) as u32, &[word(offset - 1), word(offset)]);
        }
        bag.add(45, &[word(-1), word(1)]);
        bag.add(47, &[word(-3), word(-2), word(-1)]);
        bag.add(48, &[word(1), word(2), word(3)]);
        self.shapes(&mut bag, at);
        for offset in -2..=2 {
            bag.add((80 + offset) as u32, &[self.class(at + offset)]);
        }
        bag.add(85, &[self.class(at - 1), self.class(at)]);
        bag.add(86, &[self.class(at), self.class(at + 1)]);
        bag.add(87, &[word(-1), self.class(at)]);
        bag.add(88, &[self.class(at), word(1)]);
        self.times(&mut bag, at);
        self.carriers(&mut bag, at);
        self.lists(&mut bag, at);
        bag.0
    }

    /// The sentence with its values blanked out: carrier words, word classes, and `*` for a run of
    /// anything else. What is asked for hardly depends on the title it is asked about.
    fn skeleton(&self, bag: &mut impl Add) {
        let mut bones = vec!["<"];
        for at in 0..self.tokens.len() {
            let bone = match (self.carrier[at], self.stretches[at], self.placed[at], self.classes[at]) {
                (true, ..) => &self.tokens[at].lower,
                (_, Some((_, 'T')), ..) => "#time",
                (_, Some(_), ..) => "#number",
                (_, _, true, _) => "#place",
                (_, _, _, "-") => "*",
                (_, _, _, class) => class,
            };
            if bones.last() != Some(&bone) {
                bones.push(bone);
            }
        }
        bones.push(">");
        for size in 1..=4 {
            for gram in bones.windows(size) {
                bag.add(14 + size as u32, gram);
            }
        }
        bag.add(19, &bones);
    }

    /// What only the token's own letters tell. These come first: see [`Sentence::own`].
    fn own_word(&self, bag: &mut Bag, at: isize) {
        let word = |offset: isize| self.word(at + offset);
        bag.add(30, &[word(0)]);
        bag.add(40, &[word(-1), word(0)]);
        bag.add(41, &[word(0), word(1)]);
        bag.add(46, &[word(-1), word(0), word(1)]);
        let chars: Vec<char> = self.word(at).chars().collect();
        for size in 1..=4.min(chars.len()) {
            bag.add(50 + size as u32, &[&chars[..size].iter().collect::<String>()]);
            bag.add(55 + size as u32, &[&chars[chars.len() - size..].iter().collect::<String>()]);
        }
    }

    fn shapes(&self, bag: &mut Bag, at: isize) {
        let shape = |offset: isize| self.shape(at + offset);
        for offset in -2..=2 {
            bag.add((64 + offset) as u32, &[shape(offset)]);
        }
        bag.add(67, &[shape(-1), shape(0)]);
        bag.add(68, &[shape(0), shape(1)]);
        bag.add(69, &[shape(-1), shape(0), shape(1)]);
        bag.add(70, &[self.word(at - 1), shape(0)]);
        bag.add(71, &[shape(0), self.word(at + 1)]);
        bag.add(72, &[&at.min(4).to_string()]);
        bag.add(73, &[&(self.tokens.len().cast_signed() - at).min(4).to_string()]);
    }

    fn times(&self, bag: &mut Bag, at: isize) {
        let mark = |offset: isize| -> String {
            let mark =
                usize::try_from(at + offset).ok().and_then(|at| self.stretches.get(at).copied().flatten());
            mark.map_or_else(String::new, |(place, kind)| format!("{place}{kind}"))
        };
        for offset in -1..=1 {
            bag.add((121 + offset) as u32, &[&mark(offset)]);
        }
        if !mark(0).is_empty() {
            bag.add(123, &[&mark(0), self.word(at)]);
            bag.add(124, &[&mark(0), self.word(at - 1)]);
            bag.add(125, &[&mark(0), &mark(1)]);
            bag.add(126, &[&mark(0)[1..]]);
            bag.add(127, &[&mark(0)[1..], self.carrier_left(at)]);
        }
    }

    /// The nearest carrier words on both sides: what a long title stands between.
    fn carriers(&self, bag: &mut Bag, at: isize) {
        let own = if self.is_carrier(at) { self.word(at) } else { "*" };
        let (left, far_left) = self.carrier_from(at, -1);
        let (right, far_right) = self.carrier_from(at, 1);
        let (left, right, far_left, far_right) =
            (self.word(left), self.word(right), self.word(far_left), self.word(far_right));
        bag.add(90, &[left, own]);
        bag.add(91, &[own, right]);
        bag.add(92, &[left, own, right]);
        bag.add(93, &[far_left, left, own]);
        bag.add(94, &[own, right, far_right]);
        bag.add(95, &[far_left, left, own, right, far_right]);
    }

    fn carrier_left(&self, at: isize) -> &str {
        self.word(self.carrier_from(at, -1).0)
    }

    /// The next two carrier words in a direction.
    fn carrier_from(&self, at: isize, step: isize) -> (isize, isize) {
        let end = self.tokens.len().cast_signed();
        let next = |mut at: isize| {
            loop {
                at += step;
                if at < 0 || at >= end || self.is_carrier(at) {
                    return at.clamp(-1, end);
                }
            }
        };
        let first = next(at);
        (first, next(first))
    }

    fn lists(&self, bag: &mut Bag, at: isize) {
        for offset in -1..=1 {
            let Some(lists) = usize::try_from(at + offset).ok().and_then(|at| self.lists.get(at)) else {
                continue;
            };
            for list in lists {
                bag.add((101 + offset) as u32, &[list]);
                bag.add((105 + offset) as u32, &[list, self.word(at - 1)]);
                bag.add((132 + offset) as u32, &[&list[1..]]);
                if offset == 0 {
                    bag.add(135, &[&list[1..], self.carrier_left(at)]);
                }
            }
            if lists.is_empty() {
                bag.add((101 + offset) as u32, &["none"]);
            }
            for slot in &self.holders[(at + offset) as usize] {
                bag.add((111 + offset) as u32, &[&slot.to_string()]);
            }
        }
        bag.add(115, &[&self.lists[at as usize].join(",")]);
    }

    fn word(&self, at: isize) -> &str {
        match usize::try_from(at) {
            Err(_) => "<",
            Ok(at) => self.tokens.get(at).map_or(">", |token| &token.lower),
        }
    }

    fn known_place(&self, at: isize) -> bool {
        self.placed[at as usize]
    }

    fn shape(&self, at: isize) -> &str {
        usize::try_from(at).ok().and_then(|at| self.shapes.get(at)).map_or("", |shape| shape)
    }

    fn class(&self, at: isize) -> &str {
        usize::try_from(at).ok().and_then(|at| self.classes.get(at)).map_or("", |class| class)
    }

    fn is_carrier(&self, at: isize) -> bool {
        usize::try_from(at).ok().and_then(|at| self.carrier.get(at)).is_some_and(|&carrier| carrier)
    }
}

fn class(token: &Token) -> &'static str {
    if places::is_state_code(&token.text) { "state-code" } else { words::class(&token.lower).unwrap_or("-") }
}

/// `Xx` for `Play`, `dd` for `12`, the sign itself for a sign.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for c in text.chars() {
        let kind = match c {
            c if c.is_uppercase() => 'X',
            c if c.is_alphabetic() => 'x',
            c if c.is_numeric() => 'd',
            c => c,
        };
        if !shape.ends_with(kind) || kind == 'd' && shape.len() < 4 {
            shape.push(kind);
        }
    }
    shape
}

/// Where features are put.
trait Add {
    fn add(&mut self, template: u32, parts: &[&str]);
}

#[derive(Default)]
struct Bag(Vec<u32>);

impl Add for Bag {
    fn add(&mut self, template: u32, parts: &[&str]) {
        self.0.push(hash(template, parts));
    }
}

/// FNV-1a over the template and its strings, folded to 32 bits.
fn hash(template: u32, parts: &[&str]) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(template);
    let mut mix = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    mix(0);
    for part in parts {
        part.bytes().for_each(&mut mix);
        mix(0xff);
    }
    (hash ^ (hash >> 32)) as u32
}

/// Features with names, for explanations.
struct Named<'l> {
    features: Vec<(u32, String)>,
    lexicon: &'l Lexicon,
}

impl Add for Named<'_> {
    fn add(&mut self, template: u32, parts: &[&str]) {
        let words = parts.join(" ");
        let slot = |index: &str| {
            let index = index.parse().ok().and_then(|index: usize| self.lexicon.slots.get(index));
            index.map_or("?", String::as_str)
        };
        let name = match template {
            1..=3 => format!("words `{words}`"),
            4 => format!("words `{}`", parts.join(" … ")),
            5 => format!("letters `{words}`"),
            6 => format!("kind of word `{words}`"),
            7 => format!("a known `{}`", slot(words.get(1..).unwrap_or_default())),
            8 => format!("a word of a known `{}`", slot(&words)),
            9 => format!("{words} words never seen"),
            10..=12 => format!("word {} is `{words}`", template - 9),
            _ => format!("shape `{words}`"),
        };
        self.features.push((hash(template, parts), name));
    }
}
