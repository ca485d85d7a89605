//! From Rhasspy's sections to intents: tags become lists, rules become expansion rules.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::expand::{self, Way};
use super::ini::{self, Line, Node, Section};
use super::{Document, Fault, Imported, List, Lost, template_of};
use crate::nlu::numbers::LIMIT;
use crate::nlu::template::{self, Piece, Sequence};

/// Gives the text of a slot file.
type Slots<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(super) fn read(text: &str, language: &str, slots: Slots<'_>) -> Result<Imported, Fault> {
    let sections = ini::read(text)?;
    check_circles(&sections)?;
    let document = Document { language: language.to_owned(), ..Document::default() };
    let mut converter = Converter {
        sections: &sections,
        names: rule_names(&sections),
        slots,
        files: RefCell::default(),
        imported: Imported { document, lost: Vec::new() },
        section: 0,
        line: 0,
    };
    for (index, section) in sections.iter().enumerate() {
        converter.section = index;
        converter.section(section);
    }
    let mut imported = converter.imported;
    imported.lost.sort_by_key(|lost| lost.line);
    imported.lost.dedup();
    Ok(imported)
}

/// A rule, by section and place in it.
type RuleId = (usize, usize);

fn find_rule(sections: &[Section], here: usize, name: &str) -> Option<RuleId> {
    let of = |section: usize, name: &str| {
        sections[section].rules.iter().position(|(known, _)| known == name).map(|rule| (section, rule))
    };
    of(here, name).or_else(|| {
        let (intent, name) = name.split_once('.')?;
        let section = sections.iter().position(|section| section.intent == intent)?;
        of(section, name)
    })
}

/// What each rule is called in one file for all: by its own name, where that is one rule's only.
fn rule_names(sections: &[Section]) -> BTreeMap<RuleId, String> {
    let mut names = BTreeMap::new();
    for (index, section) in sections.iter().enumerate() {
        for (rule, (name, _)) in section.rules.iter().enumerate() {
            let shared =
                sections.iter().filter(|other| other.rules.iter().any(|(known, _)| known == name)).count();
            let own = if shared > 1 { format!("{}_{name}", section.intent) } else { name.clone() };
            names.insert((index, rule), own.replace([' ', '.'], "_"));
        }
    }
    names
}

fn check_circles(sections: &[Section]) -> Result<(), Fault> {
    fn visit(
        sections: &[Section],
        id: RuleId,
        open: &mut Vec<RuleId>,
        done: &mut BTreeSet<RuleId>,
    ) -> Result<(), Fault> {
        if done.contains(&id) {
            return Ok(());
        }
        let name = |id: &RuleId| format!("<{}>", sections[id.0].rules[id.1].0);
        let (_, line) = &sections[id.0].rules[id.1];
        if let Some(start) = open.iter().position(|known| *known == id) {
            let circle: Vec<_> = open[start..].iter().chain([&id]).map(name).collect();
            let reason = format!(
                "`{}` goes round in a circle; take one of these references out",
                circle.join("` → `")
            );
            return Err(Fault::new(line.number, reason));
        }
        open.push(id);
        for reference in references(&line.node) {
            if let Some(next) = find_rule(sections, id.0, &reference) {
                visit(sections, next, open, done)?;
            }
        }
        open.pop();
        done.insert(id);
        Ok(())
    }
    let mut done = BTreeSet::new();
    for (index, section) in sections.iter().enumerate() {
        for rule in 0..section.rules.len() {
            visit(sections, (index, rule), &mut Vec::new(), &mut done)?;
        }
    }
    Ok(())
}

fn references(node: &Node) -> Vec<String> {
    match node {
        Node::Rule(name) => vec![name.clone()],
        Node::Seq(parts) | Node::Alt(parts) => parts.iter().flat_map(references).collect(),
        Node::Optional(node)
        | Node::Tagged { node, .. }
        | Node::Converted(node, _)
        | Node::Instead(node, _) => references(node),
        Node::Word(_) | Node::Slot(_) | Node::Range { .. } => Vec::new(),
    }
}

