//! Labels of header lines: "Rating: T", "A/N:", "Disclaimer - ".
//!
//! Owns the table of labels and how one is recognised at the start of a line. What a value means
//! is [`super::fields`]'.

/// What a header line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Title,
    Author,
    Summary,
    Note,
    EndNote,
    Disclaimer,
    Warning,
    Rating,
    Fandom,
    Relationship,
    Character,
    Freeform,
    Category,
    Status,
    Language,
    Series,
    Published,
    Updated,
    Chapters,
    /// Anything else that is known to head a line, kept with its label.
    Other,
}

impl Field {
    /// Whether the value is text of its own, of one or more paragraphs.
    pub(super) fn is_long(self) -> bool {
        matches!(self, Field::Summary | Field::Note | Field::EndNote | Field::Disclaimer)
    }

    /// Whether the label stands at a chapter's start or end too.
    pub(super) fn is_of_chapter(self) -> bool {
        self.is_long() || self == Field::Warning
    }
}

/// A label at the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label<'a> {
    pub(super) field: Field,
    /// The label as it was written, without decoration.
    pub(super) name: &'a str,
    /// Whether it heads hardly anything but header lines; "Note:" or "For:" may open prose too.
    pub(super) sure: bool,
    /// How many characters of the line come before the value.
    pub(super) skip: usize,
    /// The value.
    pub(super) value: &'a str,
    /// Whether the line opened with a bracket, which then closes behind the value.
    pub(super) bracket: bool,
}

/// Every label in lower case without "(s)", with what it tells and whether it is sure.
const LABELS: &[(&str, Field, bool)] = &[
    ("title", Field::Title, true),
    ("story title", Field::Title, true),
    ("fic title", Field::Title, true),
    ("story", Field::Title, false),
    ("author", Field::Author, true),
    ("authors", Field::Author, true),
    ("by", Field::Author, false),
    ("written by", Field::Author, true),
    ("writer", Field::Author, true),
    ("pen name", Field::Author, true),
    ("penname", Field::Author, true),
    ("summary", Field::Summary, true),
    ("description", Field::Summary, false),
    ("synopsis", Field::Summary, true),
    ("an", Field::Note, true),
    ("a/n", Field::Note, true),
    ("a.n", Field::Note, true),
    ("a.n.", Field::Note, true),
    ("a\\n", Field::Note, true),
    ("a:n", Field::Note, true),
    ("author note", Field::Note, true),
    ("author notes", Field::Note, true),
    ("author's note", Field::Note, true),
    ("author's notes", Field::Note, true),
    ("authors note", Field::Note, true),
    ("authors notes", Field::Note, true),
    ("authors' note", Field::Note, true),
    ("authors' notes", Field::Note, true),
    ("authoress's note", Field::Note, true),
    ("writer's note", Field::Note, true),
    ("note", Field::Note, false),
    ("notes", Field::Note, false),
    ("story notes", Field::Note, true),
    ("chapter notes", Field::Note, true),
    ("beginning notes", Field::Note, true),
    ("n/a", Field::Note, false),
    ("end note", Field::EndNote, true),
    ("end notes", Field::EndNote, true),
    ("endnote", Field::EndNote, true),
    ("endnotes", Field::EndNote, true),
    ("ending notes", Field::EndNote, true),
    ("closing notes", Field::EndNote, true),
    ("disclaimer", Field::Disclaimer, true),
    ("disclaimers", Field::Disclaimer, true),
    ("warning", Field::Warning, false),
    ("warnings", Field::Warning, true),
    ("content warning", Field::Warning, true),
    ("content warnings", Field::Warning, true),
    ("trigger warning", Field::Warning, true),
    ("trigger warnings", Field::Warning, true),
    ("archive warning", Field::Warning, true),
    ("archive warnings", Field::Warning, true),
    ("tw", Field::Warning, false),
    ("cw", Field::Warning, false),
    ("rating", Field::Rating, true),
    ("ratings", Field::Rating, true),
    ("rated", Field::Rating, true),
    ("fandom", Field::Fandom, true),
    ("fandoms", Field::Fandom, true),
    ("pairing", Field::Relationship, true),
    ("pairings", Field::Relationship, true),
    ("main pairing", Field::Relationship, true),
    ("ship", Field::Relationship, false),
    ("ships", Field::Relationship, false),
    ("relationship", Field::Relationship, true),
    ("relationships", Field::Relationship, true),
    ("couple", Field::Relationship, false),
    ("character", Field::Character, true),
    ("characters", Field::Character, true),
    ("main characters", Field::Character, true),
    ("genre", Field::Freeform, true),
    ("genres", Field::Freeform, true),
    ("tags", Field::Freeform, false),
    ("additional tags", Field::Freeform, true),
    ("freeforms", Field::Freeform, true),
    ("keywords", Field::Freeform, false),
    ("category", Field::Category, true),
    ("categories", Field::Category, true),
    ("status", Field::Status, true),
    ("complete", Field::Status, false),
    ("completed", Field::Status, false),
    ("language", Field::Language, false),
    ("series", Field::Series, true),
    ("date", Field::Published, false),
    ("published", Field::Published, false),
    ("posted", Field::Published, false),
    ("date written", Field::Published, false),
    ("updated", Field::Updated, false),
    ("chapters", Field::Chapters, false),
    ("beta", Field::Other, true),
    ("betas", Field::Other, true),
    ("beta'd by", Field::Other, true),
    ("betaed by", Field::Other, true),
    ("beta'ed by", Field::Other, true),
    ("beta reader", Field::Other, true),
    ("beta readers", Field::Other, true),
    ("spoilers", Field::Other, true),
    ("spoiler", Field::Other, true),
    ("dedication", Field::Other, true),
    ("dedicated to", Field::Other, true),
    ("for", Field::Other, false),
    ("feedback", Field::Other, true),
    ("archive", Field::Other, false),
    ("archiving", Field::Other, false),
    ("distribution", Field::Other, false),
    ("word count", Field::Other, true),
    ("words", Field::Other, false),
    ("wordcount", Field::Other, true),
    ("length", Field::Other, false),
    ("timeline", Field::Other, true),
    ("time frame", Field::Other, false),
    ("setting", Field::Other, false),
    ("prompt", Field::Other, true),
    ("prompts", Field::Other, true),
    ("challenge", Field::Other, false),
    ("written for", Field::Other, true),
    ("inspired by", Field::Other, false),
    ("inspiration", Field::Other, false),
    ("e-mail", Field::Other, false),
    ("email", Field::Other, false),
    ("website", Field::Other, false),
    ("thanks", Field::Other, false),
    ("thanks to", Field::Other, false),
    ("credits", Field::Other, false),
    ("type", Field::Other, false),
    ("universe", Field::Other, false),
    ("continuity", Field::Other, false),
    ("sequel to", Field::Other, true),
    ("sequel", Field::Other, false),
    ("song", Field::Other, false),
    ("soundtrack", Field::Other, false),
    ("translator", Field::Other, false),
    ("translation", Field::Other, false),
];

