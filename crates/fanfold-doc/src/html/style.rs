//! Reads the style of an element: its classes and attributes, and the few declarations of inline
//! CSS that word processors use for what has a mark of its own.

use super::page::Element;
use crate::document::*;

/// The style of an element.
pub(super) fn style(element: Element<'_>) -> Style {
    let Some(mut found) = plain_style(element) else { return Style::NONE };
    if let Some(css) = element.attr("style") {
        let align = declaration(css, "text-align").and_then(Align::parse);
        found.align = found.align.or(align);
    }
    found
}

/// Everything but inline CSS; `None` for an element without attributes.
fn plain_style(element: Element<'_>) -> Option<Style> {
    if !element.has_attributes() {
        return None;
    }
    let mut found = Style::NONE;
    for class in element.attr("class").unwrap_or_default().split_ascii_whitespace() {
        if let Some(align) = Align::parse(class).filter(|_| class.starts_with("ff-")) {
            found.align = Some(align);
        } else if let Some(class) = ClassName::parse(class) {
            found.classes.push(class);
        }
    }
    found.align = found.align.or_else(|| element.attr("align").and_then(Align::parse));
    found.dir = element.attr("dir").and_then(|dir| match dir.to_ascii_lowercase().as_str() {
        "ltr" => Some(Direction::Ltr),
        "rtl" => Some(Direction::Rtl),
        "auto" => Some(Direction::Auto),
        _ => None,
    });
    found.lang = element.attr("lang").or(element.attr("xml:lang")).and_then(Lang::parse);
    found.title = element.attr("title").map(str::to_owned);
    Some(found)
}

/// A length, from the attribute or from the `data-` attribute that it is printed as.
pub(super) fn length(element: Element<'_>, name: &str) -> Option<Length> {
    let printed = match name {
        "width" => element.attr("data-width"),
        _ => element.attr("data-height"),
    };
    printed.or(element.attr(name)).and_then(Length::parse)
}

/// The marks that an element stands for: that of its name, of a reserved class, or of its CSS.
pub(super) fn marks(element: Element<'_>) -> Vec<Mark> {
    let classes = element.attr("class").unwrap_or_default();
    if let Some(mark) = classes.split_ascii_whitespace().find_map(Mark::from_class) {
        return vec![mark];
    }
    let mut marks: Vec<Mark> = Mark::from_tag(element.name()).into_iter().collect();
    if let Some(css) = element.attr("style") {
        let is = |name: &str, words: &[&str]| {
            declaration(css, name).is_some_and(|value| words.contains(&value))
        };
        let found = [
            (is("font-style", &["italic", "oblique"]), Mark::Italic),
            (is("font-weight", &["bold", "bolder", "600", "700", "800", "900"]), Mark::Bold),
            (is("text-decoration", &["underline"]), Mark::Underline),
            (is("text-decoration", &["line-through"]), Mark::Strike),
            (is("vertical-align", &["super"]), Mark::Superscript),
            (is("vertical-align", &["sub"]), Mark::Subscript),
        ];
        let new = found.into_iter().filter(|(set, _)| *set).map(|(_, mark)| mark);
        marks.extend(new.filter(|mark| Mark::from_tag(element.name()) != Some(*mark)));
    }
    marks
}

/// The value of a declaration in inline CSS, without `!important`.
fn declaration<'a>(css: &'a str, name: &str) -> Option<&'a str> {
    css.split(';').find_map(|part| {
        let (own, value) = part.split_once(':')?;
        let value = value.split('!').next().unwrap_or_default().trim();
        own.trim().eq_ignore_ascii_case(name).then_some(value)
    })
}
