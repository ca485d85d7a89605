//! Words stripped of what does not tell names apart: articles, elisions, possessives, plurals.

use std::collections::BTreeSet;

use super::spelling::Spelling;
use crate::nlu::numbers;
use crate::nlu::text::is_french;
use crate::stt::vocabulary::phones::Phone;

const SMALL_EN: &[&str] = &["a", "an", "the", "my", "our", "your", "of"];
const SMALL_FR: &[&str] = &[
    "le", "la", "les", "l'", "un", "une", "des", "du", "de", "d'", "mon", "ma", "mes", "notre", "nos", "au",
    "aux", "à",
];

/// What people have at home, by room and by thing. Heard as such, they were hardly a slip for
/// another: "bathroom" is not "bedroom", whether this home has one or not.
const COMMON_EN: &str = "attic balcony basement bathroom bedroom blind boiler camera candle carport cellar chair \
    closet computer corridor couch cupboard curtain dishwasher door doorbell driveway dryer entrance fan fireplace freezer \
    fridge garage garden gate hall hallway heater kettle kitchen laundry library lobby loft microwave mirror \
    music nursery office oven lamp light plug socket shutter pantry patio phone playroom pool porch printer projector radio roof shed \
    shower sofa speaker staircase station stereo stove table telephone terrace toaster toilet utility \
    veranda wardrobe washer window wine yard";
const COMMON_FR: &str = "aspirateur balcon bibliothèque buanderie bureau cafetière cave cellier chambre \
    chaudière cheminée congélateur couloir cuisine douche entrée escalier fenêtre four frigo garage lampe lumière prise ventilateur grenier \
    imprimante jardin lave-linge machine micro-ondes miroir musique ordinateur palier piscine placard \
    portail porte radio rideau salon séjour sonnette table télé téléphone store terrasse toilettes véranda vin volet voiture";

/// One word of a name, or of what was heard.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// Without possessive and plural.
    pub stem: String,
    pub sound: Vec<Phone>,
    /// What it counts, in digits or in one word.
    pub number: Option<i64>,
}

/// Reads words of one language.
#[derive(Debug)]
pub(super) struct Reader {
    spelling: Spelling,
    french: bool,
}

impl Reader {
    pub fn new(language: &str) -> Self {
        let french = is_french(language);
        Self { spelling: Spelling::new(if french { "fr" } else { "en" }), french }
    }

    pub fn spelling(&self) -> &Spelling {
        &self.spelling
    }

    /// Whether a word only joins others.
    pub fn is_small(&self, word: &str) -> bool {
        if self.french { SMALL_FR.contains(&word) } else { SMALL_EN.contains(&word) }
    }

    /// A normalised word ([`crate::nlu::text`]) by its stem and sound. Digits are read aloud.
    pub fn read(&self, word: &str) -> Word {
        let stem = self.spelling.spell_out(word).unwrap_or_else(|| self.stem(word));
        let language = if self.french { "fr" } else { "en" };
        let digits = word.parse::<i64>().ok();
        let number = digits.or_else(|| {
            let number = numbers::parse(&[word], language).filter(|number| number.value.fract() == 0.0);
            number.map(|number| number.value as i64)
        });
        let sound = match digits.and_then(|number| numbers::say(number, language).into_iter().next()) {
            Some(said) => said.iter().flat_map(|word| self.spelling.say(word)).collect(),
            None => self.spelling.say(&stem),
        };
        Word { stem, sound, number }
    }

    fn stem(&self, word: &str) -> String {
        let word = word.strip_suffix("'s").unwrap_or(word);
        let ends_in_plural = if self.french {
            word.ends_with(['s', 'x']) && !word.ends_with("ss")
        } else {
            word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end))
        };
        if ends_in_plural && word.chars().count() >= 4 {
            let mut stem = word.to_owned();
            stem.pop();
            return stem;
        }
        word.to_owned()
    }

    /// Common words, by their stems.
    pub fn common(&self) -> BTreeSet<String> {
        let common = if self.french { COMMON_FR } else { COMMON_EN };
        common.split_whitespace().map(|word| self.stem(word)).collect()
    }
}
