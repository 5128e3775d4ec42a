//! Markdown into HTML for [`crate::html`] to read: CommonMark with tables, notes and strikes.
//!
//! Owns what each Markdown construct becomes. HTML inside Markdown is passed on as it is; nothing
//! here is ever shown, since only what a document can hold comes out of the HTML reader.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag};

use crate::html::escape;

/// A block at the top of a text: its bytes, and the text that it opens with.
pub(super) struct Top {
    pub(super) range: Range<usize>,
    pub(super) opening: String,
}

/// How much of a block's text tells it from others, bytes.
pub(super) const OPENING: usize = 48;

/// Renders a text; also tells where its top blocks stand.
pub(super) fn html(text: &str) -> (String, Vec<Top>) {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut render = Render { out: String::with_capacity(text.len() * 9 / 8), ..Render::default() };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        render.event(event, range);
    }
    (render.out, render.tops)
}

#[derive(Default)]
struct Render<'a> {
    out: String,
    tops: Vec<Top>,
    depth: usize,
    /// Numbers of notes by their labels.
    notes: HashMap<CowStr<'a>, usize>,
    /// The image whose words are being read, and its nesting.
    image: Option<(String, usize)>,
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// Whether a code block is one that was only indented: prose in most stories.
    indented: bool,
    in_code: bool,
    raw: bool,
}

impl<'a> Render<'a> {
    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        if self.depth == 0 && matches!(event, Event::Start(_) | Event::Rule) {
            self.tops.push(Top { range, opening: String::new() });
        }
        if self.in_image(&event) {
            return;
        }
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                self.start(tag);
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.end(&event);
            }
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.remember(&code);
                self.out.push_str("<code>");
                escape(&code, &mut self.out);
                self.out.push_str("</code>");
            }
            Event::Html(html) | Event::InlineHtml(html) => self.out.push_str(&html),
            Event::FootnoteReference(label) => {
                let number = self.note(label);
                let link = format!("<a href=\"#md-note-{number}\" role=\"doc-noteref\">");
                let _ = write!(self.out, "{link}{number}</a>");
            }
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br/>"),
            Event::Rule => self.out.push_str("<hr/>"),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            Event::TaskListMarker(_) => {}
        }
    }

    /// The words for an image are text without marks.
    fn in_image(&mut self, event: &Event<'a>) -> bool {
        let Some((alt, nested)) = &mut self.image else { return false };
        match event {
            Event::Start(_) => *nested += 1,
            Event::End(_) if *nested > 0 => *nested -= 1,
            Event::End(_) => {
                let alt = std::mem::take(alt);
                self.image = None;
                self.attribute(&alt);
                self.out.push_str("\"/>");
                self.depth = self.depth.saturating_sub(1);
            }
            Event::Text(text) | Event::Code(text) => alt.push_str(text),
            Event::SoftBreak | Event::HardBreak => alt.push(' '),
            _ => {}
        }
        true
    }

    fn note(&mut self, label: CowStr<'a>) -> usize {
        let next = self.notes.len() + 1;
        *self.notes.entry(label).or_insert(next)
    }

    fn remember(&mut self, text: &str) {
        if let Some(top) = self.tops.last_mut().filter(|top| top.opening.len() < OPENING) {
            top.opening.extend(text.chars().take(OPENING));
        }
    }

    fn text(&mut self, text: &str) {
        self.remember(text);
        if self.raw {
            self.out.push_str(text);
        } else if self.in_code && self.indented {
            for line in text.lines() {
                self.out.push_str("<p>");
                escape(line.trim(), &mut self.out);
                self.out.push_str("</p>");
            }
        } else {
            escape(text, &mut self.out);
        }
    }

    fn attribute(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::Paragraph => self.out.push_str("<p>"),
            Tag::Heading { level, .. } => {
                let _ = write!(self.out, "<h{}>", number(level));
            }
            Tag::BlockQuote(_) => self.out.push_str("<blockquote>"),
            Tag::CodeBlock(kind) => {
                self.in_code = true;
                self.indented = matches!(kind, CodeBlockKind::Indented);
                if !self.indented {
                    // The HTML reader drops a line end that stands first.
                    self.out.push_str("<pre>\n");
                }
            }
            Tag::HtmlBlock => self.raw = true,
            Tag::List(Some(start)) => {
                let _ = write!(self.out, "<ol start=\"{start}\">");
            }
            Tag::List(None) => self.out.push_str("<ul>"),
            Tag::Item => self.out.push_str("<li>"),
            Tag::FootnoteDefinition(label) => {
                let number = self.note(label);
                let _ = write!(self.out, "<aside id=\"md-note-{number}\" role=\"doc-footnote\">");
            }
            Tag::Table(columns) => {
                self.columns = columns;
                self.out.push_str("<table>");
            }
            Tag::TableHead => {
                self.column = 0;
                self.in_head = true;
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => {
                let name = if self.in_head { "th" } else { "td" };
                let align = match self.columns.get(self.column) {
                    Some(Alignment::Left) => " align=\"left\"",
                    Some(Alignment::Center) => " align=\"center\"",
                    Some(Alignment::Right) => " align=\"right\"",
                    _ => "",
                };
                self.column += 1;
                let _ = write!(self.out, "<{name}{align}>");
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<s>"),
            Tag::Superscript => self.out.push_str("<sup>"),
            Tag::Subscript => self.out.push_str("<sub>"),
            Tag::Link { dest_url, title, .. } => {
                self.out.push_str("<a href=\"");
                self.attribute(&dest_url);
                self.titled(&title);
                self.out.push_str("\">");
            }
            Tag::Image { dest_url, title, .. } => {
                self.out.push_str("<img src=\"");
                self.attribute(&dest_url);
                self.titled(&title);
                self.out.push_str("\" alt=\"");
                self.image = Some((String::new(), 0));
            }
            _ => {}
        }
    }

    fn titled(&mut self, title: &str) {
        if !title.is_empty() {
            self.out.push_str("\" title=\"");
            self.attribute(title);
        }
    }

    fn end(&mut self, event: &Event<'_>) {
        use pulldown_cmark::TagEnd;
        let Event::End(tag) = event else { return };
        match tag {
            TagEnd::Paragraph => self.out.push_str("</p>\n"),
            TagEnd::Heading(level) => {
                let _ = writeln!(self.out, "</h{}>", number(*level));
            }
            TagEnd::BlockQuote(_) => self.out.push_str("</blockquote>\n"),
            TagEnd::CodeBlock => {
                if !self.indented {
                    let kept = self.out.trim_end_matches('\n').len();
                    self.out.truncate(kept);
                    self.out.push_str("</pre>\n");
                }
                self.in_code = false;
            }
            TagEnd::HtmlBlock => self.raw = false,
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>"),
            TagEnd::FootnoteDefinition => self.out.push_str("</aside>\n"),
            TagEnd::Table => self.out.push_str("</tbody></table>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.push_str("</tr></thead><tbody>");
            }
            TagEnd::TableRow => self.out.push_str("</tr>"),
            TagEnd::TableCell => self.out.push_str(if self.in_head { "</th>" } else { "</td>" }),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</s>"),
            TagEnd::Superscript => self.out.push_str("</sup>"),
            TagEnd::Subscript => self.out.push_str("</sub>"),
            TagEnd::Link => self.out.push_str("</a>"),
            _ => {}
        }
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
