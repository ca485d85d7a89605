use proptest::prelude::*;

use super::speakable;

/// What is written, and what is said.
const ENGLISH: &[(&str, &str)] = &[
    // Plain text stays as it is.
    ("The kitchen light is on.", "The kitchen light is on."),
    ("It's a quarter past nine, isn't it?", "It's a quarter past nine, isn't it?"),
    ("the well-known hand-made one", "the well-known hand-made one"),
    // Numbers.
    ("I set it to 50 percent.", "I set it to fifty percent."),
    ("1,250 watts", "one thousand two hundred and fifty watts"),
    ("1,250,000 people", "one million two hundred and fifty thousand people"),
    ("channel 105", "channel one hundred and five"),
    ("lights 1, 2 and 3", "lights one, two and three"),
    ("code 0042", "code zero zero four two"),
    ("call 12345678901", "call one two three four five six seven eight nine zero one"),
    ("3.14", "three point one four"),
    ("0.05 volts", "zero point zero five volts"),
    ("version 1.2.3", "version one point two dot three"),
    ("A4 and 3D", "A four and three D"),
    ("-5", "minus five"),
    ("(−12)", "(minus twelve)"),
    ("10-15 lights", "ten to fifteen lights"),
    ("18–20 °C", "eighteen to twenty degrees"),
    ("3 × 4 = 12", "three times four equals twelve"),
    ("1920x1080", "one thousand nine hundred and twenty times one thousand and eighty"),
    ("#3", "number three"),
    // Units.
    ("21.5 °C", "twenty one point five degrees"),
    ("−3 °C", "minus three degrees"),
    ("1 °C", "one degree"),
    ("70°F", "seventy degrees Fahrenheit"),
    ("50 %", "fifty percent"),
    ("50%", "fifty percent"),
    ("2 km/h", "two kilometres per hour"),
    ("1 km/h", "one kilometre per hour"),
    ("1 kg of flour", "one kilogram of flour"),
    ("1.5 kg", "one point five kilograms"),
    ("3 kWh", "three kilowatt hours"),
    ("60W", "sixty watts"),
    ("5 min.", "five minutes."),
    ("1 h and 1 s", "one hour and one second"),
    ("1,013 hPa", "one thousand and thirteen hectopascals"),
    ("20 m²", "twenty square metres"),
    ("12 µg/m³", "twelve micrograms per cubic metre"),
    ("230 V", "two hundred and thirty volts"),
    ("400 ppm", "four hundred parts per million"),
    // Money.
    ("$5.50", "five dollars fifty"),
    ("€1", "one euro"),
    ("£1,000", "one thousand pounds"),
    ("3 €", "three euros"),
    // Times and dates.
    ("It is 19:05.", "It is seven oh five PM."),
    ("at 7:30", "at seven thirty"),
    ("7:00", "seven o'clock"),
    ("12:00", "noon"),
    ("0:00", "midnight"),
    ("00:30", "twelve thirty AM"),
    ("21:00", "nine PM"),
    ("It is 7:05 pm.", "It is seven oh five PM."),
    ("at 7 am", "at seven AM"),
    ("at 7 p.m. sharp", "at seven PM sharp"),
    ("1:05:30", "one hour five minutes thirty seconds"),
    ("2026-11-26", "the twenty sixth of November twenty twenty six"),
    ("26/11/2026", "the twenty sixth of November twenty twenty six"),
    ("11/26/2026", "the twenty sixth of November twenty twenty six"),
    ("Thursday, the 26th of November 2026", "Thursday, the twenty sixth of November twenty twenty six"),
    ("May 1905", "May nineteen oh five"),
    ("July 2005", "July two thousand and five"),
    ("26/11", "the twenty sixth of November"),
    // Ordinals and fractions.
    ("the 1st and the 22nd", "the first and the twenty second"),
    ("3rd", "third"),
    ("1/2", "one half"),
    ("3/4 cup", "three quarters cup"),
    ("2 1/2 hours", "two and one half hours"),
    ("2½", "two and one half"),
    ("2/3", "two thirds"),
    ("open 24/7", "open twenty four seven"),
    // Short forms.
    ("Dr. Smith & Mr Jones", "Doctor Smith and Mister Jones"),
    ("fruit, e.g. apples, etc.", "fruit, for example apples, et cetera."),
    ("no. 5", "number five"),
    ("No. It is on.", "No. It is on."),
    ("approx. 5 l", "approximately five litres"),
    // Signs and addresses.
    ("salt & pepper", "salt and pepper"),
    ("on/off", "on off"),
    ("**bold** `code` a_b", "bold code a b"),
    ("+2 °C", "plus two degrees"),
    ("≥ 5", "at least five"),
    ("https://www.example.org/help?x=1", "example dot org slash help"),
    ("See www.example.com.", "See example dot com."),
    ("mail ada.b@example.co.uk now", "mail ada dot b at example dot co dot uk now"),
    (
        "http://192.168.1.5:8123",
        "one hundred and ninety two dot one hundred and sixty eight dot one dot five colon eight thousand one hundred and twenty three",
    ),
];

