//! The few C functions of PocketSphinx that are used, behind types that cannot be misused.
//!
//! Declared by hand for libpocketsphinx and libsphinxbase 5prealpha (Debian's package): twenty
//! functions do not need a binding generator, which would need libclang.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_double, c_float, c_int, c_long, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{self, NonNull};

/// C structures that are only ever seen through pointers.
macro_rules! opaque {
    ($($name:ident),*) => { $(#[repr(C)] struct $name { _private: [u8; 0] })* };
}
opaque!(PsDecoder, CmdLn, LogMath, FsgModel, NBest, Seg);

mod cepstra;

unsafe extern "C" {
    fn err_set_logfp(stream: *mut c_void);
    fn cmd_ln_init(inout: *mut CmdLn, definitions: *const c_void, strict: i32, ...) -> *mut CmdLn;
    fn cmd_ln_free_r(config: *mut CmdLn) -> c_int;
    fn cmd_ln_set_str_r(config: *mut CmdLn, name: *const c_char, value: *const c_char);
    fn cmd_ln_set_int_r(config: *mut CmdLn, name: *const c_char, value: c_long);
    fn cmd_ln_set_float_r(config: *mut CmdLn, name: *const c_char, value: c_double);

    fn ps_args() -> *const c_void;
    fn ps_init(config: *mut CmdLn) -> *mut PsDecoder;
    fn ps_free(decoder: *mut PsDecoder) -> c_int;
    fn ps_get_config(decoder: *mut PsDecoder) -> *mut CmdLn;
    fn ps_get_logmath(decoder: *mut PsDecoder) -> *mut LogMath;
    fn ps_set_lm_file(decoder: *mut PsDecoder, name: *const c_char, path: *const c_char) -> c_int;
    fn ps_set_fsg(decoder: *mut PsDecoder, name: *const c_char, fsg: *mut FsgModel) -> c_int;
    fn ps_set_allphone_file(decoder: *mut PsDecoder, name: *const c_char, path: *const c_char) -> c_int;
    fn ps_set_search(decoder: *mut PsDecoder, name: *const c_char) -> c_int;
    fn ps_start_stream(decoder: *mut PsDecoder) -> c_int;
    fn ps_start_utt(decoder: *mut PsDecoder) -> c_int;
    fn ps_process_raw(
        decoder: *mut PsDecoder,
        data: *const i16,
        samples: usize,
        no_search: c_int,
        full_utterance: c_int,
    ) -> c_int;
    fn ps_end_utt(decoder: *mut PsDecoder) -> c_int;
    fn ps_get_n_frames(decoder: *mut PsDecoder) -> c_int;
    fn ps_get_hyp(decoder: *mut PsDecoder, score: *mut i32) -> *const c_char;
    fn ps_nbest(decoder: *mut PsDecoder) -> *mut NBest;
    fn ps_nbest_next(nbest: *mut NBest) -> *mut NBest;
    fn ps_nbest_hyp(nbest: *mut NBest, score: *mut i32) -> *const c_char;
    fn ps_nbest_free(nbest: *mut NBest);
    fn ps_seg_iter(decoder: *mut PsDecoder) -> *mut Seg;
    fn ps_seg_next(segment: *mut Seg) -> *mut Seg;
    fn ps_seg_word(segment: *mut Seg) -> *const c_char;
    fn ps_seg_frames(segment: *mut Seg, first: *mut c_int, last: *mut c_int);
    fn ps_seg_prob(segment: *mut Seg, sound: *mut i32, language: *mut i32, back_off: *mut i32) -> i32;

    fn fsg_model_read(file: *mut libc::FILE, logmath: *mut LogMath, weight: c_float) -> *mut FsgModel;
    fn fsg_model_free(fsg: *mut FsgModel) -> c_int;
}

/// A setting of the recogniser, by its name on PocketSphinx's command line.
#[derive(Debug, Clone)]
pub enum Setting<'a> {
    Path(&'a CStr, &'a Path),
    Int(&'a CStr, i64),
    Float(&'a CStr, f64),
}

/// Words in a row and their score, sound and language weighed together, in PocketSphinx's units:
/// logarithms to base 1.0001, cut by ten bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    pub words: Vec<String>,
    pub score: f64,
}

/// A word, a phone or a noise of the best path, in place.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// A noise stands in angle brackets or between plus signs: `<sil>`, `+NOISE+`.
    pub word: String,
    /// Frames (10 ms): first, and one past the last.
    pub frames: (usize, usize),
    /// Score by sound alone, in the units of [`Scored`].
    pub sound: f64,
}

/// A PocketSphinx decoder. Failures are told as plain sentences.
pub struct Decoder(NonNull<PsDecoder>);

// SAFETY: a decoder holds no thread-local state and is only reached through `&mut self`, so it may
// move between threads; it is not `Sync`.
unsafe impl Send for Decoder {}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `ps_init` and is freed once.
        unsafe { ps_free(self.0.as_ptr()) };
    }
}