/// The longest label with its decoration, characters.
const LONGEST: usize = 40;

/// The label that a line opens with.
pub(super) fn parse(line: &str) -> Option<Label<'_>> {
    let decoration = |c: char| "*_[(~#=+•>{<-".contains(c) || c.is_whitespace();
    let start = line.find(|c: char| !decoration(c))?;
    let (before, from) = line.split_at_checked(start)?;
    // A label begins with a letter; most lines of a story end here or at the next test.
    let first = from.chars().next().filter(char::is_ascii_alphabetic)?;
    let bracket = before.contains(['[', '(', '{']);
    let colon = from.char_indices().take(LONGEST).find(|(at, c)| {
        matches!(c, ':' | '：') && !from.get(..*at).is_some_and(|name| matches!(name, "a" | "A"))
    });
    let colon = colon.map(|(at, c)| (at, at + c.len_utf8()));
    let found = colon
        .and_then(|(end, next)| Some((from.get(..end)?, look_up(from.get(..end)?)?, next)))
        .or_else(|| dashed(from))
        .or_else(|| alone(from, bracket || before.contains(['*', '_', '#', '='])))
        .or_else(|| bare_note(from, first));
    let (name, (field, sure), end) = found?;
    let rest = from.get(end..)?;
    // "**Title:** value" leaves its closing stars before the value.
    let closing = |c: char| c.is_whitespace() || "*_".contains(c);
    let value = rest.trim_start_matches(closing);
    let skip = line.chars().count() - value.chars().count();
    let value = if bracket { value.trim_end_matches([']', ')', '}']) } else { value };
    let name = name.trim_end_matches(|c: char| c.is_whitespace() || "*_".contains(c));
    Some(Label { field, name, sure, skip, value: value.trim(), bracket })
}

