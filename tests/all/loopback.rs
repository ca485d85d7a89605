//! The whole house without hardware: PulseAudio's virtual microphone and speaker, the real program.
//!
//! A recording is played into the microphone; what must come out is the action and a voice.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Program, repository};

/// Bytes a second of the speaker's monitor: 16 kHz, one channel, 16 bit.
const MONITOR_RATE: u64 = 32_000;

#[test]
fn a_spoken_command_is_done_and_answered_aloud() {
    let Some(server) = Server::start("a_spoken_command_is_done_and_answered_aloud") else { return };
    let monitor = server.record("vspk.monitor");
    let mut house = House::start(&server, "");

    let opened = house.expect(Duration::from_secs(30), |event| event["type"] == "microphone_open");
    println!("microphone open {} ms after the start", opened.after(house.started));

    // The wake word and "turn on the kitchen light".
    server.play(&repository("tests/data/demo/1-light.flac"));
    house.expect(Duration::from_secs(5), |event| event["type"] == "wake");
    let end = house.expect(Duration::from_secs(8), |event| event["type"] == "speech_end");
    let action = house.expect(Duration::from_secs(5), |event| event["type"] == "action");
    println!("action {} ms after the end of speech", action.after(end.at));
    house.expect(Duration::from_secs(2), |event| event["type"] == "reply");
    let speaking = house.expect(Duration::from_secs(3), |event| event["state"] == "speaking");
    let from = monitor.len();
    println!("voice {} ms after the end of speech", speaking.after(end.at));
    house.expect(Duration::from_secs(10), |event| event["state"] == "idle");
    let spoken = monitor.loud_ms(from);
    assert!(spoken > 300, "the speaker gave {spoken} ms of sound while the house answered");

    // Unplugged, and plugged in again.
    server.unplug_microphone();
    let lost = house.expect(Duration::from_secs(8), |event| event["type"] == "microphone_lost");
    assert!(lost.event["message"].as_str().is_some_and(|message| !message.is_empty()));
    server.plug_microphone();
    house.expect(Duration::from_secs(10), |event| event["type"] == "microphone_open");
    server.play(&repository("tests/data/demo/1-light.flac"));
    house.expect(Duration::from_secs(15), |event| event["type"] == "action");

    house.stop();
}

#[test]
fn the_wake_word_interrupts_an_answer_that_the_microphone_hears() {
    let Some(server) = Server::start("the_wake_word_interrupts_an_answer_that_the_microphone_hears") else {
        return;
    };
    server.let_the_microphone_hear_the_speaker();
    let monitor = server.record("vspk.monitor");
    // A slow voice, for there to be something to interrupt, and no louder than people are.
    let mut house = House::start(&server, "tts.engine = \"espeak-ng\"\ntts.rate = 80\naudio.volume = 0.1\n");
    house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");

    // "Set a timer for ten minutes", and before the answer is over the wake word and "turn on the
    // kitchen light". A wake word under a voice can be missed; people say it again, and so does this.
    let mut tries = 0;
    let (mut playing, before) = loop {
        tries += 1;
        let before = house.seen.len();
        server.play(&repository("tests/data/demo/5-timer.flac"));
        let speaking = house.expect(Duration::from_secs(10), |event| event["state"] == "speaking");
        let mut playing = server.begin_to_play(&repository("tests/data/demo/1-light.flac"));
        if let Some(wake) = house.wait(Duration::from_secs(4), |event| event["type"] == "wake") {
            println!("woken {} ms after the answer began, at try {tries}", wake.after(speaking.at));
            break (playing, before);
        }
        end(&mut playing);
        assert!(tries < 6, "the answer cannot be interrupted: {:#?}", house.seen);
        house.wait(Duration::from_secs(3), |event| event["state"] == "idle");
    };
    thread::sleep(Duration::from_millis(300));
    let from = monitor.len();
    thread::sleep(Duration::from_millis(400));
    let spoken = monitor.loud_ms(from);
    assert!(spoken < 50, "{spoken} ms of voice 300 ms after it was interrupted");
    let action = house.expect(Duration::from_secs(10), |event| event["type"] == "action");
    assert_eq!(action.event["action"], "set", "{}", action.event);
    house.expect(Duration::from_secs(10), |event| event["state"] == "idle");
    end(&mut playing);
    let wakes = house.seen[before..].iter().filter(|event| event["type"] == "wake").count();
    assert_eq!(wakes, 2, "its own voice does not wake it: {:#?}", house.seen);
    house.stop();
}

