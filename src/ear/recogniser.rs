//! Recognition that begins before the end is certain.
//!
//! At the first pause the utterance so far is recognised; if nothing follows, the answer is there
//! when the end is confirmed. What is recognised early is what would be recognised at the end, to
//! the sample, or it is thrown away: guessing early changes when a result comes, never which.
//!
//! Files are recognised in place, so that a replay depends on nothing but samples; live, on one
//! thread of its own, so that the ear goes on hearing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::stt::{Scope, SpeechToText, SttError, Transcript};

type Samples = Arc<[i16]>;
type Heard = Result<Transcript, SttError>;

/// The recogniser and what it was asked last.
pub struct Recogniser {
    engine: Engine,
    /// The guess that still stands.
    guess: Option<Guess>,
    asked: u64,
}

enum Engine {
    Here(Box<dyn SpeechToText>),
    Thread(Worker),
    /// Only while one turns into another.
    Nobody,
}

struct Guess {
    id: u64,
    samples: Samples,
    outcome: Option<Outcome>,
}

struct Outcome {
    heard: Heard,
    took: Duration,
}

impl Recogniser {
    #[must_use]
    pub fn new(stt: Box<dyn SpeechToText>) -> Self {
        Self { engine: Engine::Here(stt), guess: None, asked: 0 }
    }

    /// Recognises on a thread of its own from now on.
    pub fn move_to_thread(&mut self) {
        if let Engine::Here(stt) = std::mem::replace(&mut self.engine, Engine::Nobody) {
            self.engine = Engine::Thread(Worker::spawn(stt));
        }
    }

    /// Another recogniser, where this one is.
    pub fn replace(&mut self, stt: Box<dyn SpeechToText>) {
        self.guess = None;
        self.engine = match self.engine {
            Engine::Thread(_) => Engine::Thread(Worker::spawn(stt)),
            _ => Engine::Here(stt),
        };
    }

    /// Makes everything that would be made later, in place: before it is moved to a thread.
    pub fn prepare(&mut self) {
        if let Engine::Here(stt) = &mut self.engine {
            stt.prepare();
        }
    }

    /// Tells what the next utterances are to be heard as.
    pub fn expect(&mut self, scope: Scope) {
        match &mut self.engine {
            Engine::Here(stt) => stt.expect(scope),
            Engine::Thread(worker) => worker.tell(Question::Expect(scope)),
            Engine::Nobody => {}
        }
    }

    /// Begins to recognise an utterance that may be over.
    pub fn guess(&mut self, samples: Vec<i16>) {
        self.asked += 1;
        let samples: Samples = samples.into();
        let outcome = match &mut self.engine {
            Engine::Here(stt) => Some(recognise(stt.as_mut(), &samples)),
            Engine::Thread(worker) => {
                worker.ask(self.asked, &samples);
                None
            }
            Engine::Nobody => None,
        };
        self.guess = Some(Guess { id: self.asked, samples, outcome });
    }

    /// The utterance goes on: the guess is of no use.
    pub fn discard(&mut self) {
        if self.guess.take().is_some()
            && let Engine::Thread(worker) = &self.engine
        {
            worker.want(0);
        }
    }

    /// What the guess says, once it is there.
    pub fn guessed(&mut self) -> Option<&Transcript> {
        let guess = self.guess.as_mut()?;
        if let (None, Engine::Thread(worker)) = (&guess.outcome, &mut self.engine) {
            guess.outcome = worker.answer(guess.id, false);
        }
        guess.outcome.as_ref()?.heard.as_ref().ok()
    }

    /// Recognises an utterance that is over, and says how long that kept people waiting; in place,
    /// how long it took.
    pub fn finish(&mut self, samples: &[i16]) -> (Heard, Duration) {
        let begun = Instant::now();
        if self.guess.as_ref().is_none_or(|guess| *guess.samples != *samples) {
            self.guess(samples.to_vec());
        }
        let lost = || Err(SttError::Run { engine: "speech", reason: "it gave no answer".into() });
        let Some(guess) = self.guess.take() else { return (lost(), begun.elapsed()) };
        match (&mut self.engine, guess.outcome) {
            (Engine::Here(_), Some(outcome)) => (outcome.heard, outcome.took),
            (_, Some(outcome)) => (outcome.heard, begun.elapsed()),
            (Engine::Thread(worker), None) => {
                let heard = worker.answer(guess.id, true).map_or_else(lost, |outcome| outcome.heard);
                (heard, begun.elapsed())
            }
            (_, None) => (lost(), begun.elapsed()),
        }
    }
}

fn recognise(stt: &mut dyn SpeechToText, samples: &[i16]) -> Outcome {
    let begun = Instant::now();
    Outcome { heard: stt.transcribe(samples), took: begun.elapsed() }
}

/// What the thread is told.
enum Question {
    Expect(Scope),
    Recognise(u64, Samples),
}

