//! French.

use jiff::civil::{Date, Time};

use super::{Deed, Limit, Noun, Place, Quantity, SHOWN, SpokenTimer, Status, Subject, Tally, Thing, Words};
use super::{capital, enumerate, split};
use crate::home::number_text;

pub(super) struct French;

/// Grammatical gender and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    feminine: bool,
    plural: bool,
}

/// Singular, plural, and whether it is feminine, of what groups are called.
const NOUNS: &[(&str, &str, &str, bool)] = &[
    ("light", "lumière", "lumières", true),
    ("switch", "prise", "prises", true),
    ("fan", "ventilateur", "ventilateurs", false),
    ("cover", "ouvrant", "ouvrants", false),
    ("lock", "serrure", "serrures", true),
    ("scene", "scène", "scènes", true),
    ("script", "script", "scripts", false),
    ("climate", "thermostat", "thermostats", false),
    ("media_player", "lecteur", "lecteurs", false),
    ("sensor", "capteur", "capteurs", false),
    ("vacuum", "aspirateur", "aspirateurs", false),
    ("awning", "auvent", "auvents", false),
    ("blind", "store", "stores", false),
    ("curtain", "rideau", "rideaux", false),
    ("door", "porte", "portes", true),
    ("garage", "porte de garage", "portes de garage", true),
    ("gate", "portail", "portails", false),
    ("shade", "store", "stores", false),
    ("shutter", "volet", "volets", false),
    ("window", "fenêtre", "fenêtres", true),
];

/// First words of names and of places, in the singular, and whether they are feminine.
const HEADS: &[(&str, bool)] = &[
    ("lumière", true),
    ("lampe", true),
    ("lampadaire", false),
    ("plafonnier", false),
    ("applique", true),
    ("ampoule", true),
    ("spot", false),
    ("guirlande", true),
    ("éclairage", false),
    ("prise", true),
    ("interrupteur", false),
    ("machine", true),
    ("cafetière", true),
    ("bouilloire", true),
    ("ventilateur", false),
    ("radiateur", false),
    ("chauffage", false),
    ("thermostat", false),
    ("climatisation", true),
    ("auvent", false),
    ("banne", true),
    ("store", false),
    ("rideau", false),
    ("porte", true),
    ("portail", false),
    ("volet", false),
    ("fenêtre", true),
    ("baie", true),
    ("serrure", true),
    ("verrou", false),
    ("entrée", true),
    ("télé", true),
    ("télévision", true),
    ("tv", true),
    ("radio", true),
    ("enceinte", true),
    ("chaîne", true),
    ("aspirateur", false),
    ("robot", false),
    ("capteur", false),
    ("température", true),
    ("humidité", true),
    ("pression", true),
    ("consommation", true),
    ("batterie", true),
    ("météo", true),
    ("liste", true),
    ("mode", false),
    ("scène", true),
    ("soirée", true),
    ("cuisine", true),
    ("salon", false),
    ("séjour", false),
    ("chambre", true),
    ("bureau", false),
    ("salle", true),
    ("couloir", false),
    ("jardin", false),
    ("garage", false),
    ("cave", true),
    ("grenier", false),
    ("buanderie", true),
    ("véranda", true),
    ("toilettes", true),
    ("atelier", false),
    ("cour", true),
];

fn noun(key: Noun, count: usize) -> &'static str {
    let (_, one, many, _) =
        NOUNS.iter().find(|(own, ..)| *own == key).unwrap_or(&("", "appareil", "appareils", false));
    if count < 2 { one } else { many }
}

fn form(key: Noun, count: usize) -> Form {
    let feminine = NOUNS.iter().any(|(own, _, _, feminine)| *own == key && *feminine);
    Form { feminine, plural: count > 1 }
}

/// The form of a name, by its first word; `None` for a word that is not known.
fn head(name: &str) -> Option<Form> {
    let first = name.split_whitespace().next()?.to_lowercase();
    let singular = first.strip_suffix(['s', 'x']).unwrap_or(&first);
    HEADS.iter().find_map(|(word, feminine)| {
        (*word == first || *word == singular)
            .then_some(Form { feminine: *feminine, plural: *word != first || first.ends_with('s') })
    })
}

fn form_of(thing: &Thing) -> Form {
    head(&thing.name).unwrap_or(Form {
        feminine: thing.article.as_deref() == Some("la"),
        plural: thing.article.as_deref() == Some("les"),
    })
}

