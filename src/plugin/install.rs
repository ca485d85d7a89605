//! Putting plugins where they belong: from a folder or an archive into the data folder.
//!
//! What comes from elsewhere is not trusted with paths: no links, no special files, nothing outside
//! its folder, nothing without bounds.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;

use super::manifest::{self, Manifest};
use super::registry::BUILT;
use crate::{Error, Result};

/// The size of a plugin, and how many files it may have.
const MAX_SIZE: u64 = 64 * 1024 * 1024;
const MAX_FILES: usize = 2000;

/// A plugin that is read and not yet in its place. Dropped, it leaves nothing behind.
pub struct Unpacked {
    folder: Temporary,
    pub manifest: Manifest,
}

/// A folder that goes with this.
struct Temporary(PathBuf);

/// Reads a plugin from a folder or a `.tar.gz`, into the data folder.
///
/// # Errors
/// When it cannot be read, holds what no plugin may hold, or is no plugin.
pub fn unpack(from: &Path, data_dir: &Path) -> Result<Unpacked> {
    let folder = data_dir.join("plugins").join(format!(".new-{}", std::process::id()));
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Error::io("empty", &folder))?;
    }
    crate::store::private::folder(&folder).map_err(Error::io("make the folder", &folder))?;
    // From here on it is removed again unless it is kept.
    let temporary = Temporary(folder.clone());
    if from.is_dir() {
        let manifest = Manifest::read(from)?;
        Copying { files: 0, size: 0 }.folder(from, &folder)?;
        copy_program(from, &folder, &manifest)?;
    } else {
        extract(from, &folder)?;
    }
    Ok(Unpacked { folder: temporary, manifest: Manifest::read(&folder)? })
}

impl Unpacked {
    /// The folder that it will have.
    #[must_use]
    pub fn place(&self, data_dir: &Path) -> PathBuf {
        place(data_dir, &self.manifest.name)
    }

    /// Puts it in its place, instead of an earlier version of it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn keep(self, data_dir: &Path) -> Result<PathBuf> {
        let place = self.place(data_dir);
        let old = place.with_extension("old");
        if place.exists() {
            fs::rename(&place, &old).map_err(Error::io("put away", &place))?;
        }
        fs::rename(&self.folder.0, &place).map_err(Error::io("make", &place))?;
        if old.exists() {
            fs::remove_dir_all(&old).map_err(Error::io("remove", &old))?;
        }
        Ok(place)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.0.exists()
            && let Err(error) = fs::remove_dir_all(&self.0)
        {
            tracing::warn!("cannot remove `{}`: {error}", self.0.display());
        }
    }
}

/// Where a plugin is kept.
#[must_use]
pub fn place(data_dir: &Path, name: &str) -> PathBuf {
    data_dir.join("plugins").join(name)
}

/// Removes the files of a plugin: its folder (where it was copied), its data and its log.
///
/// # Errors
/// When something cannot be removed.
pub fn remove(data_dir: &Path, name: &str) -> Result<()> {
    let log = super::log::file(data_dir, name);
    for folder in [place(data_dir, name), data_dir.join("plugin-data").join(name)] {
        if folder.is_dir() {
            fs::remove_dir_all(&folder).map_err(Error::io("remove", &folder))?;
        }
    }
    for file in [log.with_extension("old.log"), log] {
        if file.is_file() {
            fs::remove_file(&file).map_err(Error::io("remove", &file))?;
        }
    }
    Ok(())
}

struct Copying {
    files: usize,
    size: u64,
}

impl Copying {
    fn folder(&mut self, from: &Path, to: &Path) -> Result<()> {
        for entry in fs::read_dir(from).map_err(Error::io("read the folder", from))? {
            let entry = entry.map_err(Error::io("read the folder", from))?;
            let (name, path) = (entry.file_name(), entry.path());
            let skipped = BUILT.iter().any(|built| name == *built) || name == "target";
            if name.as_encoded_bytes().starts_with(b".") || skipped {
                continue;
            }
            let kind = entry.file_type().map_err(Error::io("look at", &path))?;
            let target = to.join(&name);
            if kind.is_dir() {
                fs::create_dir_all(&target).map_err(Error::io("make the folder", &target))?;
                self.folder(&path, &target)?;
            } else if kind.is_file() {
                let size = entry.metadata().map_err(Error::io("look at", &path))?.len();
                self.count(size)?;
                fs::copy(&path, &target).map_err(Error::io("copy", &path))?;
            } else {
                return Err(refused(&format!("`{}` is a link or a special file", path.display())));
            }
        }
        Ok(())
    }

    fn count(&mut self, size: u64) -> Result<()> {
        (self.files, self.size) = (self.files + 1, self.size + size);
        if self.files > MAX_FILES || self.size > MAX_SIZE {
            return Err(refused(&format!(
                "it has more than {MAX_FILES} files, or than {} MiB",
                MAX_SIZE >> 20
            )));
        }
        Ok(())
    }
}

