//! Whether plugins can be confined here, and how those that are installed are.

use super::Finding;
use crate::config::Config;
use crate::plugin::registry;
use crate::sandbox;

pub fn examine(config: &Config) -> Vec<Finding> {
    let check = "plugins";
    if !config.plugins.enabled {
        return vec![Finding::ok(check, "are not used (`[plugins] enabled = false`)")];
    }
    let confined = match (sandbox::check(), config.plugins.allow_unsandboxed) {
        (Ok(()), _) => Finding::ok(check, "are confined: no network, no files but their own"),
        (Err(error), true) => Finding::warning(
            check,
            format!("run without confinement: {error}"),
            "install only what you trust, or take back `allow_unsandboxed` under [plugins]",
        ),
        (Err(error), false) => Finding::warning(
            check,
            format!("are not started: {error}"),
            "use a newer kernel, or allow them everything with `[plugins] allow_unsandboxed = true`",
        ),
    };
    let records = match registry::read(&config.data_dir) {
        Ok(records) => records,
        Err(error) => return vec![confined, Finding::error(check, error)],
    };
    let faults = records.iter().filter_map(|(name, record)| {
        let fault = record.fault.as_ref()?;
        Some(Finding::warning(
            check,
            format!("`{name}` was disabled: {fault}"),
            format!("see `entrenous plugin logs {name}`, then `entrenous plugin enable {name}`"),
        ))
    });
    let (_, refused) = registry::usable(&records);
    let refused = refused
        .into_iter()
        .map(|error| Finding::warning(check, error.to_string(), "see `entrenous plugin list`"));
    std::iter::once(confined).chain(faults).chain(refused).collect()
}
