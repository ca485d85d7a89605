//! From the characters of a template to words.
//!
//! A template may build words out of parts (`light[s]`, `l[es|a]`), while grammar, matcher and
//! recogniser know only whole words. Where parts touch, every form is spelled out and then put
//! through the same normalisation as any text; where a space parts them, the structure stays as it
//! is, however many sentences it stands for.

use crate::nlu::grammar::Expr;
use crate::nlu::template::{Piece, Sequence};
use crate::nlu::{numbers, text};

/// More forms of one word than this are a mistake.
const MAX_FORMS: usize = 2_000;

/// What a template's references mean is the caller's business.
pub(super) trait Resolve {
    type Error;

    /// `None`: nothing can be said there (an empty list).
    fn rule(&mut self, name: &str) -> Result<Option<Expr>, Self::Error>;
    fn list(&mut self, name: &str, slot: &str) -> Result<Option<Expr>, Self::Error>;
    fn too_many_forms(&self, limit: usize) -> Self::Error;
    fn language(&self) -> &str;
}

/// Compiles a sequence; `None` when nothing can be said by it.
pub(super) fn compile<R: Resolve>(sequence: &Sequence, resolve: &mut R) -> Result<Option<Expr>, R::Error> {
    let mut parts = Vec::new();
    for run in sequence.0.split(|piece| *piece == Piece::Space) {
        for glued in split_opaque(run) {
            let part = match glued {
                [piece] => compile_piece(piece, resolve)?,
                pieces => compile_forms(pieces, resolve)?,
            };
            match part {
                Some(part) => parts.push(part),
                None => return Ok(None),
            }
        }
    }
    Ok(Some(sequence_of(parts)))
}

/// Words of plain text in a row; a number can be said in words too.
pub(super) fn plain(said: &str, language: &str) -> Expr {
    sequence_of(text::words(said, language).iter().map(|word| word_or_number(word, language)).collect())
}

/// Lists, rules and permutations are made of whole words: they end a word on both sides.
fn split_opaque(run: &[Piece]) -> Vec<&[Piece]> {
    let mut groups = Vec::new();
    let mut start = 0;
    for (index, piece) in run.iter().enumerate() {
        if is_opaque(piece) {
            groups.push(&run[start..index]);
            groups.push(&run[index..=index]);
            start = index + 1;
        }
    }
    groups.push(&run[start..]);
    groups.retain(|group| !group.is_empty());
    groups
}

fn is_opaque(piece: &Piece) -> bool {
    matches!(piece, Piece::List { .. } | Piece::Rule(_) | Piece::Permutation(_))
}

fn compile_piece<R: Resolve>(piece: &Piece, resolve: &mut R) -> Result<Option<Expr>, R::Error> {
    Ok(match piece {
        Piece::Text(said) => Some(plain(said, resolve.language())),
        Piece::Space => Some(Expr::Seq(Vec::new())),
        Piece::Rule(name) => resolve.rule(name)?,
        Piece::List { list, slot } => resolve.list(list, slot.as_deref().unwrap_or(list))?,
        Piece::Alternatives(parts) => {
            let blank = parts.iter().any(Sequence::is_blank);
            match compile_alternatives(parts, resolve)? {
                Some(expr) if blank => Some(optional(expr)),
                None if blank => Some(Expr::Seq(Vec::new())),
                other => other,
            }
        }
        Piece::Optional(parts) => {
            Some(compile_alternatives(parts, resolve)?.map_or(Expr::Seq(Vec::new()), optional))
        }
        Piece::Permutation(parts) => {
            let mut compiled = Vec::new();
            for part in parts {
                match compile(part, resolve)? {
                    Some(part) => compiled.push(part),
                    None => return Ok(None),
                }
            }
            Some(Expr::Permutation(compiled))
        }
    })
}

fn compile_alternatives<R: Resolve>(parts: &[Sequence], resolve: &mut R) -> Result<Option<Expr>, R::Error> {
    let mut compiled = Vec::new();
    for part in parts.iter().filter(|part| !part.is_blank()) {
        compiled.extend(compile(part, resolve)?);
    }
    Ok(one_of(compiled))
}

