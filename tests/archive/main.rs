//! Archives: folders ⇄ streams of tar and gzip, against GNU tar, and against who means harm.

mod both;
mod clean;
mod companions;
mod drill;
mod flips;
mod folder;
mod gnu;
mod hostile;
mod killed;
mod made;
mod pack;
mod restored;
mod room;
mod unprivileged;
