//! The closed recogniser first, the open one where the first is unsure.
//!
//! The closed recogniser is fast and right about what the household can say; the open one hears
//! the rest, at ten times the price. Asking both about everything would make every command slow.
//! Words that may be any (an item of a list, a title) the closed one can only guess, however sure it
//! is of the rest: there the other is always asked.

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

    /// Why the first is not enough; `None` when it is.
    fn doubt(&self, first: &Transcript) -> Option<&'static str> {
        if first.rejected.is_some() {
            Some("rejected it")
        } else if first.wild {
            Some("can only guess words that may be any")
        } else if first.confidence < self.sure {
            Some("was unsure")
        } else {
            None
        }
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

    /// The transcript's `engine` is the one that spoke, and its `why` says why.
    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        let closed = match self.closed.transcribe(samples) {
            Ok(first) => match self.doubt(&first) {
                None => return Ok(Transcript { why: Some("it was sure".into()), ..first }),
                Some(doubt) => Ok((first, doubt)),
            },
            Err(error) => Err(error),
        };
        let likely = closed.as_ref().map(|(first, _)| likely(first)).unwrap_or_default();
        match (closed, self.open.transcribe_knowing(samples, &likely)) {
            (Ok((first, doubt)), Ok(second)) => Ok(decide(first, second, doubt)),
            // One ear is better than none, but its failing is worth knowing.
            (Ok((left, _)), Err(error)) => Ok(alone(left, self.open.engine(), &error)),
            (Err(error), Ok(left)) => Ok(alone(left, self.closed.engine(), &error)),
            (Err(_), Err(error)) => Err(error),
        }
    }
}

/// The sentences that the second may choose from, likeliest first; none where some words may be any.
fn likely(first: &Transcript) -> Vec<String> {
    let others = first.alternatives.iter().map(|other| &other.text);
    let all = std::iter::once(&first.text).chain(others);
    all.filter(|text| !text.is_empty() && !first.wild).cloned().collect()
}

/// What is left when the other failed.
fn alone(left: Transcript, other: &str, error: &SttError) -> Transcript {
    tracing::warn!("{error}; the other recogniser goes on alone");
    Transcript { why: Some(format!("{other} failed")), ..left }
}

/// One transcript of two. Engines that heard the same are surer together than alone.
fn decide(first: Transcript, second: Transcript, doubt: &str) -> Transcript {
    let agree = first.text == second.text && !first.text.is_empty();
    let confidence = 1.0 - (1.0 - first.confidence) * (1.0 - second.confidence);
    let doubt = format!("{} {doubt}", first.engine);
    let (takes_second, also) = match (&first.rejected, &second.rejected) {
        (None, Some(_)) => (false, "rejected it"),
        (Some(_), None) => (true, "did not"),
        (None, None) if first.wild => (true, "hears any"),
        _ if second.confidence > first.confidence => (true, "was surer"),
        _ => (false, "was no surer"),
    };
    let also = if agree { "heard the same" } else { also };
    let why = format!("{doubt}, {} {also}", second.engine);
    let (mut chosen, other) = if takes_second { (second, first) } else { (first, second) };
    if agree {
        chosen.confidence = confidence;
    } else if !other.text.is_empty() {
        let reading = Hypothesis { text: other.text, confidence: other.confidence };
        let after =
            chosen.alternatives.iter().take_while(|known| known.confidence >= reading.confidence).count();
        chosen.alternatives.insert(after, reading);
    }
    Transcript { why: Some(why), ..chosen }
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
        assert_eq!(transcript.why.as_deref(), Some("it was sure"));
    }

    #[test]
    fn words_that_may_be_any_are_heard_by_the_second() {
        let first = Transcript { wild: true, ..heard("closed", "add jam to the list", 0.95) };
        let transcript = ask(first.clone(), heard("open", "add ham to the list", 0.7)).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.text.as_str()), ("open", "add ham to the list"));
        let why = transcript.why.unwrap();
        assert!(why.contains("closed can only guess") && why.ends_with("open hears any"), "{why}");
        // Better a guess than nothing.
        let transcript = ask(first, rejected("open", "", 0.0)).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.rejected), ("closed", None));
    }

    #[test]
    fn the_second_speaks_where_the_first_is_unsure() {
        let first = heard("closed", "lights off", 0.6);
        let transcript = ask(first, heard("open", "lights on", 0.9)).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.text.as_str()), ("open", "lights on"));
        assert_eq!(transcript.alternatives, [Hypothesis { text: "lights off".into(), confidence: 0.6 }]);
        assert_eq!(transcript.why.as_deref(), Some("closed was unsure, open was surer"));

        let transcript = ask(rejected("closed", "", 0.0), heard("open", "play jazz", 0.55)).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.rejected), ("open", None));
        assert!(transcript.alternatives.is_empty());
    }

    /// Says the last of the sentences that it is told are likely.
    struct Told;

    impl SpeechToText for Told {
        fn engine(&self) -> &'static str {
            "told"
        }

        fn transcribe(&mut self, _samples: &[i16]) -> Result<Transcript, SttError> {
            Ok(heard("told", "nothing", 0.9))
        }

        fn transcribe_knowing(&mut self, _: &[i16], likely: &[String]) -> Result<Transcript, SttError> {
            Ok(heard("told", likely.last().map_or("nothing", String::as_str), 0.9))
        }
    }

    #[test]
    fn the_second_knows_what_the_first_thinks_of() {
        let other = Hypothesis { text: "lights on".into(), confidence: 0.3 };
        let first = Transcript { alternatives: vec![other], ..heard("closed", "lights off", 0.6) };
        let hear = |first: Transcript| {
            let mut cascade = Cascade::new(Box::new(Says(Some(first))), Box::new(Told), 0.5);
            cascade.transcribe(&[]).unwrap().text
        };
        assert_eq!(hear(first.clone()), "lights on");
        // What may be any word is not chosen from what can be said.
        assert_eq!(hear(Transcript { wild: true, ..first }), "nothing");
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
        assert_eq!(transcript.why.as_deref(), Some("closed was unsure, open heard the same"));
        assert!(transcript.alternatives.is_empty());
    }

    #[test]
    fn one_that_fails_leaves_the_other() {
        let transcript = ask(None, heard("open", "lights on", 0.9)).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.why.as_deref()), ("open", Some("double failed")));
        let transcript = ask(rejected("closed", "a", 0.2), None).unwrap();
        assert_eq!((transcript.engine.as_str(), transcript.rejected.is_some()), ("closed", true));
        assert!(ask(None, None).is_err());
    }
}
