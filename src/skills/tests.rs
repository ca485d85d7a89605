use serde_json::json;

use super::testing::{Fixture, intent, nothing, set};
use super::*;

#[test]
fn every_intent_has_one_skill() {
    let mut all: Vec<&str> = SKILLS.iter().flat_map(|skill| skill.intents()).copied().collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn one_light_by_name() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassTurnOn", json!({"name": "Bed Light"}));
    assert_eq!(did.actions, [set("Bed Light", json!({"on": true}))]);
    assert_eq!(did.said, "I turned on the Bed Light.");
    assert_eq!(home.says("HassGetState", json!({"name": "Bed Light"})), "The Bed Light is on.");
}

#[test]
fn the_lights_of_an_area_a_floor_and_the_home() {
    let mut home = Fixture::demo("en");
    let lights = |place: Value| {
        let mut slots = json!({"domain": "light"});
        slots.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        slots
    };
    let did = home.does("HassTurnOn", lights(json!({"area": "Kitchen"})));
    assert_eq!(
        did.actions,
        [set("Kitchen Light", json!({"on": true})), set("Counter Light", json!({"on": true}))]
    );
    assert_eq!(did.said, "I turned on 2 lights in the Kitchen.");
    let said = home.says("HassTurnOff", lights(json!({"floor": "First Floor"})));
    assert_eq!(said, "I turned off 2 lights upstairs.");
    assert_eq!(home.says("HassTurnOff", lights(json!({}))), "I turned off 7 lights.");
    // The only one of a room is called by its name.
    assert_eq!(home.says("HassTurnOn", lights(json!({"area": "Office"}))), "I turned on the Desk Lamp.");
}

#[test]
fn here_is_the_microphones_area() {
    let mut home = Fixture::demo("en");
    home.area = Some("Bedroom");
    let here = json!({"domain": "light", "area": null});
    assert_eq!(home.says("HassTurnOn", here.clone()), "I turned on the Bed Light.");
    home.area = None;
    assert_eq!(home.says("HassTurnOn", here), "I turned on 7 lights.");
    home.area = Some("Bedroom");
    let said = home.says("HassTurnOn", json!({"domain": "cover", "device_class": "curtain", "area": null}));
    assert_eq!(said, "There are no curtains in the Bedroom.");
}

#[test]
fn what_is_not_there_is_said_plainly() {
    let mut home = Fixture::demo("en");
    let covers = json!({"domain": "cover", "device_class": "window", "area": "Office"});
    let did = home.does("HassTurnOff", covers.clone());
    assert_eq!((did.actions.len(), did.said.as_str()), (0, "There are no windows in the Office."));
    assert_eq!(
        home.says("HassTurnOn", json!({"name": "TV", "area": "Office"})),
        "The TV is not in the Office."
    );
    assert_eq!(home.says("HassTurnOn", json!({"name": "Moon"})), "There is nothing called Moon here.");
    home.language = "fr";
    assert_eq!(home.says("HassTurnOff", covers), "Il n'y a pas de fenêtre dans le bureau.");
}

#[test]
fn namesakes_are_told_apart_by_area() {
    let mut home = Fixture::home(
        "[[areas]]\nname='Kitchen'\n[[areas]]\nname='Office'\n\
         [[devices]]\nname='Lamp'\nkind='light'\narea='Kitchen'\n[[devices]]\nname='Lamp'\nkind='light'\narea='Office'",
    );
    let did = home.does("HassTurnOn", json!({"name": "Lamp"}));
    assert_eq!(
        (did.actions.len(), did.said.as_str()),
        (0, "There are several called Lamp: one in the Kitchen and one in the Office. Say which.")
    );
    let did = home.does("HassTurnOn", json!({"name": "Lamp", "area": "Office"}));
    assert_eq!(did.actions, [set("Office/Lamp", json!({"on": true}))]);
    home.area = Some("Kitchen");
    let did = home.does("HassTurnOn", json!({"name": "Lamp"}));
    assert_eq!(did.actions, [set("Kitchen/Lamp", json!({"on": true}))]);
}

