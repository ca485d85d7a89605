//! The answers written in sentence files (`responses:`), as Jinja templates.

use minijinja::Environment;
use serde_json::Value;

/// Answers by intent and key.
#[derive(Debug, Clone)]
pub struct Responses {
    /// Named `<intent>/<key>`.
    templates: Environment<'static>,
}

impl Default for Responses {
    fn default() -> Self {
        let mut templates = Environment::new();
        // What is said has no markup to protect.
        templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        templates.set_fuel(Some(100_000));
        // Answers written for Home Assistant call Python's methods: `name.lower()`, `state.get("x")`.
        templates.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        Self { templates }
    }
}

impl Responses {
    /// Keeps an answer, in place of an earlier one of the same key.
    ///
    /// # Errors
    /// Line of the template (from 1) and what is wrong with it.
    pub(crate) fn add(&mut self, intent: &str, key: &str, text: &str) -> Result<(), (usize, String)> {
        let text = without_colons(text);
        self.templates.add_template_owned(format!("{intent}/{key}"), text).map_err(|error| {
            let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            (error.line().unwrap_or(1), format!("this is not a Jinja template: {reason}"))
        })
    }

    /// Takes over the answers of others, as those of intents named `space.intent`.
    pub(crate) fn adopt(&mut self, space: &str, others: &Self) {
        for (name, template) in others.templates.templates() {
            let source = template.source().to_owned();
            // It was compiled once already.
            if let Err(error) = self.templates.add_template_owned(format!("{space}.{name}"), source) {
                tracing::warn!("the answer `{space}.{name}` is left out: {error}");
            }
        }
    }

    /// Renders the answer of an intent; `None` where the files hold none. `variables` is an
    /// object (`slots`, `state`, …). A key that is not there falls back to `default`. White space
    /// is tidied: an answer is one line to be spoken.
    ///
    /// # Errors
    /// When the template fails on these variables.
    pub fn render(&self, intent: &str, key: &str, variables: &Value) -> Option<Result<String, String>> {
        let template = [key, "default"]
            .iter()
            .find_map(|key| self.templates.get_template(&format!("{intent}/{key}")).ok())?;
        let rendered = template
            .render(minijinja::Value::from(minijinja::value::Serde(variables)))
            .map_err(|error| format!("answer `{}`: {error}", template.name()));
        Some(rendered.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }
}

/// Jinja allows a colon at the end of a block (`{% else: %}`), minijinja does not.
fn without_colons(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for part in text.split_inclusive("%}") {
        let Some(block) = part.strip_suffix("%}") else {
            plain.push_str(part);
            continue;
        };
        let (block, end) =
            block.strip_suffix(['-', '+']).map_or((block, "%}"), |bare| (bare, &part[bare.len()..]));
        plain.push_str(block.trim_end().strip_suffix(':').unwrap_or(block));
        plain.push_str(end);
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_see_the_variables() {
        let mut responses = Responses::default();
        responses.add("HassTurnOn", "default", "Turned on {{ slots.name }} & <b>\n  now").unwrap();
        responses.add("HassTurnOn", "cover", "{% if state.open %}Open{% endif %}").unwrap();
        let variables = json!({"slots": {"name": "Lamp"}, "state": {"open": true}});
        let render = |key| responses.render("HassTurnOn", key, &variables);
        assert_eq!(render("default"), Some(Ok("Turned on Lamp & <b> now".into())));
        assert_eq!(render("cover"), Some(Ok("Open".into())));
        assert_eq!(render("missing"), Some(Ok("Turned on Lamp & <b> now".into())));
        assert_eq!(responses.render("Other", "default", &variables), None);
    }

    #[test]
    fn pythons_habits_are_understood() {
        let mut responses = Responses::default();
        let template = "{% if slots.on: %}{{ slots.name.lower() }}{% else : -%}  no{%- endif %}{{ slots.get('x', '') }}:";
        responses.add("A", "default", template).unwrap();
        let render =
            |on: bool| responses.render("A", "default", &json!({"slots": {"on": on, "name": "LAMP"}}));
        assert_eq!(render(true), Some(Ok("lamp:".into())));
        assert_eq!(render(false), Some(Ok("no:".into())));
    }

    #[test]
    fn faults_are_reported() {
        let mut responses = Responses::default();
        let (line, reason) = responses.add("A", "default", "one\n{% if %}").unwrap_err();
        assert_eq!(line, 2);
        assert!(reason.contains("not a Jinja template"), "{reason}");
        responses.add("A", "loop", "{% for i in range(100000000) %}x{% endfor %}").unwrap();
        assert!(responses.render("A", "loop", &json!({})).unwrap().is_err());
    }
}
