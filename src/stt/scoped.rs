//! Two vocabularies: the household's commands, and answers to questions.
//!
//! "Yes", "the second one" and "five minutes" are heard only while they are asked for. The engine for
//! them is made when the first question is asked, while that is being spoken: most sessions end
//! without one. Somebody who is asked may say a command instead, so that both are listened for then.

use super::{Scope, SpeechToText, SttError, Transcript};

/// Makes the engine for answers.
pub type Lazily = Box<dyn FnOnce() -> Result<Box<dyn SpeechToText>, SttError> + Send>;

/// An engine for commands beside one for answers.
pub struct Scoped {
    commands: Box<dyn SpeechToText>,
    answers: Answers,
    scope: Scope,
}

enum Answers {
    Unmade(Lazily),
    Made(Box<dyn SpeechToText>),
    /// They cannot be heard here; commands still are.
    Failed,
}

impl Scoped {
    #[must_use]
    pub fn new(commands: Box<dyn SpeechToText>, answers: Lazily) -> Self {
        Self { commands, answers: Answers::Unmade(answers), scope: Scope::Commands }
    }
}

impl SpeechToText for Scoped {
    fn engine(&self) -> &'static str {
        self.commands.engine()
    }

    fn expect(&mut self, scope: Scope) {
        self.scope = scope;
        if scope == Scope::Answers && matches!(self.answers, Answers::Unmade(_)) {
            let Answers::Unmade(make) = std::mem::replace(&mut self.answers, Answers::Failed) else { return };
            match make() {
                Ok(engine) => self.answers = Answers::Made(engine),
                Err(error) => tracing::warn!("answers are not heard, only commands: {error}"),
            }
        }
    }

    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        let (Scope::Answers, Answers::Made(answers)) = (self.scope, &mut self.answers) else {
            return self.commands.transcribe(samples);
        };
        let answer = answers.transcribe(samples)?;
        let command = self.commands.transcribe(samples)?;
        Ok(surer(answer, command))
    }
}

/// What was asked for, unless a command was clearly said instead.
fn surer(answer: Transcript, command: Transcript) -> Transcript {
    match (&answer.rejected, &command.rejected) {
        (None, None) if command.confidence > answer.confidence => command,
        (Some(_), None) => command,
        _ => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says the same every time.
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
        Scoped::new(Box::new(command), Box::new(|| Ok(Box::new(answer))))
    }

    #[test]
    fn answers_are_heard_only_when_asked_for() {
        let mut stt = scoped(Says("turn on", 0.5, true), Says("yes", 0.9, false));
        assert_eq!(stt.transcribe(&[]).unwrap().text, "turn on");
        stt.expect(Scope::Answers);
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
            (Says("lights off", 0.4, true), Says("half", 0.3, true), "half"),
        ] {
            let mut stt = scoped(command, answer);
            stt.expect(Scope::Answers);
            assert_eq!(stt.transcribe(&[]).unwrap().text, heard);
        }
    }

    #[test]
    fn without_answers_commands_go_on() {
        let failing = Box::new(|| Err(SttError::NoEngine("no dictionary".into())));
        let mut stt = Scoped::new(Box::new(Says("lights off", 0.8, false)), failing);
        stt.expect(Scope::Answers);
        assert_eq!(stt.transcribe(&[]).unwrap().text, "lights off");
    }
}
