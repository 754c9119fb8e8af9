//! Archives of claims: what goes in comes out again, whoever packs and whoever unpacks.

mod folder;
mod gnu;
mod pack;
mod tree;
