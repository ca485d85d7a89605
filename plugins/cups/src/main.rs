//! Cups in grams: a plugin in Rust with nothing but `serde_json`.

use std::io::{self, BufRead, Write};

use serde_json::{json, Value};

/// An ingredient: its value in the sentence files, the grams of a cup, its names.
const INGREDIENTS: [(&str, f64, &str, &str); 5] = [
    ("flour", 120.0, "flour", "de farine"),
    ("sugar", 200.0, "sugar", "de sucre"),
    ("butter", 227.0, "butter", "de beurre"),
    ("rice", 185.0, "rice", "de riz"),
    ("oats", 90.0, "oats", "d'avoine"),
];

fn answer(params: &Value) -> Option<String> {
    let slot = |name: &str| params["slots"][name].get("value");
    let (_, grams, english, french) =
        INGREDIENTS.iter().find(|(id, ..)| slot("ingredient").is_some_and(|value| value == id))?;
    let amount = slot("amount").and_then(Value::as_f64).unwrap_or(1.0);
    let grams = (amount * grams).round();
    if params["language"] == "fr" {
        // French counts one and a half as one still.
        let cups = if amount < 2.0 { "tasse" } else { "tasses" };
        let amount = if amount == 1.0 { "une".to_owned() } else { amount.to_string().replace('.', ",") };
        return Some(format!("{amount} {cups} {french}, ça fait {grams} grammes."));
    }
    let cups = if amount == 1.0 { "A cup".to_owned() } else { format!("{amount} cups") };
    Some(format!("{cups} of {english} is {grams} grams."))
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let message: Value = serde_json::from_str(&line?)?;
        // Messages without an `id` want no answer.
        let Some(id) = message.get("id") else { continue };
        let method = message["method"].as_str().unwrap_or_default();
        let result = match method {
            "initialize" | "shutdown" => Ok(json!({})),
            "intent" => answer(&message["params"]).map(|say| json!({ "say": say })).ok_or((-32602, "a slot is missing")),
            _ => Err((-32601, "there is no such method")),
        };
        let reply = match result {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err((code, message)) => json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } }),
        };
        writeln!(out, "{reply}")?;
        out.flush()?;
        if method == "shutdown" {
            break;
        }
    }
    Ok(())
}
