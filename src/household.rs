//! One household, assembled from its configuration: home, sentences, understanding.
//!
//! The one place that `run`, `replay`, `ask` and `eval` share for opening what the
//! configuration names.

use crate::Result;
use crate::config::Config;
use crate::home::Home;
use crate::nlu::Understanding;
use crate::nlu::grammar::Grammar;
use crate::nlu::responses::Responses;

/// What a household can say, what that means, and what it can act on.
pub struct Household {
    pub language: String,
    pub home: Home,
    pub understanding: Understanding,
    pub responses: Responses,
    /// The area the microphone is in.
    pub area: Option<String>,
}

impl Household {
    /// Reads the home file and every sentence file that the configuration names.
    ///
    /// # Errors
    /// When a file cannot be read, or says something that cannot be, with its line.
    pub fn load(_config: &Config) -> Result<Self> {
        todo!("lead")
    }

    #[must_use]
    pub fn grammar(&self) -> &Grammar {
        self.understanding.grammar()
    }
}
