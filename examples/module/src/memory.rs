//! What outlives the pod.

use std::fs;
use std::path::Path;

/// Counts this start in a file of the folder, and gives the number of all starts so far.
pub fn count_start(folder: &Path) -> Result<u64, String> {
    let file = folder.join("starts");
    // No file yet, or one that cannot be read as a number: the count begins again.
    let before: u64 =
        fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let starts = before + 1;
    write_whole(&file, &format!("{starts}\n"))
        .map_err(|e| format!("cannot write {} in MODULE_DATA: {e}", file.display()))?;
    Ok(starts)
}

/// By rename, so that a crash leaves the old text or the new one, never half of it.
fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(new, file)
}

#[cfg(test)]
mod tests {
    use super::count_start;

    #[test]
    fn starts_are_counted_over_restarts() {
        let folder = std::env::temp_dir().join(format!("example-module-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(count_start(&folder), Ok(1));
        assert_eq!(count_start(&folder), Ok(2));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