struct Converter<'a> {
    sections: &'a [Section],
    names: BTreeMap<RuleId, String>,
    slots: Slots<'a>,
    /// Slot files that were read; `None` for those that are not there.
    files: RefCell<BTreeMap<String, Option<Vec<Node>>>>,
    imported: Imported,
    section: usize,
    line: usize,
}

impl Converter<'_> {
    fn lose(&mut self, what: impl Into<String>) {
        self.imported.lost.push(Lost { line: self.line, what: what.into() });
    }

    fn section(&mut self, section: &Section) {
        for (rule, (_, line)) in section.rules.iter().enumerate() {
            let name = self.names[&(self.section, rule)].clone();
            if let Some(template) = self.template(line, &mut None) {
                self.imported.document.rules.push((name, template));
            }
        }
        for line in &section.sentences {
            let mut fixed = Some(Vec::new());
            if let Some(template) = self.template(line, &mut fixed) {
                let block = self.imported.document.block(&section.intent, fixed.unwrap_or_default());
                block.sentences.push(template);
            }
        }
    }

    /// A line as a template that can be read; slots with a value and no words go to `fixed`.
    fn template(&mut self, line: &Line, fixed: &mut Option<Vec<(String, Value)>>) -> Option<String> {
        self.line = line.number;
        let sequence = self.sequence(&line.node, fixed);
        let text = sequence.to_string();
        match template::parse(&text) {
            Ok(_) => Some(text),
            Err(error) => {
                self.lose(format!("the sentence says nothing that can be kept ({})", error.reason));
                None
            }
        }
    }

    fn sequence(&mut self, node: &Node, fixed: &mut Option<Vec<(String, Value)>>) -> Sequence {
        let Node::Seq(parts) = node else { return Sequence(self.pieces(node, fixed)) };
        let mut pieces: Vec<Piece> = Vec::new();
        for part in parts {
            let own = self.pieces(part, fixed);
            if !own.is_empty() && !pieces.is_empty() {
                pieces.push(Piece::Space);
            }
            pieces.extend(own);
        }
        Sequence(pieces)
    }

    fn pieces(&mut self, node: &Node, fixed: &mut Option<Vec<(String, Value)>>) -> Vec<Piece> {
        match node {
            Node::Word(word) => vec![Piece::Text(word.clone())],
            Node::Seq(_) => self.sequence(node, fixed).0,
            Node::Alt(parts) => {
                let parts = parts.iter().map(|part| self.sequence(part, &mut None)).collect();
                vec![Piece::Alternatives(parts)]
            }
            Node::Optional(part) => match part.as_ref() {
                Node::Alt(parts) => {
                    vec![Piece::Optional(parts.iter().map(|part| self.sequence(part, &mut None)).collect())]
                }
                part => vec![Piece::Optional(vec![self.sequence(part, &mut None)])],
            },
            Node::Rule(name) => {
                if let Some(id) = find_rule(self.sections, self.section, name) {
                    return vec![Piece::Rule(self.names[&id].clone())];
                }
                self.lose(format!("there is no rule `<{name}>`; it is left out"));
                Vec::new()
            }
            Node::Slot(name) => self.slot_rule(name),
            Node::Range { from, to, step } => {
                let name = format!("number_{from}_{to}");
                self.lose(format!("`{from}..{to}` has no tag; its number goes to the slot `{name}`"));
                self.range(&name, *from, *to, *step)
                    .map_or_else(Vec::new, |list| vec![reference(&list, &name)])
            }
            Node::Tagged { node, tag, value } => self.tagged(node, tag, value.as_deref(), fixed),
            Node::Instead(said, written) => {
                if **written != Node::Seq(Vec::new()) || **said != Node::Seq(Vec::new()) {
                    self.lose(
                        "what is written instead of what is said matters only in slots; it is left out",
                    );
                }
                self.pieces(said, fixed)
            }
            Node::Converted(node, name) => {
                self.lose(format!("`!{name}` matters only in slots; it is left out"));
                self.pieces(node, fixed)
            }
        }
    }

    /// A slot: its ranges and its values are lists.
    fn tagged(
        &mut self,
        node: &Node,
        tag: &str,
        value: Option<&str>,
        fixed: &mut Option<Vec<(String, Value)>>,
    ) -> Vec<Piece> {
        let (node, converters) = unwrap(node);
        let says_nothing = match node {
            Node::Seq(parts) => parts.is_empty(),
            Node::Instead(said, _) => **said == Node::Seq(Vec::new()),
            _ => false,
        };
        if says_nothing {
            let written = match (value, node) {
                (Some(value), _) => value.to_owned(),
                (None, Node::Instead(_, written)) => self
                    .ways(written)
                    .and_then(|ways| ways.into_iter().next())
                    .unwrap_or_default()
                    .said
                    .join(" "),
                _ => String::new(),
            };
            let value = self.value(&written, &converters);
            match fixed {
                Some(fixed) => fixed.push((tag.to_owned(), value)),
                None => self.lose(format!("slot `{tag}` is set without a word inside a group or rule; write it at the sentence's end")),
            }
            return Vec::new();
        }
        let alternatives = match node {
            Node::Alt(parts) if value.is_none() => parts.clone(),
            node => vec![node.clone()],
        };
        let mut values = Vec::new();
        let mut lists = Vec::new();
        for alternative in &alternatives {
            let (alternative, own) = unwrap(alternative);
            let converters = [&own[..], &converters[..]].concat();
            match (alternative, value) {
                (Node::Range { from, to, step }, None) => {
                    if converters.iter().any(|name| name != "int") {
                        self.lose(format!(
                            "the converters of `{from}..{to}` are left out; its numbers are numbers"
                        ));
                    }
                    lists.extend(self.range(tag, *from, *to, *step));
                }
                (node, Some(value)) => {
                    let said = self.sequence(node, &mut None).to_string();
                    let value = self.value(value, &converters);
                    values.push((said, value));
                }
                (node, None) => match self.ways(node) {
                    Some(ways) => {
                        for way in ways.iter().filter(|way| !way.said.is_empty()) {
                            let all = [&way.converters[..], &converters[..]].concat();
                            let value = self.value(&way.means.join(" "), &all);
                            values.push((template_of(&way.said.join(" ")), value));
                        }
                    }
                    None => {
                        self.lose(format!(
                            "slot `{tag}` has more values than can be written down; these are left out"
                        ));
                    }
                },
            }
        }
        values.dedup();
        if !values.is_empty() || lists.is_empty() {
            // `$slot` alone keeps its own name, so that values can be added to it by name.
            let name = match node {
                Node::Slot(name) => slot_name(name),
                _ => tag.to_owned(),
            };
            lists.push(self.list(&name, List::Values(values)));
        }
        let mut pieces: Vec<Piece> = lists.iter().map(|list| reference(list, tag)).collect();
        if pieces.len() == 1 {
            return pieces;
        }
        vec![Piece::Alternatives(pieces.drain(..).map(|piece| Sequence(vec![piece])).collect())]
    }

    /// `$slot` without a tag: words that are said, and kept nowhere.
    fn slot_rule(&mut self, name: &str) -> Vec<Piece> {
        let ways = self.ways(&Node::Slot(name.to_owned())).unwrap_or_default();
        let parts: Vec<Sequence> = ways
            .iter()
            .filter(|way| !way.said.is_empty())
            .filter_map(|way| template::parse(&template_of(&way.said.join(" "))).ok())
            .collect();
        if parts.is_empty() {
            return Vec::new();
        }
        let rule = format!("slot_{}", slot_name(name));
        let body = Sequence(vec![Piece::Alternatives(parts)]).to_string();
        if !self.imported.document.rules.iter().any(|(known, _)| *known == rule) {
            self.imported.document.rules.push((rule.clone(), body));
        }
        vec![Piece::Rule(rule)]
    }

    fn ways(&mut self, node: &Node) -> Option<Vec<Way>> {
        let mut missing = Vec::new();
        for name in slots_in(node) {
            if !self.read_slot(&name) {
                missing.push(name);
            }
        }
        for name in missing {
            self.lose(format!(
                "there is no slot file `slots/{name}` (slot programs are not run); add its values with `entrenous vocabulary add`"
            ));
        }
        let (sections, section) = (self.sections, self.section);
        let rule = |name: &str| {
            find_rule(sections, section, name)
                .map(|(section, rule)| sections[section].rules[rule].1.node.clone())
        };
        let files = self.files.borrow();
        let slot = |name: &str| files.get(name).cloned().flatten().unwrap_or_default();
        expand::ways(node, &rule, &slot)
    }

    /// Reads a slot file; says whether there is one.
    fn read_slot(&mut self, name: &str) -> bool {
        if let Some(known) = self.files.borrow().get(name) {
            return known.is_some();
        }
        // Only files below the folder of slots.
        let text = if name.contains("..") || name.starts_with('/') { None } else { (self.slots)(name) };
        let mut broken = Vec::new();
        let lines = text.map(|text| {
            let mut nodes = Vec::new();
            for (index, line) in text.lines().enumerate() {
                let line = line.trim();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                match ini::parse(line, index + 1) {
                    // A slot file within a slot file may lead back to itself.
                    Ok(node) if slots_in(&node).is_empty() => nodes.push(node),
                    Ok(_) => {
                        broken.push(format!("line {} of slot file `{name}` names another slot", index + 1));
                    }
                    Err(fault) => {
                        broken.push(format!("line {} of slot file `{name}`: {}", index + 1, fault.reason));
                    }
                }
            }
            nodes
        });
        for what in broken {
            self.lose(what);
        }
        let found = lines.is_some();
        self.files.borrow_mut().insert(name.to_owned(), lines);
        found
    }

    fn value(&mut self, means: &str, converters: &[String]) -> Value {
        expand::value(means, converters).unwrap_or_else(|what| {
            self.lose(what);
            means.into()
        })
    }

    fn range(&mut self, name: &str, from: i64, to: i64, step: i64) -> Option<String> {
        if from > to || step < 1 || from < -LIMIT || to > LIMIT {
            self.lose(format!("no number is in `{from}..{to}` by {step}; the range is left out"));
            return None;
        }
        Some(self.list(name, List::Range { from, to, step }))
    }

    /// The name of a list with this content: `name`, or `name_2` where that is another.
    fn list(&mut self, name: &str, list: List) -> String {
        let lists = &mut self.imported.document.lists;
        for number in 1.. {
            let own = if number == 1 { name.to_owned() } else { format!("{name}_{number}") };
            match lists.iter().find(|(known, _)| *known == own) {
                Some((_, known)) if *known == list => return own,
                Some(_) => {}
                None => {
                    lists.push((own.clone(), list));
                    return own;
                }
            }
        }
        name.to_owned()
    }
}

fn reference(list: &str, slot: &str) -> Piece {
    let other = (list != slot).then(|| slot.to_owned());
    Piece::List { list: list.to_owned(), slot: other }
}

fn slot_name(name: &str) -> String {
    name.replace(['/', ',', '.'], "_")
}

/// A node without the converters around it, the inner ones first.
fn unwrap(node: &Node) -> (&Node, Vec<String>) {
    match node {
        Node::Converted(inner, name) => {
            let (node, mut converters) = unwrap(inner);
            converters.push(name.clone());
            (node, converters)
        }
        node => (node, Vec::new()),
    }
}

fn slots_in(node: &Node) -> Vec<String> {
    match node {
        Node::Slot(name) => vec![name.clone()],
        Node::Seq(parts) | Node::Alt(parts) => parts.iter().flat_map(slots_in).collect(),
        Node::Optional(node)
        | Node::Tagged { node, .. }
        | Node::Converted(node, _)
        | Node::Instead(node, _) => slots_in(node),
        Node::Word(_) | Node::Rule(_) | Node::Range { .. } => Vec::new(),
    }
}
