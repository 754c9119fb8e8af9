//! What a token must be, so that server and clients can use it.

/// Longest token in bytes. A client sends its token in one control line.
pub const LONGEST: usize = 4096;

/// A token as a string of the configuration language: in double quotes it is neither a number nor
/// a variable, whatever it looks like.
///
/// # Errors
/// The end of a sentence that says why the server could not use the token.
pub fn quoted(token: &str) -> Result<String, &'static str> {
    if token.is_empty() {
        return Err("is empty: put the token there");
    }
    if token.len() > LONGEST {
        return Err("is longer than 4096 bytes: choose a shorter token");
    }
    if token.contains('\0') {
        return Err("contains a NUL byte: a container's environment cannot hold it");
    }
    if token.starts_with("$2") {
        return Err(
            "begins with $2: nats-server takes that for a bcrypt hash, choose another token",
        );
    }
    let mut quoted = String::with_capacity(token.len() + 2);
    quoted.push('"');
    for byte in token.bytes() {
        match byte {
            b' '..=b'~' if byte != b'"' && byte != b'\\' => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push('"');
    Ok(quoted)
}