impl Decoder {
    /// Opens the acoustic model that the settings name. The model's files must have been checked:
    /// PocketSphinx ends the process on some that are damaged.
    pub fn new(settings: &[Setting]) -> Result<Self, String> {
        // SAFETY: a null stream switches the library's log off. `cmd_ln_init` takes an empty list
        // of arguments, ended by null, and the definitions that `ps_args` owns.
        let config = unsafe {
            err_set_logfp(ptr::null_mut());
            cmd_ln_init(ptr::null_mut(), ps_args(), 1, ptr::null::<c_char>())
        };
        let Some(config) = NonNull::new(config) else { return Err("out of memory".into()) };
        let applied = settings.iter().try_for_each(|setting| apply(config.as_ptr(), setting));
        // SAFETY: `config` is live; `ps_init` keeps its own reference to it, so ours is given back.
        let decoder = unsafe {
            let decoder = if applied.is_ok() { ps_init(config.as_ptr()) } else { ptr::null_mut() };
            cmd_ln_free_r(config.as_ptr());
            decoder
        };
        applied?;
        NonNull::new(decoder).map(Self).ok_or_else(|| "PocketSphinx refuses it".into())
    }

    /// Changes a setting for the searches that are made from now on.
    pub fn set(&mut self, setting: &Setting) -> Result<(), String> {
        // SAFETY: the decoder is live and owns its configuration.
        apply(unsafe { ps_get_config(self.0.as_ptr()) }, setting)
    }

    /// Beams over states and over words that end, for the searches that are made from now on: each keeps
    /// those that were set when it was made.
    pub fn set_beams(&mut self, (states, words): (f64, f64)) -> Result<(), String> {
        self.set(&Setting::Float(c"-beam", states))?;
        self.set(&Setting::Float(c"-pbeam", states))?;
        self.set(&Setting::Float(c"-wbeam", words))
    }

    /// Makes a search through a language model in ARPA format.
    pub fn add_language_model(&mut self, search: &CStr, arpa: &Path) -> Result<(), String> {
        let path = c_path(arpa)?;
        // SAFETY: decoder and strings are live; the library copies what it keeps.
        let status = unsafe { ps_set_lm_file(self.0.as_ptr(), search.as_ptr(), path.as_ptr()) };
        check(status, "the language model is refused")
    }

    /// Makes a search through phones alone, under a language model of phones.
    pub fn add_phone_loop(&mut self, search: &CStr, arpa: &Path) -> Result<(), String> {
        let path = c_path(arpa)?;
        // SAFETY: as above.
        let status = unsafe { ps_set_allphone_file(self.0.as_ptr(), search.as_ptr(), path.as_ptr()) };
        check(status, "the phone model is refused")
    }

    /// Makes (or replaces) a search through a finite-state grammar in Sphinx's text format, whose
    /// words are all in the dictionary.
    pub fn add_grammar(&mut self, search: &CStr, fsg: &str, weight: f32) -> Result<(), String> {
        // SAFETY: `fmemopen` reads `fsg`, which outlives the stream; the stream is closed before
        // return. The decoder keeps its own reference to the grammar, so ours is given back.
        let status = unsafe {
            let file = libc::fmemopen(fsg.as_ptr().cast_mut().cast(), fsg.len(), c"r".as_ptr());
            if file.is_null() {
                return Err("out of memory".into());
            }
            let model = fsg_model_read(file, ps_get_logmath(self.0.as_ptr()), weight);
            libc::fclose(file);
            if model.is_null() {
                return Err("the grammar is refused".into());
            }
            let status = ps_set_fsg(self.0.as_ptr(), search.as_ptr(), model);
            fsg_model_free(model);
            status
        };
        check(status, "the grammar cannot be searched")
    }

