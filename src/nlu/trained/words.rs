//! Word classes that no training set should have to teach: numbers, days, months,
//! times, weather, kinds of music.
//!
//! English and French together: a word is looked up in lower case and may belong to one class.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The class of a word, if it has one.
#[must_use]
pub fn class(lower: &str) -> Option<&'static str> {
    if lower.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(digits(lower));
    }
    WORDS.get(lower).copied()
}

fn digits(lower: &str) -> &'static str {
    let tail = lower.trim_start_matches(|c: char| c.is_ascii_digit());
    match (tail, lower.len() - tail.len()) {
        ("", 4) => "year",
        ("", 1 | 2) => "digits",
        ("", _) => "long-digits",
        ("st" | "nd" | "rd" | "th" | "er" | "e" | "ème", _) => "ordinal",
        ("am" | "pm" | "a" | "p" | "h", _) => "clock",
        ("s", _) => "decade",
        _ => "mixed-digits",
    }
}

/// Word → class; a word of two classes keeps the first.
static WORDS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let pairs =
        |&(class, words): &(&'static str, &'static str)| words.split(' ').map(move |word| (word, class));
    CLASSES.iter().rev().flat_map(pairs).collect()
});

const CLASSES: [(&str, &str); 22] = [
    (
        "unit",
        "zero one two three four five six seven eight nine un une deux trois quatre cinq sept huit neuf",
    ),
    (
        "number",
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty \
         fifty sixty seventy eighty ninety hundred thousand million half quarter dozen dix onze douze treize \
         quatorze quinze seize vingt vingts trente quarante cinquante soixante cent cents mille demi demie quart",
    ),
    (
        "ordinal",
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth \
         fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth premier première \
         deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième",
    ),
    (
        "month",
        "january february march april may june july august september october november december jan feb mar apr \
         jun jul aug sep sept oct nov dec janvier février mars avril mai juin juillet août septembre octobre \
         novembre décembre",
    ),
    (
        "weekday",
        "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun lundi \
         mardi mercredi jeudi vendredi samedi dimanche",
    ),
    (
        "day-part",
        "meal tea morning noon midday afternoon evening night midnight sunrise sunset dawn dusk breakfast brunch lunch \
         lunchtime supper dinner teatime matin midi après-midi soir soirée nuit minuit aube déjeuner dîner",
    ),
    ("day", "today tonight tomorrow yesterday now aujourd demain hier maintenant"),
    (
        "time-unit",
        "second seconds minute minutes hour hours day days week weeks weekend weekends month months year years \
         decade decades seconde secondes heure heures jour jours semaine semaines mois an ans année années",
    ),
    ("clock", "am pm clock oclock"),
    ("season", "spring summer autumn fall winter printemps été automne hiver"),
    (
        "holiday",
        "christmas xmas easter halloween thanksgiving ramadan hanukkah passover diwali carnival noël pâques toussaint",
    ),
    (
        "weather",
        "weather rain rainy raining rainfall snow snowy snowing snowfall snowstorm wind windy storm stormy          thunderstorm hail fog foggy mist misty cloud clouds cloudy overcast sun sunny sunshine humid humidity dry wet          blizzard tornado hurricane drizzle sleet frost lightning thunder météo pluie neige vent orage grêle brouillard          brume nuage nuages nuageux soleil ensoleillé tempête humide sec",
    ),
    (
        "warmth",
        "hot hotter hottest warm warmer warmest cold colder coldest cool cooler chilly chillier freezing frigid mild          temperate temperature degrees celsius fahrenheit chaud chaude froid froide frais doux température degrés",
    ),
    (
        "genre",
        "rock pop jazz blues classical country folk metal punk soul funk disco techno house trance electronic          electronica ambient reggae ska rap hip hop hiphop r&b gospel indie opera swing latin salsa tango samba dance          grunge dub dubstep acoustic instrumental fusion musique classique chanson variété",
    ),
    (
        "work",
        "song songs track tracks tune tunes album albums record ep lp single soundtrack melody concerto symphony          chant playlist movie movies film films picture show shows series saga chronicle novel book books textbook          essay poem play game trailer photograph painting chanson chansons morceau titre disque livre roman série          émission jeu",
    ),
    (
        "origin",
        "american african asian european english british irish scottish french italian spanish german greek turkish          russian polish portuguese swedish danish norwegian dutch chinese japanese korean thai vietnamese indian          pakistani mexican brazilian cuban caribbean lebanese moroccan ethiopian persian arab mediterranean northern          southern eastern western français française italien italienne espagnol espagnole allemand chinois chinoise          japonais indien indienne mexicain libanais grec marocain",
    ),
    (
        "kin",
        "mother mom mum father dad parents brother sister son daughter child children kid kids baby wife husband          grandmother grandma grandfather grandpa uncle aunt cousin nephew niece friend friends boyfriend girlfriend          colleague colleagues roommate neighbor mère maman père papa parents frère sœur fils fille enfant enfants          femme mari grand-mère oncle tante cousine ami amie amis",
    ),
    ("decade", "twenties thirties forties fifties sixties seventies eighties nineties"),
    (
        "coming",
        "next last this that these coming following past previous upcoming prochain prochaine dernier dernière \
         ce cet cette ces",
    ),
    (
        "possessive",
        "my your his her its our their mine mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs",
    ),
    (
        "near",
        "near nearby close closest nearest around within beside local neighboring far distant walking distance \
         près proche loin autour",
    ),
    (
        "question",
        "what when where which who how why is are will would can could does do quel quelle quels quelles quand où \
         qui comment pourquoi est-ce",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_digits_have_classes() {
        for (word, expected) in [
            ("seven", Some("unit")),
            ("août", Some("month")),
            ("7pm", Some("clock")),
            ("21st", Some("ordinal")),
            ("2018", Some("year")),
            ("1980s", Some("decade")),
            ("lamp", None),
        ] {
            assert_eq!(class(word), expected, "{word}");
        }
    }
}
