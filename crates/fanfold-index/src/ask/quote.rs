//! Characters: quotation marks, minus signs, spaces, and where a phrase or a bare word ends.
//!
//! Owns what separates one term from the next. It knows no fields.

/// Any of the signs that people type for a quotation mark.
pub(super) fn is_quote(c: char) -> bool {
    is_straight(c) || matches!(c, '“' | '”' | '„' | '‟' | '«' | '»')
}

/// A mark that is the same on both sides.
fn is_straight(c: char) -> bool {
    matches!(c, '"' | '＂')
}

/// Any of the signs that people type for a minus.
pub(super) fn is_minus(c: char) -> bool {
    matches!(c, '-' | '−' | '–')
}

/// One space between words, none around them, no control characters.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Whether there is nothing in it that a text or a tag could be found by: only ASCII or general
/// punctuation.
pub(super) fn says_nothing(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_ascii_punctuation()
            || c.is_whitespace()
            || c.is_control()
            || matches!(
                c,
                '\u{2000}'..='\u{206F}' | '«' | '»' | '¡' | '¿' | '−' | '＂' | '\u{FEFF}'
            )
    })
}

/// For a message: short, on one line, and without signs that turn the writing around.
pub(super) fn shown(text: &str) -> String {
    let turns = |c: &char| {
        matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}')
    };
    let clean = tidy(&text.chars().filter(|c| !turns(c)).collect::<String>());
    let mut short: String = clean.chars().take(40).collect();
    if short.len() < clean.len() {
        short.push('…');
    }
    short
}

/// Where the bare word that begins at `from` ends: at a space, a quotation mark, `|`, `&&` or a
/// `)` that it did not open itself.
pub(super) fn bare_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let mut open = 0usize;
    let mut before_was_and = None;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => open += 1,
            ')' if open == 0 => return from + at,
            ')' => open -= 1,
            '&' => {
                if let Some(first) = before_was_and {
                    return from + first;
                }
            }
            '|' => return from + at,
            c if c.is_whitespace() || is_quote(c) => return from + at,
            _ => {}
        }
        before_was_and = (c == '&').then_some(at);
    }
    text.len()
}

/// The inside of the phrase whose quotation mark stands at `open`, as (start, end, after); `None`
/// if it is never closed.
///
/// A straight mark is closed by a straight one. A mark that follows a space, `(` or `/` and has a
/// letter behind it opens a quotation inside the phrase (`"James "Bucky" Barnes"`), as long as
/// everything is closed in the end. A curly mark is closed by the next curly one. Where that
/// leads nowhere, the next mark of any shape closes.
pub(super) fn phrase(text: &str, open: usize) -> Option<(usize, usize, usize)> {
    let mark = text.get(open..)?.chars().next()?;
    let start = open + mark.len_utf8();
    let found = if is_straight(mark) {
        nested_close(text, start)
    } else {
        close(text, start, |c| is_quote(c) && !is_straight(c))
    };
    let (end, mark) = found.or_else(|| close(text, start, is_quote))?;
    Some((start, end, end + mark.len_utf8()))
}

/// The first character that closes, unless a backslash stands before it.
fn close(text: &str, from: usize, closes: impl Fn(char) -> bool) -> Option<(usize, char)> {
    let mut escaped = false;
    for (at, c) in text.get(from..)?.char_indices() {
        if !escaped && closes(c) {
            return Some((from + at, c));
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

fn nested_close(text: &str, from: usize) -> Option<(usize, char)> {
    let rest = text.get(from..)?;
    let mut inner = 0usize;
    let mut escaped = false;
    let mut before = None;
    for (at, c) in rest.char_indices() {
        if is_straight(c) && !escaped {
            let after = rest.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
            let opens = matches!(before, Some(b) if char::is_whitespace(b) || b == '(' || b == '/')
                && after.is_some_and(char::is_alphanumeric);
            match inner {
                _ if opens => inner += 1,
                0 => return Some((from + at, c)),
                _ => inner -= 1,
            }
        }
        escaped = c == '\\' && !escaped;
        before = Some(c);
    }
    None
}

/// The inside of a phrase with `\"` and `\\` read, and tidy spaces.
pub(super) fn unescaped(inside: &str) -> String {
    let mut out = String::with_capacity(inside.len());
    let mut chars = inside.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && (*next == '\\' || is_quote(*next)) => {
                out.push(*next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    tidy(&out)
}

/// The text between quotation marks, so that reading gives it back.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if c == '\\' || is_straight(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
