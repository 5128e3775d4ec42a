//! The one model of a story's text: closed enums that have no room for scripts, styles or unknown
//! elements.
//!
//! Owns the types; what is true of a single value (a class name, an address, a length) stands in
//! `checked.rs` and `href.rs`. Parsing and printing live in [`crate::html`]; the normal form in
//! `normal.rs`.

pub use crate::checked::{ClassName, Lang, Length, MediaKind, MediaName, Name};
pub use crate::href::Href;

/// A text: a chapter's body, a summary, a note.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The blocks in reading order.
    pub blocks: Vec<Block>,
}

/// A piece of text that stands on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Style, Vec<Inline>),
    /// A heading inside a text (chapter titles are not part of the text).
    Heading(Level, Style, Vec<Inline>),
    /// A block quotation.
    Quote(Quote),
    /// A bulleted or numbered list.
    List(List),
    /// A list of terms and what they mean.
    Definitions(Style, Vec<Definition>),
    /// Text whose spaces and line ends count.
    Preformatted(Style, Vec<Inline>),
    /// A table.
    Table(Table),
    /// An illustration or the like with an optional caption.
    Figure(Figure),
    /// A part that opens on request.
    Details(Details),
    /// Blocks that share a style; never without one unless it is an address.
    Group(GroupKind, Style, Vec<Block>),
    /// A break between scenes, with the width that its author gave the rule.
    SceneBreak(Style, Option<Length>),
}

/// A piece of text inside a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain characters.
    Text(String),
    /// Marked text, e.g. emphasis.
    Mark(Mark, Style, Vec<Inline>),
    /// Text with a style and no meaning of its own; the style is never empty.
    Styled(Style, Vec<Inline>),
    /// A short quotation with the place it is from.
    Quoted(Style, Option<Href>, Vec<Inline>),
    /// A link, or a place that links can lead to.
    Link(Link),
    /// An image.
    Image(Image),
    /// Text with its reading above it.
    Ruby(Style, Vec<RubyPart>),
    /// A note that is read at the foot of the page or the end of the text.
    Footnote(Vec<Block>),
    /// A line end inside a paragraph.
    LineBreak,
}

/// A block quotation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// Style of the whole.
    pub style: Style,
    /// Where it is from.
    pub cite: Option<Href>,
    /// What is quoted.
    pub blocks: Vec<Block>,
}

/// A bulleted or numbered list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Style of the whole.
    pub style: Style,
    /// What stands before each item.
    pub marker: Marker,
    /// The first number, where it is not 1; bulleted lists have none.
    pub start: Option<i32>,
    /// The items.
    pub items: Vec<Item>,
}

/// An item of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Style of the item.
    pub style: Style,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// What stands before a list's items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Marker {
    /// The usual bullet.
    #[default]
    Bullet,
    /// A filled circle, asked for by name.
    Disc,
    /// An open circle.
    Circle,
    /// A square.
    Square,
    /// Numbers.
    Number,
}

/// A term, or what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definition {
    /// The term.
    Term(Style, Vec<Inline>),
    /// What it means.
    Detail(Style, Vec<Block>),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Style of the whole.
    pub style: Style,
    /// Width, summary and border as its author wrote them.
    pub frame: Frame,
    /// The caption.
    pub caption: Vec<Inline>,
    /// Columns that were given a width or a style.
    pub columns: Vec<Column>,
    /// Rows of the head, body and foot, in that order.
    pub rows: Vec<Row>,
}

/// How a table was framed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Width of the table.
    pub width: Option<Length>,
    /// Width of the border, pixels.
    pub border: Option<u16>,
    /// What the table shows, for readers who cannot see it.
    pub summary: Option<String>,
}

/// One or several columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Style of the column.
    pub style: Style,
    /// Width of the column.
    pub width: Option<Length>,
    /// How many columns this stands for; 1 at least.
    pub span: u16,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The part of the table that the row belongs to.
    pub part: Part,
    /// Style of the row.
    pub style: Style,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// A part of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Rows that head the table.
    Head,
    /// The table's matter.
    #[default]
    Body,
    /// Rows that close it.
    Foot,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Style of the cell.
    pub style: Style,
    /// Whether the cell heads its row or column.
    pub heading: bool,
    /// What it heads.
    pub scope: Option<Scope>,
    /// Columns covered; 1 where 0 or 1 is written.
    pub columns: u16,
    /// Rows covered; 1 where 0 or 1 is written.
    pub rows: u16,
    /// Width of the cell.
    pub width: Option<Length>,
    /// Height of the cell.
    pub height: Option<Length>,
    /// A short form of what the cell says.
    pub abbr: Option<String>,
    /// The cell's category.
    pub axis: Option<String>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// What a heading cell heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Its row.
    Row,
    /// Its column.
    Column,
    /// Its group of rows.
    RowGroup,
    /// Its group of columns.
    ColumnGroup,
}

/// An illustration or the like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// Style of the whole.
    pub style: Style,
    /// What is shown.
    pub blocks: Vec<Block>,
    /// What is said of it.
    pub caption: Vec<Block>,
}

/// A part that opens on request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Style of the whole.
    pub style: Style,
    /// Whether it is open to begin with.
    pub open: bool,
    /// What is seen while it is closed.
    pub summary: Vec<Inline>,
    /// What is hidden.
    pub blocks: Vec<Block>,
}

/// What holds a group of blocks together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A style alone.
    Division,
    /// An address or a letterhead.
    Address,
}

/// A heading's level, 1 to 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    /// A level; anything outside 1 to 6 becomes the nearest of them.
    pub fn new(level: u8) -> Level {
        Level(level.clamp(1, 6))
    }
    /// The number, 1 to 6.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// A link, or a place that links can lead to, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Style of the link.
    pub style: Style,
    /// Where it leads.
    pub href: Option<Href>,
    /// The name of this place.
    pub name: Option<Name>,
    /// What is shown.
    pub content: Vec<Inline>,
}

