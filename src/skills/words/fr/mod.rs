//! French: what is said.

mod alarms;
mod facts;
mod grammar;
mod lists;
mod mute;

use jiff::civil::{Date, Time};

use super::{Deed, Limit, Noun, Place, Quantity, SpokenTimer, Status, Subject, Tally, Thing, Trouble, Words};
use super::{capital, enumerate};
use grammar::{
    DAYS, MONTHS, agree, at, be, cardinal, clock_time, color, decimal, duration, form, form_of, in_place,
    left, names, noun, remains, sky, status_text, subject_form, subject_text, the, timer, with_article,
};

pub(super) struct French;

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
            Deed::Brightness(percent) | Deed::Position(percent) => {
                format!("J'ai réglé {it} à {percent} pour cent.")
            }
            Deed::Color(name) => format!("J'ai mis {it} en {}.", color(name)),
            Deed::BrightnessAndColor(percent, name) => {
                format!("J'ai mis {it} en {} à {percent} pour cent.", color(name))
            }
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

    fn trouble(&self, trouble: Trouble, things: &[Thing]) -> String {
        let it = capital(&names(things));
        let many = things.len() > 1 || things.iter().any(|thing| form_of(thing).plural);
        let pick = |one: &str, several: &str| format!("{it} {}.", if many { several } else { one });
        match trouble {
            Trouble::Away => pick("est injoignable", "sont injoignables"),
            Trouble::Silent => pick("ne répond pas", "ne répondent pas"),
            Trouble::Unconfirmed => pick("n'a pas confirmé", "n'ont pas confirmé"),
            Trouble::Failed => pick("n'a pas pu le faire", "n'ont pas pu le faire"),
        }
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
            "all" | "any" if yes == 0 => format!("Non, {}", none()),
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
            [one] if one.ringing => format!("Le {} sonne.", timer(one)),
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

    fn examples(&self, light: Option<&Thing>, cover: Option<&Thing>, lock: Option<&Thing>) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(light.map(|it| format!("allume {}", the(it))));
        all.push("minuteur 5 minutes".into());
        all.extend(cover.map(|it| format!("ferme {}", the(it))));
        all.extend(lock.map(|it| {
            let form = form_of(it);
            format!("est-ce que {} {} {}", the(it), be(form), agree("verrouillé", form))
        }));
        all.extend(
            ["quelle heure est-il", "quelle est la température", "éteins toutes les lumières"]
                .map(str::to_owned),
        );
        all
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

    fn did_you_mean(&self, names: &[String]) -> String {
        format!("Vouliez-vous dire {} ?", enumerate(&names_with_articles(names), "ou"))
    }

    fn which_of(&self, names: &[String]) -> String {
        let one = names.first().and_then(|name| grammar::head(name)).is_some_and(|form| form.feminine);
        let which = if one { "Laquelle" } else { "Lequel" };
        format!("{which} : {} ?", enumerate(&names_with_articles(names), "ou"))
    }

    fn failed(&self) -> String {
        "Désolé, cela n'a pas marché.".into()
    }

    fn went_wrong(&self) -> String {
        "Désolé, quelque chose n'a pas marché.".into()
    }

    fn for_how_long(&self) -> String {
        "Pour combien de temps ?".into()
    }

    fn by_how_much(&self) -> String {
        "De combien ?".into()
    }

    fn to_what_brightness(&self) -> String {
        "À quelle luminosité ?".into()
    }

    fn to_what_temperature(&self) -> String {
        "À combien de degrés ?".into()
    }

    fn to_what_position(&self) -> String {
        "Ouvert à combien de pour cent ?".into()
    }

    fn turn_on_what(&self) -> String {
        "Que faut-il allumer ?".into()
    }

    fn turn_off_what(&self) -> String {
        "Que faut-il éteindre ?".into()
    }

    fn shall_i(&self, deed: &Deed, subjects: &[Subject]) -> String {
        let things: Vec<_> = subjects.iter().map(subject_text).collect();
        format!("Dois-je {} {} ?", infinitive(deed), enumerate(&things, "et"))
    }

    fn one_in(&self, place: &Place) -> String {
        match place {
            Place::Home => "sans pièce".into(),
            Place::Area(_) | Place::Floor(_) => in_place(place).trim().to_owned(),
        }
    }

    fn timer_called(&self, it: &SpokenTimer) -> String {
        format!("le {}", timer(it))
    }

    fn ask_again(&self, question: &str) -> String {
        format!("Désolé, je n'ai pas compris. {question}")
    }

    fn give_up(&self) -> String {
        "Je n'ai toujours pas compris. Laissons cela.".into()
    }

    fn all_right(&self) -> String {
        "Très bien.".into()
    }

    fn ok(&self) -> String {
        "D'accord.".into()
    }

    fn undone(&self) -> String {
        "C'est annulé.".into()
    }

    fn nothing_to_undo(&self) -> String {
        "Il n'y a rien à annuler.".into()
    }

    fn what_do_you_mean(&self) -> String {
        "Je ne sais pas de quoi vous parlez. Dites son nom.".into()
    }

    fn no_other(&self) -> String {
        "Il n'y en a pas d'autre.".into()
    }

    fn no_skill(&self) -> String {
        "J'ai compris, mais rien ici ne sait le faire.".into()
    }
}

/// What is done to something, as "dois-je" has it.
fn infinitive(deed: &Deed) -> &'static str {
    match deed {
        Deed::TurnOn => "allumer",
        Deed::TurnOff => "éteindre",
        Deed::Open => "ouvrir",
        Deed::Close => "fermer",
        Deed::Lock => "verrouiller",
        Deed::Unlock => "déverrouiller",
        Deed::Activate => "activer",
        Deed::Run | Deed::StartCleaning => "lancer",
        Deed::ReturnToBase => "renvoyer à la base",
        Deed::Pause => "mettre en pause",
        Deed::Resume => "relancer",
        Deed::Mute => "couper le son sur",
        Deed::Unmute => "remettre le son sur",
        _ => "changer",
    }
}

fn names_with_articles(names: &[String]) -> Vec<String> {
    let spoken_of = |name: &String| {
        let spoken = ["le ", "la ", "les ", "l'", "dans ", "au ", "à ", "sur "];
        if spoken.iter().any(|article| name.starts_with(article)) {
            return name.clone();
        }
        the(&Thing { name: name.clone(), article: None })
    };
    names.iter().map(spoken_of).collect()
}
