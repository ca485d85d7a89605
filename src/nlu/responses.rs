//! The answers written in sentence files (`responses:`), as Jinja templates.

use serde_json::Value;

/// Answers by intent and key.
#[derive(Debug, Clone, Default)]
pub struct Responses {
    _private: (),
}

impl Responses {
    /// Renders the answer of an intent; `None` where the files hold none. `variables` is an
    /// object (`slots`, `state`, …).
    ///
    /// # Errors
    /// When the template fails on these variables.
    pub fn render(&self, _intent: &str, _key: &str, _variables: &Value) -> Option<Result<String, String>> {
        todo!("nlu helper")
    }
}