/// An image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Style of the image.
    pub style: Style,
    /// Where its bytes are.
    pub source: ImageSource,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Width, as its author gave it.
    pub width: Option<Length>,
    /// Height, as its author gave it.
    pub height: Option<Length>,
    /// Width of the border, pixels.
    pub border: Option<u16>,
}

/// Where an image's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImageSource {
    /// In the archive, under the hash of its bytes.
    Kept(MediaName),
    /// On somebody else's server; never fetched by a page of ours.
    Remote(Href),
}

/// A base text and its reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RubyPart {
    /// The text.
    pub base: Vec<Inline>,
    /// Its reading, shown above.
    pub reading: Vec<Inline>,
}

/// What marked text means. A table, so that a writer has few arms: see [`Mark::tag`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // each is the HTML element of its name, listed in `MARKS`
pub enum Mark {
    Strong,
    Bold,
    Emphasis,
    Italic,
    Underline,
    Strike,
    Deleted,
    Inserted,
    Subscript,
    Superscript,
    Small,
    Big,
    Code,
    Teletype,
    Keyboard,
    Sample,
    Variable,
    Cite,
    Definition,
    Abbreviation,
}

/// Every mark with the element that prints it and the class that tells it from the element's own
/// mark (empty where there is none).
const MARKS: [(Mark, &str, &str); 20] = [
    (Mark::Strong, "strong", ""),
    (Mark::Bold, "b", ""),
    (Mark::Emphasis, "em", ""),
    (Mark::Italic, "i", ""),
    (Mark::Underline, "u", ""),
    (Mark::Strike, "s", ""),
    (Mark::Deleted, "del", ""),
    (Mark::Inserted, "ins", ""),
    (Mark::Subscript, "sub", ""),
    (Mark::Superscript, "sup", ""),
    (Mark::Small, "small", ""),
    (Mark::Big, "span", "ff-big"),
    (Mark::Code, "code", ""),
    (Mark::Teletype, "code", "ff-tt"),
    (Mark::Keyboard, "kbd", ""),
    (Mark::Sample, "samp", ""),
    (Mark::Variable, "var", ""),
    (Mark::Cite, "cite", ""),
    (Mark::Definition, "dfn", ""),
    (Mark::Abbreviation, "abbr", ""),
];

impl Mark {
    /// All marks.
    pub fn all() -> impl Iterator<Item = Mark> {
        MARKS.iter().map(|row| row.0)
    }

    /// The element that prints this mark, and the class that it carries (or "").
    pub fn tag(self) -> (&'static str, &'static str) {
        let row = MARKS.iter().find(|row| row.0 == self);
        row.map_or(("span", ""), |row| (row.1, row.2))
    }

    /// The mark of an HTML element, with the obsolete elements that mean the same.
    pub fn from_tag(tag: &str) -> Option<Mark> {
        match tag {
            "strike" => Some(Mark::Strike),
            "tt" => Some(Mark::Teletype),
            "big" => Some(Mark::Big),
            "acronym" => Some(Mark::Abbreviation),
            "span" => None,
            _ => MARKS.iter().find(|row| row.1 == tag && row.2.is_empty()).map(|row| row.0),
        }
    }

    /// The mark that a reserved class stands for.
    pub fn from_class(class: &str) -> Option<Mark> {
        MARKS.iter().find(|row| !row.2.is_empty() && row.2 == class).map(|row| row.0)
    }
}

/// What AO3 lets a writer say about the look of any element: nothing more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Classes, for the archive's and the work's style sheets.
    pub classes: Vec<ClassName>,
    /// Alignment.
    pub align: Option<Align>,
    /// Direction of writing.
    pub dir: Option<Direction>,
    /// Language, as a BCP 47 tag.
    pub lang: Option<Lang>,
    /// What is shown while the pointer rests on it.
    pub title: Option<String>,
}

impl Style {
    /// The style of nothing in particular.
    pub const NONE: Style =
        Style { classes: Vec::new(), align: None, dir: None, lang: None, title: None };

    /// Whether nothing is asked for.
    pub fn is_none(&self) -> bool {
        *self == Style::NONE
    }
}

/// Alignment of text, or of an image in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the words of HTML
pub enum Align {
    Left,
    Right,
    Center,
    Justify,
    Top,
    Middle,
    Bottom,
}

/// Every alignment with the class that prints it.
const ALIGNMENTS: [(Align, &str); 7] = [
    (Align::Left, "ff-left"),
    (Align::Right, "ff-right"),
    (Align::Center, "ff-center"),
    (Align::Justify, "ff-justify"),
    (Align::Top, "ff-top"),
    (Align::Middle, "ff-middle"),
    (Align::Bottom, "ff-bottom"),
];

impl Align {
    /// The class that prints it (the attribute itself is obsolete and not allowed in EPUB 3).
    pub fn class(self) -> &'static str {
        ALIGNMENTS.iter().find(|row| row.0 == self).map_or("ff-left", |row| row.1)
    }
    /// The word that the attribute holds.
    pub fn word(self) -> &'static str {
        self.class().strip_prefix("ff-").unwrap_or_default()
    }
    /// From the reserved class or the word that the attribute holds.
    pub fn parse(word: &str) -> Option<Align> {
        let word = word.trim();
        let is = |class: &str| class.get(3..).is_some_and(|name| name.eq_ignore_ascii_case(word));
        ALIGNMENTS.iter().find(|row| row.1 == word || is(row.1)).map(|row| row.0)
    }
}

/// Direction of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the words of HTML
pub enum Direction {
    Ltr,
    Rtl,
    Auto,
}
