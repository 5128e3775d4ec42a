//! Double quotes: which open and which close.
//!
//! Owns the one answer for straight ones, whose shape does not tell; the rules and the curling of
//! quotes both ask here.

use std::ops::Range;

/// What stands between double quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Speech {
    /// The quote that opens it.
    pub open: Range<usize>,
    /// The quote that closes it, if one does.
    pub close: Option<Range<usize>>,
    /// Set instead of a speech where a quote closes and none is open; `open` is that quote.
    pub stray: bool,
}

/// Which way a quote looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Open,
    Close,
}

/// Whether a paragraph begins with speech: the speech of the one before may go on here.
pub(crate) fn opens(text: &str) -> bool {
    text.trim_start().starts_with(['"', '“', '„', '«'])
}

/// The double quotes of a text with the way that they look. Inches (`5'10"`) are none.
pub(crate) fn doubles(text: &str) -> Vec<(Range<usize>, Side)> {
    let mut found = Vec::new();
    let mut open = false;
    for (at, _) in text.match_indices(['"', '“', '”', '„', '‟']) {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let rest = text.get(at..).unwrap_or_default();
        let mut chars = rest.chars();
        let sign = chars.next().unwrap_or('"');
        let side = match sign {
            '“' | '„' | '‟' => Side::Open,
            '”' => Side::Close,
            _ if !open && before.is_some_and(|c| c.is_ascii_digit()) => continue,
            _ => straight(before, chars.next(), open),
        };
        open = side == Side::Open;
        found.push((at..at + sign.len_utf8(), side));
    }
    found
}

/// The way that a straight quote looks, from what stands around it.
pub(crate) fn straight(before: Option<char>, after: Option<char>, open: bool) -> Side {
    let toggled = if open { Side::Close } else { Side::Open };
    let apart = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let dash = |c: char| matches!(c, '-' | '–' | '—' | '―');
    match (apart(before), apart(after)) {
        (true, true) => toggled,
        (true, false) => Side::Open,
        (false, true) => Side::Close,
        (false, false) => match before {
            Some('(' | '[' | '{' | '‘' | '¿' | '¡') => Side::Open,
            Some('.' | ',' | '?' | '!' | '…' | ';') => Side::Close,
            Some(c) if dash(c) => toggled,
            _ if after.is_some_and(|c| matches!(c, ',' | '.' | ';' | ':' | '?' | '!' | ')')) => {
                Side::Close
            }
            _ => toggled,
        },
    }
}

/// The speeches of a paragraph, in order.
pub(crate) fn speeches(text: &str) -> Vec<Speech> {
    let mut speeches: Vec<Speech> = Vec::new();
    let mut open = false;
    for (sign, side) in doubles(text) {
        match (side, speeches.last_mut()) {
            (Side::Open, _) => {
                speeches.push(Speech { open: sign, close: None, stray: false });
                open = true;
            }
            (Side::Close, Some(last)) if open => {
                last.close = Some(sign);
                open = false;
            }
            (Side::Close, _) => {
                let close = Some(sign.clone());
                speeches.push(Speech { open: sign, close, stray: true });
            }
        }
    }
    speeches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(text: &str) -> String {
        let letter = |side| if side == Side::Open { 'o' } else { 'c' };
        doubles(text).into_iter().map(|(_, side)| letter(side)).collect()
    }

    #[test]
    fn straight_quotes_are_told_by_what_stands_around() {
        for (text, expected) in [
            (r#""Go," she said. "Now.""#, "ococ"),
            (r#""I was--" "What?""#, "ococ"),
            (r#"said--"Now"--and left"#, "oc"),
            (r#"("Now")"#, "oc"),
            (r#""Go, she said. "Now.""#, "ooc"),
            (r#"a 5'10" man, "tall""#, "oc"),
            (r#""'No,' he said.""#, "oc"),
            (r#""I said 'no'", she said"#, "oc"),
            ("“Go,” she said. “Now.”", "ococ"),
            (r#"" odd ""#, "oc"),
        ] {
            assert_eq!(sides(text), expected, "{text}");
        }
    }
}
