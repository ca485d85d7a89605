//! What the tagged part of a Rhasspy sentence says, and what each way of saying it means.

use serde_json::{Number, Value};

use super::ini::Node;

/// More values of one slot than this are a mistake.
const MAX_VALUES: usize = 2_000;

/// One way to say something, and what it is written as.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Way {
    pub said: Vec<String>,
    pub means: Vec<String>,
    /// Converters, in order.
    pub converters: Vec<String>,
}

/// Every way to say a node; `None` when there are too many. `rule` gives the body of a rule,
/// `slot` the ways of a slot file. Ranges are none of its business.
pub(super) fn ways(
    node: &Node,
    rule: &dyn Fn(&str) -> Option<Node>,
    slot: &dyn Fn(&str) -> Vec<Node>,
) -> Option<Vec<Way>> {
    let inner = |node: &Node| ways(node, rule, slot);
    let found = match node {
        Node::Word(word) => {
            vec![Way { said: vec![word.clone()], means: vec![word.clone()], ..Way::default() }]
        }
        Node::Range { from, to, step } => {
            let many = to.checked_sub(*from).filter(|_| *step > 0).map(|width| width / step)?;
            if usize::try_from(many).is_ok_and(|many| many >= MAX_VALUES) {
                return None;
            }
            let numbers = (0..=(to - from) / step).map(|number| (from + number * step).to_string());
            numbers
                .map(|number| Way { said: vec![number.clone()], means: vec![number], ..Way::default() })
                .collect()
        }
        Node::Seq(parts) => {
            let mut all = vec![Way::default()];
            for part in parts {
                let next = inner(part)?;
                if all.len() * next.len() > MAX_VALUES {
                    return None;
                }
                all =
                    all.iter().flat_map(|before| next.iter().map(move |after| join(before, after))).collect();
            }
            all
        }
        Node::Alt(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(inner(part)?);
                if all.len() > MAX_VALUES {
                    return None;
                }
            }
            all
        }
        Node::Optional(part) => {
            let mut all = inner(part)?;
            all.push(Way::default());
            all
        }
        Node::Rule(name) => match rule(name) {
            Some(body) => inner(&body)?,
            None => Vec::new(),
        },
        Node::Slot(name) => {
            let mut all = Vec::new();
            for line in slot(name) {
                all.extend(inner(&line)?);
            }
            all
        }
        Node::Tagged { node, .. } => inner(node)?,
        Node::Instead(said, written) => {
            let means = inner(written)?.into_iter().next().unwrap_or_default().said;
            inner(said)?.into_iter().map(|way| Way { means: means.clone(), ..way }).collect()
        }
        Node::Converted(node, name) => {
            let mut all = inner(node)?;
            for way in &mut all {
                way.converters.push(name.clone());
            }
            all
        }
    };
    (found.len() <= MAX_VALUES).then_some(found)
}

fn join(before: &Way, after: &Way) -> Way {
    Way {
        said: [&before.said[..], &after.said[..]].concat(),
        means: [&before.means[..], &after.means[..]].concat(),
        converters: [&before.converters[..], &after.converters[..]].concat(),
    }
}

/// The value that a way gives its slot.
///
/// # Errors
/// Which converter is not known, or cannot convert it.
pub(super) fn value(means: &str, converters: &[String]) -> Result<Value, String> {
    let mut value = Value::from(means);
    for converter in converters {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        value = match converter.as_str() {
            "int" => text.trim().parse::<i64>().map(Value::from).ok(),
            "float" => text.trim().parse().ok().and_then(Number::from_f64).map(Value::Number),
            "bool" => Some(Value::from(!matches!(text.to_lowercase().as_str(), "" | "0" | "false" | "no"))),
            "upper" => Some(Value::from(text.to_uppercase())),
            "lower" => Some(Value::from(text.to_lowercase())),
            _ => return Err(format!("converter `!{converter}` is not known; the value stays `{text}`")),
        }
        .ok_or_else(|| format!("`!{converter}` cannot convert `{text}`; it stays as it is"))?;
    }
    Ok(value)
}
