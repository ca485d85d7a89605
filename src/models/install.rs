//! Putting models in their place, and taking them away.

use std::fs;
use std::path::{Path, PathBuf};

use super::{File, Model, ModelError, fetch, hash};

/// Folder, inside a models folder, of files that are not whole yet.
const PARTS: &str = ".part";

/// Where files may come from besides their address.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Models folders to copy from, first choice first.
    pub folders: Vec<PathBuf>,
    /// Whether addresses may be asked.
    pub network: bool,
}

/// Gets every file of a model into the models folder `target`: keeps what is right, copies what a
/// source folder has, fetches the rest. `progress` is told how many more bytes are there.
///
/// Nothing appears under its own name before all files are whole, so a model is either not there
/// or right. What was fetched before an interruption is kept for the next try.
///
/// # Errors
/// When a file cannot be had, or is not the published one.
pub fn install(
    model: &Model,
    sources: &Sources,
    target: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(), ModelError> {
    let parts = target.join(PARTS);
    create_dir(&parts)?;
    let lock_path = parts.join("lock");
    // Held until this function ends.
    let lock = fs::File::create(&lock_path).map_err(ModelError::io("create", &lock_path))?;
    if lock.try_lock().is_err() {
        return Err(ModelError::Busy { folder: target.to_owned() });
    }

    let mut fresh = Vec::new();
    for file in &model.files {
        let place = target.join(&file.path);
        if place.is_file() && hash::check(&place, file.size, &file.sha256)?.is_ok() {
            progress(file.size);
            continue;
        }
        let part = parts.join(&file.path);
        create_dir(part.parent().unwrap_or(&parts))?;
        obtain(model, file, sources, &part, progress)?;
        fresh.push((part, place));
    }
    for (part, place) in fresh {
        put(&part, &place)?;
    }
    Ok(())
}

/// Makes `part` the whole, checked file.
fn obtain(
    model: &Model,
    file: &File,
    sources: &Sources,
    part: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(), ModelError> {
    if let Some(content) = &file.content {
        fs::write(part, content).map_err(ModelError::io("write", part))?;
        progress(file.size);
        return Ok(());
    }
    if let Some(copy) = local(file, &sources.folders) {
        hash::check(&copy, file.size, &file.sha256)?
            .map_err(|reason| ModelError::WrongCopy { path: copy.clone(), reason })?;
        fs::copy(&copy, part).map_err(ModelError::io("copy", &copy))?;
        progress(file.size);
    } else {
        let url = match (&file.url, &model.package) {
            (Some(url), _) if sources.network => url,
            (Some(url), _) => return Err(no_source(model, file, &format!("or fetch {url} there"))),
            (None, Some(package)) => {
                return Err(no_source(
                    model,
                    file,
                    &format!("or install it with `sudo apt install {package}`"),
                ));
            }
            (None, None) => return Err(no_source(model, file, "the manifest names no address")),
        };
        fetch::fetch(url, file.size, part, progress)?;
    }
    // Once more, on what is really there: a disk can fill up, a connection can lie.
    if let Err(reason) = hash::check(part, file.size, &file.sha256)? {
        fs::remove_file(part).map_err(ModelError::io("remove", part))?;
        return Err(match &file.url {
            Some(url) => ModelError::Fetch {
                url: url.clone(),
                reason: format!("what came is not the published file: {reason}; try again later"),
            },
            None => ModelError::WrongCopy { path: part.to_owned(), reason },
        });
    }
    Ok(())
}

fn no_source(model: &Model, file: &File, otherwise: &str) -> ModelError {
    let path = file.path.display();
    ModelError::NoSource {
        name: model.name.clone(),
        reason: format!("put `{path}` into a folder and name the folder with --from, {otherwise}"),
    }
}

/// The file in one of the folders: under its path, or under its name alone.
fn local(file: &File, folders: &[PathBuf]) -> Option<PathBuf> {
    let name = file.path.file_name()?;
    folders.iter().flat_map(|folder| [folder.join(&file.path), folder.join(name)]).find(|path| path.is_file())
}

/// Flushes a whole file to the disk and gives it its name.
fn put(part: &Path, place: &Path) -> Result<(), ModelError> {
    let folder = place.parent().unwrap_or(Path::new("."));
    create_dir(folder)?;
    let sync = |path: &Path| fs::File::open(path).and_then(|file| file.sync_all());
    sync(part).map_err(ModelError::io("write", part))?;
    fs::rename(part, place).map_err(ModelError::io("place", place))?;
    // The new name must survive a power cut as well.
    sync(folder).map_err(ModelError::io("write", folder))
}

fn create_dir(folder: &Path) -> Result<(), ModelError> {
    fs::create_dir_all(folder).map_err(ModelError::io("create", folder))
}

/// Removes a model's files, and what is left of an interrupted fetch, from a models folder. Says
/// whether there was anything.
///
/// # Errors
/// When a file cannot be removed.
pub fn remove(model: &Model, folder: &Path) -> Result<bool, ModelError> {
    let mut found = false;
    for file in &model.files {
        for path in [folder.join(&file.path), folder.join(PARTS).join(&file.path)] {
            match fs::remove_file(&path) {
                Ok(()) => found = true,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(ModelError::Io { verb: "remove", path, source }),
            }
        }
        // Its folder too, if that was its last file; a folder in use refuses.
        let _ = file.path.parent().map(|parent| fs::remove_dir(folder.join(parent)));
    }
    Ok(found)
}