#[test]
fn a_device_without_a_room_is_meant_wherever_it_is_sought() {
    let mut home = Fixture::home("[[areas]]\nname='Office'\n[[devices]]\nname='TV'\nkind='media_player'");
    let did = home.does("HassTurnOff", json!({"name": "TV", "area": "Office"}));
    assert_eq!(did.actions, [set("TV", json!({"on": false, "playing": false}))]);
}

#[test]
fn covers_and_locks() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassTurnOff", json!({"name": "Living Room Blinds", "domain": "cover"}));
    assert_eq!(did.actions, [set("Living Room Blinds", json!({"position": 0}))]);
    assert_eq!(did.said, "I closed the Living Room Blinds.");
    assert_eq!(
        home.says("HassSetPosition", json!({"name": "Living Room Blinds", "position": 30})),
        "I moved the Living Room Blinds to 30 percent."
    );
    assert_eq!(
        home.says("HassGetState", json!({"name": "Living Room Blinds"})),
        "The Living Room Blinds are 30 percent open."
    );
    assert_eq!(
        home.says("HassSetPosition", json!({"name": "Garage Door", "position": 30})),
        "The Garage Door cannot stop half-way."
    );
    let did = home.does("HassTurnOff", json!({"name": "Front Door", "domain": "lock"}));
    assert_eq!(
        (did.said.as_str(), did.actions),
        ("I unlocked the Front Door.", vec![set("Front Door", json!({"locked": false}))])
    );
    let asked = json!({"name": "Front Door", "domain": "lock", "state": "locked"});
    assert_eq!(home.says("HassGetState", asked), "No, the Front Door is unlocked.");
}

#[test]
fn brightness_and_colour() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassLightSet", json!({"name": "Bed Light", "brightness": 50}));
    assert_eq!(did.actions, [set("Bed Light", json!({"on": true, "brightness": 50}))]);
    assert_eq!(did.said, "I set the Bed Light to 50 percent.");
    assert_eq!(home.says("HassGetState", json!({"name": "Bed Light"})), "The Bed Light is on at 50 percent.");
    assert_eq!(
        home.says("HassLightSet", json!({"name": "Kitchen Light", "color": "red"})),
        "The Kitchen Light cannot change colour."
    );
    // Of a group, those that can.
    let did = home.does("HassLightSet", json!({"area": "Kitchen", "color": "red"}));
    assert_eq!(did.actions, [set("Counter Light", json!({"on": true, "color": "red"}))]);
    assert_eq!(
        home.says("HassLightSet", json!({"name": "Bed Light", "brightness": 300})),
        "Brightness goes from 0 to 100 percent."
    );
    assert_eq!(
        home.says("HassLightSet", json!({"name": "Bed Light", "brightness": 0})),
        "I turned off the Bed Light."
    );
    assert_eq!(home.says("HassLightSet", json!({"name": "TV", "brightness": 5})), "The TV cannot be dimmed.");
    home.language = "fr";
    assert_eq!(
        home.says("HassLightSet", json!({"name": "Bed Light", "color": "red"})),
        "J'ai mis la lampe de chevet en rouge."
    );
}

#[test]
fn a_scene_sets_its_devices() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassTurnOn", json!({"name": "Movie Night", "domain": "scene"}));
    assert_eq!(did.actions[0], ("activate".to_owned(), Some("Movie Night".to_owned()), Value::Null));
    assert!(
        did.actions.contains(&set("Floor Lamp", json!({"on": true, "brightness": 20, "color": "orange"})))
    );
    assert_eq!(home.says("HassGetState", json!({"name": "Ceiling Light"})), "The Ceiling Light is off.");
    assert_eq!(home.says("HassTurnOff", json!({"name": "Movie Night"})), "Movie Night cannot be turned off.");
}

