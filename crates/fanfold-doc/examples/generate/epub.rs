//! A work as AO3's e-book has it: EPUB 2, split as calibre does.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::Failure;
use crate::work::{Work, escape};

const CONTAINER: &str = "<?xml version=\"1.0\"?>\n\
    <container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">\
    <rootfiles><rootfile full-path=\"content.opf\" media-type=\"application/oebps-package+xml\"/>\
    </rootfiles></container>\n";

impl Work {
    /// The pages of the e-book in reading order: tags, title, chapters, afterword.
    pub fn epub_pages(&self) -> Vec<String> {
        let preface = format!(
            "<div id=\"preface\" class=\"calibre1\">\n\
            <h2 class=\"toc-heading\">Preface</h2>\n{}<div class=\"calibre1\">\n{}</div></div>",
            self.message(),
            self.tag_list()
        );
        let title = format!(
            "<div id=\"preface\" class=\"calibre1\">\n<div class=\"calibre1\">\n\
            <h1 class=\"calibre6\">{}</h1>\n{}{}</div></div>",
            self.title,
            self.byline(),
            self.summary_block()
        );
        let chapters = self.chapters.iter().enumerate().map(|(index, (name, body))| {
            format!(
                "<div id=\"chapters\" class=\"userstuff1\">\n{}\
                <div class=\"userstuff2\">\n{body}\n</div>\n</div>",
                self.heading(index, name)
            )
        });
        let mut pages = vec![preface, title];
        pages.extend(chapters);
        pages.push(self.afterword());
        pages
    }

    pub fn to_epub(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let mut book = ZipWriter::new(Cursor::new(Vec::new()));
        let packed = SimpleFileOptions::default();
        book.start_file("mimetype", packed.compression_method(CompressionMethod::Stored))?;
        book.write_all(b"application/epub+zip")?;
        let mut file = |path: &str, text: &str| -> Result<(), Failure> {
            book.start_file(path, packed)?;
            Ok(book.write_all(text.as_bytes())?)
        };
        file("META-INF/container.xml", CONTAINER)?;
        let (mut manifest, mut spine, mut toc) = (String::new(), String::new(), String::new());
        for (n, body) in self.epub_pages().iter().enumerate() {
            let path = format!("{name}_split_{n:03}.xhtml");
            file(
                &path,
                &format!(
                    "<?xml version='1.0' encoding='utf-8'?>\n\
                 <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\">\n<head>\n\
                 <title>{}</title>\n<link href=\"stylesheet.css\" rel=\"stylesheet\" \
                 type=\"text/css\"/>\n</head>\n<body class=\"calibre\">\n{body}\n</body>\n\
                 </html>\n",
                    self.title
                ),
            )?;
            let _ = writeln!(
                manifest,
                "    <item id=\"html{n}\" href=\"{path}\" \
                media-type=\"application/xhtml+xml\"/>"
            );
            let _ = writeln!(spine, "    <itemref idref=\"html{n}\"/>");
            let _ = writeln!(
                toc,
                "    <navPoint id=\"p{n}\" playOrder=\"{}\"><navLabel><text>{n}\
                </text></navLabel><content src=\"{path}\"/></navPoint>",
                n + 1
            );
        }
        file("content.opf", &self.opf(&manifest, &spine))?;
        file("stylesheet.css", ".toc-heading { display: none }\n")?;
        file(
            "toc.ncx",
            &format!(
                "<?xml version='1.0' encoding='utf-8'?>\n\
             <ncx xmlns=\"http://www.daisy.org/z3986/2005/ncx/\" version=\"2005-1\">\n  <head>\
             <meta name=\"dtb:uid\" content=\"{}\"/></head>\n  <docTitle>\
             <text>{}</text></docTitle>\n\
             <navMap>\n{toc}</navMap>\n</ncx>\n",
                self.id, self.title
            ),
        )?;
        Ok(book.finish()?.into_inner())
    }

    pub fn opf(&self, manifest: &str, spine: &str) -> String {
        let names = self.tags.iter().flat_map(|(_, names)| names);
        let subjects: String =
            names.map(|name| format!("    <dc:subject>{}</dc:subject>\n", escape(name))).collect();
        format!(
            "<?xml version='1.0' encoding='utf-8'?>\n\
             <package xmlns=\"http://www.idpf.org/2007/opf\" unique-identifier=\"uuid_id\" \
             version=\"2.0\">\n  <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:opf=\"http://www.idpf.org/2007/opf\">\n    <dc:title>{0}</dc:title>\n    \
             <dc:creator opf:role=\"aut\" opf:file-as=\"{1}\">{1}</dc:creator>\n    \
             <dc:publisher>Archive of Our Own</dc:publisher>\n    \
             <dc:identifier id=\"uuid_id\" opf:scheme=\"uuid\">\
             0fa9f01d-0000-4000-8000-{2:012x}</dc:identifier>\n    \
             <dc:language>en</dc:language>\n    <dc:date>{3}T00:00:00+00:00</dc:date>\n    \
             <dc:subject>Fanworks</dc:subject>\n{subjects}  </metadata>\n  <manifest>\n\
             {manifest}    \
             <item id=\"css\" href=\"stylesheet.css\" media-type=\"text/css\"/>\n    \
             <item id=\"ncx\" href=\"toc.ncx\" media-type=\"application/x-dtbncx+xml\"/>\n  \
             </manifest>\n  <spine toc=\"ncx\">\n{spine}  </spine>\n</package>\n",
            self.title, self.author, self.id, self.published
        )
    }
}
