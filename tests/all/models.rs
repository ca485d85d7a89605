//! Getting models: from folders and from a server on the loopback, whole or not at all.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use entrenous::models::{Manifest, Model, ModelError, Sources, State, install, remove};
use sha2::{Digest, Sha256};

/// What the server does with one request.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// Honours ranges.
    Well,
    /// Always the whole file, as servers do that know no ranges.
    Whole,
    /// Promises everything and closes after so many bytes.
    CutAfter(usize),
    Status(&'static str),
}

/// A server for as many requests as it has answers.
struct Server {
    url: String,
    /// The `Range` header of each request, or "".
    ranges: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(body: Vec<u8>, answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/model.bin", listener.local_addr().unwrap());
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&ranges);
        let thread = std::thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                let range = request_range(&stream);
                seen.lock().unwrap().push(range.clone());
                respond(stream, &body, &range, answer);
            }
        });
        Self { url, ranges, thread: Some(thread) }
    }

    /// Waits until every answer was given and returns the ranges that were asked for.
    fn finish(mut self) -> Vec<String> {
        self.thread.take().unwrap().join().unwrap();
        self.ranges.lock().unwrap().clone()
    }
}

fn request_range(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream).lines().map(Result::unwrap).take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| line.to_ascii_lowercase().strip_prefix("range: ").map(str::to_owned))
        .last()
        .unwrap_or_default()
}

fn respond(mut stream: TcpStream, body: &[u8], range: &str, answer: Answer) {
    let from = match answer {
        Answer::Well | Answer::CutAfter(_) => {
            range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap_or(0)
        }
        Answer::Whole | Answer::Status(_) => 0,
    };
    let rest = &body[from..];
    let status = match answer {
        Answer::Status(status) => status,
        _ if from > 0 => "206 Partial Content",
        _ => "200 OK",
    };
    let total = body.len();
    let content_range = if from > 0 {
        format!("Content-Range: bytes {from}-{}/{total}\r\n", total - 1)
    } else {
        String::new()
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{content_range}Connection: close\r\n\r\n",
        rest.len()
    );
    let sent = match answer {
        Answer::CutAfter(bytes) => &rest[..bytes],
        _ => rest,
    };
    // A client that has heard enough hangs up.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(sent));
}

/// Something long enough to come in several reads.
fn bytes() -> Vec<u8> {
    (0..200_000_u32).flat_map(u32::to_le_bytes).collect()
}

fn sha256(data: &[u8]) -> String {
    Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// A model of one file.
fn model(url: &str, data: &[u8]) -> Model {
    let text = format!(
        "[[model]]\nname = \"test\"\nkind = \"whisper\"\nlanguages = [\"en\"]\nlicence = \"MIT\"\n\
         description = \"\"\n[[model.file]]\npath = \"whisper/model.bin\"\nurl = \"{url}\"\nsize = {}\n\
         sha256 = \"{}\"\n",
        data.len(),
        sha256(data)
    );
    Manifest::parse(&text).unwrap().models.remove(0)
}

fn from_network() -> Sources {
    Sources { folders: Vec::new(), network: true }
}

fn get(model: &Model, target: &Path) -> Result<u64, ModelError> {
    let mut total = 0;
    install(model, &from_network(), target, &mut |bytes| total += bytes)?;
    Ok(total)
}

fn part(target: &Path) -> PathBuf {
    target.join(".part/whisper/model.bin")
}

#[test]
fn a_whole_download_is_placed() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    let server = Server::start(data.clone(), vec![Answer::Well]);
    let model = model(&server.url, &data);
    let total = get(&model, folder.path()).unwrap();
    assert_eq!(total, data.len() as u64);
    assert_eq!(fs::read(folder.path().join("whisper/model.bin")).unwrap(), data);
    assert_eq!(model.state(&[folder.path().into()]), State::Installed { folder: folder.path().into() });
    model.verify(folder.path()).unwrap();
    assert_eq!(server.finish(), [""]);

    // Once it is there, nobody is asked.
    get(&model, folder.path()).unwrap();
}

#[test]
fn a_broken_download_goes_on_where_it_stopped() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    let server = Server::start(data.clone(), vec![Answer::CutAfter(1000), Answer::Well]);
    get(&model(&server.url, &data), folder.path()).unwrap();
    assert_eq!(fs::read(folder.path().join("whisper/model.bin")).unwrap(), data);
    assert_eq!(server.finish(), ["", "bytes=1000-"]);
}