#[test]
fn groups_are_tallied() {
    let mut home = Fixture::demo("en");
    let ask = |response: &str| json!({"domain": "light", "state": "on", "response": response});
    assert_eq!(home.says("HassGetState", ask("any")), "Yes, 1 light is on: the Ceiling Light.");
    assert_eq!(home.says("HassGetState", ask("how_many")), "1 light is on.");
    home.does("HassTurnOff", json!({"domain": "light"}));
    assert_eq!(home.says("HassGetState", ask("which")), "No light is on.");
    let doors = json!({"domain": "lock", "state": "locked", "response": "all"});
    assert_eq!(home.says("HassGetState", doors), "Yes, all locks are locked.");
}

#[test]
fn sensors_and_honest_ignorance() {
    let mut home = Fixture::demo("en");
    assert_eq!(
        home.says("HassGetState", json!({"name": "Outdoor Humidity"})),
        "The Outdoor Humidity is 54 percent."
    );
    assert_eq!(
        home.says("HassClimateGetTemperature", json!({"area": "Bedroom"})),
        "It is 18.5 degrees in the Bedroom."
    );
    assert_eq!(
        home.says("HassClimateGetTemperature", json!({"area": null})),
        "It is 20.5 degrees in the Living Room."
    );
    assert_eq!(
        home.says("HassClimateGetTemperature", json!({"area": "Office"})),
        "Nothing measures the temperature in the Office."
    );
    assert_eq!(home.says("HassGetWeather", nothing()), "It is cloudy, with 12 degrees.");
    assert_eq!(home.says("HassGetWeather", json!({"name": "Paris"})), "I do not know the weather in Paris.");
    let mut bare = Fixture::home("[[devices]]\nname='Hall Lamp'\nkind='light'");
    assert_eq!(
        bare.says("HassGetState", json!({"name": "Hall Lamp"})),
        "I do not know the state of the Hall Lamp."
    );
    assert_eq!(bare.says("HassGetWeather", nothing()), "I do not know the weather.");
}

#[test]
fn heating() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassClimateSetTemperature", json!({"temperature": 21.5, "area": null}));
    assert_eq!(did.actions, [set("Thermostat", json!({"on": true, "target": 21.5}))]);
    assert_eq!(did.said, "I set the Thermostat to 21.5 degrees.");
    let did = home.does("HassClimateSetTemperature", json!({"temperature": 300, "name": "Thermostat"}));
    assert_eq!((did.actions.len(), did.said.as_str()), (0, "I can set temperatures from 5 to 35 degrees."));
}

#[test]
fn the_assistants_own_volume_is_kept() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassSetVolume", json!({"volume_level": 40}));
    assert_eq!(did.actions, [("set_volume".to_owned(), Some("assistant".to_owned()), json!({"level": 40}))]);
    assert_eq!(
        home.says("HassSetVolumeRelative", json!({"volume_step": "up", "area": null})),
        "My volume is at 50 percent."
    );
    assert_eq!(home.says("HassSetVolumeRelative", json!({"volume_step": -70})), "My volume is at 0 percent.");
    assert_eq!(own_volume(&home.store).unwrap(), Some(0));
    assert_eq!(
        home.says("HassSetVolume", json!({"volume_level": 1e9})),
        "Volume goes from 0 to 100 percent."
    );
    // A player in the room is what is meant there.
    home.area = Some("Living Room");
    let did = home.does("HassSetVolumeRelative", json!({"volume_step": "up", "area": null}));
    assert_eq!(did.actions, [set("TV", json!({"volume": 40}))]);
}

#[test]
fn players_and_vacuum_cleaners() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassMediaPause", json!({"area": null}));
    assert_eq!(did.actions, [set("TV", json!({"playing": false}))]);
    home.area = Some("Office");
    assert_eq!(home.says("HassMediaPause", json!({"area": null})), "I paused the TV.");
    let did = home.does("HassMediaNext", json!({"name": "TV"}));
    assert_eq!(did.actions, [("next".to_owned(), Some("TV".to_owned()), Value::Null)]);
    assert_eq!(home.says("HassVacuumStart", json!({"domain": "vacuum"})), "The Hoover is on its way.");
    home.language = "fr";
    assert_eq!(
        home.says("HassVacuumReturnToBase", json!({"name": "Hoover"})),
        "L'aspirateur rentre à la base."
    );
}

