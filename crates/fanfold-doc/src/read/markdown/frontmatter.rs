//! Front matter: the `key: value` lines that open a Markdown file.
//!
//! Owns a small part of YAML (keys with a value or a list, strings plain or quoted) and JSON, which
//! is what [`crate::write::markdown`] writes. Anything else is kept as plain words.

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `null`, or nothing behind the key.
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The text of a plain value.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(yes) => Some(yes.to_string()),
            _ => None,
        }
    }

    /// The entries of a list; anything else is a list of itself.
    pub(crate) fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            Value::Null => &[],
            other => std::slice::from_ref(other),
        }
    }

    /// An entry of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        let Value::Map(entries) = self else { return None };
        entries.iter().find(|entry| entry.0 == key).map(|entry| &entry.1)
    }
}

/// Front matter and where the text begins behind it.
pub(crate) struct FrontMatter<'a> {
    pub(crate) entries: Vec<(String, Value)>,
    pub(crate) body: &'a str,
    /// How many lines stand before the body.
    pub(crate) lines: u32,
}

/// Splits a file into front matter and text; `None` where it has none.
pub(crate) fn split(text: &str) -> Option<FrontMatter<'_>> {
    let first = text.lines().next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut at = 0;
    let mut count = 0;
    let mut entries: Vec<(String, Value)> = Vec::new();
    for raw in text.split_inclusive('\n') {
        at += raw.len();
        count += 1;
        let line = raw.trim_end();
        if count == 1 {
            continue;
        }
        if line == "---" || line == "..." {
            let body = text.get(at..)?;
            return (!entries.is_empty()).then_some(FrontMatter { entries, body, lines: count });
        }
        if count > 20_000 || !entry(line, &mut entries) {
            return None;
        }
    }
    None
}

/// Reads a line; false where front matter has no such lines.
fn entry(line: &str, entries: &mut Vec<(String, Value)>) -> bool {
    let trimmed = line.trim_start();
    if trimmed.is_empty() || trimmed.starts_with('#') {
        return true;
    }
    let item = trimmed.strip_prefix("- ").or((trimmed == "-").then_some(""));
    if let Some(item) = item {
        let Some((_, value)) = entries.last_mut() else { return false };
        match value {
            Value::List(items) => items.push(scalar(item)),
            Value::Null => *value = Value::List(vec![scalar(item)]),
            _ => return false,
        }
        return true;
    }
    if line.len() > trimmed.len() {
        // A line that goes on: folded into the value before.
        let Some((_, value)) = entries.last_mut() else { return false };
        let words = scalar(trimmed).text().unwrap_or_default();
        let before = value.text().unwrap_or_default();
        let folded = matches!(before.as_str(), "|" | ">" | "|-" | ">-" | "");
        *value = Value::Text(if folded { words } else { format!("{before} {words}") });
        return true;
    }
    let Some((key, value)) = line.split_once(':') else { return false };
    let good = |c: char| c.is_alphanumeric() || " _-'/()".contains(c);
    if key.is_empty() || key.len() > 60 || !key.chars().all(good) {
        return false;
    }
    entries.push((key.trim().to_owned(), scalar(value)));
    true
}

/// A value on one line: JSON where it is, a quoted or plain string else.
fn scalar(text: &str) -> Value {
    let text = text.trim();
    if let Some(value) = json(text) {
        return value;
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Value::Text(inner.replace("''", "'"));
    }
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let items = inner.split(',').map(|item| scalar_word(item.trim()));
        return Value::List(items.filter(|item| *item != Value::Null).collect());
    }
    scalar_word(text)
}

fn scalar_word(text: &str) -> Value {
    match text {
        "" | "~" => Value::Null,
        _ => json(text).unwrap_or_else(|| Value::Text(text.trim_matches('\'').to_owned())),
    }
}

/// A JSON value that is the whole of a text.
pub(crate) fn json(text: &str) -> Option<Value> {
    let mut parser = Json { rest: text.trim(), depth: 0 };
    let value = parser.value()?;
    parser.rest.trim().is_empty().then_some(value)
}

