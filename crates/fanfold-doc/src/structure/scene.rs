//! Scene breaks of every habit.
//!
//! Owns what makes a line a break between scenes: rows of signs, "oOo", "[scene break]".

/// Signs that are a break already where one stands alone.
const ALONE: &str = "*~#•·§⁂❖◇◆○●★☆✦✧❦☙❧※◦∞⚜✶✷✸✹✺☾☽♦♢■□▪▫—–―─━═✽✻✼✿❀❁❃❄❅❆♡♥❤⭐🌟⊱⊰⚔";
/// Signs that are a break where three of them stand in a row.
const IN_ROWS: &str = "-_=+^|/\\<>:%@&$¤×¬¦‡†°º";
/// Signs that may stand among them.
const AMONG: &str = ".()[]{}',`;\u{fe0f}";
/// Words that are a break where signs stand round them, or that mean nothing else.
const WORDS: &[&str] = &[
    "scene break",
    "scenebreak",
    "line break",
    "linebreak",
    "page break",
    "pagebreak",
    "section break",
    "break",
    "line",
    "linebreak here",
    "page break here",
    "hr",
    "scene change",
    "scene shift",
    "insert line break here",
    "insert line break",
    "page line",
    "horizontal line",
    "this is a line break",
    "this is a page break",
    "scene",
];
/// The longest line that can be a break, bytes.
const LONGEST: usize = 240;

/// Whether a line is nothing but a break between scenes.
pub fn is_break(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.len() > LONGEST {
        return false;
    }
    // Nearly every line of a story opens with a letter that no break opens with.
    let first = line.chars().next().unwrap_or(' ');
    let may_open = !first.is_alphanumeric() || "oOxX0sSlLpPiItT".contains(first);
    may_open && (is_row(line) || is_letters(line) || is_words(line))
}

/// Rows of signs without a letter.
fn is_row(line: &str) -> bool {
    let (mut alone, mut rows) = (0, 0);
    for c in line.chars().filter(|c| !c.is_whitespace()) {
        if ALONE.contains(c) {
            alone += 1;
        } else if IN_ROWS.contains(c) {
            rows += 1;
        } else if !AMONG.contains(c) {
            return false;
        }
    }
    alone > 0 || rows >= 3 || (rows > 0 && line.chars().count() == 1 && line == "-")
}

/// "oOo", "xXx", "-x-", "x x x": letters that draw a line.
fn is_letters(line: &str) -> bool {
    let mut letters = String::new();
    let mut signs = 0;
    for c in line.chars().filter(|c| !c.is_whitespace()) {
        if matches!(c, 'o' | 'O' | 'x' | 'X' | '0') {
            letters.push(c);
        } else if ALONE.contains(c) || IN_ROWS.contains(c) {
            signs += 1;
        } else if !AMONG.contains(c) {
            return false;
        }
    }
    if letters.is_empty() {
        return false;
    }
    if signs >= 2 {
        return true;
    }
    let lower = letters.to_lowercase().replace('0', "o");
    let of_one = |letter: &str| lower.chars().all(|c| letter.contains(c));
    let one = of_one("o") || of_one("x");
    let both_cases = letters != letters.to_lowercase() && letters != letters.to_uppercase();
    // "Ooo!" is said with surprise, "XOXO" with love.
    let said = letters.starts_with('O') && letters.get(1..) == lower.get(1..);
    let drawn = !one && lower.len() >= 5 && both_cases;
    (one && lower.len() >= 3 && !said) || drawn
}

/// "[scene break]", "-line break-", "Scene Break".
fn is_words(line: &str) -> bool {
    let inner = line.trim_matches(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = inner.split([' ', '-', '_']).filter(|word| !word.is_empty()).collect();
    if words.is_empty() || words.len() > 6 {
        return false;
    }
    let said = words.join(" ").to_lowercase();
    if !WORDS.contains(&said.as_str()) {
        return false;
    }
    let bare = inner.len() == line.len();
    let signs = |c: char| ALONE.contains(c) || IN_ROWS.contains(c) || "[](){}".contains(c);
    let decorated = line.starts_with(signs) && line.ends_with(signs);
    decorated || (bare && said.contains("break") && said != "break")
}

#[cfg(test)]
mod tests {
    use super::is_break;

    #[test]
    fn breaks_of_every_habit() {
        for line in [
            "***",
            "* * *",
            "---",
            "~",
            "~*~",
            "oOo",
            "xXx",
            "###",
            "____",
            "•••",
            "#",
            "-x-",
            "[scene break]",
            "-line break-",
            "Scene Break",
            "~~~ page break ~~~",
            "x x x",
            "XXX",
            "oOoOoOo",
            "o0o",
            "=^..^=^..^=",
            ". . * . .",
            "—",
            "- - -",
            "<><><>",
            "ooo",
            "-LINE-",
            "oXoXoXo",
            "~oOo~",
            "⁂",
            "-----------------------------------------------",
            "-",
            "xoxXoxox",
            "*~*~*~*",
            "(*)",
        ] {
            assert!(is_break(line), "{line}");
        }
    }

    #[test]
    fn words_are_no_breaks() {
        for line in [
            "",
            "...",
            "…",
            "?",
            "!!",
            "Ooo",
            "Oooh",
            "xoxo",
            "XOXO",
            "^^",
            ":)",
            "<3",
            "\"...\"",
            "A line break.",
            "break",
            "line",
            "scene",
            "O",
            "x",
            "\"—\"",
            ". . .",
            "No.",
            "<-",
            "He drew a line.",
            "$5",
            "'",
            "\"",
            "--",
            "xo",
            "Oxo",
        ] {
            assert!(!is_break(line), "{line}");
        }
    }
}