/// The recogniser's thread. It does one thing at a time, and skips what is no longer wanted.
struct Worker {
    questions: Option<Sender<Question>>,
    answers: Receiver<(u64, Outcome)>,
    /// The question whose answer is still wanted.
    wanted: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn spawn(mut stt: Box<dyn SpeechToText>) -> Self {
        let (questions, inbox) = mpsc::channel();
        let (outbox, answers) = mpsc::channel();
        let wanted = Arc::new(AtomicU64::new(0));
        let still = Arc::clone(&wanted);
        let thread = std::thread::spawn(move || {
            while let Ok(question) = inbox.recv() {
                let (id, samples) = match question {
                    Question::Recognise(id, samples) => (id, samples),
                    Question::Expect(scope) => {
                        stt.expect(scope);
                        continue;
                    }
                };
                // Unwanted questions are skipped, so that no more than one waits.
                if still.load(Ordering::Relaxed) == id
                    && outbox.send((id, recognise(stt.as_mut(), &samples))).is_err()
                {
                    break;
                }
            }
        });
        Self { questions: Some(questions), answers, wanted, thread: Some(thread) }
    }

    fn want(&self, id: u64) {
        self.wanted.store(id, Ordering::Relaxed);
    }

    fn ask(&self, id: u64, samples: &Samples) {
        self.want(id);
        self.tell(Question::Recognise(id, Arc::clone(samples)));
    }

    fn tell(&self, question: Question) {
        if let Some(questions) = &self.questions {
            // Fails only when the thread died; then its answer does not come either.
            let _ = questions.send(question);
        }
    }

    /// The answer to a question; older ones are thrown away.
    fn answer(&mut self, id: u64, wait: bool) -> Option<Outcome> {
        loop {
            let answer = if wait {
                self.answers.recv().map_err(|_| mpsc::TryRecvError::Disconnected)
            } else {
                self.answers.try_recv()
            };
            match answer {
                Ok((answered, outcome)) if answered == id => return Some(outcome),
                Ok(_) => {}
                Err(mpsc::TryRecvError::Empty) => return None,
                // A thread that died takes the ear with it: the house must know.
                Err(mpsc::TryRecvError::Disconnected) => match self.thread.take().map(JoinHandle::join) {
                    Some(Err(panic)) => std::panic::resume_unwind(panic),
                    _ => return None,
                },
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The thread ends by itself after what it is doing; nobody waits for it.
        self.want(0);
        self.questions = None;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Says how many samples it got, slowly, and counts.
    struct Counts(Arc<Mutex<Vec<usize>>>, Duration);

    impl SpeechToText for Counts {
        fn engine(&self) -> &'static str {
            "counts"
        }
        fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
            self.0.lock().unwrap().push(samples.len());
            std::thread::sleep(self.1);
            Ok(Transcript { text: samples.len().to_string(), ..Transcript::default() })
        }
    }

    fn counts(ms: u64, threaded: bool) -> (Recogniser, Arc<Mutex<Vec<usize>>>) {
        let asked = Arc::<Mutex<Vec<usize>>>::default();
        let mut recogniser = Recogniser::new(Box::new(Counts(Arc::clone(&asked), Duration::from_millis(ms))));
        if threaded {
            recogniser.move_to_thread();
        }
        (recogniser, asked)
    }

    #[test]
    fn a_guess_that_stands_is_not_made_again() {
        for threaded in [false, true] {
            let (mut recogniser, asked) = counts(5, threaded);
            recogniser.guess(vec![1; 100]);
            assert_eq!(recogniser.finish(&[1; 100]).0.unwrap().text, "100");
            assert_eq!(*asked.lock().unwrap(), [100]);
        }
    }

    #[test]
    fn a_guess_at_other_samples_is_not_taken() {
        for threaded in [false, true] {
            let (mut recogniser, asked) = counts(5, threaded);
            recogniser.guess(vec![1; 100]);
            assert_eq!(recogniser.finish(&[1; 101]).0.unwrap().text, "101");
            recogniser.guess(vec![1; 100]);
            recogniser.discard();
            assert!(recogniser.guessed().is_none());
            assert_eq!(recogniser.finish(&[2; 100]).0.unwrap().text, "100");
            assert!(asked.lock().unwrap().contains(&101));
        }
    }

    #[test]
    fn live_the_answer_is_there_when_the_end_is() {
        let (mut recogniser, _) = counts(30, true);
        recogniser.guess(vec![1; 100]);
        assert!(recogniser.guessed().is_none(), "nobody waited for it");
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(recogniser.guessed().unwrap().text, "100");
        let (heard, waited) = recogniser.finish(&[1; 100]);
        assert!(heard.is_ok() && waited < Duration::from_millis(20), "{waited:?}");
    }

    #[test]
    fn no_more_than_one_guess_waits() {
        let (mut recogniser, asked) = counts(100, true);
        for length in 1..10 {
            recogniser.guess(vec![1; length]);
            std::thread::sleep(Duration::from_millis(5));
            recogniser.discard();
        }
        assert_eq!(recogniser.finish(&[1; 50]).0.unwrap().text, "50");
        assert!(asked.lock().unwrap().len() <= 3, "{asked:?}");
    }
}