const FRENCH: &[(&str, &str)] = &[
    ("La lumière de la cuisine est allumée.", "La lumière de la cuisine est allumée."),
    ("Est-ce qu'il y a quelqu'un ?", "Est-ce qu'il y a quelqu'un ?"),
    ("Vouliez-vous dire « salon » ?", "Vouliez-vous dire « salon » ?"),
    // Nombres.
    ("réglée à 50 pour cent", "réglée à cinquante pour cent"),
    ("1 250 watts", "mille deux cent cinquante watts"),
    ("1\u{202f}250\u{202f}000 habitants", "un million deux cent cinquante mille habitants"),
    ("97", "quatre vingt dix sept"),
    ("les 80 ans", "les quatre vingts ans"),
    ("3,14", "trois virgule quatorze"),
    ("0,05", "zéro virgule zéro cinq"),
    ("2,0", "deux virgule zéro"),
    ("21.5", "vingt et un virgule cinq"),
    ("0042", "zéro zéro quatre deux"),
    ("-5", "moins cinq"),
    ("version 1.2.3", "version un virgule deux point trois"),
    ("18–20 °C", "dix huit à vingt degrés"),
    ("3 × 4 = 12", "trois fois quatre égale douze"),
    // Féminin.
    ("21 minutes", "vingt et une minutes"),
    ("1 lumière", "une lumière"),
    ("il reste 1 heure", "il reste une heure"),
    ("31 lampes", "trente et une lampes"),
    ("21 volets", "vingt et un volets"),
    ("11 minutes", "onze minutes"),
    // Unités.
    ("21,5 °C", "vingt et un virgule cinq degrés"),
    ("1,5 °C", "un virgule cinq degré"),
    ("−3 °C", "moins trois degrés"),
    ("1 °C", "un degré"),
    ("50 %", "cinquante pour cent"),
    ("50\u{a0}%", "cinquante pour cent"),
    ("2 km/h", "deux kilomètres heure"),
    ("1 km", "un kilomètre"),
    ("1,5 kg", "un virgule cinq kilogramme"),
    ("3 kWh", "trois kilowattheures"),
    ("60W", "soixante watts"),
    ("21 min", "vingt et une minutes"),
    ("1 t", "une tonne"),
    ("1 013 hPa", "mille treize hectopascals"),
    ("20 m²", "vingt mètres carrés"),
    ("12 µg/m³", "douze microgrammes par mètre cube"),
    ("16 Go", "seize gigaoctets"),
    ("25 s", "vingt cinq secondes"),
    // Argent.
    ("5 €", "cinq euros"),
    ("5,50 €", "cinq euros cinquante"),
    ("1 €", "un euro"),
    ("1 £", "une livre"),
    // Heures et dates.
    ("Il est 19:05.", "Il est dix neuf heures cinq."),
    ("Il est 19h05.", "Il est dix neuf heures cinq."),
    ("à 7 h 05", "à sept heures cinq"),
    ("à 21 h", "à vingt et une heures"),
    ("à 21 h.", "à vingt et une heures."),
    ("à 1h", "à une heure"),
    ("12:00", "midi"),
    ("12:30", "midi trente"),
    ("0:15", "minuit quinze"),
    ("pendant 12 h", "pendant douze heures"),
    ("20:21", "vingt heures vingt et une"),
    ("2 h 30 min", "deux heures trente"),
    ("1:05:01", "une heure cinq minutes une seconde"),
    ("le 26/11/2026", "le vingt six novembre deux mille vingt six"),
    ("2026-01-01", "le premier janvier deux mille vingt six"),
    ("le 26/11", "le vingt six novembre"),
    ("jeudi 26 novembre 2026", "jeudi vingt six novembre deux mille vingt six"),
    // Ordinaux et fractions.
    ("le 1er", "le premier"),
    ("la 1re", "la première"),
    ("au 3e étage", "au troisième étage"),
    ("la 2nde", "la seconde"),
    ("le 21ème", "le vingt et unième"),
    ("1/2", "un demi"),
    ("3/4", "trois quarts"),
    ("2/3", "deux tiers"),
    ("3½", "trois et un demi"),
    // Abréviations.
    ("Dr Martin & Mme Petit", "Docteur Martin et Madame Petit"),
    ("M. Durand", "Monsieur Durand"),
    ("des fruits, p. ex. des pommes, etc.", "des fruits, par exemple des pommes, et cetera."),
    ("le n° 5", "le numéro cinq"),
    ("le n°5", "le numéro cinq"),
    ("env. 5 l", "environ cinq litres"),
    ("5 l'un", "cinq l'un"),
    // Signes et adresses.
    ("sel & poivre", "sel et poivre"),
    ("2 + 2 = 4", "deux plus deux égale quatre"),
    ("https://www.exemple.fr/aide", "exemple point fr barre oblique aide"),
    ("ada@exemple.fr", "ada arobase exemple point fr"),
];

