//! Makes lists, definitions and tables of parsed trees: what has items, terms or cells.

use super::build::{Build, Flow};
use super::page::Element;
use super::style::{length, style};
use crate::document::*;

impl<'t> Build<'t, '_> {
    pub(super) fn list(&mut self, element: Element<'t>, flow: &Flow) -> Block {
        let marker = match element.attr("data-marker").or(element.attr("type")) {
            _ if element.name() == "ol" => Marker::Number,
            Some(word) if word.eq_ignore_ascii_case("disc") => Marker::Disc,
            Some(word) if word.eq_ignore_ascii_case("circle") => Marker::Circle,
            Some(word) if word.eq_ignore_ascii_case("square") => Marker::Square,
            _ => Marker::Bullet,
        };
        let start = element.attr("start").and_then(|start| start.trim().parse().ok());
        let mut items: Vec<Item> = Vec::new();
        for child in element.children().filter(|child| !self.left_out.contains(&child.id)) {
            if child.name() == "li" {
                items.push(Item { style: style(child), blocks: self.inner(child, flow) });
            } else {
                // A list straight inside a list belongs to the item before it.
                let mut inner = flow.within();
                self.node(child.id, &mut inner);
                match items.last_mut() {
                    Some(item) => item.blocks.extend(inner.end()),
                    None => items.push(Item { style: Style::NONE, blocks: inner.end() }),
                }
            }
        }
        Block::List(List { style: style(element), marker, start, items })
    }

    pub(super) fn definitions(&mut self, element: Element<'t>, flow: &Flow) -> Block {
        let mut entries = Vec::new();
        for child in element.descendants() {
            let list = std::iter::successors(child.parent(), |parent| parent.parent())
                .find(|parent| parent.name() == "dl");
            if list != Some(element) {
                continue;
            }
            match child.name() {
                "dt" => entries.push(Definition::Term(style(child), self.line(child, flow))),
                "dd" => entries.push(Definition::Detail(style(child), self.inner(child, flow))),
                _ => {}
            }
        }
        Block::Definitions(style(element), entries)
    }

    pub(super) fn table(&mut self, element: Element<'t>, flow: &Flow) -> Table {
        let mut table = Table { style: style(element), ..Table::default() };
        let number = |name: &str| element.attr(name).and_then(|text| text.trim().parse().ok());
        table.frame = Frame {
            width: length(element, "width"),
            border: number("data-border").or_else(|| number("border")),
            summary: element.attr("data-summary").or(element.attr("summary")).map(str::to_owned),
        };
        for child in element.children() {
            match child.name() {
                "caption" => table.caption = self.line(child, flow),
                "col" => table.columns.push(column(child)),
                "colgroup" => {
                    let before = table.columns.len();
                    let columns = child.children().filter(|inner| inner.name() == "col");
                    table.columns.extend(columns.map(column));
                    if table.columns.len() == before {
                        table.columns.push(column(child));
                    }
                }
                "thead" => self.rows(child, Part::Head, flow, &mut table.rows),
                "tbody" => self.rows(child, Part::Body, flow, &mut table.rows),
                "tfoot" => self.rows(child, Part::Foot, flow, &mut table.rows),
                _ => {}
            }
        }
        table
    }

    fn rows(&mut self, element: Element<'t>, part: Part, flow: &Flow, rows: &mut Vec<Row>) {
        for row in element.children().filter(|child| child.name() == "tr") {
            let mut cells = Vec::new();
            for child in row.children().filter(|child| matches!(child.name(), "td" | "th")) {
                let span = |name: &str| {
                    child.attr(name).and_then(|text| text.trim().parse().ok()).unwrap_or(1)
                };
                let text = |own: &str, obsolete: &str| {
                    child.attr(own).or(child.attr(obsolete)).map(str::to_owned)
                };
                cells.push(Cell {
                    style: style(child),
                    heading: child.name() == "th",
                    scope: scope(child),
                    columns: span("colspan"),
                    rows: span("rowspan"),
                    width: length(child, "width"),
                    height: length(child, "height"),
                    abbr: text("data-abbr", "abbr"),
                    axis: text("data-axis", "axis"),
                    blocks: self.inner(child, flow),
                });
            }
            rows.push(Row { part, style: style(row), cells });
        }
    }
}

fn column(element: Element<'_>) -> Column {
    let span = element.attr("span").and_then(|span| span.trim().parse().ok()).unwrap_or(1);
    Column { style: style(element), width: length(element, "width"), span }
}

fn scope(element: Element<'_>) -> Option<Scope> {
    match element.attr("scope")? {
        "row" => Some(Scope::Row),
        "col" => Some(Scope::Column),
        "rowgroup" => Some(Scope::RowGroup),
        "colgroup" => Some(Scope::ColumnGroup),
        _ => None,
    }
}