#[test]
fn never_mind_is_silence() {
    let mut home = Fixture::demo("en");
    let outcome = home.run(&intent("HassNevermind", nothing())).unwrap();
    assert_eq!((outcome.reply.as_str(), outcome.end), ("", SessionEndReason::Cancelled));
    assert_eq!(home.says("RepeatThat", nothing()), "I have not said anything yet.");
    assert_eq!(home.says("Help", nothing()), "You can say, for example: “turn on the kitchen light”.");
}

#[test]
fn timers_start_pause_change_and_end() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassStartTimer", json!({"minutes": 5, "name": "pizza"}));
    assert_eq!(did.said, "The pizza timer is set for 5 minutes.");
    assert_eq!(
        did.actions,
        [("timer_start".to_owned(), Some("pizza".to_owned()), json!({"id": 1, "seconds": 300}))]
    );
    assert_eq!(
        home.says("HassStartTimer", json!({"hours": 4, "minutes": 30})),
        "A timer is set for 4 hours and 30 minutes."
    );
    home.wait_s(60);
    assert_eq!(home.says("HassTimerStatus", json!({"name": "pizza"})), "The pizza timer has 4 minutes left.");
    assert_eq!(
        home.says("HassCancelTimer", nothing()),
        "There are 2 timers. Which one: the pizza timer or the timer for 4 hours and 30 minutes?"
    );
    assert_eq!(
        home.says("HassPauseTimer", json!({"name": "Pizza"})),
        "The pizza timer is paused with 4 minutes left."
    );
    home.wait_s(600);
    assert_eq!(
        home.says("HassIncreaseTimer", json!({"seconds": 30, "name": "pizza"})),
        "The pizza timer now has 4 minutes and 30 seconds left."
    );
    assert_eq!(
        home.says("HassUnpauseTimer", nothing()),
        "The pizza timer goes on, with 4 minutes and 30 seconds left."
    );
    assert_eq!(home.says("HassUnpauseTimer", nothing()), "No timer is paused.");
    assert_eq!(
        home.says("HassDecreaseTimer", json!({"minutes": 5, "name": "pizza"})),
        "The pizza timer has only 4 minutes and 30 seconds left."
    );
    assert_eq!(
        home.says("HassCancelTimer", json!({"start_hours": 4, "start_minutes": 30})),
        "The timer for 4 hours and 30 minutes is cancelled."
    );
    assert_eq!(home.says("HassCancelTimer", json!({"name": "tea"})), "There is no such timer.");
    assert_eq!(home.says("HassCancelAllTimers", nothing()), "The timer is cancelled.");
    assert_eq!(home.says("HassTimerStatus", nothing()), "There are no timers.");
}

#[test]
fn impossible_timers_are_answered_in_words() {
    let mut home = Fixture::demo("en");
    assert_eq!(home.says("HassStartTimer", json!({"minutes": 0})), "A timer needs at least one second.");
    assert_eq!(
        home.says("HassStartTimer", json!({"hours": 2_628_000})),
        "A timer can run for 30 days at most."
    );
    assert_eq!(home.says("HassStartTimer", json!({"hours": 1e300})), "A timer can run for 30 days at most.");
    assert_eq!(home.says("HassStartTimer", nothing()), "A timer needs at least one second.");
    home.does("HassStartTimer", json!({"hours": 700}));
    assert_eq!(home.says("HassIncreaseTimer", json!({"hours": 600})), "A timer can run for 30 days at most.");
}