/// "Disclaimer - I own nothing": a dash with a space after it, behind a sure label.
fn dashed(from: &str) -> Option<(&str, (Field, bool), usize)> {
    let (at, dash) = from
        .char_indices()
        .take(LONGEST)
        .find(|(_, c)| matches!(c, '-' | '–' | '—' | '~' | '='))?;
    let end = at + dash.len_utf8();
    let spaced = from.get(end..)?.starts_with(' ');
    let name = from.get(..at)?;
    let (field, sure) = look_up(name)?;
    (sure && spaced).then_some((name, (field, sure), end))
}

/// "Author's Note" on a line of its own.
fn alone(from: &str, decorated: bool) -> Option<(&str, (Field, bool), usize)> {
    if from.len() > LONGEST {
        return None;
    }
    let name = from.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')');
    let name = name.trim_end_matches([')', ']']);
    let (field, sure) = look_up(name)?;
    let fits = field.is_long() && (sure || decorated);
    let upper = name.chars().next().is_some_and(char::is_uppercase);
    // "An" alone is a word.
    let short = name.len() == 2 && name != "AN";
    (fits && upper && !short).then_some((name, (field, sure), from.len()))
}

/// "A/N Thanks for reading": no mark at all, but nothing else looks like it.
fn bare_note(from: &str, first: char) -> Option<(&str, (Field, bool), usize)> {
    let name = from.get(..3).filter(|name| name.eq_ignore_ascii_case("a/n"))?;
    let spaced = from.get(3..)?.starts_with([' ', ',', '.', ';', '*', '_']);
    let upper = first == 'A';
    (spaced && upper).then_some((name, (Field::Note, true), 4))
}

fn look_up(name: &str) -> Option<(Field, bool)> {
    let name = name.trim_matches(|c: char| c.is_whitespace() || "*_".contains(c));
    let plain = name.len() <= LONGEST && name.len() >= 2;
    let upper = |c: char| c.is_uppercase();
    if !plain || !name.chars().any(char::is_alphabetic) {
        return None;
    }
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '’' | '‘' | '`' | '´' => key.push('\''),
            _ => key.extend(c.to_lowercase()),
        }
    }
    let key = match key.strip_suffix("(s)") {
        Some(stem) => format!("{stem}s"),
        None => key.replace("(s)", "s"),
    };
    let words: Vec<&str> = key.split_whitespace().collect();
    let key = words.join(" ");
    let row = LABELS.iter().find(|row| row.0 == key).or_else(|| {
        let stem = key.strip_suffix("/s").or(key.strip_suffix("'s"))?;
        LABELS.iter().find(|row| row.0 == stem)
    })?;
    // "for: " or "note: " in small letters is prose.
    let sure = row.2;
    (sure || name.chars().next().is_some_and(upper)).then_some((row.1, sure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_every_habit() {
        let cases = [
            ("Title: The Pier", Field::Title, "The Pier"),
            ("TITLE : The Pier", Field::Title, "The Pier"),
            ("**Title:** The Pier", Field::Title, "The Pier"),
            ("**Title**: The Pier", Field::Title, "The Pier"),
            ("A/N: hi", Field::Note, "hi"),
            ("AN: hi", Field::Note, "hi"),
            ("a/n: hi", Field::Note, "hi"),
            ("A:N: hi", Field::Note, "hi"),
            ("A/N Hi there", Field::Note, "Hi there"),
            ("[A/N: hi]", Field::Note, "hi"),
            ("(Author’s Notes: hi)", Field::Note, "hi"),
            ("Author's Note", Field::Note, ""),
            ("*Author's Note*", Field::Note, ""),
            ("Disclaimer - nope", Field::Disclaimer, "nope"),
            ("Pairing(s): A/B", Field::Relationship, "A/B"),
            ("Pairing/s: A/B", Field::Relationship, "A/B"),
            ("Beta'd by: Ann", Field::Other, "Ann"),
            ("Warning(s): none", Field::Warning, "none"),
            ("RATED: M", Field::Rating, "M"),
        ];
        for (line, field, value) in cases {
            let label = parse(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((label.field, label.value), (field, value), "{line}");
            let skipped: String = line.chars().skip(label.skip).collect();
            assert!(skipped.starts_with(value), "{line}: {skipped}");
        }
    }

    #[test]
    fn prose_has_no_labels() {
        for line in [
            "An apple fell.",
            "An",
            "He had one rule: never look back.",
            "notes: he took them everywhere",
            "Summary judgement was passed.",
            "\"Title: Captain,\" she read.",
            "Characters like his are rare - most drown.",
            "Time: 10:15",
            "",
            "::",
            "(",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
