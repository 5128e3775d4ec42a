//! Addresses that a story may link to: http, https, ftp, mailto, and places in the same text.
//!
//! Owns the check that makes a [`Href`]; nothing else can make one, so `javascript:` and its
//! relatives cannot be written down.

use std::fmt;

use crate::document::Name;

/// The longest address that is kept, bytes, once it is encoded: what is printed can be read again.
const LONGEST: usize = 2_048;

/// An address that is safe to print into a page and valid as a URI (RFC 3986, with the characters
/// of RFC 3987 left as they are).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Href(String);

impl Href {
    /// Checks an address. Spaces round it and line ends inside are dropped as browsers do,
    /// characters that no URI may hold are percent-encoded. `None` for other schemes, relative
    /// addresses, and hosts that cannot be.
    pub fn parse(text: &str) -> Option<Href> {
        let unwanted = |c: char| c.is_control() || ('\u{fff0}'..='\u{ffff}').contains(&c);
        let text: String = text.chars().filter(|c| !unwanted(*c)).collect();
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        if let Some(name) = text.strip_prefix('#') {
            return Name::parse(name).map(|name| Href(format!("#{name}")));
        }
        let (scheme, rest) = text.split_once(':')?;
        let scheme = scheme.to_ascii_lowercase();
        let address = match scheme.as_str() {
            "mailto" => {
                let rest = encode(rest, "/?@");
                (!rest.is_empty()).then(|| format!("mailto:{rest}"))?
            }
            "http" | "https" | "ftp" => {
                let rest = rest.strip_prefix("//")?;
                let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                let (host, path) = rest.split_at_checked(end)?;
                check_host(host)?;
                let (path, fragment) = match path.split_once('#') {
                    Some((path, fragment)) => (path, Some(fragment)),
                    None => (path, None),
                };
                let mut address = format!("{scheme}://{host}{}", encode(path, "/?@"));
                if let Some(fragment) = fragment {
                    address.push('#');
                    address.push_str(&encode(fragment, "/?@"));
                }
                address
            }
            _ => return None,
        };
        (address.len() <= LONGEST).then_some(Href(address))
    }

    /// The checked address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the place in the same text that this leads to, if it does.
    pub fn place(&self) -> Option<&str> {
        self.0.strip_prefix('#')
    }
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A host name or address with an optional port; no user names, which serve only to mislead.
fn check_host(host: &str) -> Option<()> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    let name_good = !name.is_empty() && !name.starts_with('.') && name.chars().all(good);
    let port_good = port.is_none_or(|port| {
        port.len() <= 5 && port.parse::<u16>().is_ok() && port.bytes().all(|b| b.is_ascii_digit())
    });
    (name_good && port_good && host.len() <= 255).then_some(())
}

/// Percent-encodes what may not stand in a URI's path, query or fragment.
fn encode(text: &str, also: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        let hex = |i: usize| bytes.get(at + i).is_some_and(u8::is_ascii_hexdigit);
        let keep = c.is_ascii_alphanumeric()
            || "-._~!$&'()*+,;=:".contains(c)
            || also.contains(c)
            || (c == '%' && hex(1) && hex(2))
            || c.is_alphanumeric();
        if keep {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Href::parse(text).map(|href| href.as_str().to_owned())
    }

    #[test]
    fn keeps_what_leads_somewhere() {
        let same =
            ["https://example.org/works/1?view=full#p2", "mailto:ann@example.org", "#note-1"];
        for text in same {
            assert_eq!(parsed(text).as_deref(), Some(text));
        }
        assert_eq!(parsed(" HTTP://ex.org/a b|c ").as_deref(), Some("http://ex.org/a%20b%7Cc"));
        assert_eq!(parsed("http://ex.org/100%").as_deref(), Some("http://ex.org/100%25"));
    }

    #[test]
    fn refuses_what_runs_or_misleads() {
        let bad = [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//example.org/x",
            "/works/1",
            "works/1",
            "https://",
            "https://good.example@evil.example/",
            "http://ex ample.org/",
            "http://[::1]/",
            "http://ex.org:99999/",
            "#a b",
            "",
        ];
        for text in bad {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_that_grows_too_long_is_refused() {
        let spaces = format!("http://ex.org/{}x", "a ".repeat(900));
        assert!(spaces.len() < LONGEST && parsed(&spaces).is_none());
        assert!(parsed(&format!("http://ex.org/{}", "a".repeat(2_000))).is_some());
    }

    #[test]
    fn parsing_twice_changes_nothing() {
        for text in ["http://ex.org/ä?q=a%2Fb c#d#e", "mailto:a b@c.d", "http://ex.org/\\..\\x"] {
            let once = parsed(text).expect("parses");
            assert_eq!(parsed(&once).as_deref(), Some(once.as_str()));
        }
    }
}
