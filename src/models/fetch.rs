//! Fetching one file over HTTP, going on where an earlier try stopped.

use std::path::Path;

use super::ModelError;

/// Fetches `url`, `size` bytes long, into `part`. Bytes already in `part` are not fetched again.
///
/// # Errors
/// [`ModelError::Fetch`] when the server cannot be reached, refuses, or sends something else;
/// what came so far stays in `part`.
#[cfg(feature = "download")]
pub fn fetch(url: &str, size: u64, part: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), ModelError> {
    http::fetch(url, size, part, progress)
}

/// # Errors
/// Always: the program was built without the `download` feature.
#[cfg(not(feature = "download"))]
pub fn fetch(url: &str, _size: u64, _part: &Path, _progress: &mut dyn FnMut(u64)) -> Result<(), ModelError> {
    let reason = "this program was built without downloads; fetch it yourself and use --from".to_owned();
    Err(ModelError::Fetch { url: url.to_owned(), reason })
}

#[cfg(feature = "download")]
mod http {
    use std::fs::{self, File, OpenOptions};
    use std::io::{Read, Write};
    use std::path::Path;
    use std::time::Duration;

    use ureq::http::{Response, StatusCode, header};
    use ureq::{Agent, Body};

    use crate::models::ModelError;

    /// A server that sends nothing for so long has gone away.
    const SILENCE: Duration = Duration::from_secs(30);

    pub fn fetch(url: &str, size: u64, part: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), ModelError> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(SILENCE))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE));
        let agent: Agent = config.build().into();
        let mut have = start(part, size)?;
        progress(have);
        while have < size {
            let before = have;
            let (response, from) = ask(&agent, url, have)?;
            let broken = receive(response, url, size, from, part, progress)?;
            have = length(part);
            // As long as something comes, a connection that breaks is tried again.
            if have < size && have <= before {
                let reason =
                    format!("{broken} ({have} of {size} bytes are here); run the same command to go on");
                return Err(ModelError::Fetch { url: url.to_owned(), reason });
            }
        }
        Ok(())
    }

    /// How much of an earlier try can be kept. More than the whole is not ours.
    fn start(part: &Path, size: u64) -> Result<u64, ModelError> {
        let have = length(part);
        if have > size {
            fs::remove_file(part).map_err(ModelError::io("remove", part))?;
            return Ok(0);
        }
        Ok(have)
    }

    fn length(part: &Path) -> u64 {
        fs::metadata(part).map_or(0, |meta| meta.len())
    }

    /// Asks for the file from a position on, and says where the answer begins.
    fn ask(agent: &Agent, url: &str, have: u64) -> Result<(Response<Body>, u64), ModelError> {
        let fault = |reason: String| ModelError::Fetch { url: url.to_owned(), reason };
        let mut request = agent.get(url);
        if have > 0 {
            request = request.header(header::RANGE, format!("bytes={have}-"));
        }
        let response = request.call().map_err(|error| {
            fault(format!(
                "{error}; is this machine online? A file fetched elsewhere is taken with `--from DIR`"
            ))
        })?;
        match response.status() {
            // The server does not know ranges: from the beginning.
            StatusCode::OK => Ok((response, 0)),
            StatusCode::PARTIAL_CONTENT => {
                let range =
                    response.headers().get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
                if range.is_some_and(|range| range.starts_with(&format!("bytes {have}-"))) {
                    return Ok((response, have));
                }
                Err(fault(
                    "the server sent another part than was asked for; remove the model and try again".into(),
                ))
            }
            StatusCode::NOT_FOUND => Err(fault(
                "the server has no such file (404); a newer version of entrenous may know where it went"
                    .into(),
            )),
            status => Err(fault(format!("the server answered {status}; try again later"))),
        }
    }

    /// Writes what comes to `part`, from a position on. Says how the connection ended.
    fn receive(
        response: Response<Body>,
        url: &str,
        size: u64,
        from: u64,
        part: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> Result<String, ModelError> {
        let mut file =
            if from == 0 { File::create(part) } else { OpenOptions::new().append(true).open(part) }
                .map_err(ModelError::io("write", part))?;
        // One byte more than there should be shows that it is another file.
        let mut body = response.into_body().into_reader().take(size - from + 1);
        let mut written = from;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => return Ok("the connection ended early".into()),
                Ok(read) => read,
                Err(error) => return Ok(format!("the connection broke: {error}")),
            };
            written += read as u64;
            if written > size {
                drop(file);
                fs::remove_file(part).map_err(ModelError::io("remove", part))?;
                let reason =
                    format!("the file there is longer than the published {size} bytes; try again later");
                return Err(ModelError::Fetch { url: url.to_owned(), reason });
            }
            file.write_all(&buffer[..read]).map_err(ModelError::io("write", part))?;
            progress(read as u64);
        }
    }
}
