//! `entrenous privacy`: that the ear cannot speak to anyone, tried on this very machine.

use std::path::PathBuf;

use serde_json::json;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::heard::Counts;
use crate::household::Household;
use crate::privacy::around::{self, Kept, Process};
use crate::privacy::at_rest::AtRest;
use crate::privacy::attempts::{Attempt, Walls, in_french};
use crate::privacy::reach::Reach;
use crate::privacy::{self, Proof};
use crate::sound::{Purpose, Shelf, Sound};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print what was found as JSON
    #[arg(long)]
    pub json: bool,
    /// Also write every system call of the sealed process, as `strace` sees it
    #[arg(long, value_name = "FILE")]
    pub strace_proof: Option<PathBuf>,
}

/// # Errors
/// When an ear cannot be sealed here, or something got out.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let keeps = config.privacy.keep_sound.on(SystemClock.now().date());
    // As the ear of this household is sealed.
    let walls = if keeps.is_empty() { Walls::Sealed } else { Walls::Keeping };
    let proof = privacy::prove(&privacy::this_program()?, walls, args.strace_proof.as_deref())?;
    let reach = Reach::of(config, &Household::load(config)?);
    // What the kernel makes of it here is tried, too.
    let mind = match &reach {
        Reach::Confined(_) => Some(privacy::prove(&privacy::this_program()?, Walls::Mind, None)?),
        Reach::Open(_) => None,
    };
    let (processes, kept) = (around::processes(), around::kept(&config.data_dir));
    let (at_rest, sounds) = (AtRest::of(config)?, Shelf::of(&config.data_dir).all()?);
    if args.json {
        let all = json!({ "holds": proof.holds(), "proof": proof, "mind": { "reach": reach.line(config), "proof": mind }, "processes": processes, "kept": kept, "sound": sound(&sounds, config), "at_rest": at_rest });
        println!("{all:#}");
    } else {
        let french = config.language == "fr";
        show_proof(&proof, french);
        show_mind(&reach.line(config), mind.as_ref(), french);
        show_processes(&processes, french);
        show_kept(&kept, config, french);
        show_sound(&sounds, config, french);
        show_at_rest(&at_rest, french);
        if let Some(log) = &args.strace_proof {
            println!("\n{}: `{}`", if french { "appels système" } else { "system calls" }, log.display());
        }
    }
    if proof.holds() {
        return Ok(());
    }
    Err(Error::Stopped(
        "something got out of a sealed ear; do not rely on the seal on this machine, and report this".into(),
    ))
}

fn show_proof(proof: &Proof, french: bool) {
    let (head, got_out) = if french {
        ("Une oreille scellée a essayé de faire sortir un octet :", "EST SORTI")
    } else {
        ("A sealed ear tried to get a byte out:", "GOT OUT")
    };
    println!("{head}");
    for attempt in &proof.attempts {
        show_attempt(attempt, got_out, french);
    }
    for name in &proof.reached {
        println!("  {name:<44} {got_out}");
    }
    if proof.holds() {
        let words = if french {
            "Rien n'est sorti. L'oreille n'a que la liaison avec l'assistant : du texte, des scores et des temps.\n\
             S'il y a un serveur de son (PulseAudio, PipeWire), elle y reste reliée : c'est lui qui tient\n\
             le micro, et il peut davantage (docs/confidentialite.md)."
        } else {
            "Nothing got out. The ear has only its link to the assistant: text, scores and times.\n\
             Where there is a sound server (PulseAudio, PipeWire) it stays connected to it: that holds the\n\
             microphone, and can do more (docs/privacy.md)."
        };
        println!("{words}");
    }
}

/// Without a machine to speak to; the ways that a mind keeps (starting a voice, its data folder) are not shown.
fn show_mind(reach: &str, proof: Option<&Proof>, french: bool) {
    let (head, got_out) =
        if french { ("L'assistant lui-même", "PERMIS") } else { ("The assistant itself", "ALLOWED") };
    println!("\n{head}: {reach}");
    let ways = [
        "TCP",
        "TCP over IPv6",
        "UDP",
        "a raw network socket",
        "a file in /tmp",
        "a file in shared memory (/dev/shm)",
    ];
    let attempts = proof.iter().flat_map(|proof| &proof.attempts);
    for attempt in attempts.filter(|attempt| ways.contains(&attempt.way.as_str())) {
        show_attempt(attempt, got_out, french);
    }
}

/// `got_out` is what is said of one that nothing refused.
fn show_attempt(attempt: &Attempt, got_out: &str, french: bool) {
    let (way, refused) =
        if french { (in_french(&attempt.way), "refusé par") } else { (attempt.way.as_str(), "refused by") };
    match &attempt.refused {
        Some(by) => println!("  {way:<44} {refused}: {by}"),
        None => println!("  {way:<44} {got_out}"),
    }
}

fn show_processes(processes: &[Process], french: bool) {
    println!("\n{}", if french { "Ce qui tourne :" } else { "What runs:" });
    if processes.is_empty() {
        println!("  {}", if french { "rien : personne n'écoute" } else { "nothing: nobody listens" });
    }
    for process in processes {
        let sealed = match (process.filtered && process.no_new_privileges, french) {
            (true, true) => "scellé",
            (true, false) => "sealed",
            (false, true) => "non scellé",
            (false, false) => "not sealed",
        };
        let connections = match (&process.connections, french) {
            (Some(list), true) if list.is_empty() => "aucune connexion".into(),
            (Some(list), false) if list.is_empty() => "no connection".into(),
            (Some(list), _) => list.join(", "),
            (None, true) => "connexions cachées (lancez en root pour les voir)".into(),
            (None, false) => "connections hidden (run as root to see them)".into(),
        };
        println!("  {:>7}  {:<16} {sealed}, {connections}", process.pid, process.command);
    }
}

