//! What `.github/release` does for a release, as far as it needs nothing of GitHub: the version of a tag, its notes, the
//! archive of this machine, checksums, and the manifest of krew. And what the workflows promise.

mod archive;
mod krew;
mod notes;
mod place;
mod workflows;
