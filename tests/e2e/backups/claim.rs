//! What lies on the claim of a module, as the node sees it.

use crate::bot::Bot;
use std::fs;
use std::path::PathBuf;

/// The folder of the node that is a module's claim.
#[track_caller]
pub fn folder(bot: &Bot, module: &str) -> PathBuf {
    let claim = format!("pvc/{}-pvc", bot.deployment(module));
    let volume = bot.place.find(&[&claim], "{.spec.volumeName}");
    assert!(!volume.is_empty(), "{claim} is not bound");
    bot.place.find(&[&format!("pv/{volume}")], "{.spec.hostPath.path}").into()
}

/// A file that a person would know again.
pub struct Note(PathBuf);

impl Note {
    #[track_caller]
    pub fn on(bot: &Bot, module: &str, name: &str) -> Note {
        Note(folder(bot, module).join(name))
    }

    #[track_caller]
    pub fn write(&self, text: &str) {
        fs::write(&self.0, text).expect("the claim can be written");
    }

    /// None where there is no such file.
    pub fn read(&self) -> Option<String> {
        fs::read_to_string(&self.0).ok()
    }
}

/// The disaster: everything on a claim is deleted, under the eyes of the module.
#[track_caller]
pub fn lose_everything(bot: &Bot, module: &str) {
    for entry in fs::read_dir(folder(bot, module)).expect("the claim can be read") {
        let path = entry.expect("an entry").path();
        let removed =
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.expect("it can be removed");
    }
}
