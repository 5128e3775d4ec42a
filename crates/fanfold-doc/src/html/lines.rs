//! Reads plain lines out of printed HTML, at the speed of a scan: no tree is built.
//!
//! Knows what `print.rs` prints and nothing else.

use crate::document::Mark;

/// See [`Html::lines`](super::Html::lines).
pub(super) fn lines(html: &str) -> Vec<(u32, String)> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut anchor = 0;
    let mut rest = html;
    let mut end = |anchor: u32, line: &mut String| {
        if !line.trim().is_empty() {
            lines.push((anchor, std::mem::take(line)));
        }
        line.clear();
    };
    while let Some((text, after)) = rest.split_once('<') {
        unescape(text, &mut line);
        let Some((tag, after)) = after.split_once('>') else { break };
        rest = after;
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        match name {
            "p" | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                end(anchor, &mut line);
                anchor += 1;
            }
            "br" => line.push(' '),
            "a" if tag.contains("role=\"doc-noteref\"")
                || tag.contains("role=\"doc-backlink\"") =>
            {
                rest = rest.split_once("</a>").map_or("", |skipped| skipped.1);
            }
            "rp" => rest = rest.split_once("</rp>").map_or("", |skipped| skipped.1),
            "rt" => rest = rest.split_once("</rt>").map_or("", |skipped| skipped.1),
            // An opening or closing tag of any block ends the line; "" stands for closing tags.
            "" => {
                let block = tag.get(1..).is_some_and(|name| !is_inline(name));
                if block {
                    end(anchor, &mut line);
                }
            }
            name if !is_inline(name) => end(anchor, &mut line),
            _ => {}
        }
    }
    unescape(rest, &mut line);
    end(anchor, &mut line);
    lines
}

fn is_inline(name: &str) -> bool {
    matches!(name, "a" | "img" | "q" | "ruby" | "span" | "br") || Mark::from_tag(name).is_some()
}

fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let names = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"')];
        let known = names.iter().find(|(name, _)| special.starts_with(name));
        let (c, length) = known.map_or(('&', 1), |(name, c)| (*c, name.len()));
        out.push(c);
        rest = special.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
}
