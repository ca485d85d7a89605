use jiff::civil::{date, time};

use super::*;

fn thing(name: &str, article: Option<&str>) -> Thing {
    Thing { name: name.to_owned(), article: article.map(str::to_owned) }
}

fn named(name: &str) -> Subject {
    Subject::One(thing(name, None))
}

fn timer(name: Option<&str>, total_s: u64, left_s: u64) -> SpokenTimer {
    SpokenTimer { name: name.map(str::to_owned), total_s, left_s, paused: false, ringing: false }
}

#[test]
fn english_articles_follow_the_name() {
    let en = of("en");
    assert_eq!(en.did(&Deed::TurnOn, &named("Bed Light")), "I turned on the Bed Light.");
    assert_eq!(en.did(&Deed::TurnOn, &named("Nestor")), "I turned on Nestor.");
    assert_eq!(en.did(&Deed::TurnOn, &Subject::One(thing("EcoBee", Some("the")))), "I turned on the EcoBee.");
    assert_eq!(en.is(&thing("Office Curtains", None), Status::Closed), "The Office Curtains are closed.");
}

#[test]
fn english_counts() {
    let en = of("en");
    let many = |count| Subject::Many { noun: "light", count, place: Place::Area("Kitchen".into()) };
    assert_eq!(en.did(&Deed::TurnOff, &many(3)), "I turned off 3 lights in the Kitchen.");
    assert_eq!(en.none("curtain", &Place::Area("Office".into())), "There are no curtains in the Office.");
    assert_eq!(
        en.none("curtain", &Place::Floor("Ground Floor".into())),
        "There are no curtains on the Ground Floor."
    );
    assert_eq!(
        en.unable(&Deed::Color("red".into()), &many(2)),
        "The lights in the Kitchen cannot change colour."
    );
}

#[test]
fn french_agrees_in_gender_and_number() {
    let fr = of("fr");
    assert_eq!(fr.did(&Deed::TurnOn, &named("Lumière du plafond")), "J'ai allumé la Lumière du plafond.");
    assert_eq!(fr.is(&thing("porte d'entrée", None), Status::Locked), "La porte d'entrée est verrouillée.");
    assert_eq!(fr.is(&thing("stores du salon", None), Status::Closed), "Les stores du salon sont fermés.");
    assert_eq!(
        fr.is(&thing("lumières du jardin", None), Status::Off),
        "Les lumières du jardin sont éteintes."
    );
    assert_eq!(
        fr.yes_no(false, &thing("Entrée", None), Status::Unlocked),
        "Non, l'Entrée est déverrouillée."
    );
    assert_eq!(fr.is(&thing("Nestor", None), Status::Docked), "Nestor est à sa base.");
    // The article that was spoken does not overrule the noun: « la Rideau gauche ».
    assert_eq!(
        fr.did(&Deed::Close, &Subject::One(thing("Rideau gauche", Some("la")))),
        "J'ai fermé le Rideau gauche."
    );
    assert_eq!(
        fr.unable(&Deed::TurnOn, &Subject::Many { noun: "window", count: 2, place: Place::Home }),
        "Les fenêtres ne peuvent pas être allumées."
    );
}

#[test]
fn french_places() {
    let fr = of("fr");
    for (place, said) in [
        (Place::Area("cuisine".into()), "dans la cuisine"),
        (Place::Area("Bureau".into()), "dans le Bureau"),
        (Place::Area("entrée".into()), "dans l'entrée"),
        (Place::Area("terrasse".into()), "sur la terrasse"),
        (Place::Area("Atlantis".into()), "dans Atlantis"),
        (Place::Floor("Rez-de-chaussée".into()), "au Rez-de-chaussée"),
        (Place::Floor("Premier Étage".into()), "au Premier Étage"),
        (Place::Floor("étage".into()), "à l'étage"),
        (Place::Floor("en bas".into()), "en bas"),
    ] {
        assert_eq!(fr.none("curtain", &place), format!("Il n'y a pas de rideau {said}."));
    }
    assert_eq!(fr.none("awning", &Place::Home), "Il n'y a pas d'auvent.");
}

#[test]
fn times_are_spoken_naturally() {
    let say =
        |hour, minute| [of("en").time(time(hour, minute, 0, 0)), of("fr").time(time(hour, minute, 0, 0))];
    assert_eq!(say(15, 7), ["It is 3:07 pm.", "Il est 15 heures 7."]);
    assert_eq!(say(0, 0), ["It is midnight.", "Il est minuit."]);
    assert_eq!(say(12, 0), ["It is noon.", "Il est midi."]);
    assert_eq!(say(12, 30), ["It is half past 12 in the afternoon.", "Il est midi 30."]);
    assert_eq!(say(1, 1), ["It is 1:01 am.", "Il est une heure une."]);
    assert_eq!(say(21, 0), ["It is 9 o'clock in the evening.", "Il est vingt et une heures."]);
    assert_eq!(say(11, 45), ["It is a quarter to 12 in the morning.", "Il est 11 heures 45."]);
    assert_eq!(say(0, 5), ["It is 12:05 am.", "Il est minuit 5."]);
}