struct Json<'a> {
    rest: &'a str,
    depth: u32,
}

impl Json<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, sign: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > 16 {
            return None;
        }
        let value = self.plain();
        self.depth -= 1;
        value
    }

    fn plain(&mut self) -> Option<Value> {
        self.space();
        if self.rest.starts_with('"') {
            return self.string().map(Value::Text);
        }
        if self.take("[") {
            let mut items = Vec::new();
            if self.take("]") {
                return Some(Value::List(items));
            }
            loop {
                items.push(self.value()?);
                if self.take("]") {
                    return Some(Value::List(items));
                }
                self.take(",").then_some(())?;
            }
        }
        if self.take("{") {
            let mut entries = Vec::new();
            if self.take("}") {
                return Some(Value::Map(entries));
            }
            loop {
                self.space();
                let key = self.string()?;
                self.take(":").then_some(())?;
                entries.push((key, self.value()?));
                if self.take("}") {
                    return Some(Value::Map(entries));
                }
                self.take(",").then_some(())?;
            }
        }
        let end = self.rest.find([',', ']', '}', ' ']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        match word {
            "null" => Some(Value::Null),
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => word.parse().ok().map(Value::Number),
        }
    }

    fn string(&mut self) -> Option<String> {
        let mut out = String::new();
        let inner = self.rest.strip_prefix('"')?;
        let mut chars = inner.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = inner.get(at + 1..)?;
                    return Some(out);
                }
                '\\' => match chars.next()?.1 {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    'r' => out.push('\r'),
                    'b' => out.push('\u{8}'),
                    'f' => out.push('\u{c}'),
                    'u' => {
                        let mut code = 0;
                        for _ in 0..4 {
                            code = code * 16 + chars.next()?.1.to_digit(16)?;
                        }
                        // Halves of a pair are not written by Fanfold; others' become a sign.
                        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    }
                    sign @ ('"' | '\\' | '/') => out.push(sign),
                    _ => return None,
                },
                _ => out.push(c),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_yaml_is_read() {
        let text = "---\ntitle: The Pier\nauthors:\n  - Ann\n  - \"Ben: B\"\ntags: [a, b c]\n\
                    summary: >\n  It rains\n  a lot.\nn: 3\n---\nBody\n";
        let matter = split(text).expect("front matter");
        assert_eq!(matter.body, "Body\n");
        let get = |key: &str| {
            matter.entries.iter().find(|entry| entry.0 == key).map(|entry| entry.1.clone())
        };
        let texts = |items: &[&str]| {
            Value::List(items.iter().map(|item| Value::Text((*item).to_owned())).collect())
        };
        assert_eq!(get("title"), Some(Value::Text("The Pier".to_owned())));
        assert_eq!(get("authors"), Some(texts(&["Ann", "Ben: B"])));
        assert_eq!(get("tags"), Some(texts(&["a", "b c"])));
        assert_eq!(get("summary"), Some(Value::Text("It rains a lot.".to_owned())));
        assert_eq!(get("n"), Some(Value::Number(3)));
    }

    #[test]
    fn a_rule_that_opens_a_story_is_no_front_matter() {
        assert!(split("---\nIt rained.\n---\nMore.").is_none());
        assert!(split("---\n---\nMore.").is_none());
        assert!(split("---\ntitle: x\nno end").is_none());
    }

    #[test]
    fn json_is_read() {
        for (text, wanted) in [
            ("\"a\\\"b\\\\c\\n\\u002d\"", Some(Value::Text("a\"b\\c\n-".to_owned()))),
            ("[1, true]", Some(Value::List(vec![Value::Number(1), Value::Bool(true)]))),
            ("{}", Some(Value::Map(Vec::new()))),
            ("\"open", None),
            ("[1,", None),
            ("\"a\" b", None),
        ] {
            assert_eq!(json(text), wanted, "{text}");
        }
        assert_eq!(json(&"[".repeat(100_000)), None);
    }
}
