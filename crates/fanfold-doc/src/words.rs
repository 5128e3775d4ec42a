//! How many words a text has, by AO3's rule.
//!
//! The rule: two hyphens are a dash; apostrophes and hyphens join; what then remains of letters,
//! digits and underscores in one run is a word; in Chinese, Japanese and Thai every character
//! counts. Each run of text between elements is counted for itself.

/// Counts the words of one run of text.
pub fn count(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut words = 0;
    let mut inside = false;
    let mut at = 0;
    // Nearly all text is ASCII and is told by its bytes; anything else is looked at as characters.
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => {
                words += u64::from(!inside);
                inside = true;
            }
            b'-' if bytes.get(at) == Some(&b'-') => {
                at += 1;
                inside = false;
            }
            // Left out, so that what stands on both sides is one word.
            b'-' | b'\'' => {}
            0..=0x7f => inside = false,
            _ => {
                let Some(c) = text.get(at - 1..).and_then(|rest| rest.chars().next()) else {
                    break;
                };
                at += c.len_utf8() - 1;
                if counts_alone(c) {
                    words += 1;
                    inside = false;
                } else if is_word(c) {
                    words += u64::from(!inside);
                    inside = true;
                } else {
                    inside &= matches!(c, '’' | '‘');
                }
            }
        }
    }
    words
}

/// Letters and digits beyond ASCII and the marks that go onto letters.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}'..='\u{200d}')
}

/// Characters of scripts that are written without spaces.
fn counts_alone(c: char) -> bool {
    matches!(c,
        '\u{0e01}'..='\u{0e3a}' | '\u{0e40}'..='\u{0e4e}'      // Thai
        | '\u{3005}' | '\u{3007}' | '\u{3021}'..='\u{3029}'     // iteration mark, Han numerals
        | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}'     // Hiragana
        | '\u{30a1}'..='\u{30fa}' | '\u{30fd}'..='\u{30ff}'     // Katakana
        | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}'
        | '\u{2e80}'..='\u{2fd5}' | '\u{3400}'..='\u{4dbf}'     // Han
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_as_the_archive_does() {
        let cases = [
            ("", 0),
            ("One two  three.", 3),
            ("don't well-known o’clock", 3),
            ("well--known", 2),
            ("a - b", 2),
            ("3.14 snake_case", 3),
            ("…—!", 0),
            ("你好,世界", 4),
            ("ねこ cat", 3),
            ("naïve Å", 2),
        ];
        for (text, words) in cases {
            assert_eq!(count(text), words, "{text}");
        }
    }
}
