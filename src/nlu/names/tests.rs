use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::nlu::grammar::{Expr, List, ListValue};

fn resolver(language: &str, names: &[&str]) -> Resolver {
    let values = names
        .iter()
        .map(|name| ListValue {
            expr: Expr::words(&text::words(name, language)),
            value: json!(name),
            context: Vec::new(),
        })
        .collect();
    let list = List { name: "name".to_owned(), kind: ListKind::Values(values) };
    let literal = |word: &str| crate::nlu::grammar::Sentence {
        intent: "Some".to_owned(),
        expr: Expr::Word(word.to_owned()),
        fixed: Vec::new(),
        response: None,
        template: word.to_owned(),
        source: String::new(),
        heard: true,
    };
    Resolver::new(&Grammar {
        language: language.to_owned(),
        lists: vec![list],
        sentences: ["light", "room", "door", "lumière"].map(literal).into(),
        ..Grammar::default()
    })
}

const ENGLISH: &[&str] = &[
    "Study Light",
    "Desk Lamp",
    "Bedroom Blinds",
    "Garage Door",
    "Living Room",
    "TV",
    "Coffee Machine",
    "Café Lights",
    "Lamp 2",
    "Lamp 3",
    "Salon Lamp",
];
const FRENCH: &[&str] = &[
    "lampe de chevet",
    "lumière de l'entrée",
    "volet de la chambre",
    "plafonnier",
    "télé",
    "rideaux du bureau",
];

#[track_caller]
fn check(language: &str, names: &[&str], cases: &[(&str, &str)]) {
    let resolver = resolver(language, names);
    for (heard, meant) in cases {
        match resolver.resolve(0, heard) {
            Resolution::Sure(value, score) => {
                assert_eq!(names[value], *meant, "{heard}");
                assert!((0.7..=1.0).contains(&score), "{heard}: {score}");
            }
            other => panic!("{heard}: {other:?}"),
        }
    }
}

#[test]
fn english_names_are_found_through_each_kind_of_slip() {
    check(
        "en",
        ENGLISH,
        &[
            ("the study lite", "Study Light"),
            ("steady light", "Study Light"),
            ("my desk lamps", "Desk Lamp"),
            ("desk lump", "Desk Lamp"),
            ("disk lamb", "Desk Lamp"),
            ("bed room blinds", "Bedroom Blinds"),
            ("bedroom's blind", "Bedroom Blinds"),
            ("garbage door", "Garage Door"),
            ("leaving room", "Living Room"),
            ("tee vee", "TV"),
            ("T. V.", "TV"),
            ("cough he machine", "Coffee Machine"),
            ("coffee", "Coffee Machine"),
            ("cofee mashine", "Coffee Machine"),
            ("cafe light", "Café Lights"),
            ("lamp two", "Lamp 2"),
            ("lamp of the salon", "Salon Lamp"),
            ("salon's lamp", "Salon Lamp"),
        ],
    );
}

#[test]
fn french_names_are_found_through_each_kind_of_slip() {
    check(
        "fr",
        FRENCH,
        &[
            ("la lampe du chevet", "lampe de chevet"),
            ("lampes de chevets", "lampe de chevet"),
            ("lumiere de l’entree", "lumière de l'entrée"),
            ("lumière d'entrer", "lumière de l'entrée"),
            ("volets de chambre", "volet de la chambre"),
            ("valet de la chambre", "volet de la chambre"),
            ("le plat fonnier", "plafonnier"),
            ("télés", "télé"),
            ("rideau du bureau", "rideaux du bureau"),
            ("rideaux", "rideaux du bureau"),
            ("chevet", "lampe de chevet"),
        ],
    );
}

#[test]
fn other_things_are_not_taken_for_names() {
    let english = resolver("en", ENGLISH);
    for heard in [
        "",
        "the",
        "radio station",
        "wine",
        "bathroom blinds",
        "bathroom",
        "dishwasher",
        "light",
        "room",
        "door",
        "study fan",
        "desk",
        "lamp 4",
        "room desk lamp",
        "the whole house",
        "a b",
        "👍",
        "привет",
    ] {
        let found = english.resolve(0, heard);
        let is_short_form = heard == "desk";
        assert_eq!(matches!(found, Resolution::Sure(..)), is_short_form, "{heard}: {found:?}");
    }
    let french = resolver("fr", FRENCH);
    for heard in ["le vin", "la musique", "lampe de poche", "porte de la chambre", "lumière", "radio"] {
        let found = french.resolve(0, heard);
        assert!(!matches!(found, Resolution::Sure(..)), "{heard}: {found:?}");
    }
}

#[test]
fn two_that_are_as_near_are_both_told() {
    let resolver = resolver("en", &["Floor Lamp", "Desk Lamp", "Den Fan", "Ben Fan"]);
    let meant = |heard: &str| match resolver.resolve(0, heard) {
        Resolution::Several(several) => several.into_iter().map(|(value, _)| value).collect(),
        Resolution::Sure(value, _) => vec![value],
        Resolution::None => Vec::new(),
    };
    assert_eq!(meant("lamp"), [0, 1]);
    assert_eq!(meant("pen fan"), [3, 2]);
    assert_eq!(meant("floor"), [0]);
}

#[test]
fn one_device_with_two_names_is_not_two() {
    let mut grammar = Grammar { language: "en".to_owned(), ..Grammar::default() };
    let value = |said: &str| ListValue {
        expr: Expr::words(&text::words(said, "en")),
        value: json!("Lamp"),
        context: Vec::new(),
    };
    let kind = ListKind::Values(vec![value("reading lamp"), value("reading light")]);
    grammar.lists.push(List { name: "name".to_owned(), kind });
    assert!(matches!(Resolver::new(&grammar).resolve(0, "reading"), Resolution::Sure(..)));
}

#[test]
fn words_without_a_sound_belong_to_their_name() {
    check("en", &["Lamp hhhhh", "Desk"], &[("lamp hhhhh", "Lamp hhhhh"), ("desk", "Desk")]);
}

#[test]
fn a_thousand_words_are_not_looked_at() {
    let text = "desk lamp ".repeat(5_000);
    assert_eq!(resolver("en", ENGLISH).resolve(0, &text), Resolution::None);
}

proptest! {
    #[test]
    fn any_text_is_taken(text in ".{0,80}", french: bool) {
        let resolver = if french { resolver("fr", FRENCH) } else { resolver("en", ENGLISH) };
        let _ = resolver.resolve(0, &text);
    }

    #[test]
    fn a_name_is_itself(name in "[a-zé]{1,12}( [a-z]{1,9}){0,3}", french: bool) {
        let language = if french { "fr" } else { "en" };
        let others = if french { FRENCH } else { ENGLISH };
        let mut names = vec![name.as_str()];
        names.extend(others);
        let resolver = resolver(language, &names);
        let spelling = Reader::new(language);
        let can_be_said = text::words(&name, language)
            .iter()
            .any(|word| !spelling.is_small(word) && !spelling.read(word).sound.is_empty());
        if can_be_said {
            let found = resolver.resolve(0, &name);
            let first = match &found {
                Resolution::Sure(value, score) => Some((*value, *score)),
                Resolution::Several(several) => several.first().copied(),
                Resolution::None => None,
            };
            prop_assert_eq!(first, Some((0, 1.0)), "{:?}", found);
        }
    }

    #[test]
    fn known_names_are_sure(index in 0..ENGLISH.len()) {
        prop_assert_eq!(resolver("en", ENGLISH).resolve(0, ENGLISH[index]), Resolution::Sure(index, 1.0));
    }
}