/// `la lumière`, `l'entrée`, `les stores`; `New York`.
fn the(thing: &Thing) -> String {
    let name = &thing.name;
    let Some(form) = head(name) else {
        return match thing.article.as_deref() {
            Some("l") => format!("l'{name}"),
            Some(article @ ("le" | "la" | "les")) => format!("{article} {name}"),
            _ => name.clone(),
        };
    };
    with_article(name, form)
}

fn with_article(name: &str, form: Form) -> String {
    let vowel = name
        .chars()
        .next()
        .is_some_and(|first| "aeiouyhàâéèêëîïôûù".contains(first.to_lowercase().next().unwrap_or(first)));
    match form {
        Form { plural: true, .. } => format!("les {name}"),
        _ if vowel => format!("l'{name}"),
        Form { feminine: true, .. } => format!("la {name}"),
        Form { .. } => format!("le {name}"),
    }
}

/// ` dans la cuisine`, with the space before it; nothing for the whole home.
fn in_place(place: &Place) -> String {
    let name = match place {
        Place::Home => return String::new(),
        Place::Area(name) | Place::Floor(name) => name,
    };
    let lower = name.to_lowercase();
    let floor = matches!(place, Place::Floor(_)) || lower.starts_with("rez-de") || lower.ends_with("étage");
    match lower.split_whitespace().next().unwrap_or_default() {
        "en" | "à" | "au" | "chez" => format!(" {name}"),
        "terrasse" => format!(" sur la {name}"),
        "balcon" => format!(" sur le {name}"),
        "étage" => format!(" à l'{name}"),
        _ if floor => format!(" au {name}"),
        _ => match head(name) {
            Some(form) => format!(" dans {}", with_article(name, form)),
            None => format!(" dans {name}"),
        },
    }
}

fn be(form: Form) -> &'static str {
    if form.plural { "sont" } else { "est" }
}

/// `fermé`, agreeing: `fermées`.
fn agree(word: &str, form: Form) -> String {
    let e = if form.feminine { "e" } else { "" };
    let s = if form.plural { "s" } else { "" };
    format!("{word}{e}{s}")
}

fn status_text(status: Status, form: Form) -> String {
    match status {
        Status::On => agree("allumé", form),
        Status::Off => agree("éteint", form),
        Status::Dimmed(percent) => format!("{} à {percent} pour cent", agree("allumé", form)),
        Status::Open => agree("ouvert", form),
        Status::Closed => agree("fermé", form),
        Status::Ajar(percent) => format!("{} à {percent} pour cent", agree("ouvert", form)),
        Status::Locked => agree("verrouillé", form),
        Status::Unlocked => agree("déverrouillé", form),
        Status::Playing => "en lecture".into(),
        Status::Paused => "en pause".into(),
        Status::Cleaning => "en plein nettoyage".into(),
        Status::Docked => "à sa base".into(),
    }
}

fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::One(thing) => the(thing),
        Subject::Many { noun: key, count, place } => {
            format!(
                "{} {}{}",
                cardinal(*count as u64, form(key, 1).feminine),
                noun(key, *count),
                in_place(place)
            )
        }
    }
}

fn subject_form(subject: &Subject) -> Form {
    match subject {
        Subject::One(thing) => form_of(thing),
        Subject::Many { noun: key, count, .. } => form(key, *count),
    }
}

/// Digits, but `une`: a voice would read `1 heure` as « un heure ».
fn cardinal(number: u64, feminine: bool) -> String {
    match (number, feminine) {
        (1, true) => "une".into(),
        (1, false) => "un".into(),
        (21, true) => "vingt et une".into(),
        (31, true) => "trente et une".into(),
        (41, true) => "quarante et une".into(),
        (51, true) => "cinquante et une".into(),
        _ => number.to_string(),
    }
}

fn duration(seconds: u64) -> String {
    let (h, m, s) = split(seconds);
    let parts: Vec<_> = [(h, "heure"), (m, "minute"), (s, "seconde")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| {
            format!("{} {unit}{}", cardinal(number, true), if number > 1 { "s" } else { "" })
        })
        .collect();
    if parts.is_empty() { "0 seconde".into() } else { enumerate(&parts, "et") }
}