/// What is in doubt is heard again, at other speeds: in an ear that may open no file and start no thread.
#[test]
fn a_sealed_ear_hears_a_doubtful_command_again() {
    let Some(server) = Server::start("a_sealed_ear_hears_a_doubtful_command_again") else { return };
    let mut house = House::start(&server, "");
    house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");
    // "What time is it": short enough to be in doubt.
    server.play(&repository("tests/data/demo/7-time.flac"));
    let heard = house.expect(Duration::from_secs(20), |event| event["type"] == "transcript");
    assert!(heard.event.get("rejected").is_none(), "{}", heard.event);
    house.expect(Duration::from_secs(5), |event| event["type"] == "reply");
    house.expect(Duration::from_secs(10), |event| event["state"] == "idle");
    house.stop();
}

/// Whatever becomes of an ear: the assistant says so, shows it, and hears again.
#[test]
fn an_ear_that_is_killed_comes_back_and_hears() {
    let Some(server) = Server::start("an_ear_that_is_killed_comes_back_and_hears") else { return };
    let mut house = House::start(&server, "");
    house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");
    let killed = Instant::now();
    let kill = Command::new("kill").args(["-KILL", &house.ear().to_string()]).status();
    assert!(kill.expect("kill starts").success());
    let fault = house.expect(Duration::from_secs(5), |event| event["type"] == "fault");
    let message = fault.event["message"].as_str().expect("a message");
    assert!(message.contains("signal: 9") && message.contains("started again"), "{message}");
    house.expect(Duration::from_secs(2), |event| event["state"] == "error");
    let opened = house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");
    println!("told after {} ms, hears again after {} ms", fault.after(killed), opened.after(killed));
    server.play(&repository("tests/data/demo/1-light.flac"));
    house.expect(Duration::from_secs(15), |event| event["type"] == "action");
    house.stop();
}

/// Muted is no promise but the absence of a stream: the sound server knows of none.
#[test]
fn muted_closes_the_capture_stream_and_stays_so_over_a_restart() {
    let Some(server) = Server::start("muted_closes_the_capture_stream_and_stays_so_over_a_restart") else {
        return;
    };
    let sign = server.folder.path().join("sign");
    let settings =
        format!("[[sign]]\ncommand = [\"sh\", \"-c\", \"cat >> {}\"]\nlines = \"words\"\n", sign.display());
    let mut house = House::start(&server, &settings);
    house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");
    assert_eq!(server.captures(), 1);

    let asked = Instant::now();
    house.program.run(["mute"]).ok();
    let muted = house.expect(Duration::from_secs(5), |event| event["state"] == "muted");
    println!("no microphone any more {} ms after `entrenous mute`", muted.after(asked));
    assert_eq!(server.captures(), 0, "no stream is left");
    let before = house.seen.len();
    server.play(&repository("tests/data/demo/1-light.flac"));
    let heard =
        house.wait(Duration::from_secs(3), |event| event["type"] == "wake" || event["type"] == "transcript");
    assert!(heard.is_none(), "{:#?}", &house.seen[before..]);
    assert_eq!(server.captures(), 0);

    // The same after a restart, from its first moment.
    let mut house = house.restart(&server);
    house.expect(Duration::from_secs(45), |event| event["state"] == "muted");
    for _ in 0..20 {
        assert_eq!(server.captures(), 0);
        thread::sleep(Duration::from_millis(100));
    }
    let asked = Instant::now();
    house.program.run(["unmute"]).ok();
    let open = house.expect(Duration::from_secs(10), |event| event["type"] == "microphone_open");
    println!("microphone open {} ms after `entrenous unmute`", open.after(asked));
    house.expect(Duration::from_secs(2), |event| event["state"] == "idle");
    assert_eq!(server.captures(), 1);
    server.play(&repository("tests/data/demo/1-light.flac"));
    house.expect(Duration::from_secs(15), |event| event["type"] == "action" && event["action"] == "set");
    house.stop();

    let shown = fs::read_to_string(&sign).expect("what the sign showed");
    let shown: Vec<&str> = shown.lines().collect();
    assert!(shown.starts_with(&["idle", "muted", "off", "muted", "idle"]), "{shown:?}");
    assert_eq!(shown.last(), Some(&"off"));
    assert!(shown.contains(&"listening"), "{shown:?}");
}

