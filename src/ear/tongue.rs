//! A house in which several languages are spoken: the wake word says which one follows.

use super::recogniser::Recogniser;
use super::{Ear, Judge};
use crate::stt::{Scope, SpeechToText};

/// What a wake word asks for, where it does not ask for what is usual here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// The language that is spoken after it.
    pub language: Option<String>,
    /// The area that is meant after it.
    pub area: Option<String>,
}

/// What hears a language that is not spoken at present.
pub(super) struct Tongue {
    /// `None` is the usual one.
    language: Option<String>,
    recogniser: Recogniser,
    judge: Option<Judge>,
}

impl Tongue {
    pub(super) fn prepare(&mut self) {
        self.recogniser.prepare();
    }
}

impl Ear {
    /// Another recogniser for a language that a wake word asks for, from the next utterance on: call it
    /// while [`Ear::is_waiting`].
    pub fn hear_language(&mut self, language: &str, stt: Box<dyn SpeechToText>, judge: Option<Judge>) {
        self.turn_to(None);
        match self.tongues.iter_mut().find(|tongue| tongue.language.as_deref() == Some(language)) {
            Some(tongue) => {
                tongue.recogniser.replace(stt);
                tongue.judge = judge;
            }
            None => self.tongues.push(Tongue {
                language: Some(language.to_owned()),
                recogniser: Recogniser::new(stt),
                judge,
            }),
        }
    }

    /// Hears a language from now on; one that was not prepared is heard as the usual one.
    pub(super) fn turn_to(&mut self, language: Option<&str>) {
        if self.language.as_deref() == language {
            return;
        }
        let place = |wanted: Option<&str>| {
            self.tongues.iter().position(|tongue| tongue.language.as_deref() == wanted)
        };
        let Some(index) = place(language).or_else(|| place(None)) else { return };
        self.recogniser.discard();
        // Each comes back expecting commands.
        self.expect(Scope::Commands);
        let tongue = &mut self.tongues[index];
        std::mem::swap(&mut self.language, &mut tongue.language);
        std::mem::swap(&mut self.recogniser, &mut tongue.recogniser);
        std::mem::swap(&mut self.judge, &mut tongue.judge);
    }

    /// Recognises on threads of their own, so that hearing goes on meanwhile. When results come then
    /// depends on the machine; which they are does not.
    pub fn recognise_on_thread(&mut self) {
        self.recogniser.move_to_thread();
        for tongue in &mut self.tongues {
            tongue.recogniser.move_to_thread();
        }
    }
}
