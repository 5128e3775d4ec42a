//! What an e-book says about itself: container, package, contents, encryption.
//!
//! Owns the reading of `META-INF/` and of the OPF of EPUB 2 and 3 (W3C EPUB 3.3, IDPF OPF 2.0.1);
//! knows nothing of the texts.

use super::xml::{self, Node};
use crate::imported::TagKind;
use crate::limits::Limits;
use crate::read::media::percent_decode;

/// The package of an e-book.
#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) titles: Vec<String>,
    pub(crate) creators: Vec<Creator>,
    pub(crate) language: Option<String>,
    /// HTML, where the book has it escaped.
    pub(crate) description: Option<String>,
    pub(crate) subjects: Vec<Subject>,
    /// Dates with the event of EPUB 2 ("" where none is told).
    pub(crate) dates: Vec<(String, String)>,
    /// Identifiers and sources: what may be an address comes first.
    pub(crate) addresses: Vec<String>,
    /// Series with the place in each.
    pub(crate) series: Vec<(String, Option<String>)>,
    pub(crate) manifest: Vec<Item>,
    /// Places in the manifest, and whether the text is part of the reading order.
    pub(crate) spine: Vec<(usize, bool)>,
    /// Types and paths of EPUB 2's guide.
    pub(crate) guide: Vec<(String, String)>,
    /// The path of the EPUB 2 contents.
    pub(crate) ncx: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Creator {
    pub(crate) name: String,
    /// The role by MARC, "" where none is told.
    pub(crate) role: String,
}

#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) name: String,
    /// The kind, in books that Fanfold made.
    pub(crate) kind: Option<TagKind>,
}

#[derive(Debug)]
pub(crate) struct Item {
    id: String,
    /// The path from the root of the zip.
    pub(crate) path: String,
    pub(crate) media_type: String,
    pub(crate) properties: String,
}

impl Item {
    /// Whether it is a picture that texts may show; a cover that is drawn is none.
    pub(crate) fn is_picture(&self) -> bool {
        self.media_type.starts_with("image/") && self.media_type != "image/svg+xml"
    }
}

/// The path of the package, from `META-INF/container.xml`.
pub(super) fn path_in(container: &str, limits: &Limits) -> Option<String> {
    let root = xml::parse(container, limits);
    let path = root.find("rootfile")?.attr("full-path")?;
    Some(path.trim().trim_start_matches('/').to_owned())
}

/// Whether `META-INF/encryption.xml` locks more than fonts.
pub(super) fn locks(encryption: &str, limits: &Limits) -> bool {
    fn any(node: &Node) -> bool {
        let fonts = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];
        let locked = node.name == "EncryptedData" && {
            let method = node.find("EncryptionMethod").and_then(|method| method.attr("Algorithm"));
            !method.is_some_and(|method| fonts.contains(&method))
        };
        locked || node.children.iter().any(any)
    }
    any(&xml::parse(encryption, limits))
}

impl Package {
    /// Reads the package that stands at `path`.
    pub(super) fn parse(text: &str, path: &str, limits: &Limits) -> Package {
        let root = xml::parse(text, limits);
        let mut package = Package::default();
        if let Some(metadata) = root.find("metadata") {
            // EPUB 2 allows a level more: `dc-metadata` and `x-metadata`.
            let inner = metadata.children.iter().filter(|node| node.name.ends_with("-metadata"));
            let all: Vec<&Node> =
                metadata.children.iter().chain(inner.flat_map(|node| &node.children)).collect();
            package.metadata(&all);
        }
        if let Some(manifest) = root.find("manifest") {
            for node in manifest.all("item").take(limits.zip_entries) {
                let text = |name| node.attr(name).unwrap_or_default().to_owned();
                package.manifest.push(Item {
                    id: text("id"),
                    path: resolve(path, &text("href")),
                    media_type: text("media-type"),
                    properties: text("properties"),
                });
            }
        }
        if let Some(spine) = root.find("spine") {
            package.spine(spine, limits);
        }
        if let Some(guide) = root.find("guide") {
            for node in guide.all("reference") {
                let kind = node.attr("type").unwrap_or_default().to_ascii_lowercase();
                let target = resolve(path, node.attr("href").unwrap_or_default());
                package.guide.push((kind, target));
            }
        }
        package
    }

    fn spine(&mut self, spine: &Node, limits: &Limits) {
        let places = self.manifest.iter().enumerate();
        let by_id: std::collections::HashMap<&str, usize> =
            places.rev().map(|(at, item)| (item.id.as_str(), at)).collect();
        let ncx = spine.attr("toc").and_then(|id| by_id.get(id));
        let by_type = || {
            let ncx = "application/x-dtbncx+xml";
            self.manifest.iter().find(|item| item.media_type == ncx)
        };
        let ncx = ncx.and_then(|at| self.manifest.get(*at)).or_else(by_type);
        let ncx = ncx.map(|item| item.path.clone());
        let mut seen = std::collections::HashSet::new();
        let mut order = Vec::new();
        for node in spine.all("itemref").take(limits.zip_entries) {
            let place = node.attr("idref").and_then(|id| by_id.get(id)).copied();
            // A text that stands in the order twice is read once.
            if let Some(at) = place.filter(|at| seen.insert(*at)) {
                order.push((at, node.attr("linear") != Some("no")));
            }
        }
        self.spine = order;
        self.ncx = ncx;
    }

