//! What sentence files refer to: every fault at once, where loading stops at the first, and what
//! nobody refers to.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use super::raw::{Names, Place, Raw, RawListKind, Said};
use super::yaml::suggestion;
use super::{ListSource, SourceFile};
use crate::nlu::NluError;
use crate::nlu::template::{Piece, Sequence};
use crate::nlu::trained::Example;

/// Something at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flaw {
    pub file: PathBuf,
    pub line: usize,
    /// What it is and how to mend it.
    pub what: String,
    /// Whether the files cannot be used with it.
    pub fatal: bool,
}

/// Where a sentence stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub file: PathBuf,
    pub line: usize,
    pub template: String,
}

/// Faults of the files, by file and line, and where every sentence stands.
#[must_use]
pub fn check(language: &str, files: &[SourceFile], lists: &[ListSource]) -> (Vec<Flaw>, Vec<Written>) {
    let mut flaws = Vec::new();
    let mut good = Vec::new();
    for file in files {
        match Raw::read(language, std::slice::from_ref(file), &[], &[]) {
            Ok(_) => good.push(file.clone()),
            Err(error) => flaws.extend(fatal(error)),
        }
    }
    let raw = match Raw::read(language, &good, lists, &[]) {
        Ok(raw) => raw,
        Err(error) => {
            flaws.extend(fatal(error));
            return (flaws, Vec::new());
        }
    };
    let mut walk = Walk { raw: &raw, used: BTreeSet::new(), flaws };
    for block in &raw.blocks {
        for template in &block.sentences {
            walk.sequence(&template.sequence, &block.local, &template.place);
        }
        for (example, place) in &block.examples {
            walk.example(example, &block.local, place);
        }
    }
    // What nothing refers to may still refer to what is not there.
    let used = walk.used.clone();
    let nobody = Names::default();
    for (name, rule) in &raw.names.rules {
        walk.rule(name, &nobody, &rule.place);
    }
    for (name, list) in &raw.names.lists {
        walk.list(name, &nobody, &list.place);
    }
    let mut flaws = walk.flaws;
    // Where a file is broken, what it refers to is not known.
    if good.len() == files.len() {
        flaws.extend(unused(&raw, &used));
    }
    flaws.sort();
    flaws.dedup();
    let written = raw.blocks.iter().flat_map(|block| &block.sentences);
    let written = written.map(|template| Written {
        file: template.place.file.to_path_buf(),
        line: template.place.line,
        template: template.text.clone(),
    });
    (flaws, written.collect())
}

fn fatal(error: NluError) -> Option<Flaw> {
    match error {
        NluError::Sentence { file, line, reason } => Some(Flaw { file, line, what: reason, fatal: true }),
        NluError::NoSentences { .. } => None,
    }
}

/// A rule or list, by the place of its definition.
type Defined = (PathBuf, usize, String);

fn defined(name: String, place: &Place) -> Defined {
    (place.file.to_path_buf(), place.line, name)
}

fn unused(raw: &Raw, used: &BTreeSet<Defined>) -> Vec<Flaw> {
    let local = raw.blocks.iter().map(|block| &block.local);
    let mut flaws = Vec::new();
    for names in std::iter::once(&raw.names).chain(local) {
        let rules = names.rules.iter().map(|(name, rule)| (format!("<{name}>"), &rule.place));
        let lists = names.lists.iter().map(|(name, list)| (format!("{{{name}}}"), &list.place));
        for (name, place) in rules.chain(lists) {
            let from_the_home = place.line == 0;
            if !from_the_home && !used.contains(&defined(name.clone(), place)) {
                flaws.push(Flaw {
                    file: place.file.to_path_buf(),
                    line: place.line,
                    what: format!("`{name}` is never used; use it in a sentence, or remove it"),
                    fatal: false,
                });
            }
        }
    }
    flaws
}

struct Walk<'r> {
    raw: &'r Raw,
    used: BTreeSet<Defined>,
    flaws: Vec<Flaw>,
}

impl Walk<'_> {
    fn sequence(&mut self, sequence: &Sequence, local: &Names, place: &Place) {
        for piece in &sequence.0 {
            match piece {
                Piece::Text(_) | Piece::Space => {}
                Piece::Alternatives(parts) | Piece::Optional(parts) | Piece::Permutation(parts) => {
                    for part in parts {
                        self.sequence(part, local, place);
                    }
                }
                Piece::Rule(name) => self.rule(name, local, place),
                Piece::List { list, .. } => self.list(list, local, place),
            }
        }
    }

    /// A slot without a list's name before it need not be of a list.
    fn example(&mut self, example: &Example, local: &Names, place: &Place) {
        for slot in &example.slots {
            let (list, named) = match slot.name.split_once(':') {
                Some((list, _)) => (list, true),
                None => (slot.name.as_str(), false),
            };
            if named || local.lists.contains_key(list) || self.raw.names.lists.contains_key(list) {
                self.list(list, local, place);
            }
        }
    }

    fn rule(&mut self, name: &str, local: &Names, place: &Place) {
        let raw = self.raw;
        let Some(rule) = local.rules.get(name).or_else(|| raw.names.rules.get(name)) else {
            let known = local.rules.keys().chain(raw.names.rules.keys()).map(String::as_str);
            return self.missing("rule", name, known, "expansion_rules", place);
        };
        if self.used.insert(defined(format!("<{name}>"), &rule.place)) {
            let place = Place { file: Rc::clone(&rule.place.file), line: rule.place.line };
            self.sequence(&rule.sequence, local, &place);
        }
    }

    fn list(&mut self, name: &str, local: &Names, place: &Place) {
        let raw = self.raw;
        let Some(list) = local.lists.get(name).or_else(|| raw.names.lists.get(name)) else {
            let known = local.lists.keys().chain(raw.names.lists.keys()).map(String::as_str);
            return self.missing("list", name, known, "lists", place);
        };
        if self.used.insert(defined(format!("{{{name}}}"), &list.place))
            && let RawListKind::Values(values) = &list.kind
        {
            for value in values {
                if let Said::Template(sequence) = &value.said {
                    self.sequence(sequence, local, &value.place);
                }
            }
        }
    }

    fn missing<'n>(
        &mut self,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
        define: &str,
        place: &Place,
    ) {
        let mend = suggestion(name, known)
            .map_or_else(|| format!("define it under `{define}`"), |near| format!("did you mean `{near}`?"));
        self.flaws.push(Flaw {
            file: place.file.to_path_buf(),
            line: place.line,
            what: format!("there is no {what} `{name}`; {mend}"),
            fatal: true,
        });
    }
}