/// `minuteur pizza`, `minuteur de 5 minutes`, `minuteur d'une heure`.
fn timer(timer: &SpokenTimer) -> String {
    match &timer.name {
        Some(name) => format!("minuteur {name}"),
        None => {
            let duration = duration(timer.total_s);
            if duration.starts_with('u') {
                format!("minuteur d'{duration}")
            } else {
                format!("minuteur de {duration}")
            }
        }
    }
}

/// `il reste 5 minutes`.
fn remains(seconds: u64) -> String {
    format!("il reste {}", duration(seconds))
}

fn left(it: &SpokenTimer) -> String {
    let paused = if it.paused { ", en pause" } else { "" };
    format!("{} pour le {}{paused}", duration(it.left_s), timer(it))
}

fn names(things: &[Thing]) -> String {
    let mut shown: Vec<_> = things.iter().take(SHOWN).map(the).collect();
    if things.len() > SHOWN {
        let more = things.len() - SHOWN;
        shown.push(if more == 1 { "un autre".into() } else { format!("{more} autres") });
    }
    enumerate(&shown, "et")
}

fn color(name: &str) -> &str {
    match name {
        "white" => "blanc",
        "black" => "noir",
        "red" => "rouge",
        "green" => "vert",
        "blue" => "bleu",
        "yellow" => "jaune",
        "purple" => "violet",
        "pink" => "rose",
        "brown" => "marron",
        other => other,
    }
}

fn sky(condition: &str) -> String {
    match condition {
        "clear-night" | "clear" => "le ciel est dégagé",
        "cloudy" => "le temps est couvert",
        "fog" => "il y a du brouillard",
        "hail" => "il grêle",
        "lightning" => "le temps est à l'orage",
        "lightning-rainy" => "il pleut et l'orage gronde",
        "partlycloudy" => "le temps est nuageux",
        "pouring" => "il pleut à verse",
        "rainy" => "il pleut",
        "snowy" => "il neige",
        "snowy-rainy" => "il tombe de la neige fondue",
        "sunny" => "il y a du soleil",
        "windy" | "windy-variant" => "il y a du vent",
        other => return format!("le temps est : {other}"),
    }
    .to_owned()
}

/// `à New York`.
fn at(place: Option<&str>) -> String {
    place.map_or(String::new(), |place| format!(" à {place}"))
}

fn clock_time(time: Time) -> String {
    let minute = match time.minute() {
        0 => String::new(),
        minute => format!(" {}", cardinal(minute.unsigned_abs().into(), true)),
    };
    match time.hour() {
        0 => format!("minuit{minute}"),
        12 => format!("midi{minute}"),
        hour => format!(
            "{} heure{}{minute}",
            cardinal(hour.unsigned_abs().into(), true),
            if hour > 1 { "s" } else { "" }
        ),
    }
}

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

impl Words for French {
    fn did(&self, deed: &Deed, subject: &Subject) -> String {
        let it = subject_text(subject);
        match deed {
            Deed::TurnOn => format!("J'ai allumé {it}."),
            Deed::TurnOff => format!("J'ai éteint {it}."),
            Deed::Open => format!("J'ai ouvert {it}."),
            Deed::Close => format!("J'ai fermé {it}."),
            Deed::Lock => format!("J'ai verrouillé {it}."),
            Deed::Unlock => format!("J'ai déverrouillé {it}."),
            Deed::Activate => format!("J'ai activé {it}."),
            Deed::Run => format!("J'ai lancé {it}."),
            Deed::StartCleaning => {
                format!(
                    "{} se met{} au travail.",
                    capital(&it),
                    if subject_form(subject).plural { "tent" } else { "" }
                )
            }
            Deed::ReturnToBase => {
                format!(
                    "{} rentre{} à la base.",
                    capital(&it),
                    if subject_form(subject).plural { "nt" } else { "" }
                )
            }
            Deed::Brightness(percent) => format!("J'ai réglé {it} à {percent} pour cent."),
            Deed::Color(name) => format!("J'ai mis {it} en {}.", color(name)),
            Deed::BrightnessAndColor(percent, name) => {
                format!("J'ai mis {it} en {} à {percent} pour cent.", color(name))
            }
            Deed::Position(percent) => format!("J'ai réglé {it} à {percent} pour cent."),
            Deed::Heat(quantity) => format!("J'ai réglé {it} sur {}.", self.quantity(quantity)),
            Deed::Pause => format!("J'ai mis {it} en pause."),
            Deed::Resume => format!("J'ai relancé {it}."),
            Deed::Next => "Je passe au suivant.".into(),
            Deed::Previous => "Je reviens au précédent.".into(),
            Deed::Volume(percent) => format!("J'ai réglé le volume à {percent} pour cent sur {it}."),
            Deed::Mute => format!("J'ai coupé le son sur {it}."),
            Deed::Unmute => format!("J'ai remis le son sur {it}."),
        }
    }