#[test]
fn dates_are_spoken_naturally() {
    let say = |day| [of("en").date(date(2026, 11, day)), of("fr").date(date(2026, 11, day))];
    assert_eq!(
        say(1),
        ["It is Sunday, the 1st of November 2026.", "Nous sommes le dimanche premier novembre 2026."]
    );
    assert_eq!(
        say(12),
        ["It is Thursday, the 12th of November 2026.", "Nous sommes le jeudi 12 novembre 2026."]
    );
    assert_eq!(say(23)[0], "It is Monday, the 23rd of November 2026.");
}

#[test]
fn timers_are_named_by_name_or_length() {
    let pizza = timer(Some("pizza"), 300, 61);
    let plain = timer(None, 3600, 1);
    let say = |words: &dyn Words| {
        [
            words.timer_done(&pizza),
            words.timer_done(&plain),
            words.timer_status(&[pizza.clone(), plain.clone()]),
        ]
    };
    assert_eq!(
        say(of("en")),
        [
            "Your pizza timer is done.",
            "Your timer for 1 hour is done.",
            "You have 2 timers. The pizza timer has 1 minute and 1 second left and the timer for 1 hour has 1 second left."
        ]
    );
    assert_eq!(
        say(of("fr")),
        [
            "Le minuteur pizza est terminé.",
            "Le minuteur d'une heure est terminé.",
            "Vous avez 2 minuteurs. Il reste une minute et une seconde pour le minuteur pizza et une seconde pour le minuteur d'une heure."
        ]
    );
}

#[test]
fn tallies_answer_the_question() {
    let on = [thing("Bed Light", None)];
    let off = [thing("Desk Lamp", None), thing("Floor Lamp", None)];
    let tally = |question, matched: &[Thing], unmatched: &[Thing]| Tally {
        noun: "light",
        place: Place::Home,
        status: Status::On,
        matched: matched.to_vec(),
        unmatched: unmatched.to_vec(),
        question,
    };
    let en = |tally: Tally| of("en").tally(&tally);
    assert_eq!(en(tally("any", &on, &off)), "Yes, 1 light is on: the Bed Light.");
    assert_eq!(en(tally("any", &[], &off)), "No, no light is on.");
    assert_eq!(en(tally("all", &on, &off)), "No, 2 of 3 are not: the Desk Lamp and the Floor Lamp.");
    assert_eq!(en(tally("all", &off, &[])), "Yes, all lights are on.");
    assert_eq!(en(tally("which", &off, &on)), "2 lights are on: the Desk Lamp and the Floor Lamp.");
    assert_eq!(en(tally("how_many", &off, &on)), "2 lights are on.");
    let fr = |tally: Tally| of("fr").tally(&tally);
    assert_eq!(fr(tally("any", &[], &off)), "Non, aucune lumière n'est allumée.");
    assert_eq!(fr(tally("all", &off, &[])), "Oui, toutes les lumières sont allumées.");
    assert_eq!(fr(tally("how_many", &on, &off)), "Une lumière est allumée.");
}

#[test]
fn quantities_carry_their_unit() {
    let quantity = |number, unit: &str| Quantity { number, unit: unit.to_owned() };
    assert_eq!(of("en").quantity(&quantity(1.0, "°C")), "1 degree");
    assert_eq!(of("en").quantity(&quantity(20.5, "°C")), "20.5 degrees");
    assert_eq!(of("fr").quantity(&quantity(20.5, "°C")), "20,5 degrés");
    assert_eq!(of("fr").quantity(&quantity(1.5, "°C")), "1,5 degré");
    assert_eq!(of("fr").quantity(&quantity(54.0, "%")), "54 pour cent");
}

#[test]
fn what_did_not_do_it_is_named() {
    use crate::home::backend::Trouble;
    let (lamp, blinds, nestor) = (thing("Desk Lamp", None), thing("Blinds", None), thing("Nestor", None));
    let en = of("en");
    assert_eq!(en.trouble(Trouble::Silent, std::slice::from_ref(&lamp)), "The Desk Lamp did not answer.");
    assert_eq!(en.trouble(Trouble::Away, &[lamp, nestor]), "The Desk Lamp and Nestor cannot be reached.");
    assert_eq!(en.trouble(Trouble::Unconfirmed, &[blinds]), "The Blinds have not confirmed it.");
    let fr = of("fr");
    let (lamp, blinds) = (thing("lampe de bureau", None), thing("stores du salon", None));
    assert_eq!(fr.trouble(Trouble::Away, std::slice::from_ref(&lamp)), "La lampe de bureau est injoignable.");
    assert_eq!(
        fr.trouble(Trouble::Silent, std::slice::from_ref(&blinds)),
        "Les stores du salon ne répondent pas."
    );
    assert_eq!(
        fr.trouble(Trouble::Unconfirmed, &[lamp.clone(), blinds]),
        "La lampe de bureau et les stores du salon n'ont pas confirmé."
    );
    assert_eq!(fr.trouble(Trouble::Failed, &[lamp]), "La lampe de bureau n'a pas pu le faire.");
}
