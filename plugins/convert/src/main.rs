//! Units, converted: a plugin in Rust with nothing but `serde_json`.

use std::io::{self, BufRead, Write};

use serde_json::{json, Value};

/// A unit: its kind, its size in the kind's base unit, and its names (one, many) in each language.
struct Unit {
    id: &'static str,
    kind: &'static str,
    size: f64,
    en: [&'static str; 2],
    fr: [&'static str; 2],
}

const UNITS: &[Unit] = &[
    Unit { id: "mile", kind: "length", size: 1609.344, en: ["mile", "miles"], fr: ["mile", "miles"] },
    Unit { id: "kilometre", kind: "length", size: 1000.0, en: ["kilometre", "kilometres"], fr: ["kilomètre", "kilomètres"] },
    Unit { id: "inch", kind: "length", size: 0.0254, en: ["inch", "inches"], fr: ["pouce", "pouces"] },
    Unit { id: "centimetre", kind: "length", size: 0.01, en: ["centimetre", "centimetres"], fr: ["centimètre", "centimètres"] },
    Unit { id: "pound", kind: "weight", size: 0.453_592_37, en: ["pound", "pounds"], fr: ["livre", "livres"] },
    Unit { id: "kilo", kind: "weight", size: 1.0, en: ["kilo", "kilos"], fr: ["kilo", "kilos"] },
];

fn unit(params: &Value, slot: &str) -> Option<&'static Unit> {
    let id = params["slots"][slot]["value"].as_str()?;
    UNITS.iter().find(|unit| unit.id == id)
}

fn name(unit: &Unit, amount: f64, french: bool) -> &'static str {
    let names = if french { unit.fr } else { unit.en };
    // French counts 1.5 as one still, English does not.
    let many = if french { amount >= 2.0 } else { (amount - 1.0).abs() > f64::EPSILON };
    names[usize::from(many)]
}

fn number(value: f64, french: bool) -> String {
    let text = format!("{:.1}", value);
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if french { text.replace('.', ",") } else { text.to_owned() }
}

fn convert(params: &Value) -> Option<String> {
    let french = params["language"] == "fr";
    let (from, to) = (unit(params, "from")?, unit(params, "to")?);
    let amount = params["slots"]["amount"]["value"].as_f64()?;
    if from.kind != to.kind {
        let (from, to) = (name(from, 2.0, french), name(to, 2.0, french));
        return Some(if french { format!("On ne peut pas convertir des {from} en {to}.") } else { format!("{from} cannot be converted to {to}.") });
    }
    let result = (amount * from.size / to.size * 10.0).round() / 10.0;
    let (first, second) = (name(from, amount, french), name(to, result, french));
    let (amount, result) = (number(amount, french), number(result, french));
    Some(if french { format!("{amount} {first} font {result} {second}.") } else { format!("{amount} {first} is {result} {second}.") })
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let message: Value = serde_json::from_str(&line?)?;
        // Messages without an `id` want no answer.
        let Some(id) = message.get("id") else { continue };
        let method = message["method"].as_str().unwrap_or_default();
        let answer = match method {
            "initialize" | "shutdown" => Ok(json!({})),
            "intent" => convert(&message["params"]).map(|say| json!({ "say": say })).ok_or((-32602, "a slot is missing")),
            _ => Err((-32601, "there is no such method")),
        };
        let reply = match answer {
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