#[test]
fn five_hundred_timers_and_no_more() {
    let mut home = Fixture::demo("en");
    for minute in 1..=timer::MAX_TIMERS {
        home.does("HassStartTimer", json!({"minutes": minute}));
    }
    assert_eq!(
        home.says("HassStartTimer", json!({"minutes": 5})),
        "There are 500 timers already, and I cannot keep more. Cancel some first."
    );
    let said = home.says("HassTimerStatus", nothing());
    assert!(
        said.starts_with("You have 500 timers. The next ones: The timer for 1 minute has 1 minute left, "),
        "{said}"
    );
    assert!(said.len() < 250, "{said}");
    home.wait_s(60 * 3);
    let now = home.now.timestamp();
    let bell = ringing::Bell { now, started: now, ring_for: jiff::SignedDuration::from_mins(10) };
    let (due, kept) = home.timers.ring(&bell, &mut home.store);
    kept.unwrap();
    assert_eq!(due.iter().map(|timer| timer.total_s).collect::<Vec<_>>(), [60, 120, 180]);
    assert_eq!(home.says("HassCancelAllTimers", nothing()), "All 500 timers are cancelled.");
}

#[test]
fn time_and_date() {
    let mut home = Fixture::demo("fr");
    assert_eq!(home.says("HassGetCurrentTime", nothing()), "Il est 15 heures.");
    assert_eq!(home.says("HassGetCurrentDate", nothing()), "Nous sommes le mardi 24 novembre 2026.");
}

/// A store on a full disk.
struct Full(crate::store::MemoryStore);

impl Store for Full {
    fn get(&self, namespace: &str, key: &str) -> Result<Option<Value>, StoreError> {
        self.0.get(namespace, key)
    }

    fn list(&self, namespace: &str) -> Result<Vec<(String, Value)>, StoreError> {
        self.0.list(namespace)
    }

    fn write(&mut self, _: &str, _: &[(String, Option<Value>)]) -> Result<(), StoreError> {
        Err(StoreError::Database { path: "entrenous.db".into(), reason: "the disk is full".into() })
    }
}

#[test]
fn what_cannot_be_kept_is_not_done() {
    let mut home = Fixture::demo("en");
    let mut store = Full(home.store.clone());
    let mut world = World {
        house: &mut home.house,
        timers: &mut home.timers,
        alarms: &mut home.alarms,
        mute: &mut home.mute,
        heard: None,
        uptime: None,
        store: &mut store,
        now: home.now.clone(),
        language: "en",
        area: None,
        examples: &[],
        last_reply: None,
        confirm: crate::config::Confirm::Never,
        confirmed: false,
        undo: Vec::new(),
    };
    for (name, slots) in
        [("HassTurnOn", json!({"name": "Bed Light"})), ("HassStartTimer", json!({"minutes": 1}))]
    {
        let stop = find(name).unwrap().run(&intent(name, slots), &mut world).unwrap_err();
        assert!(matches!(stop, Stop::Store(_)), "{stop:?}");
    }
    assert_eq!(
        home.house
            .state(home.house.home().devices.iter().position(|it| it.names.name == "Bed Light").unwrap())
            .on,
        Some(false)
    );
    assert_eq!(home.timers.all(), []);
}

#[test]
fn sensors_outside_stand_in_for_the_weather() {
    let home = "[[areas]]\nname = \"Garden\"\naliases_fr = [\"jardin\"]\n\
                [[devices]]\nname = \"Cellar Temperature\"\nkind = \"sensor\"\nclass = \"temperature\"\nstate = { value = 14 }\n\
                [[devices]]\nname = \"Thermometer\"\nkind = \"sensor\"\nclass = \"temperature\"\narea = \"Garden\"\nstate = { value = 8.5 }\n\
                [[devices]]\nname = \"Back Door\"\nkind = \"sensor\"\nclass = \"contact\"\nstate = { value = \"open\" }\n";
    let mut home = Fixture::home(home);
    assert_eq!(home.says("HassGetWeather", nothing()), "It is 8.5 degrees.");
    assert_eq!(home.says("HassGetState", json!({"name": "Back Door"})), "The Back Door is open.");
    assert_eq!(
        home.says("HassGetState", json!({"name": "Back Door", "state": "closed"})),
        "No, the Back Door is open."
    );
}