#[track_caller]
fn check(language: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (written, spoken) in cases {
        let said = speakable(written, language);
        if said != *spoken {
            wrong.push(format!("{written:?}\n  wanted {spoken:?}\n  got    {said:?}"));
        }
    }
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    assert!(wrong.is_empty(), "{} of {} in {language}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn english() {
    check("en", ENGLISH);
}

#[test]
fn french() {
    check("fr", FRENCH);
}

#[test]
fn what_was_said_once_is_not_changed() {
    for (language, cases) in [("en", ENGLISH), ("fr", FRENCH)] {
        for (_, spoken) in cases {
            assert_eq!(speakable(spoken, language), *spoken);
        }
    }
}

#[test]
fn variants_of_a_language_are_that_language_and_others_stay() {
    assert_eq!(speakable("5 °C", "en-us+f2"), "five degrees");
    assert_eq!(speakable("5 °C", "fr-be"), "cinq degrés");
    assert_eq!(speakable("5 °C", "de"), "5 °C");
}

proptest! {
    #[test]
    fn plain_text_stays_as_it_is(text in "[A-Za-zàâçéèêëîïôùûü]{5,9}([ ,'-][ ]?[a-zéèà]{5,9}){0,8}[.?!…]?") {
        for language in ["en", "fr"] {
            prop_assert_eq!(speakable(&text, language), text.clone());
        }
    }

    #[test]
    fn any_text_is_said_without_digits(text in "([0-9]{1,5}|[ :/.,-]|h|km|%|°C|€|am|er|[a-zA-Z]{1,4}|[½−–\u{a0}&#@]){0,16}") {
        for language in ["en", "fr"] {
            let once = speakable(&text, language);
            prop_assert!(!once.contains(|c: char| c.is_ascii_digit()), "{text:?} gave {once:?}");
            prop_assert!(once.len() < 100 + 60 * text.len());
        }
    }

    #[test]
    fn no_text_is_a_fault(text in ".{0,60}") {
        for language in ["en", "fr"] {
            let _ = speakable(&text, language);
        }
    }
}
