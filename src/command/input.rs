//! Files and standard input.

use super::called::Called;
use crate::manifest::{Input, Unusable};
use crate::yaml;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes. A bot of a thousand modules has about ten million.
const LARGEST: u64 = 32 << 20;

/// Reads files, the manifests of folders in sorted order, and standard input for `-`.
///
/// # Errors
/// [`Unusable`] that names the file and the fix.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Input>, Unusable> {
    let mut sources = Vec::new();
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Unusable::because("standard input can be read only once: give -f - once"));
    }
    for path in paths {
        if path.as_os_str() == "-" {
            sources.push(source("standard input", std::io::stdin().lock())?);
        } else if path.is_dir() {
            for file in manifests_in(path)? {
                sources.push(open(&file)?);
            }
        } else {
            sources.push(open(path)?);
        }
    }
    Ok(sources)
}

fn manifests_in(folder: &Path) -> Result<Vec<PathBuf>, Unusable> {
    let cannot = |error| Unusable::because(format!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_file() && matches!(extension, Some("yaml" | "yml" | "json")) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Unusable::because(format!(
            "{}: the folder has no file that ends in .yaml, .yml or .json",
            folder.display()
        )));
    }
    files.sort();
    Ok(files)
}

fn open(path: &Path) -> Result<Input, Unusable> {
    let name = path.display().to_string();
    refuse_address(&name)?;
    let file =
        fs::File::open(path).map_err(|error| Unusable::because(format!("{name}: {error}")))?;
    source(&name, file)
}

/// kubectl downloads what `-f` names; this program opens no connection for it.
fn refuse_address(name: &str) -> Result<(), Unusable> {
    let fix = match name.split_once("://") {
        None => return Ok(()),
        Some(("file", path)) => format!("give the path: -f {path}"),
        Some(_) => format!(
            "download it first, or pipe it in: curl -fsSL '{name}' | {} render -f -",
            Called::now().words()
        ),
    };
    Err(Unusable::because(format!("{name}: only files are read: {fix}")))
}

fn source(name: &str, reader: impl Read) -> Result<Input, Unusable> {
    let mut bytes = Vec::new();
    reader
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Unusable::because(format!("{name}: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unusable::because(format!(
            "{name}: larger than {} MiB: split it into several files",
            LARGEST >> 20
        )));
    }
    let text = yaml::decode(&bytes)
        .map_err(|error| Unusable::because(format!("{name}: {error}")))?
        .into_owned();
    Ok(Input { name: name.to_owned(), text })
}
