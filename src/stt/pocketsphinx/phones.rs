//! PocketSphinx hearing phones in any order: not an engine, but a source of real confusions.
//!
//! A household's recogniser knows its names and cannot mishear them for other words; this one knows
//! no words at all. `entrenous eval names` asks it which sounds are taken for which.

use std::fs;
use std::path::Path;

use super::ffi::{Decoder, Setting};
use super::model::Model;
use crate::stt::SttError;
use crate::stt::vocabulary::phones::{Phone, PhoneSet};

/// A recogniser of phones.
pub struct PhoneLoop {
    decoder: Decoder,
    phones: &'static PhoneSet,
}

impl PhoneLoop {
    /// `scratch` is a folder for the model of phones.
    ///
    /// # Errors
    /// When the acoustic model is not usable, or `scratch` cannot be written.
    pub fn new(model: &Model, language: &str, scratch: &Path) -> Result<Self, SttError> {
        let phones = PhoneSet::of(language);
        let fault = |reason: String| SttError::Model { path: model.folder.clone(), reason };
        let path = scratch.join("phones.arpa");
        crate::store::private::folder(scratch)
            .and_then(|()| fs::write(&path, phones.arpa()))
            .map_err(|error| fault(format!("cannot write `{}`: {error}", path.display())))?;
        let settings = [
            Setting::Path(c"-hmm", &model.folder),
            Setting::Path(c"-dict", &model.dictionary),
            Setting::Int(c"-allphone_ci", 1),
        ];
        let open = || {
            let mut decoder = Decoder::new(&settings)?;
            decoder.add_phone_loop(c"phones", &path)?;
            Ok(decoder)
        };
        Ok(Self { decoder: open().map_err(fault)?, phones })
    }

    /// The phones of one utterance (16 kHz mono), without pauses and noises.
    ///
    /// # Errors
    /// When the search fails.
    pub fn hear(&mut self, samples: &[i16]) -> Result<Vec<Phone>, SttError> {
        let fault = |reason| SttError::Run { engine: "pocketsphinx", reason };
        self.decoder.decode(c"phones", samples).map_err(fault)?;
        let heard = self.decoder.best().map(|best| best.words).unwrap_or_default();
        Ok(heard.iter().filter_map(|phone| self.phones.find(phone)).collect())
    }
}
