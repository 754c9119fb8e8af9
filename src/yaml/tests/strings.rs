/// What some YAML 1.1 or 1.2 reader takes for anything but this very string, or refuses.
#[rustfmt::skip]
pub(super) const HOSTILE: &[&str] = &[
    "", "~", "null", "NULL", "Null", "=", "<<", "y", "Y", "n", "yes", "No", "NO", "on", "On", "off",
    "OFF", "true", "TRUE", "False", "tRUE", "012", "08", "0o17", "0x1f", "0X1F", "0b1", "1_000",
    "1,000", "1e3", "1E+3", "1.5", ".5", "5.", "+1", "-1", "-0", "1", "0", "6e-", "0x", ".inf",
    "-.INF", "+.inf", ".NaN", "12:30:45", "1:30", "190:20:30.15", "-1:30", "2024-01-01", "2024-1-1",
    "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "18446744073709551616", "1e400",
    " a", "a ", "\ta", "a\t", "a\tb", "-", "- a", "---", "--- a", "...", "... a", "?", "? a", ":",
    ":a", "a:", "a: b", "a #b", "#a", ",a", "[a", "]", "{a", "}", "&a", "*a", "!a", "!!str a", "|",
    ">", "'a'", "\"a\"", "%a", "@a", "`a", "\r", "a\r\nb", "a\rb\n", "\0", "\u{7}", "\u{1b}[0m",
    "\u{7f}", "\u{80}", "\u{85}", "a\u{85}b\n", "\u{a0}", "\u{2028}", "a\u{2029}b\n", "\u{feff}a",
    "a\u{feff}b", "\u{fffe}", "\u{ffff}", "\u{1fffe}", "\u{10ffff}", "a\u{202e}b", "a\u{200b}b",
    "\n", "\n\n", " \n", "\t\na", "\ta\nb\n", "a\n ", "a\n\t", "a\nb ",
];

/// Readable without quotes for every reader.
#[rustfmt::skip]
pub(super) const PLAIN: &[&str] = &[
    "a", "a b", "a:b", "a#b", "a-b", "http://host:80/x?y=1#z", "100Mi", "250m", "--flag=value",
    "-c", "-v", "./a", "../a", ".a", "a/b", "k8s.io/name", "<a", "a,b", "it's", "say \"x\"", "a\\b",
    "$(X)", "~/x", "^a", "_1", "é", "中文", "e\u{301}", "😀", "yesterday", "nullable", "one", "v1",
    "apps/v1",
];