#[test]
fn a_later_try_goes_on_where_the_first_stopped() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    let first = Server::start(data.clone(), vec![Answer::CutAfter(1000), Answer::CutAfter(0)]);
    let error = get(&model(&first.url, &data), folder.path()).unwrap_err().to_string();
    assert!(error.contains("1000 of 800000 bytes"), "{error}");
    assert!(!folder.path().join("whisper/model.bin").exists());
    assert_eq!(fs::read(part(folder.path())).unwrap(), data[..1000]);
    first.finish();

    let second = Server::start(data.clone(), vec![Answer::Well]);
    get(&model(&second.url, &data), folder.path()).unwrap();
    assert_eq!(second.finish(), ["bytes=1000-"]);
    assert_eq!(fs::read(folder.path().join("whisper/model.bin")).unwrap(), data);
}

#[test]
fn a_server_without_ranges_starts_anew() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    fs::create_dir_all(part(folder.path()).parent().unwrap()).unwrap();
    fs::write(part(folder.path()), &data[..5000]).unwrap();
    let server = Server::start(data.clone(), vec![Answer::Whole]);
    get(&model(&server.url, &data), folder.path()).unwrap();
    assert_eq!(fs::read(folder.path().join("whisper/model.bin")).unwrap(), data);
    server.finish();
}

#[test]
fn another_file_is_refused_and_forgotten() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    let mut other = data.clone();
    other[12345] ^= 1;
    let server = Server::start(other, vec![Answer::Well]);
    let error = get(&model(&server.url, &data), folder.path()).unwrap_err();
    assert!(error.to_string().contains("SHA-256"), "{error}");
    assert!(!folder.path().join("whisper/model.bin").exists());
    assert!(!part(folder.path()).exists());
    server.finish();
}

#[test]
fn a_longer_file_is_refused() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    let mut longer = data.clone();
    longer.push(0);
    let server = Server::start(longer, vec![Answer::Well]);
    let error = get(&model(&server.url, &data), folder.path()).unwrap_err();
    assert!(error.to_string().contains("longer than the published"), "{error}");
    assert!(!part(folder.path()).exists());
    server.finish();
}

#[test]
fn what_the_server_refuses_is_said() {
    let data = bytes();
    for (status, part) in [("404 Not Found", "no such file"), ("503 Service Unavailable", "503")] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(data.clone(), vec![Answer::Status(status)]);
        let error = get(&model(&server.url, &data), folder.path()).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert!(!folder.path().join("whisper/model.bin").exists());
        server.finish();
    }
}

#[test]
fn no_network_is_told_what_to_do() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    // A port that nobody listens on any more.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = get(&model(&format!("http://{address}/x"), &data), folder.path()).unwrap_err();
    assert!(error.to_string().contains("--from DIR"), "{error}");
}

#[test]
fn a_folder_is_copied_from_and_checked() {
    let data = bytes();
    let model = model("https://example.invalid/", &data);
    let (source, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sources = Sources { folders: vec![source.path().into()], network: false };

    let error = install(&model, &sources, target.path(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, ModelError::NoSource { .. }), "{error}");

    // By its name alone, as a browser saved it; half at first.
    fs::write(source.path().join("model.bin"), &data[..100]).unwrap();
    let error = install(&model, &sources, target.path(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, ModelError::WrongCopy { .. }), "{error}");
    assert_eq!(model.state(&[target.path().into()]), State::Missing);

    fs::write(source.path().join("model.bin"), &data).unwrap();
    install(&model, &sources, target.path(), &mut |_| {}).unwrap();
    model.verify(target.path()).unwrap();
}

#[test]
fn damage_is_found_and_mended() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    let server = Server::start(data.clone(), vec![Answer::Well]);
    let model = model(&server.url, &data);
    let place = folder.path().join("whisper/model.bin");
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let folders = [folder.path().to_owned()];

    fs::write(&place, &data[..500]).unwrap();
    assert_eq!(model.state(&folders), State::Partial { folder: folder.path().into() });
    let mut damaged = data.clone();
    damaged[0] ^= 1;
    fs::write(&place, &damaged).unwrap();
    let error = model.verify(folder.path()).unwrap_err();
    assert!(error.to_string().contains("entrenous models get test"), "{error}");

    get(&model, folder.path()).unwrap();
    model.verify(folder.path()).unwrap();
    server.finish();
}

#[test]
fn removing_leaves_nothing() {
    let (folder, data) = (tempfile::tempdir().unwrap(), bytes());
    let server = Server::start(data.clone(), vec![Answer::Well]);
    let model = model(&server.url, &data);
    get(&model, folder.path()).unwrap();
    server.finish();
    assert!(remove(&model, folder.path()).unwrap());
    assert_eq!(model.state(&[folder.path().into()]), State::Missing);
    assert!(!folder.path().join("whisper").exists());
    assert!(!remove(&model, folder.path()).unwrap());
}