    fn metadata(&mut self, nodes: &[&Node]) {
        let refines = |node: &Node, property: &str| {
            let id = node.attr("id")?;
            let of = |meta: &&&Node| {
                meta.name == "meta"
                    && meta.attr("property") == Some(property)
                    && meta.attr("refines").and_then(|to| to.strip_prefix('#')) == Some(id)
            };
            nodes.iter().find(of).map(|meta| meta.text())
        };
        let mut sources = Vec::new();
        for node in nodes {
            let text = node.text();
            if text.is_empty() && node.name != "meta" {
                continue;
            }
            match node.name.as_str() {
                "title" => self.titles.push(text),
                "creator" => {
                    let own = node.attr("role").map(str::to_owned);
                    let role = own.or_else(|| refines(node, "role")).unwrap_or_default();
                    self.creators.push(Creator { name: text, role });
                }
                "language" => self.language = self.language.take().or(Some(text)),
                "description" => self.description = self.description.take().or(Some(text)),
                "subject" => {
                    let kind = refines(node, "fanfold:kind");
                    let kind = kind.as_deref().and_then(TagKind::parse);
                    self.subjects.push(Subject { name: text, kind });
                }
                "date" => {
                    let event = node.attr("event").unwrap_or_default().to_ascii_lowercase();
                    self.dates.push((event, text));
                }
                "source" => sources.push(text),
                "identifier" => self.addresses.push(text),
                "meta" => self.meta(node, &refines),
                _ => {}
            }
        }
        sources.append(&mut self.addresses);
        self.addresses = sources;
    }

    fn meta(&mut self, node: &Node, refines: &dyn Fn(&Node, &str) -> Option<String>) {
        match (node.attr("name"), node.attr("property")) {
            (Some("calibre:series"), _) => {
                self.series.push((node.attr("content").unwrap_or_default().to_owned(), None));
            }
            (Some("calibre:series_index"), _) => {
                if let Some(last) = self.series.last_mut() {
                    last.1 = node.attr("content").map(str::to_owned);
                }
            }
            (None, Some("belongs-to-collection"))
                if refines(node, "collection-type").is_none_or(|kind| kind == "series") =>
            {
                self.series.push((node.text(), refines(node, "group-position")));
            }
            _ => {}
        }
    }

    /// The path of the EPUB 3 contents.
    pub(super) fn nav(&self) -> Option<&str> {
        let nav = |item: &&Item| item.properties.split_ascii_whitespace().any(|own| own == "nav");
        self.manifest.iter().find(nav).map(|item| item.path.as_str())
    }
}

/// An entry of the contents: the path with its place (`#…`), and its words.
pub(super) type Entry = (String, String);

/// The entries of an EPUB 2 contents, at every level.
pub(super) fn ncx_entries(text: &str, path: &str, limits: &Limits) -> Vec<Entry> {
    fn collect(node: &Node, path: &str, out: &mut Vec<Entry>) {
        for point in &node.children {
            if point.name == "navPoint" {
                let label = point.all("navLabel").next().map(Node::text).unwrap_or_default();
                let target = point.all("content").next().and_then(|content| content.attr("src"));
                if let Some(target) = target {
                    out.push((resolve(path, target), label));
                }
            }
            if matches!(point.name.as_str(), "navPoint" | "navMap" | "ncx") {
                collect(point, path, out);
            }
        }
    }
    let mut entries = Vec::new();
    collect(&xml::parse(text, limits), path, &mut entries);
    entries
}

/// The path from the root of the zip of an address in the file at `base`; the place stays behind
/// its `#`. Never leads out of the zip.
pub(super) fn resolve(base: &str, address: &str) -> String {
    let (path, place) = match address.split_once('#') {
        Some((path, place)) => (path, Some(place)),
        None => (address, None),
    };
    let path = String::from_utf8_lossy(&percent_decode(path.trim())).into_owned();
    let mut parts: Vec<&str> = match (path.as_str(), base.rsplit_once('/')) {
        ("", _) => base.split('/').collect(),
        (path, Some((folder, _))) if !path.starts_with('/') => folder.split('/').collect(),
        _ => Vec::new(),
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut out = parts.join("/");
    if let Some(place) = place {
        out.push('#');
        out.push_str(place);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn addresses_stay_inside() {
        let cases = [
            ("OEBPS/a.opf", "text/c%201.xhtml", "OEBPS/text/c 1.xhtml"),
            ("OEBPS/text/a.xhtml", "../img/x.png", "OEBPS/img/x.png"),
            ("a.opf", "../../../etc/passwd", "etc/passwd"),
            ("a/b.opf", "/c.xhtml#x", "c.xhtml#x"),
            ("a/b.xhtml", "#x", "a/b.xhtml#x"),
            ("a/b.xhtml", "./c.xhtml", "a/c.xhtml"),
        ];
        for (base, address, path) in cases {
            assert_eq!(resolve(base, address), path);
        }
    }
}