/// A program that was built stands among much that is not needed.
fn copy_program(from: &Path, to: &Path, manifest: &Manifest) -> Result<()> {
    let Some(program) = manifest.run.first().filter(|program| program.contains('/')) else { return Ok(()) };
    let (source, target) = (from.join(program), to.join(program));
    if target.is_file() {
        return Ok(());
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
    }
    fs::copy(&source, &target).map_err(Error::io("copy the program", &source)).map(|_| ())
}

/// Unpacks a `.tar.gz`. Its folder may be inside another one.
fn extract(archive: &Path, to: &Path) -> Result<()> {
    let file = File::open(archive).map_err(Error::io("open", archive))?;
    let unreadable = |error: io::Error| {
        Error::Input(format!("`{}` is no .tar.gz of a plugin: {error}", archive.display()))
    };
    // Bounds the work, too: nothing in an archive says truly how large it becomes.
    let bounded = GzDecoder::new(file).take(MAX_SIZE + (MAX_FILES as u64) * 1024);
    let mut archive = tar::Archive::new(bounded);
    let mut counted = Copying { files: 0, size: 0 };
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let path = entry.path().map_err(unreadable)?.into_owned();
        let plain = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !plain {
            return Err(refused(&format!("`{}` leads out of its folder", path.display())));
        }
        let target = to.join(&path);
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            fs::create_dir_all(&target).map_err(Error::io("make the folder", &target))?;
        } else if kind.is_file() {
            counted.count(entry.size())?;
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
            }
            let mut file = File::create_new(&target).map_err(Error::io("make", &target))?;
            io::copy(&mut entry, &mut file).map_err(unreadable)?;
            let runs = entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
            set_mode(&target, if runs { 0o755 } else { 0o644 })?;
        } else if !matches!(kind, tar::EntryType::XGlobalHeader | tar::EntryType::XHeader) {
            return Err(refused(&format!("`{}` is a link or a special file", path.display())));
        }
    }
    lift(to)
}

/// `name-1.0/plugin.toml` becomes `plugin.toml`.
fn lift(folder: &Path) -> Result<()> {
    if folder.join(manifest::FILE).is_file() {
        return Ok(());
    }
    let inside: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(Error::io("read the folder", folder))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    let [one] = inside.as_slice() else { return Ok(()) };
    if !one.is_dir() {
        return Ok(());
    }
    let aside = folder.with_extension("inner");
    fs::rename(one, &aside)
        .and_then(|()| fs::remove_dir(folder))
        .and_then(|()| fs::rename(&aside, folder))
        .map_err(Error::io("unpack", folder))
}

fn set_mode(file: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).map_err(Error::io("set the mode of", file))
}

fn refused(reason: &str) -> Error {
    Error::Input(format!("this is not installed: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str =
        "name = 'dice'\nversion = '1'\napi = 1\nlanguages = ['en']\nrun = ['python3', 'main.py']\n";

    fn archive(files: &[(&str, tar::EntryType, &str)]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin.tar.gz");
        let gzip = flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::fast());
        let mut builder = tar::Builder::new(gzip);
        for (name, kind, content) in files {
            let mut header = tar::Header::new_gnu();
            // Written by hand: the library refuses to make what is tested here.
            header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_link_name("/etc/passwd").unwrap();
            header.set_cksum();
            builder.append(&header, content.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap();
        (folder, path)
    }

    #[test]
    fn an_archive_is_unpacked_and_kept() {
        let file = tar::EntryType::Regular;
        let (folder, path) =
            archive(&[("dice-1/plugin.toml", file, MANIFEST), ("dice-1/sentences/en/a.yaml", file, "x")]);
        let unpacked = unpack(&path, folder.path()).unwrap();
        assert_eq!(unpacked.manifest.name, "dice");
        let place = unpacked.keep(folder.path()).unwrap();
        assert!(place.join("sentences/en/a.yaml").is_file());
        remove(folder.path(), "dice").unwrap();
        assert!(!place.exists());
    }

    #[test]
    fn what_leads_elsewhere_is_not_unpacked() {
        let (file, link) = (tar::EntryType::Regular, tar::EntryType::Symlink);
        for (name, kind) in
            [("../outside", file), ("/outside", file), ("a", link), ("b", tar::EntryType::Link)]
        {
            let (folder, path) = archive(&[("plugin.toml", file, MANIFEST), (name, kind, "x")]);
            let error = unpack(&path, folder.path()).err().unwrap().to_string();
            assert!(error.contains("leads out") || error.contains("link"), "{name}: {error}");
            assert!(
                fs::read_dir(folder.path().join("plugins")).unwrap().next().is_none(),
                "something was left"
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        fs::create_dir(&source).unwrap();
        fs::write(source.join("plugin.toml"), MANIFEST).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", source.join("stolen")).unwrap();
        assert!(unpack(&source, folder.path()).err().unwrap().to_string().contains("link"));
    }
}