/// Touching pieces: every form they can take, each cut into words.
fn compile_forms<R: Resolve>(pieces: &[Piece], resolve: &mut R) -> Result<Option<Expr>, R::Error> {
    let forms = forms(pieces).ok_or_else(|| resolve.too_many_forms(MAX_FORMS))?;
    let mut compiled = Vec::new();
    for form in forms {
        let mut parts = Vec::new();
        let mut possible = true;
        for atom in form {
            let part = match atom {
                Atom::Text(said) => Some(plain(&said, resolve.language())),
                Atom::Opaque(piece) => compile_piece(piece, resolve)?,
            };
            possible &= part.is_some();
            parts.extend(part);
        }
        let expr = sequence_of(parts);
        if possible && !compiled.contains(&expr) {
            compiled.push(expr);
        }
    }
    let nothing = Expr::Seq(Vec::new());
    if compiled.contains(&nothing) {
        compiled.retain(|expr| *expr != nothing);
        return Ok(Some(one_of(compiled).map_or(nothing, optional)));
    }
    Ok(one_of(compiled))
}

/// A part of a spelled-out form.
#[derive(Clone)]
enum Atom<'a> {
    /// Characters, white space included.
    Text(String),
    Opaque(&'a Piece),
}

type Form<'a> = Vec<Atom<'a>>;

/// All forms of pieces in a row; `None` when there are too many.
fn forms(pieces: &[Piece]) -> Option<Vec<Form<'_>>> {
    let mut all: Vec<Form<'_>> = vec![Vec::new()];
    for piece in pieces {
        let choices = piece_forms(piece)?;
        if all.len() * choices.len() > MAX_FORMS {
            return None;
        }
        all = all.iter().flat_map(|before| choices.iter().map(|after| join(before, after))).collect();
    }
    Some(all)
}

fn piece_forms(piece: &Piece) -> Option<Vec<Form<'_>>> {
    let mut choices = match piece {
        Piece::Text(said) => vec![vec![Atom::Text(said.clone())]],
        Piece::Space => vec![vec![Atom::Text(" ".to_owned())]],
        Piece::Rule(_) | Piece::List { .. } | Piece::Permutation(_) => vec![vec![Atom::Opaque(piece)]],
        Piece::Alternatives(parts) | Piece::Optional(parts) => {
            let mut choices = Vec::new();
            for part in parts {
                choices.extend(forms(&part.0)?);
            }
            choices
        }
    };
    if matches!(piece, Piece::Optional(_)) {
        choices.push(Vec::new());
    }
    Some(choices)
}

/// Text that touches text becomes one text.
fn join<'a>(before: &Form<'a>, after: &Form<'a>) -> Form<'a> {
    let mut form = before.clone();
    for atom in after {
        match (form.last_mut(), atom) {
            (Some(Atom::Text(text)), Atom::Text(more)) => text.push_str(more),
            _ => form.push(atom.clone()),
        }
    }
    form
}

/// A whole number in digits can also be said: `2` is "two".
fn word_or_number(word: &str, language: &str) -> Expr {
    let written = Expr::Word(word.to_owned());
    let Some(number) = word.parse::<i64>().ok() else { return written };
    let mut ways = vec![written];
    ways.extend(numbers::say(number, language).iter().map(|way| Expr::words(way)));
    one_of(ways).unwrap_or(Expr::Seq(Vec::new()))
}

/// Sequences inside sequences are one.
fn sequence_of(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::Seq(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Expr::Seq(flat) }
}

/// Alternatives inside alternatives are one; `None` for no alternative.
fn one_of(parts: Vec<Expr>) -> Option<Expr> {
    let mut flat: Vec<Expr> = Vec::new();
    for part in parts {
        match part {
            Expr::Alt(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() > 1 { Some(Expr::Alt(flat)) } else { flat.pop() }
}

fn optional(expr: Expr) -> Expr {
    match expr {
        Expr::Optional(_) => expr,
        Expr::Seq(parts) if parts.is_empty() => Expr::Seq(parts),
        other => Expr::Optional(Box::new(other)),
    }
}