    /// Runs one search over a whole utterance (16 kHz mono); returns the frames (10 ms) searched.
    pub fn decode(&mut self, search: &CStr, samples: &[i16]) -> Result<usize, String> {
        let decoder = self.0.as_ptr();
        // SAFETY: the decoder is live, `samples` is valid for its length. `ps_start_stream` forgets
        // the noise level of earlier utterances; the whole utterance is given at once, so that the
        // cepstral mean is its own.
        unsafe {
            check(ps_set_search(decoder, search.as_ptr()), "no such search")?;
            check(ps_start_stream(decoder), "cannot start")?;
            check(ps_start_utt(decoder), "cannot start")?;
            let processed = ps_process_raw(decoder, samples.as_ptr(), samples.len(), 0, 1);
            check(ps_end_utt(decoder), "cannot end the utterance")?;
            check(processed.min(0), "the search fails")?;
            Ok(ps_get_n_frames(decoder).max(0) as usize)
        }
    }

    /// The best words of the last search; `None` when there are none.
    pub fn best(&mut self) -> Option<Scored> {
        let mut score = 0;
        // SAFETY: the string belongs to the decoder and is copied before it is used again.
        unsafe {
            let text = ps_get_hyp(self.0.as_ptr(), &raw mut score);
            scored(text, score)
        }
    }

    /// The best path of the last search, in order; empty when there is none.
    pub fn segments(&mut self) -> Vec<Segment> {
        let mut segments = Vec::new();
        // SAFETY: `ps_seg_next` frees the iterator itself when it returns null, which is how this
        // loop ends. The word is copied before the iterator moves.
        unsafe {
            let mut segment = ps_seg_iter(self.0.as_ptr());
            while !segment.is_null() {
                let (mut first, mut last, mut sound, mut language, mut back_off) = (0, 0, 0, 0, 0);
                ps_seg_frames(segment, &raw mut first, &raw mut last);
                ps_seg_prob(segment, &raw mut sound, &raw mut language, &raw mut back_off);
                let word = ps_seg_word(segment);
                if !word.is_null() {
                    segments.push(Segment {
                        word: CStr::from_ptr(word).to_string_lossy().into_owned(),
                        frames: (first.max(0) as usize, (last + 1).max(0) as usize),
                        sound: f64::from(sound),
                    });
                }
                segment = ps_seg_next(segment);
            }
        }
        segments
    }

    /// The first `limit` readings of the last search, best first; the same words may come twice.
    pub fn n_best(&mut self, limit: usize) -> Vec<Scored> {
        let mut readings = Vec::new();
        // SAFETY: `ps_nbest_next` frees the iterator itself when it returns null; otherwise it is
        // freed here. Each string is copied before the iterator moves.
        unsafe {
            let mut nbest = ps_nbest(self.0.as_ptr());
            while !nbest.is_null() && readings.len() < limit {
                let mut score = 0;
                let text = ps_nbest_hyp(nbest, &raw mut score);
                readings.extend(scored(text, score));
                nbest = ps_nbest_next(nbest);
            }
            if !nbest.is_null() {
                ps_nbest_free(nbest);
            }
        }
        readings
    }
}

/// # Safety
/// `text` is null or a C string that stays valid during the call.
unsafe fn scored(text: *const c_char, score: i32) -> Option<Scored> {
    if text.is_null() {
        return None;
    }
    // SAFETY: by the caller.
    let text = unsafe { CStr::from_ptr(text) };
    let words = text.to_string_lossy().split_whitespace().map(str::to_owned).collect();
    Some(Scored { words, score: f64::from(score) })
}

fn apply(config: *mut CmdLn, setting: &Setting) -> Result<(), String> {
    // SAFETY: `config` is live at both callers; names and values are C strings that the library
    // copies.
    unsafe {
        match setting {
            Setting::Path(name, path) => {
                cmd_ln_set_str_r(config, name.as_ptr(), c_path(path)?.as_ptr());
            }
            Setting::Int(name, value) => cmd_ln_set_int_r(config, name.as_ptr(), *value),
            Setting::Float(name, value) => cmd_ln_set_float_r(config, name.as_ptr(), *value),
        }
    }
    Ok(())
}

fn c_path(path: &Path) -> Result<CString, String> {
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| format!("the path `{}` holds a zero byte", path.display()))
}

fn check(status: c_int, otherwise: &str) -> Result<(), String> {
    if status < 0 { Err(otherwise.to_owned()) } else { Ok(()) }
}
