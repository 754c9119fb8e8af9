//! Which of two forms of an answer a client asks for: header Accept, as RFC 9110, 12.5.1 has it.

use http::HeaderMap;
use http::header::ACCEPT;

/// Thousandths: what a quality of 1 is.
const FULL: u16 = 1000;

/// Whether a client asks for HTML: it names `text/html` itself and ranks it no lower than JSON. Whoever
/// takes anything gets JSON, and so does everybody whose header says nothing clear.
pub fn prefers_html(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range> =
        values.flat_map(|value| split(value, ',')).filter_map(Range::read).collect();
    let html = ranges.iter().filter(|range| range.is_html()).map(|range| range.quality(0)).max();
    let json = ["application/json", "application/*", "*/*"].iter().find_map(|media| {
        let named = ranges.iter().filter(|range| range.media == *media);
        named.map(|range| range.quality(FULL)).max()
    });
    html.is_some_and(|html| html > 0 && html >= json.unwrap_or(0))
}

/// One media range.
struct Range {
    /// In lowercase, without parameters.
    media: String,
    /// Parameters before the quality.
    parameters: Vec<(String, String)>,
    quality: Quality,
}

enum Quality {
    Thousandths(u16),
    Illegible,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = split(text, ';').map(str::trim);
        let media = parts.next().filter(|media| !media.is_empty())?.to_ascii_lowercase();
        let mut range = Self { media, parameters: Vec::new(), quality: Quality::Thousandths(FULL) };
        for part in parts.filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = name.trim().to_ascii_lowercase();
            if name == "q" {
                range.quality =
                    quality(value.trim()).map_or(Quality::Illegible, Quality::Thousandths);
                break;
            }
            range.parameters.push((name, value.trim().trim_matches('"').to_ascii_lowercase()));
        }
        Some(range)
    }

    /// Whether it names the HTML that there is, and no other.
    fn is_html(&self) -> bool {
        let fits = |(name, value): &(String, String)| name == "charset" && value == "utf-8";
        self.media == "text/html" && self.parameters.iter().all(fits)
    }

    /// In thousandths, or this where it cannot be read.
    fn quality(&self, illegible: u16) -> u16 {
        match self.quality {
            Quality::Thousandths(quality) => quality,
            Quality::Illegible => illegible,
        }
    }
}

/// A quality in thousandths: 0 to 1 with three decimals at most.
fn quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{decimals:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(FULL),
        _ => None,
    }
}

/// The parts of a list. Quoted texts are not taken apart.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character: char| {
        let is_escaped = std::mem::replace(&mut escaped, false);
        match character {
            '\\' if quoted && !is_escaped => escaped = true,
            '"' if !is_escaped => quoted = !quoted,
            _ => {}
        }
        character == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn is_html(values: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        prefers_html(&headers)
    }

    #[test]
    fn browsers_get_html() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html, application/xhtml+xml, image/jxr, */*",
            "text/html",
            "TEXT/HTML",
            "text/html;charset=utf-8",
            "text/html; charset=\"UTF-8\"; q=0.9, */*;q=0.1",
            " , text/html ,, ",
        ] {
            assert!(is_html(&[accept]), "{accept}");
        }
    }

    #[test]
    fn everybody_else_gets_json() {
        assert!(!is_html(&[]));
        for accept in [
            "",
            "*/*",
            "text/*",
            "text/*, application/json;q=0.1",
            "application/json",
            "application/json, text/plain, */*",
            "application/xhtml+xml",
            "text/html-sandboxed",
            "text/htm",
            "html",
            "text/html\u{e9}",
        ] {
            assert!(!is_html(&[accept]), "{accept}");
        }
    }

    #[test]
    fn html_is_ranked_no_lower_than_json() {
        for (accept, expected) in [
            ("text/html, application/json", true),
            ("application/json, text/html", true),
            ("text/html;q=0.5, application/json;q=0.5", true),
            ("text/html;q=0.5, application/json;q=0.50", true),
            ("text/html;q=0.5, application/json;q=0.501", false),
            ("text/html;q=0.9, application/json", false),
            ("text/html;q=0.9, */*", false),
            ("text/html;q=0.9, application/*", false),
            ("text/html;q=0.2, application/json;q=0.1, */*", true),
            ("text/html;q=0.2, application/*;q=0.1, */*", true),
            ("text/html;q=0.2, application/json;q=0, */*", true),
            ("text/html;q=0.001", true),
            ("text/html;q=0", false),
            ("text/html;q=0.000, application/json;q=0", false),
            ("text/html;Q=0.1, application/json;Q=0.2", false),
            ("text/html ; q=0.1 , application/json ; q=0.2", false),
            ("application/json;version=2, text/html;q=0.9", false),
        ] {
            assert_eq!(is_html(&[accept]), expected, "{accept}");
        }
    }

    #[test]
    fn a_quality_that_cannot_be_read_is_never_in_favour_of_html() {
        for wrong in ["2", "1.001", "-1", "0.1234", "a", "", "1e-1", ".5", "\"0.9\"", "01"] {
            assert!(!is_html(&[&format!("text/html;q={wrong}")]), "{wrong}");
            let accept = format!("text/html;q=0.9, application/json;q={wrong}");
            assert!(!is_html(&[&accept]), "{accept}");
        }
    }

    #[test]
    fn a_form_of_html_that_there_is_not_counts_for_nothing() {
        assert!(!is_html(&["text/html;level=1"]));
        assert!(!is_html(&["text/html;charset=utf-16"]));
        assert!(is_html(&["text/html;level=1, text/html;q=0.5, */*;q=0.4"]));
    }

    #[test]
    fn quoted_texts_are_not_taken_apart() {
        assert!(!is_html(&["text/plain;a=\", text/html\""]));
        assert!(!is_html(&["text/plain;a=\"\\\", text/html\""]));
        assert!(is_html(&["text/plain;a=\";q=0\", text/html"]));
    }

    #[test]
    fn several_headers_are_one_list() {
        assert!(is_html(&["application/json;q=0.5", "text/html"]));
        assert!(!is_html(&["text/html;q=0.4", "application/json;q=0.5"]));
    }
}
