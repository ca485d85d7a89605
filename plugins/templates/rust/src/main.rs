//! Build with `cargo build --release`; the program is then started as plugin.toml says.

use std::io::{BufRead, Write};

use serde_json::{json, Value};

fn hello(params: &Value) -> Value {
    let who = params["slots"]["who"]["value"].as_str().map(|who| format!(", {who}")).unwrap_or_default();
    match params["language"].as_str() {
        Some("fr") => json!({ "say": format!("Bonjour{who} !") }),
        _ => json!({ "say": format!("Hello{who}!") }),
    }
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let message: Value = serde_json::from_str(&line?)?;
        // Messages without an `id` want no answer.
        let Some(id) = message.get("id") else { continue };
        let (method, params) = (message["method"].as_str().unwrap_or_default(), &message["params"]);
        let answer = match method {
            "initialize" => json!({ "result": {} }),
            "intent" if params["intent"] == "Hello" => json!({ "result": hello(params) }),
            "shutdown" => json!({ "result": {} }),
            _ => json!({ "error": { "code": -32601, "message": "there is no such method" } }),
        };
        let mut reply = json!({ "jsonrpc": "2.0", "id": id });
        for (key, value) in answer.as_object().into_iter().flatten() {
            reply[key] = value.clone();
        }
        writeln!(out, "{reply}")?;
        out.flush()?;
        if method == "shutdown" {
            break;
        }
    }
    Ok(())
}