/// The key is the mind's alone: nobody that it starts learns where it came from, and the house goes on
/// when the stick is pulled.
#[test]
fn a_history_is_encrypted_while_the_house_lives() {
    let Some(server) = Server::start("a_history_is_encrypted_while_the_house_lives") else { return };
    let stick = server.folder.path().join("stick");
    fs::write(&stick, "five words of a passphrase\n").expect("a stick");
    let seen = server.folder.path().join("seen");
    let sign = format!("[[sign]]\ncommand = [\"sh\", \"-c\", \"env > {}; cat\"]\n", seen.display());
    let settings = format!("[privacy]\nencrypt_with = \"passphrase\"\n{sign}");
    let program = House::program(&settings)
        .env("ENTRENOUS_PASSPHRASE_FILE", &stick)
        .env("CREDENTIALS_DIRECTORY", server.folder.path());
    let mut house = House::live(&server, program);
    house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");
    // Only root may look into a sealed ear.
    let ear = fs::read(format!("/proc/{}/environ", house.ear())).unwrap_or_default();
    for environment in [ear, fs::read(&seen).expect("what the sign saw")] {
        let environment = String::from_utf8_lossy(&environment).into_owned();
        for ours in ["ENTRENOUS_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY"] {
            assert!(!environment.contains(ours), "{environment}");
        }
    }
    let passphrase = fs::read(&stick).expect("the stick");
    fs::remove_file(&stick).expect("the stick is pulled");
    server.play(&repository("tests/data/demo/1-light.flac"));
    house.expect(Duration::from_secs(15), |event| event["type"] == "action");
    house.expect(Duration::from_secs(15), |event| event["state"] == "idle");
    for word in ["kitchen", "HassTurnOn"] {
        assert!(!holds_in(&house.program, "heard.db", word), "{word}");
    }
    assert!(house.program.run(["heard", "list"]).ok().contains("(locked)"));
    fs::write(&stick, passphrase).expect("the stick");
    assert!(house.program.run(["heard", "list"]).ok().contains("kitchen"));
    house.stop();
}

fn holds_in(program: &Program, file: &str, word: &str) -> bool {
    let bytes = fs::read(program.folder().join("data").join(file)).expect("a file");
    bytes.windows(word.len()).any(|it| it == word.as_bytes())
}

/// By the sealed ear, into files that it opened before; of guests nothing, and nothing after all of it was ended.
#[test]
fn sound_is_kept_where_it_is_asked_for_and_not_of_guests() {
    let Some(server) = Server::start("sound_is_kept_where_it_is_asked_for_and_not_of_guests") else { return };
    let day = jiff::ZonedDateTime::now().date().saturating_add(jiff::Span::new().days(5));
    let settings = format!("[privacy.keep_sound]\nwake = {day}\ncommands = {day}\n");
    let mut house = House::start(&server, &settings);
    let is_keeping =
        |on: bool| move |event: &Value| event["action"] == "keep_audio" && event["value"]["on"] == on;
    house.expect(Duration::from_secs(30), is_keeping(true));
    house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");
    let say = |house: &mut House| {
        server.play(&repository("tests/data/demo/1-light.flac"));
        house.expect(Duration::from_secs(15), |event| event["type"] == "session_end");
        house.expect(Duration::from_secs(15), |event| event["state"] == "idle");
    };
    let sounds = |house: &House| -> Vec<Value> {
        let lines = house.program.run(["heard", "sounds", "--json"]).ok();
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    };
    say(&mut house);
    let kept = sounds(&house);
    let of = |purpose: &str| kept.iter().filter(|sound| sound["for"] == purpose).collect::<Vec<_>>();
    let ([wake], [command]) = (&of("wake")[..], &of("commands")[..]) else { panic!("{kept:#?}") };
    assert_eq!((&wake["command"], &command["command"]), (&1.into(), &1.into()));
    assert!(command["text"].as_str().is_some_and(|text| text.contains("kitchen")), "{command}");
    for sound in [wake, command] {
        let heard =
            entrenous::audio::load(Path::new(sound["file"].as_str().expect("a path"))).expect("a WAV");
        let ms = heard.len() as u64 / 16;
        assert!(ms == sound["ms"].as_u64().expect("a length") && (1_000..6_000).contains(&ms), "{ms} ms");
        assert!(heard.iter().any(|sample| sample.abs() > 1_000), "somebody speaks in it");
    }
    let played = alone(house.program.command(), server.folder.path()).args(["heard", "play", "1"]).output();
    assert!(played.expect("the program starts").status.success());

    let pool = |house: &House| {
        let inside = fs::read_dir(house.program.folder().join("data/sound")).expect("a folder").flatten();
        inside.filter(|entry| entry.file_name().to_string_lossy().starts_with(".ear-")).count()
    };
    assert!(pool(&house) > 0);
    house.program.run(["guest", "on"]).ok();
    house.expect(Duration::from_secs(5), is_keeping(false));
    thread::sleep(Duration::from_millis(300));
    assert_eq!(pool(&house), 0, "no file is left to write into");
    say(&mut house);
    assert_eq!(sounds(&house).len(), 2);
    house.program.run(["guest", "off"]).ok();
    house.expect(Duration::from_secs(5), is_keeping(true));
    house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");
    say(&mut house);
    assert_eq!(sounds(&house).len(), 4);

    // With the settings gone, so is the sound.
    let data = house.program.folder().join("data");
    let file = house.program.folder().join("entrenous.toml");
    let text = fs::read_to_string(&file).expect("settings");
    fs::write(&file, text.replace(&settings, "")).expect("settings");
    let mut house = house.restart(&server);
    house.expect(Duration::from_secs(45), |event| event["type"] == "microphone_open");
    assert!(!data.join("sound").exists());
    say(&mut house);
    assert!(!data.join("sound").exists(), "none is kept without being asked");
    house.stop();
}