fn show_kept(kept: &[Kept], config: &Config, french: bool) {
    let head = if french { "Ce qui est gardé, dans" } else { "What is kept, in" };
    println!("\n{head} `{}`:", config.data_dir.display());
    if kept.is_empty() {
        println!("  {}", if french { "rien" } else { "nothing" });
    }
    for file in kept {
        let path = file.path.strip_prefix(&config.data_dir).unwrap_or(&file.path);
        println!("  {:>9} B  {}", file.bytes, path.display());
    }
    let words = if french {
        "`heard.db` tient le texte des commandes (`entrenous heard list`). La base `entrenous.db` tient les listes, minuteurs, alarmes, rappels et réglages,\n\
         jusqu'à ce qu'on les efface ; `cache` tient le vocabulaire compilé et des phrases fixes de la voix."
    } else {
        "`heard.db` holds the text of commands (`entrenous heard list`). `entrenous.db` holds lists, timers, alarms, reminders and settings until they are\n\
         deleted; `cache` holds the compiled vocabulary and fixed sentences of the voice."
    };
    println!("{words}");
}

fn show_at_rest(at_rest: &AtRest, french: bool) {
    let Counts { clear, encrypted } = at_rest.history;
    let with = match (at_rest.encrypt_with, french) {
        (None, false) => {
            "nothing is encrypted (`encrypt_with` under [privacy], docs/encryption.md)".to_owned()
        }
        (None, true) => "rien n'est chiffré (`encrypt_with` sous [privacy], docs/encryption.md)".to_owned(),
        (Some(with), false) => format!("encrypted with a key that the {with} opens"),
        (Some(with), true) => format!("chiffré par une clé que `{with}` ouvre"),
    };
    println!("\n{}: {with}", if french { "Sur le disque" } else { "On the disk" });
    if french {
        println!("  historique : {encrypted} commandes chiffrées, {clear} en clair");
    } else {
        println!("  history: {encrypted} commands encrypted, {clear} in the clear");
    }
    for secret in &at_rest.secrets {
        let how = match (secret.sealed, french) {
            (true, false) => "sealed",
            (true, true) => "scellé",
            (false, false) => "in the clear (`entrenous secret seal` encrypts it)",
            (false, true) => "en clair (`entrenous secret seal` le chiffre)",
        };
        println!("  {}: {how}", secret.file.display());
    }
}

/// How many recordings there are for a purpose, and their bytes.
fn counted(sounds: &[Sound], purpose: Purpose) -> (usize, u64) {
    let of_it = sounds.iter().filter(|sound| sound.purpose == purpose);
    of_it.fold((0, 0), |(count, bytes), sound| (count + 1, bytes + sound.bytes))
}

/// What sound is kept for, until when, how many files and how large.
fn sound(sounds: &[Sound], config: &Config) -> Vec<serde_json::Value> {
    let of = |purpose: Purpose| {
        let ((files, bytes), until) = (counted(sounds, purpose), config.privacy.keep_sound.until(purpose));
        json!({ "for": purpose, "until": until, "files": files, "bytes": bytes })
    };
    Purpose::ALL.into_iter().map(of).collect()
}

fn show_sound(sounds: &[Sound], config: &Config, french: bool) {
    let on = config.privacy.keep_sound.on(SystemClock.now().date());
    let mut nothing = true;
    for purpose in Purpose::ALL {
        let (count, bytes) = counted(sounds, purpose);
        let until = config.privacy.keep_sound.until(purpose).filter(|_| on.has(purpose));
        if count == 0 && until.is_none() {
            continue;
        }
        nothing = false;
        let what = match (purpose, french) {
            (Purpose::Wake, false) => "The sound of wake-ups",
            (Purpose::Wake, true) => "Le son des réveils",
            (Purpose::Commands, false) => "The sound of commands",
            (Purpose::Commands, true) => "Le son des commandes",
        };
        let line = match (until, french) {
            (Some(until), false) => format!("{what} is kept until the end of {until}, and deleted then"),
            (Some(until), true) => format!("{what} est gardé jusqu'à la fin du {until}, puis effacé"),
            (None, false) => format!("{what} is kept no more, and deleted at the next start"),
            (None, true) => format!("{what} n'est plus gardé, et sera effacé au prochain démarrage"),
        };
        let (files, megabytes) = (if french { "fichiers" } else { "files" }, bytes as f64 / 1e6);
        println!("{line}: {count} {files}, {megabytes:.1} MB (`entrenous heard sounds`).");
    }
    let yours = if french {
        "Ce que vous enregistrez vous-même (`wake record`, `donate`) reste jusqu'à ce que vous l'effaciez."
    } else {
        "What you record yourself (`wake record`, `donate`) stays until you delete it."
    };
    if nothing {
        println!("{}", if french { "Aucun son n'est gardé." } else { "No sound is kept." });
    }
    println!("{yours}");
}
