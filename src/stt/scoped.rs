//! Two vocabularies: the household's commands, and answers to questions.
//!
//! "Yes", "the second one" and "five minutes" are heard only while they are asked for, each by an
//! engine that hears the answers to such questions alone: "yes" is not "yesterday". It is made when the
//! first question of its kind is asked, while that is being spoken: most sessions end without one.
//! Somebody who is asked may say a command instead, so that both are listened for then.

use super::{Scope, SpeechToText, SttError, Transcript};
use crate::event::Expected;

/// Makes the engine for answers of a kind.
pub type Lazily = Box<dyn Fn(Expected) -> Result<Box<dyn SpeechToText>, SttError> + Send>;

/// An engine for commands beside one for answers.
pub struct Scoped {
    commands: Box<dyn SpeechToText>,
    make: Lazily,
    /// Engines that were made; `None` where that failed, and only commands are heard.
    answers: Vec<(Expected, Option<Box<dyn SpeechToText>>)>,
    scope: Scope,
}

impl Scoped {
    #[must_use]
    pub fn new(commands: Box<dyn SpeechToText>, make: Lazily) -> Self {
        Self { commands, make, answers: Vec::new(), scope: Scope::Commands }
    }
}

impl SpeechToText for Scoped {
    fn engine(&self) -> &'static str {
        self.commands.engine()
    }

    fn prepare(&mut self) {
        self.commands.prepare();
        let scope = self.scope;
        for kind in Expected::ANSWERS {
            self.expect(Scope::Answers(kind));
        }
        self.scope = scope;
    }

    fn expect(&mut self, scope: Scope) {
        self.scope = scope;
        // Whoever is asked something may refer to it.
        self.commands.expect(if scope == Scope::Fresh { scope } else { Scope::Commands });
        if let Scope::Answers(kind) = scope
            && self.answers.iter().all(|(known, _)| *known != kind)
        {
            let made = (self.make)(kind);
            if let Err(error) = &made {
                tracing::warn!("answers are not heard, only commands: {error}");
            }
            self.answers.push((kind, made.ok()));
        }
    }

    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        let Scope::Answers(kind) = self.scope else { return self.commands.transcribe(samples) };
        let known = self.answers.iter_mut().find(|(known, _)| *known == kind);
        let Some((_, Some(answers))) = known else { return self.commands.transcribe(samples) };
        let answer = answers.transcribe(samples)?;
        // Whoever wants something else while something rings says the wake word.
        if kind == Expected::Ring {
            return Ok(answer);
        }
        let command = self.commands.transcribe(samples)?;
        Ok(surer(answer, command))
    }
}

/// How sure a command must be that nobody asked for. A short answer is always a bit like some command,
/// and being asked again is better than having the wrong thing done.
const CLEAR: f32 = 0.7;

/// What was asked for, unless a command was clearly said instead.
fn surer(answer: Transcript, command: Transcript) -> Transcript {
    let surer = answer.rejected.is_some() || command.confidence > answer.confidence;
    if command.rejected.is_none() && command.confidence >= CLEAR && surer { command } else { answer }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SaysScope;

    /// Says the same every time.
    #[derive(Clone, Copy)]
    struct Says(&'static str, f32, bool);

    impl SpeechToText for Says {
        fn engine(&self) -> &'static str {
            "says"
        }
        fn transcribe(&mut self, _samples: &[i16]) -> Result<Transcript, SttError> {
            let rejected = self.2.then(|| "unsure".to_owned());
            Ok(Transcript { text: self.0.into(), confidence: self.1, rejected, ..Transcript::default() })
        }
    }

    fn scoped(command: Says, answer: Says) -> Scoped {
        let answer = move |_| -> Result<Box<dyn SpeechToText>, SttError> { Ok(Box::new(answer)) };
        Scoped::new(Box::new(command), Box::new(answer))
    }

    #[test]
    fn commands_know_whether_there_is_something_to_refer_to() {
        let nothing = |_| -> Result<Box<dyn SpeechToText>, SttError> { Err(SttError::NoEngine("no".into())) };
        let mut stt = Scoped::new(Box::<SaysScope>::default(), Box::new(nothing));
        for (scope, heard) in [
            (Scope::Fresh, "Fresh"),
            (YES_OR_NO, "Commands"),
            (Scope::Fresh, "Fresh"),
            (Scope::Commands, "Commands"),
        ] {
            stt.expect(scope);
            assert_eq!(stt.transcribe(&[]).unwrap().text, heard);
        }
    }

    const YES_OR_NO: Scope = Scope::Answers(Expected::Confirmation);

    #[test]
    fn answers_are_heard_only_when_asked_for() {
        let mut stt = scoped(Says("turn on", 0.5, true), Says("yes", 0.9, false));
        assert_eq!(stt.transcribe(&[]).unwrap().text, "turn on");
        stt.expect(YES_OR_NO);
        assert_eq!(stt.transcribe(&[]).unwrap().text, "yes");
        stt.expect(Scope::Commands);
        assert_eq!(stt.transcribe(&[]).unwrap().text, "turn on");
    }

    #[test]
    fn a_command_may_be_said_instead_of_an_answer() {
        for (command, answer, heard) in [
            (Says("lights off", 0.8, false), Says("half", 0.3, true), "lights off"),
            (Says("lights off", 0.8, false), Says("half", 0.6, false), "lights off"),
            (Says("lights off", 0.6, false), Says("half", 0.8, false), "half"),
            (Says("lights off", 0.6, false), Says("half", 0.3, true), "half"),
            (Says("lights off", 0.4, true), Says("half", 0.3, true), "half"),
        ] {
            let mut stt = scoped(command, answer);
            stt.expect(YES_OR_NO);
            assert_eq!(stt.transcribe(&[]).unwrap().text, heard);
        }
    }

    #[test]
    fn while_something_rings_no_command_is_heard() {
        let mut stt = scoped(Says("lights off", 0.9, false), Says("stop", 0.3, true));
        stt.expect(Scope::Answers(Expected::Ring));
        assert_eq!(stt.transcribe(&[]).unwrap().text, "stop");
    }

    #[test]
    fn without_answers_commands_go_on() {
        let failing = Box::new(|_| Err(SttError::NoEngine("no dictionary".into())));
        let mut stt = Scoped::new(Box::new(Says("lights off", 0.8, false)), failing);
        stt.expect(YES_OR_NO);
        assert_eq!(stt.transcribe(&[]).unwrap().text, "lights off");
    }
}
