//! The cover: title and authors, set large on a quiet ground whose colour the title decides.

use std::fmt::Write;

use crate::imported::Metadata;
use crate::write::markup::escaped;

/// Width and height of the cover, pixels: the shape that shops and readers expect.
const WIDTH: u32 = 1_200;
const HEIGHT: u32 = 1_800;

/// Grounds and inks, dark on light and light on dark.
const COLOURS: [(&str, &str, &str); 8] = [
    ("#22313f", "#f3ece0", "#c9a26b"),
    ("#3b2c35", "#f5ebe6", "#d49a89"),
    ("#1f3a34", "#eef2e6", "#a9c29a"),
    ("#f2eadc", "#33291f", "#9b4a35"),
    ("#2d2a45", "#eeeaf6", "#b7a4d6"),
    ("#e8ecec", "#1f2d33", "#3f7a80"),
    ("#4a2626", "#f7ebe0", "#e0b080"),
    ("#e9e4ee", "#2c2438", "#77508c"),
];

/// The cover as SVG.
pub(super) fn svg(meta: &Metadata) -> String {
    let title = meta.title.as_deref().unwrap_or("Untitled");
    let names: Vec<&str> = meta.authors.iter().map(|author| author.name.as_str()).collect();
    let names = names.join(", ");
    let hash = blake3::hash(title.as_bytes());
    let pick = usize::from(hash.as_bytes().first().copied().unwrap_or(0)) % COLOURS.len();
    let (ground, ink, accent) = COLOURS.get(pick).copied().unwrap_or(("#fff", "#000", "#666"));
    // Long titles are set smaller; a line holds about 2 × width / size letters of Latin.
    let (size, per_line, most) = match columns(title) {
        0..=24 => (150, 13, 4),
        25..=60 => (112, 18, 6),
        61..=120 => (84, 24, 7),
        _ => (64, 32, 8),
    };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{ground}\"/>\n\
         <rect x=\"60\" y=\"60\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"{accent}\" \
         stroke-width=\"4\"/>\n<g text-anchor=\"middle\" fill=\"{ink}\" \
         font-family=\"Georgia, serif\">\n",
        WIDTH - 120,
        HEIGHT - 120
    );
    let title = lines(title, per_line, most);
    let height = size * 5 / 4;
    let mut y = 760_usize.saturating_sub(title.len() * height / 2);
    for line in &title {
        y += height;
        text(&mut out, y, size, line);
    }
    y += 110;
    let _ = writeln!(out, "<path d=\"M480 {y}h240\" stroke=\"{accent}\" stroke-width=\"4\"/>");
    y += 40;
    for line in lines(&names, 30, 4) {
        y += 80;
        text(&mut out, y, 62, &line);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn text(out: &mut String, y: usize, size: usize, line: &str) {
    let line = escaped(line);
    let _ = writeln!(out, "<text x=\"600\" y=\"{y}\" font-size=\"{size}\">{line}</text>");
}

/// Breaks a text into lines of at most `per_line` columns; the last of `most` lines ends with dots
/// where the text goes on.
fn lines(text: &str, per_line: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && columns(&line) + 1 + columns(word) > per_line {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        // A word longer than a line, or a script without spaces, is broken anywhere.
        for c in word.chars() {
            if columns(&line) + width(c) > per_line {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
        if lines.len() > most {
            break;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// How many columns a text takes: characters of East Asia take two.
fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

fn width(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x200b..=0x200f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0x1f300..=0x1faff
        | 0x20000..=0x3ffff => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{columns, lines};

    #[test]
    fn every_line_fits() {
        let titles =
            ["", "a", "The Very Long Title of a Very Long Work That Does Not End", "猫猫猫"];
        let long = "x".repeat(10_000);
        for title in titles.into_iter().chain([long.as_str()]) {
            let lines = lines(title, 10, 4);
            assert!(lines.len() <= 4);
            assert!(lines.iter().all(|line| columns(line) <= 11), "{lines:?}");
        }
        assert_eq!(lines("one two three", 7, 4), ["one two", "three"]);
    }
}
