//! Names and titles as one line of print.
//!
//! What a line may say, and how long it may be, is decided by whoever has a use for it.

/// A text on one line: single spaces between its words, and no control characters. That takes NUL
/// out, too, which PostgreSQL does not keep in a text.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    // Words first: a tab or a break that was dropped before would join those beside it.
    for word in text.split_whitespace() {
        let end = line.len();
        if end > 0 {
            line.push(' ');
        }
        let begin = line.len();
        line.extend(word.chars().filter(|c| !c.is_control()));
        if line.len() == begin {
            line.truncate(end);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stay_words() {
        for (text, line) in [
            ("", ""),
            (" \t\r\n", ""),
            ("Ann\tBell", "Ann Bell"),
            (" Ann \n\n Bell\u{85}", "Ann Bell"),
            ("A\0nn\u{7} Be\u{9b}ll", "Ann Bell"),
            ("Ann \0 Bell", "Ann Bell"),
            ("\0 \u{1}", ""),
            ("\0 Ann", "Ann"),
            ("雪\u{3000}の\u{a0}国", "雪 の 国"),
            ("a\u{200d}b", "a\u{200d}b"),
        ] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_line_is_a_line(text in "[ \\t\\n\0\u{7}\u{85}\u{2028}aé]{0,30}") {
            let line = one_line(&text);
            prop_assert!(!line.chars().any(|c| c.is_control() || (c.is_whitespace() && c != ' ')));
            prop_assert!(!line.contains("  ") && line.trim() == line);
            prop_assert_eq!(&one_line(&line), &line);
            let letters = |text: &str| text.matches(['a', 'é']).count();
            prop_assert_eq!(letters(&line), letters(&text));
        }
    }
}
