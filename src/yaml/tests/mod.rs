mod check;
mod framing;
mod mistakes;
mod print;
mod read;
mod round_trip;
mod strings;
