//! The documentation says what is: its examples render, its commands parse, its links lead somewhere, its lists are
//! whole, its picture is what the program prints, and its reference is the one that the CRDs make.

#[path = "../support/mod.rs"]
mod support;

mod advice;
mod commands;
mod console;
mod examples;
mod fixtures;
mod links;
mod lists;
mod page;
mod picture;
mod reference;
mod svg;
mod table;
mod words;
