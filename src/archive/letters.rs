//! Letters without case and accents, for keys by which names are sorted and found again.
//!
//! Owns the table; what becomes of signs and spaces is decided by who makes the key.

/// Letters with accents and ligatures, lower case, with what they are sorted as.
const PLAIN: &[(&str, &str)] = &[
    ("àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "a"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęěẹẻẽếềểễệ", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįıǐỉị", "i"),
    ("ĵ", "j"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŉ", "n"),
    ("òóôõöøōŏőǒọỏốồổỗộơớờởỡợ", "o"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ţťŧț", "t"),
    ("ùúûüũūŭůűųǔụủưứừửữự", "u"),
    ("ŵ", "w"),
    ("ýÿŷỳỵỷỹ", "y"),
    ("źżž", "z"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("ß", "ss"),
    ("þ", "th"),
    ("ё", "е"),
    ("ά", "α"),
    ("έ", "ε"),
    ("ή", "η"),
    ("ίϊΐ", "ι"),
    ("ό", "ο"),
    ("ύϋΰ", "υ"),
    ("ώ", "ω"),
    ("ς", "σ"),
];

/// What a lower-case letter with an accent, or a ligature, is sorted as. `None` for all others.
pub fn plain(c: char) -> Option<&'static str> {
    // Nothing of the table stands elsewhere, and most names are ASCII or of another script.
    let here = ('\u{df}'..'\u{452}').contains(&c) || ('\u{1e00}'..'\u{1f00}').contains(&c);
    PLAIN.iter().find(|row| here && row.0.contains(c)).map(|row| row.1)
}

/// Whether it is an accent that stands apart from its letter.
pub fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Whether it is a quote as people type it inside words.
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_the_table_is_found_and_folded_once() {
        for (letters, to) in PLAIN {
            for letter in letters.chars() {
                assert_eq!(plain(letter), Some(*to), "{letter}");
            }
            assert!(to.chars().all(|c| plain(c).is_none()), "{to}");
        }
        assert_eq!(plain('a'), None);
        assert_eq!(plain('漢'), None);
    }
}
