//! A vocabulary as a table that people can edit with any spreadsheet: CSV by RFC 4180.
//!
//! Owns the format: one line a tag, columns kind, name, canonical, synonym of, metatags, parents.
//! Where a cell holds several names, each stands on a line of its own inside the cell. A cell
//! that a spreadsheet would take for a formula begins with an apostrophe, which is taken away
//! again when it is read. What the lines mean for an archive is decided in the store.

use super::tag::{Kind, checked_name};

/// The columns, in the order in which they are written. Read, they may stand in any order, and
/// all but the first two may be missing: a column that is missing says nothing.
pub const COLUMNS: [&str; 6] = ["kind", "name", "canonical", "synonym of", "metatags", "parents"];

/// The longest cell, bytes.
const CELL_BYTES: usize = 64 << 10;
/// The most mistakes that are told.
const MISTAKES: usize = 100;
/// Signs with which a spreadsheet's formulas begin, those of East Asian fonts included.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// What a line of the table says of a tag. `None` is a column that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line of the file on which it begins, from 1.
    pub number: u64,
    /// The tag's kind.
    pub kind: Kind,
    /// The tag's name.
    pub name: String,
    /// Whether it is canonical.
    pub canonical: Option<bool>,
    /// What it is a synonym of.
    pub synonym_of: Option<Option<String>>,
    /// All of its metatags.
    pub metas: Option<Vec<String>>,
    /// All of its parents, of the kind that stands before the name, if one does.
    pub parents: Option<Vec<(Option<Kind>, String)>>,
}

impl Line {
    /// Whether it says more than that there is such a tag.
    pub fn says_something(&self) -> bool {
        let some = |list: bool| !list;
        self.canonical == Some(true)
            || matches!(self.synonym_of, Some(Some(_)))
            || some(self.metas.as_ref().is_none_or(Vec::is_empty))
            || some(self.parents.as_ref().is_none_or(Vec::is_empty))
    }
}

/// Something that is wrong on a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Mistake {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong and what would be right.
    pub what: String,
}

impl Mistake {
    /// What is wrong on a line.
    pub fn on(line: u64, what: impl Into<String>) -> Mistake {
        Mistake { line, what: what.into() }
    }
}

/// The first line of a file, with the mark that tells spreadsheets its encoding.
pub fn heading() -> String {
    format!("\u{feff}{}\r\n", COLUMNS.join(","))
}

/// A line of a file, with its end.
pub fn printed(line: &Line) -> String {
    let parent = |(kind, name): &(Option<Kind>, String)| match kind {
        Some(kind) => format!("{}:{name}", kind.word()),
        None => name.clone(),
    };
    let parents: Vec<String> = line.parents.iter().flatten().map(parent).collect();
    let cells = [
        line.kind.word(),
        &line.name,
        if line.canonical == Some(true) { "yes" } else { "" },
        line.synonym_of.as_ref().and_then(Option::as_deref).unwrap_or_default(),
        &line.metas.as_deref().unwrap_or_default().join("\n"),
        &parents.join("\n"),
    ];
    format!("{}\r\n", cells.map(cell).join(","))
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

fn cell(text: &str) -> String {
    let guard = if is_formula(text) { "'" } else { "" };
    let plain = guard.is_empty() && !text.contains(['"', ',', ';', '\t', '\n', '\r']);
    if plain { text.to_owned() } else { format!("\"{guard}{}\"", text.replace('"', "\"\"")) }
}

fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

/// Reads a file. The first line names the columns; commas, semicolons or tabs part them.
///
/// # Errors
/// All mistakes of form, up to a hundred.
pub fn parse(bytes: &[u8]) -> Result<Vec<Line>, Vec<Mistake>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
        vec![Mistake::on(line, "this is not UTF-8; save the file as “CSV UTF-8”")]
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let separator = [',', ';', '\t'].into_iter().max_by_key(|c| first.matches(*c).count());
    let mut cells = Cells { text, line: 1, separator: separator.unwrap_or(',') };
    let columns = match cells.row() {
        Some((_, Ok(row))) => columns(&row)?,
        Some((_, Err(mistake))) => return Err(vec![mistake]),
        None => return Err(vec![Mistake::on(1, no_columns())]),
    };
    let (mut lines, mut mistakes) = (Vec::new(), Vec::new());
    while let Some((number, row)) = cells.row() {
        match row.and_then(|row| line(number, &columns, &row)) {
            Ok(line) => lines.extend(line),
            Err(mistake) => mistakes.push(mistake),
        }
        if mistakes.len() >= MISTAKES {
            break;
        }
    }
    if mistakes.is_empty() { Ok(lines) } else { Err(mistakes) }
}

fn no_columns() -> String {
    format!("the first line has to name the columns: {}", COLUMNS.join(", "))
}

/// The place of each of `COLUMNS` in a row.
fn columns(row: &[String]) -> Result<[Option<usize>; 6], Vec<Mistake>> {
    let named = |name: &str| row.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
    let places = COLUMNS.map(named);
    let known = |cell: &&String| COLUMNS.iter().any(|own| cell.trim().eq_ignore_ascii_case(own));
    if let Some(strange) = row.iter().find(|cell| !known(cell)) {
        let what = format!("there is no column “{strange:.40}”; {}", no_columns());
        return Err(vec![Mistake::on(1, what)]);
    }
    if places.iter().take(2).any(Option::is_none) {
        return Err(vec![Mistake::on(1, no_columns())]);
    }
    Ok(places)
}