/// A PulseAudio server of the test's own, with a virtual microphone and speaker.
struct Server {
    folder: TempDir,
    process: Child,
}

impl Server {
    fn start(test: &str) -> Option<Self> {
        for program in ["pulseaudio", "pactl", "paplay", "parec", "espeak-ng"] {
            if Command::new(program).arg("--version").output().is_err() {
                println!("skipped: {test}: `{program}` is not installed");
                return None;
            }
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let process = alone(Command::new("pulseaudio"), folder.path())
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit"])
            .args(["-L", "module-native-protocol-unix"])
            .args(["-L", "module-null-sink sink_name=vmic rate=16000 channels=1"])
            .args(["-L", "module-null-sink sink_name=vspk rate=48000 channels=2"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pulseaudio starts");
        let server = Self { folder, process };
        let until = Instant::now() + Duration::from_secs(10);
        while !server.pactl(&["info"]) {
            assert!(Instant::now() < until, "pulseaudio does not answer");
            thread::sleep(Duration::from_millis(100));
        }
        server.plug_microphone();
        Some(server)
    }

    fn client(&self, program: &str) -> Command {
        alone(Command::new(program), self.folder.path())
    }

    fn pactl(&self, args: &[&str]) -> bool {
        let output = self.client("pactl").args(args).output().expect("pactl starts");
        output.status.success()
    }

    /// How many streams take sound from a source; those of the server's own modules are none.
    fn captures(&self) -> usize {
        let output = self.client("pactl").args(["list", "short", "source-outputs"]).output();
        let listed = output.expect("pactl starts").stdout;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        listed.lines().filter(|line| line.split('\t').nth(2) != Some("-")).count()
    }

    fn plug_microphone(&self) {
        let source = ["load-module", "module-remap-source", "source_name=plugged", "master=vmic.monitor"];
        assert!(self.pactl(&source), "the virtual microphone is plugged in");
    }

    fn unplug_microphone(&self) {
        assert!(self.pactl(&["unload-module", "module-remap-source"]), "the virtual microphone is unplugged");
    }

    /// As in a room.
    fn let_the_microphone_hear_the_speaker(&self) {
        let air = ["load-module", "module-loopback", "source=vspk.monitor", "sink=vmic", "latency_msec=40"];
        assert!(self.pactl(&air), "the speaker is heard");
    }

    fn begin_to_play(&self, recording: &Path) -> Child {
        self.client("paplay").arg("--device=vmic").arg(recording).spawn().expect("paplay starts")
    }

    /// Plays a recording into the microphone, to its end.
    fn play(&self, recording: &Path) {
        let status = self.client("paplay").arg("--device=vmic").arg(recording).status();
        assert!(status.expect("paplay starts").success(), "`{}` is played", recording.display());
    }

    /// Records a source until the end of the test.
    fn record(&self, source: &str) -> Monitor {
        let path = self.folder.path().join("monitor.raw");
        let process = self
            .client("parec")
            .args(["-d", source, "--raw", "--format=s16le", "--rate=16000", "--channels=1"])
            .args(["--latency-msec=20"])
            .stdout(File::create(&path).expect("a file"))
            .stderr(Stdio::null())
            .spawn()
            .expect("parec starts");
        Monitor { process, path }
    }
}

/// A process in a world of its own: no other sound server, no other settings.
fn alone(mut command: Command, folder: &Path) -> Command {
    command
        .env("XDG_RUNTIME_DIR", folder)
        .env("HOME", folder)
        .env_remove("PULSE_SERVER")
        .env_remove("PULSE_RUNTIME_PATH")
        .env_remove("XDG_CONFIG_HOME");
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// What came out of the speaker.
struct Monitor {
    process: Child,
    path: PathBuf,
}

impl Monitor {
    fn len(&self) -> u64 {
        fs::metadata(&self.path).expect("the recording").len()
    }

    /// How many milliseconds since byte `from` are louder than a whisper.
    fn loud_ms(&self, from: u64) -> u64 {
        let bytes = fs::read(&self.path).expect("the recording");
        let samples: Vec<i16> = bytes[usize::try_from(from).expect("a length") & !1..]
            .chunks_exact(2)
            .map(|sample| i16::from_le_bytes([sample[0], sample[1]]))
            .collect();
        let window = usize::try_from(MONITOR_RATE / 2 / 100).expect("a length");
        let loud = samples.chunks(window).filter(|window| {
            let energy: f64 = window.iter().map(|&s| f64::from(s).powi(2)).sum();
            (energy / window.len() as f64).sqrt() > 100.0
        });
        10 * loud.count() as u64
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// `entrenous run --json` and the events it printed.
struct House {
    process: Child,
    events: Receiver<Seen>,
    seen: Vec<Value>,
    started: Instant,
    program: Program,
}

struct Seen {
    at: Instant,
    event: Value,
}

impl Seen {
    fn after(&self, earlier: Instant) -> u128 {
        self.at.saturating_duration_since(earlier).as_millis()
    }
}

impl House {
    fn start(server: &Server, more: &str) -> Self {
        Self::live(server, Self::program(more))
    }

    fn program(more: &str) -> Program {
        Program::new().config(&format!(
            "audio.host = \"pulseaudio\"\naudio.input = \"plugged\"\naudio.output = \"vspk\"\n\
             audio.cues = false\nstt.engine = \"pocketsphinx\"\n{more}",
        ))
    }

    /// Ends the program, and starts it again where it was.
    fn restart(self, server: &Server) -> Self {
        let empty = Program::new();
        let mut house = self;
        let program = std::mem::replace(&mut house.program, empty);
        house.stop();
        Self::live(server, program)
    }

    fn live(server: &Server, program: Program) -> Self {
        let started = Instant::now();
        let mut process = alone(program.command(), server.folder.path())
            .args(["run", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let (sender, events) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(Seen { at: Instant::now(), event }).is_err() {
                    break;
                }
            }
        });
        Self { process, events, seen: Vec::new(), started, program }
    }

    /// Waits for an event; the others that come meanwhile are shown when it does not come.
    #[track_caller]
    fn expect(&mut self, patience: Duration, wanted: impl Fn(&Value) -> bool) -> Seen {
        match self.wait(patience, wanted) {
            Some(seen) => seen,
            None => panic!("it did not come in time; what came:\n{:#?}", self.seen),
        }
    }

    /// Waits for an event that may not come.
    fn wait(&mut self, patience: Duration, wanted: impl Fn(&Value) -> bool) -> Option<Seen> {
        let until = Instant::now() + patience;
        loop {
            let seen = self.events.recv_timeout(until.saturating_duration_since(Instant::now())).ok()?;
            self.seen.push(seen.event.clone());
            if wanted(&seen.event) {
                return Some(seen);
            }
        }
    }

    /// The process that hears.
    fn ear(&self) -> u32 {
        let (mind, task) = (self.process.id(), format!("/proc/{0}/task", self.process.id()));
        let threads = fs::read_dir(task).expect("its threads");
        let children = threads.flatten().map(|thread| {
            // A thread may have ended meanwhile.
            fs::read_to_string(thread.path().join("children")).unwrap_or_default()
        });
        let ear = children.collect::<String>().split_whitespace().find_map(|pid| {
            let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
            line.contains("sealed-ear").then(|| pid.parse().ok())?
        });
        ear.unwrap_or_else(|| panic!("{mind} has no ear"))
    }

    /// SIGTERM ends it well, within two seconds.
    fn stop(mut self) {
        let sent = Instant::now();
        let kill = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        assert!(kill.expect("kill starts").success());
        let status = loop {
            if let Some(status) = self.process.try_wait().expect("the program is ours") {
                break status;
            }
            assert!(sent.elapsed() < Duration::from_secs(2), "it does not stop");
            thread::sleep(Duration::from_millis(20));
        };
        println!("stopped {} ms after SIGTERM", sent.elapsed().as_millis());
        assert!(status.success(), "{status}");
    }
}

impl Drop for House {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn end(process: &mut Child) {
    // It may have ended by itself.
    let _ = process.kill();
    let _ = process.wait();
}