    fn unable(&self, deed: &Deed, subject: &Subject) -> String {
        let form = subject_form(subject);
        let be_done = |word: &str| format!("être {}", agree(word, form));
        let verb = match deed {
            Deed::TurnOn => be_done("allumé"),
            Deed::TurnOff => be_done("éteint"),
            Deed::Open => be_done("ouvert"),
            Deed::Close => be_done("fermé"),
            Deed::Lock => be_done("verrouillé"),
            Deed::Unlock => be_done("déverrouillé"),
            Deed::Activate => be_done("activé"),
            Deed::Run => be_done("lancé"),
            Deed::StartCleaning | Deed::ReturnToBase => "faire le ménage".into(),
            Deed::Brightness(_) => "changer de luminosité".into(),
            Deed::Color(_) | Deed::BrightnessAndColor(..) => "changer de couleur".into(),
            Deed::Position(_) => "s'arrêter à mi-course".into(),
            Deed::Heat(_) => "régler une température".into(),
            Deed::Pause | Deed::Resume | Deed::Next | Deed::Previous => "lire quoi que ce soit".into(),
            Deed::Volume(_) | Deed::Mute | Deed::Unmute => "changer de volume".into(),
        };
        let it = match subject {
            Subject::One(thing) => the(thing),
            Subject::Many { noun: key, count, place } => {
                format!("{}{}", with_article(noun(key, *count), form), in_place(place))
            }
        };
        format!("{} ne peu{} pas {verb}.", capital(&it), if form.plural { "vent" } else { "t" })
    }

    fn none(&self, key: Noun, place: &Place) -> String {
        let word = noun(key, 1);
        let de = if "aeiouéh".contains(word.chars().next().unwrap_or('x')) { "d'" } else { "de " };
        format!("Il n'y a pas {de}{word}{}.", in_place(place))
    }

    fn not_there(&self, thing: &Thing, place: &Place) -> String {
        let verb = if form_of(thing).plural { "ne sont" } else { "n'est" };
        format!("{} {verb} pas{}.", capital(&the(thing)), in_place(place))
    }

    fn which_one(&self, thing: &Thing, places: &[Place]) -> String {
        let one = if form_of(thing).feminine { "une" } else { "un" };
        let places: Vec<_> = places
            .iter()
            .map(|place| match place {
                Place::Home => format!("{one} sans pièce"),
                place => format!("{one}{}", in_place(place)),
            })
            .collect();
        let which = if form_of(thing).feminine { "laquelle" } else { "lequel" };
        format!("Plusieurs s'appellent {} : {}. Dites {which}.", thing.name, enumerate(&places, "et"))
    }

    fn unknown_name(&self, name: &str) -> String {
        format!("Rien ne s'appelle {name} ici.")
    }

    fn limit(&self, limit: Limit) -> String {
        match limit {
            Limit::Brightness => "La luminosité va de 0 à 100 pour cent.".into(),
            Limit::Position => "La position va de 0 pour cent, fermé, à 100 pour cent, ouvert.".into(),
            Limit::Volume => "Le volume va de 0 à 100 pour cent.".into(),
            Limit::Temperature(from, to) => {
                format!("Je peux régler une température de {} à {} degrés.", decimal(from), decimal(to))
            }
        }
    }

    fn own_volume(&self, percent: u8) -> String {
        format!("Mon volume est à {percent} pour cent.")
    }

    fn own_mute(&self, muted: bool) -> String {
        if muted { "Je me tais.".into() } else { "J'ai remis le son.".into() }
    }

    fn is(&self, thing: &Thing, status: Status) -> String {
        let form = form_of(thing);
        format!("{} {} {}.", capital(&the(thing)), be(form), status_text(status, form))
    }

    fn yes_no(&self, yes: bool, thing: &Thing, status: Status) -> String {
        let form = form_of(thing);
        let answer = if yes { "Oui" } else { "Non" };
        format!("{answer}, {} {} {}.", the(thing), be(form), status_text(status, form))
    }

