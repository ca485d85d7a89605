//! The closed recogniser first, the open one where the first is unsure.
//!
//! The closed recogniser is fast and right about what the household can say; the open one hears
//! the rest, at ten times the price. Asking both about everything would make every command slow.

use super::{Hypothesis, Scope, SpeechToText, SttError, Transcript};

/// Two recognisers in a row.
pub struct Cascade {
    closed: Box<dyn SpeechToText>,
    open: Box<dyn SpeechToText>,
    sure: f32,
}

impl Cascade {
    /// `min_confidence` (0–1) is where both engines reject; the second is asked when the first is
    /// in the lower half of what is left.
    #[must_use]
    pub fn new(closed: Box<dyn SpeechToText>, open: Box<dyn SpeechToText>, min_confidence: f32) -> Self {
        Self { closed, open, sure: f32::midpoint(min_confidence, 1.0) }
    }
}

impl SpeechToText for Cascade {
    fn engine(&self) -> &'static str {
        "cascade"
    }

    fn expect(&mut self, scope: Scope) {
        self.closed.expect(scope);
        self.open.expect(scope);
    }

    /// The transcript's `engine` is the one that spoke.
    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        let closed = self.closed.transcribe(samples);
        if let Ok(first) = &closed
            && first.rejected.is_none()
            && first.confidence >= self.sure
        {
            return closed;
        }
        match (closed, self.open.transcribe(samples)) {
            (Ok(first), Ok(second)) => Ok(decide(first, second)),
            // One ear is better than none, but its failing is worth knowing.
            (Ok(left), Err(error)) | (Err(error), Ok(left)) => {
                tracing::warn!("{error}; the other recogniser goes on alone");
                Ok(left)
            }
            (Err(_), Err(error)) => Err(error),
        }
    }
}

/// One transcript of two. Engines that heard the same are surer together than alone.
fn decide(first: Transcript, second: Transcript) -> Transcript {
    let agree = first.text == second.text && !first.text.is_empty();
    let confidence = 1.0 - (1.0 - first.confidence) * (1.0 - second.confidence);
    let (mut chosen, other) = match (&first.rejected, &second.rejected) {
        (None, Some(_)) => (first, second),
        (Some(_), None) => (second, first),
        _ if second.confidence > first.confidence => (second, first),
        _ => (first, second),
    };
    if agree {
        chosen.confidence = confidence;
    } else if !other.text.is_empty() {
        let reading = Hypothesis { text: other.text, confidence: other.confidence };
        let after =
            chosen.alternatives.iter().take_while(|known| known.confidence >= reading.confidence).count();
        chosen.alternatives.insert(after, reading);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says the same every time.
    struct Says(Option<Transcript>);

    impl SpeechToText for Says {
        fn engine(&self) -> &'static str {
            "double"
        }

        fn transcribe(&mut self, _samples: &[i16]) -> Result<Transcript, SttError> {
            self.0.clone().ok_or(SttError::Run { engine: "double", reason: "asked".into() })
        }
    }

    fn heard(engine: &str, text: &str, confidence: f32) -> Transcript {
        let engine = engine.into();
        Transcript { text: text.into(), confidence, engine, ..Transcript::default() }
    }

    fn rejected(engine: &str, text: &str, confidence: f32) -> Transcript {
        Transcript { rejected: Some("unsure".into()), ..heard(engine, text, confidence) }
    }

    fn ask(
        closed: impl Into<Option<Transcript>>,
        open: impl Into<Option<Transcript>>,
    ) -> Result<Transcript, SttError> {
        let (closed, open) = (closed.into(), open.into());
        Cascade::new(Box::new(Says(closed)), Box::new(Says(open)), 0.5).transcribe(&[])
    }

    #[test]
    fn a_sure_first_is_enough() {
        // The second would fail.
        let transcript = ask(heard("closed", "lights on", 0.75), None).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.text.as_str()), ("closed", "lights on"));
    }

    #[test]
    fn the_second_speaks_where_the_first_is_unsure() {
        let first = heard("closed", "lights off", 0.6);
        let transcript = ask(first, heard("open", "lights on", 0.9)).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.text.as_str()), ("open", "lights on"));
        assert_eq!(transcript.alternatives, [Hypothesis { text: "lights off".into(), confidence: 0.6 }]);

        let transcript = ask(rejected("closed", "", 0.0), heard("open", "play jazz", 0.55)).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.rejected), ("open", None));
        assert!(transcript.alternatives.is_empty());
    }

    #[test]
    fn the_first_stands_when_the_second_is_less_sure() {
        let transcript = ask(heard("closed", "lights on", 0.6), rejected("open", "thank you", 0.9)).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.rejected), ("closed", None));
    }

    #[test]
    fn both_rejecting_is_rejected() {
        let transcript = ask(rejected("closed", "a", 0.2), rejected("open", "b", 0.3)).unwrap();
        assert_eq!((transcript.text.as_str(), transcript.rejected.is_some()), ("b", true));
    }

    #[test]
    fn agreement_is_surer_than_either() {
        let transcript = ask(heard("closed", "lights on", 0.6), heard("open", "lights on", 0.7)).unwrap();
        assert!((transcript.confidence - 0.88).abs() < 1e-6);
        assert!(transcript.alternatives.is_empty());
    }

    #[test]
    fn one_that_fails_leaves_the_other() {
        let transcript = ask(None, heard("open", "lights on", 0.9)).unwrap();
        assert_eq!(transcript.engine, "open");
        let transcript = ask(rejected("closed", "a", 0.2), None).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.rejected.is_some()), ("closed", true));
        assert!(ask(None, None).is_err());
    }
}
