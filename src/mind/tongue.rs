//! A house in which several languages are spoken: the wake word says which one follows.

use super::{Mind, examples};
use crate::home::Home;
use crate::household::Household;
use crate::nlu::Understanding;
use crate::nlu::responses::Responses;
use crate::skills::words;

/// What understands and answers in a language that is not spoken at present.
pub(super) struct Tongue {
    language: String,
    understanding: Understanding,
    answers: Understanding,
    responses: Responses,
    examples: Vec<String>,
}

impl Tongue {
    /// Of the other languages of a household.
    pub fn others(others: Vec<Household>, home: &Home) -> Vec<Self> {
        let tongue = |Household { language, understanding, answers, responses, .. }: Household| {
            let examples = examples::of(&understanding, home, words::of(&language), &language);
            Self { language, understanding, answers, responses, examples }
        };
        others.into_iter().map(tongue).collect()
    }
}

impl Mind {
    /// Understands and answers as a wake word asks; `None` is what is usual here. It lasts until another
    /// wake word.
    pub(super) fn address(&mut self, language: Option<&str>, area: Option<&str>) {
        let proper = |area: &str| Some(self.house.home().area(area)?.names.name.clone());
        self.area = area.and_then(proper).or_else(|| self.own_area.clone());
        let wanted = language.unwrap_or(&self.usual_language);
        let Some(tongue) = self.tongues.iter_mut().find(|tongue| tongue.language == wanted) else { return };
        std::mem::swap(&mut self.language, &mut tongue.language);
        std::mem::swap(&mut self.understanding, &mut tongue.understanding);
        std::mem::swap(&mut self.answers, &mut tongue.answers);
        std::mem::swap(&mut self.responses, &mut tongue.responses);
        std::mem::swap(&mut self.examples, &mut tongue.examples);
    }
}