    fn tally(&self, tally: &Tally) -> String {
        let place = in_place(&tally.place);
        let (yes, no) = (tally.matched.len(), tally.unmatched.len());
        let one = form(tally.noun, 1);
        let many = form(tally.noun, 2);
        let none = || {
            let word = if one.feminine { "aucune" } else { "aucun" };
            format!("{word} {} n'est {}{place}.", noun(tally.noun, 1), status_text(tally.status, one))
        };
        let some = || {
            let form = form(tally.noun, yes);
            let number = cardinal(yes as u64, form.feminine);
            format!(
                "{number} {} {} {}{place}",
                noun(tally.noun, yes),
                be(form),
                status_text(tally.status, form)
            )
        };
        match tally.question {
            "all" if no == 0 => {
                let all = if one.feminine { "toutes" } else { "tous" };
                format!(
                    "Oui, {all} les {} sont {}{place}.",
                    noun(tally.noun, 2),
                    status_text(tally.status, many)
                )
            }
            "all" if yes == 0 => format!("Non, {}", none()),
            "all" => {
                let form = form(tally.noun, no);
                let number = cardinal(no as u64, form.feminine);
                format!(
                    "Non, {number} sur {} ne l{} pas : {}.",
                    yes + no,
                    if no == 1 { "'est" } else { "e sont" },
                    names(&tally.unmatched)
                )
            }
            "any" if yes == 0 => format!("Non, {}", none()),
            "any" => format!("Oui, {} : {}.", some(), names(&tally.matched)),
            _ if yes == 0 => capital(&none()),
            "how_many" => capital(&format!("{}.", some())),
            _ => capital(&format!("{} : {}.", some(), names(&tally.matched))),
        }
    }

    fn reads(&self, thing: &Thing, quantity: &Quantity) -> String {
        format!("{} {} de {}.", capital(&the(thing)), be(form_of(thing)), self.quantity(quantity))
    }

    fn reads_words(&self, thing: &Thing, words: &str) -> String {
        format!("{} : {words}.", capital(&the(thing)))
    }

    fn unknown_state(&self, thing: &Thing) -> String {
        format!("Je ne connais pas l'état actuel : {}.", the(thing))
    }

    fn temperature(&self, readings: &[(Place, Quantity)]) -> String {
        let all: Vec<_> =
            readings.iter().map(|(place, it)| format!("{}{}", self.quantity(it), in_place(place))).collect();
        format!("Il fait {}.", enumerate(&all, "et"))
    }

    fn no_temperature(&self, place: &Place) -> String {
        let place = if *place == Place::Home { " ici".into() } else { in_place(place) };
        format!("Rien ne mesure la température{place}.")
    }

    fn weather(
        &self,
        condition: Option<&str>,
        temperature: Option<&Quantity>,
        place: Option<&str>,
    ) -> String {
        let degrees = temperature.map(|it| format!("il fait {}", self.quantity(it)));
        match (condition.map(sky), degrees) {
            (Some(sky), Some(degrees)) => format!("{}{}, et {degrees}.", capital(&sky), at(place)),
            (Some(sky), None) => format!("{}{}.", capital(&sky), at(place)),
            (None, Some(degrees)) => format!("{}{}.", capital(&degrees), at(place)),
            (None, None) => self.no_weather(place),
        }
    }

    fn no_weather(&self, place: Option<&str>) -> String {
        format!("Je ne connais pas le temps qu'il fait{}.", at(place))
    }

    fn quantity(&self, quantity: &Quantity) -> String {
        let number = decimal(quantity.number);
        // The French singular reaches up to two: « 1,5 degré ».
        let s = if quantity.number.abs() < 2.0 { "" } else { "s" };
        match quantity.unit.as_str() {
            "" => number,
            "°" | "°C" | "°F" => format!("{number} degré{s}"),
            "%" => format!("{number} pour cent"),
            "W" => format!("{number} watt{s}"),
            "kWh" => format!("{number} kilowattheure{s}"),
            unit => format!("{number} {unit}"),
        }
    }

    fn time(&self, time: Time) -> String {
        format!("Il est {}.", clock_time(time))
    }

    fn date(&self, date: Date) -> String {
        let weekday = DAYS[date.weekday().to_monday_zero_offset() as usize];
        let month = MONTHS[date.month() as usize - 1];
        let day = if date.day() == 1 { "premier".into() } else { date.day().to_string() };
        format!("Nous sommes le {weekday} {day} {month} {}.", date.year())
    }