/// What a row says; nothing if it is empty.
fn line(
    number: u64,
    columns: &[Option<usize>; 6],
    row: &[String],
) -> Result<Option<Line>, Mistake> {
    if row.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(None);
    }
    if row.len() > columns.iter().flatten().count() {
        return Err(Mistake::on(number, "there are more cells than columns"));
    }
    let cell = |column: usize| -> Option<&str> {
        let place = (*columns.get(column)?)?;
        Some(unguarded(row.get(place).map_or("", String::as_str)).trim())
    };
    let name = |text: &str| {
        checked_name(text)
            .map_err(|why| Mistake::on(number, format!("“{text:.40}”: the name {why}")))
    };
    let names = |text: &str| -> Result<Vec<String>, Mistake> {
        text.lines().filter(|line| !line.trim().is_empty()).map(name).collect()
    };
    let kind = cell(0).unwrap_or_default();
    let kind = Kind::parse(kind).ok_or_else(|| {
        let words = Kind::ALL.map(Kind::word).join(", ");
        Mistake::on(number, format!("“{kind:.40}” is no kind of tag; take one of {words}"))
    })?;
    let canonical = match cell(2).map(str::to_ascii_lowercase).as_deref() {
        None => None,
        Some("yes" | "true" | "1" | "x") => Some(true),
        Some("" | "no" | "false" | "0") => Some(false),
        Some(other) => {
            let what = format!("“{other:.40}” under canonical: write yes, or leave it empty");
            return Err(Mistake::on(number, what));
        }
    };
    let synonym_of = match cell(3) {
        None => None,
        Some("") => Some(None),
        Some(text) => Some(Some(name(text)?)),
    };
    if canonical == Some(true) && matches!(synonym_of, Some(Some(_))) {
        return Err(Mistake::on(number, "a synonym is not canonical: one of the two has to go"));
    }
    let parent = |text: String| -> Result<(Option<Kind>, String), Mistake> {
        let parted = text.split_once(':').and_then(|(kind, rest)| Some((Kind::parse(kind)?, rest)));
        match parted {
            Some((kind, rest)) => Ok((Some(kind), name(rest)?)),
            None => Ok((None, text)),
        }
    };
    let parents = cell(5).map(|text| names(text)?.into_iter().map(parent).collect());
    Ok(Some(Line {
        number,
        kind,
        name: name(cell(1).unwrap_or_default())?,
        canonical,
        synonym_of,
        metas: cell(4).map(names).transpose()?,
        parents: parents.transpose()?,
    }))
}

/// Rows of cells, taken off the front of a text.
struct Cells<'t> {
    text: &'t str,
    line: u64,
    separator: char,
}

impl Cells<'_> {
    /// The next row and the line on which it begins. After a mistake of form the rest of its line
    /// is passed over; an open quotation mark takes all that is left.
    fn row(&mut self) -> Option<(u64, Result<Vec<String>, Mistake>)> {
        if self.text.is_empty() {
            return None;
        }
        let begin = self.line;
        let mut row = Vec::new();
        loop {
            match self.cell() {
                Ok((cell, more)) => {
                    row.push(cell);
                    if !more {
                        return Some((begin, Ok(row)));
                    }
                }
                Err(mistake) => {
                    let end = self.text.find('\n').map_or(self.text.len(), |at| at + 1);
                    self.take(end);
                    return Some((begin, Err(mistake)));
                }
            }
        }
    }

    fn take(&mut self, bytes: usize) -> &str {
        let (taken, rest) = self.text.split_at_checked(bytes).unwrap_or((self.text, ""));
        self.text = rest;
        self.line += taken.matches('\n').count() as u64;
        taken
    }

    /// The next cell, and whether the row goes on behind it.
    fn cell(&mut self) -> Result<(String, bool), Mistake> {
        let line = self.line;
        let cell = match self.text.strip_prefix('"') {
            Some(_) => self.quoted()?,
            None => {
                let end = self.text.find([self.separator, '\n', '\r']);
                self.take(end.unwrap_or(self.text.len())).to_owned()
            }
        };
        if cell.len() > CELL_BYTES {
            let what = format!("a cell of {} bytes; the most is {CELL_BYTES}", cell.len());
            return Err(Mistake::on(line, what));
        }
        if self.text.starts_with(self.separator) {
            self.take(self.separator.len_utf8());
            return Ok((cell, true));
        }
        let end = ["\r\n", "\n", "\r"].iter().find(|end| self.text.starts_with(**end));
        match end {
            Some(end) => {
                self.take(end.len());
                Ok((cell, false))
            }
            None if self.text.is_empty() => Ok((cell, false)),
            None => {
                let what = "there is text behind a closing quotation mark; inside a cell, write \
                            two quotation marks for one";
                Err(Mistake::on(self.line, what))
            }
        }
    }

    /// A cell in quotation marks, which it begins with.
    fn quoted(&mut self) -> Result<String, Mistake> {
        let line = self.line;
        let mut cell = String::new();
        self.take(1);
        loop {
            let Some(end) = self.text.find('"') else {
                self.take(self.text.len());
                return Err(Mistake::on(line, "a quotation mark is opened here and never closed"));
            };
            cell.push_str(self.take(end));
            self.take(1);
            if !self.text.starts_with('"') {
                return Ok(cell);
            }
            cell.push('"');
            self.take(1);
        }
    }
}

#[cfg(test)]
#[path = "vocabulary_tests.rs"]
mod tests;
