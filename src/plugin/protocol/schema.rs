//! The JSON Schema of the protocol, made from its types and compared with the one in `docs/`.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::*;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/plugin-protocol.schema.json");

/// One method: its parameters, and its result unless it is a notification.
fn method<P: JsonSchema, R: JsonSchema>(
    generator: &mut SchemaGenerator,
    name: &str,
    answered: bool,
) -> Value {
    let params = generator.subschema_for::<P>();
    let result = answered.then(|| generator.subschema_for::<R>());
    let mut required = vec!["jsonrpc", "method", "params"];
    let mut properties =
        json!({ "jsonrpc": { "const": "2.0" }, "method": { "const": name }, "params": params });
    if answered {
        required.push("id");
        properties["id"] = json!({ "type": ["integer", "string"] });
    }
    json!({
        "title": name,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "x-result": result,
    })
}

fn schema() -> Value {
    let generator = &mut SchemaSettings::draft2020_12().into_generator();
    let to_plugin = vec![
        method::<Initialize, Initialized>(generator, "initialize", true),
        method::<IntentParams, Answer>(generator, "intent", true),
        method::<Continue, Answer>(generator, "continue", true),
        method::<Scheduled, Answer>(generator, "scheduled", true),
        method::<EndSession, Nothing>(generator, "end_session", false),
        method::<EventParams, Nothing>(generator, "event", false),
        method::<Nothing, Nothing>(generator, "shutdown", true),
    ];
    let to_assistant = vec![
        method::<Say, Nothing>(generator, "say", true),
        method::<Ask, Nothing>(generator, "ask", true),
        method::<VocabularyAdd, Nothing>(generator, "vocabulary.add", true),
        method::<HomeGet, Devices>(generator, "home.get", true),
        method::<HomeSet, Nothing>(generator, "home.set", true),
        method::<Schedule, Nothing>(generator, "schedule", true),
        method::<ScheduleCancel, Nothing>(generator, "schedule.cancel", true),
        method::<StoreGet, Stored>(generator, "store.get", true),
        method::<StoreSet, Nothing>(generator, "store.set", true),
        method::<Nothing, Keys>(generator, "store.keys", true),
        method::<Subscribe, Nothing>(generator, "subscribe", true),
    ];
    let defs = generator.take_definitions(true);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Entrenous plugin protocol, version 1",
        "description": "One JSON-RPC 2.0 message a line. `x-result` is the schema of the answer's `result`.",
        "anyOf": [
            { "title": "from the assistant to the plugin", "oneOf": to_plugin },
            { "title": "from the plugin to the assistant", "oneOf": to_assistant },
            {
                "title": "an answer, either way",
                "type": "object",
                "properties": {
                    "jsonrpc": { "const": "2.0" },
                    "id": { "type": ["integer", "string"] },
                    "result": true,
                    "error": {
                        "type": "object",
                        "properties": { "code": { "type": "integer" }, "message": { "type": "string" }, "data": true },
                        "required": ["code", "message"],
                    },
                },
                "required": ["jsonrpc", "id"],
                "oneOf": [{ "required": ["result"] }, { "required": ["error"] }],
                "additionalProperties": false,
            },
        ],
        "$defs": defs,
    })
}

/// `ENTRENOUS_WRITE_SCHEMA=1 cargo test --lib protocol` writes the file anew.
#[test]
fn the_published_schema_is_that_of_the_types() {
    let made = format!("{:#}\n", schema());
    if std::env::var_os("ENTRENOUS_WRITE_SCHEMA").is_some() {
        std::fs::write(FILE, &made).unwrap();
    }
    let published = std::fs::read_to_string(FILE).unwrap();
    assert!(
        published == made,
        "docs/plugin-protocol.schema.json is not what the types say; \
         write it again with ENTRENOUS_WRITE_SCHEMA=1, and give the protocol a new version where old plugins would break"
    );
}