    fn timer_started(&self, it: &SpokenTimer) -> String {
        match &it.name {
            Some(name) => format!("Le minuteur {name} est lancé pour {}.", duration(it.total_s)),
            None => format!("Le {} est lancé.", timer(it)),
        }
    }

    fn timer_cancelled(&self, it: &SpokenTimer) -> String {
        format!("Le {} est annulé.", timer(it))
    }

    fn timers_cancelled(&self, number: usize) -> String {
        match number {
            0 => self.no_timer(),
            1 => "Le minuteur est annulé.".into(),
            _ => format!("Les {number} minuteurs sont annulés."),
        }
    }

    fn timer_paused(&self, it: &SpokenTimer) -> String {
        format!("Le {} est en pause : {}.", timer(it), remains(it.left_s))
    }

    fn timer_resumed(&self, it: &SpokenTimer) -> String {
        format!("Le {} reprend : {}.", timer(it), remains(it.left_s))
    }

    fn timer_changed(&self, it: &SpokenTimer) -> String {
        match &it.name {
            Some(name) => format!("Pour le minuteur {name}, {} maintenant.", remains(it.left_s)),
            None => format!("{} maintenant.", capital(&remains(it.left_s))),
        }
    }

    fn timer_status(&self, timers: &[SpokenTimer]) -> String {
        match timers {
            [] => self.no_timer(),
            [one] => format!("Il reste {}.", left(one)),
            several => {
                let shown: Vec<_> = several.iter().take(3).map(left).collect();
                let more = if several.len() > 3 { "Pour les prochains, il reste" } else { "Il reste" };
                format!("Vous avez {} minuteurs. {more} {}.", several.len(), enumerate(&shown, "et"))
            }
        }
    }

    fn timer_done(&self, it: &SpokenTimer) -> String {
        format!("Le {} est terminé.", timer(it))
    }

    fn timer_missed(&self, it: &SpokenTimer, time: Time) -> String {
        let clock = clock_time(time);
        format!("Pendant mon arrêt, le {} s'est terminé, à {clock}.", timer(it))
    }

    fn timers_done(&self, number: usize) -> String {
        format!("{number} minuteurs sont terminés.")
    }

    fn no_timer(&self) -> String {
        "Il n'y a pas de minuteur.".into()
    }

    fn no_such_timer(&self) -> String {
        "Ce minuteur n'existe pas.".into()
    }

    fn which_timer(&self, timers: &[SpokenTimer]) -> String {
        let shown: Vec<_> = timers.iter().take(3).map(|it| format!("le {}", timer(it))).collect();
        format!("Il y a {} minuteurs. Lequel : {} ?", timers.len(), enumerate(&shown, "ou"))
    }

    fn timer_too_short(&self) -> String {
        "Un minuteur dure au moins une seconde.".into()
    }

    fn timer_too_long(&self, days: u64) -> String {
        format!("Un minuteur dure au plus {days} jours.")
    }

    fn too_many_timers(&self, limit: usize) -> String {
        format!("Il y a déjà {limit} minuteurs, et je ne peux pas en garder plus. Annulez-en d'abord.")
    }

    fn not_that_much_left(&self, it: &SpokenTimer) -> String {
        format!("Il ne reste que {} pour le {}.", duration(it.left_s), timer(it))
    }

    fn no_paused_timer(&self) -> String {
        "Aucun minuteur n'est en pause.".into()
    }

    fn no_running_timer(&self) -> String {
        "Aucun minuteur n'est en marche.".into()
    }

    fn help(&self, examples: &[String]) -> String {
        if examples.is_empty() {
            return "Je ne connais encore aucune phrase.".into();
        }
        let quoted: Vec<_> = examples.iter().map(|example| format!("« {example} »")).collect();
        format!("Vous pouvez dire, par exemple : {}.", enumerate(&quoted, "ou"))
    }

    fn nothing_said(&self) -> String {
        "Je n'ai encore rien dit.".into()
    }

    fn not_understood(&self) -> String {
        "Désolé, je n'ai pas compris.".into()
    }

    fn failed(&self) -> String {
        "Désolé, cela n'a pas marché.".into()
    }

    fn no_skill(&self) -> String {
        "J'ai compris, mais rien ici ne sait le faire.".into()
    }
}

/// `20,5`.
fn decimal(number: f64) -> String {
    number_text(number).replace('.', ",")
}
