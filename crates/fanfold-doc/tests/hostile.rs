//! E-books made to do harm, or broken on the way: each is refused with a reason or read as far as
//! it goes; none takes long, and none takes the process down.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use fanfold_doc::imported::{Imported, WarningKind};
use fanfold_doc::limits::{Limit, Limits, ReadError};
use fanfold_doc::read::{Input, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const CONTAINER: &str = "<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles>\
    <rootfile full-path=\"a/b.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>";

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("mimetype", stored).expect("starts");
    zip.write_all(b"application/epub+zip").expect("writes");
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("starts");
        zip.write_all(bytes).expect("writes");
    }
    zip.finish().expect("ends").into_inner()
}

/// A package of these files, named in the manifest and the order of reading.
fn opf(names: &[&str]) -> String {
    let mut manifest = String::new();
    let mut spine = String::new();
    for (at, name) in names.iter().enumerate() {
        let item = format!("<item id='i{at}' href='{name}' media-type='application/xhtml+xml'/>");
        manifest.push_str(&item);
        spine.push_str(&format!("<itemref idref='i{at}'/>"));
    }
    format!(
        "<package xmlns='http://www.idpf.org/2007/opf' version='2.0'><metadata \
         xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>T</dc:title></metadata>\
         <manifest>{manifest}</manifest><spine>{spine}</spine></package>"
    )
}

fn page(text: &str) -> String {
    format!("<html xmlns='http://www.w3.org/1999/xhtml'><body>{text}</body></html>")
}

fn book(package: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let container: (&str, &[u8]) = ("META-INF/container.xml", CONTAINER.as_bytes());
    let package: (&str, &[u8]) = ("a/b.opf", package.as_bytes());
    zip(&[&[container, package], files].concat())
}

fn open(bytes: &[u8]) -> Result<Imported, ReadError> {
    open_within(bytes, &Limits::default())
}

fn open_within(bytes: &[u8], limits: &Limits) -> Result<Imported, ReadError> {
    let start = Instant::now();
    let result = read(&Input { bytes, name: "x.epub" }, limits);
    assert!(start.elapsed() < Duration::from_secs(20), "too slow: {:?}", start.elapsed());
    result
}

fn words(work: &Imported) -> String {
    work.chapters.iter().map(|chapter| chapter.body.text()).collect::<Vec<_>>().join("\n")
}

#[test]
fn names_that_lead_out_are_names_and_nothing_else() {
    let names = ["../../etc/evil", "/etc/evil", "C:\\evil", "..\\..\\evil", "a/\0evil", ""];
    let text = page("<p>harmless</p>");
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, text.as_bytes())).collect();
    let work = open(&book(&opf(&names), &files)).expect("it is read");
    assert!(!words(&work).contains("evil"));
    let picture = page("<p>x<img src='../../../../etc/passwd' alt='a'/></p>");
    let work = open(&book(&opf(&["p"]), &[("a/p", picture.as_bytes())])).expect("it is read");
    assert_eq!((words(&work).as_str(), work.media.len()), ("x[a]", 0));
    assert!(work.warnings.iter().any(|warning| warning.kind == WarningKind::Image));
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; 4 << 20];
    let bomb = book(&opf(&["p"]), &[("a/p", &zeros)]);
    let limits = Limits::default();
    let refused = |limit| Err(ReadError::TooLarge(limit));
    assert_eq!(open(&bomb).map(|_| ()), refused(Limit::ZipRatio(limits.zip_ratio)));
    let small = Limits { text_bytes: 1 << 20, zip_ratio: u64::MAX, ..Limits::default() };
    let found = open_within(&bomb, &small).map(|_| ());
    assert_eq!(found, refused(Limit::TextBytes(small.text_bytes)));
    let inner = zip(&[("x", &zeros)]);
    let nested =
        book(&opf(&["p"]), &[("a/p", &page("<p>x</p>").into_bytes()), ("a/z.zip", &inner)]);
    assert_eq!(open(&nested).map(|work| words(&work)), Ok("x".to_owned()));
    // Many files that are each small enough are too much together.
    let some = vec![b' '; 1 << 20];
    let names: Vec<String> = (0..9).map(|at| format!("p{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let paths: Vec<String> = names.iter().map(|name| format!("a/{name}")).collect();
    let files: Vec<(&str, &[u8])> =
        paths.iter().map(|path| (path.as_str(), some.as_slice())).collect();
    let total = Limits { zip_total_bytes: 4 << 20, ..Limits::default() };
    let found = open_within(&book(&opf(&names), &files), &total).map(|_| ());
    assert_eq!(found, refused(Limit::ZipTotalBytes(total.zip_total_bytes)));
}

#[test]
fn headers_that_lie_are_not_believed() {
    let text = page(&"<p>word after word</p>".repeat(200));
    let good = book(&opf(&["p"]), &[("a/p", text.as_bytes())]);
    let want = words(&open(&good).expect("it is read"));
    // Every size and check sum of every header, one after another, becomes nonsense.
    let headers: Vec<usize> = good
        .windows(4)
        .enumerate()
        .filter_map(|(at, four)| (four == b"PK\x01\x02" || four == b"PK\x03\x04").then_some(at))
        .collect();
    assert!(headers.len() >= 8);
    for header in headers {
        for field in (6..30).step_by(2) {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bad = good.clone();
                bad[header + field] = value;
                bad[header + field + 1] = value;
                if let Ok(work) = open(&bad) {
                    let mut kinds = work.warnings.iter().map(|warning| warning.kind);
                    let told = kinds.any(|kind| kind == WarningKind::Damaged);
                    assert!(told || words(&work) == want, "{header} {field} {value}");
                }
            }
        }
    }
}

#[test]
fn a_book_cut_off_anywhere_is_refused() {
    let text = page("<p>one</p><p>two</p>");
    let good = book(&opf(&["p"]), &[("a/p", text.as_bytes())]);
    // Less than the first two bytes are no zip but a very short text.
    for length in 2..good.len() {
        let read = open(&good[..length]);
        assert!(read.is_err(), "{length} of {}", good.len());
    }
    // One byte wrong anywhere is read or refused, never more.
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        let _ = open(&bad);
    }
}

#[test]
fn bombs_of_entities_stay_small() {
    let mut dtd = String::from("<!DOCTYPE package [<!ENTITY a0 'lol'>");
    for level in 1..20 {
        let inner = format!("&a{};", level - 1).repeat(10);
        dtd.push_str(&format!("<!ENTITY a{level} '{inner}'>"));
    }
    dtd.push_str("]>");
    let package =
        format!("{dtd}{}", opf(&["p"]).replace("<dc:title>T", "<dc:title>T&a19; &amp; &#65;"));
    let text = format!("{dtd}{}", page("<p>x &a19; &eacute;</p>"));
    let ncx = format!(
        "{dtd}<ncx><navMap><navPoint><navLabel><text>&a19;</text></navLabel>\
        <content src='p'/></navPoint></navMap></ncx>"
    );
    let package = package.replace(
        "</manifest>",
        "<item id='n' href='n.ncx' media-type='application/x-dtbncx+xml'/></manifest>",
    );
    let files: [(&str, &[u8]); 2] = [("a/p", text.as_bytes()), ("a/n.ncx", ncx.as_bytes())];
    let work = open(&book(&package, &files)).expect("it is read");
    assert_eq!(work.meta.title.as_deref(), Some("T & A"));
    assert_eq!(words(&work), "x &a19; é");
    // External entities are not fetched either.
    let outside = "<!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>";
    let package = format!("{outside}{}", opf(&["p"]).replace("<dc:title>T", "<dc:title>T&x;"));
    let work = open(&book(&package, &[("a/p", text.as_bytes())])).expect("it is read");
    assert_eq!(work.meta.title.as_deref(), Some("T"));
}

#[test]
fn odd_packages_are_read_as_far_as_they_go() {
    let text = page("<p>x</p>");
    let files: [(&str, &[u8]); 1] = [("a/p", text.as_bytes())];
    // Bytes that are no UTF-8.
    let mut package = opf(&["p"]).replace("<dc:title>T", "<dc:title>T~").into_bytes();
    let at = package.iter().position(|byte| *byte == b'~').expect("a mark");
    package[at] = 0xff;
    let container: (&str, &[u8]) = ("META-INF/container.xml", CONTAINER.as_bytes());
    let bytes = zip(&[container, ("a/b.opf", &package), files[0]]);
    assert!(
        open(&bytes).expect("it is read").meta.title.is_some_and(|title| title.starts_with('T'))
    );
    // The same text twice, a manifest that names itself, ids that lead to each other.
    let twice = opf(&["p", "p", "b.opf", "../META-INF/container.xml"]);
    let twice = twice.replace("<manifest>", "<manifest><item id='i0' href='i0' fallback='i0'/>");
    assert!(words(&open(&book(&twice, &files)).expect("it is read")).contains('x'));
    // No container: the package is found all the same. No package: the reason is told.
    let bytes = zip(&[("a/b.opf", opf(&["p"]).as_bytes()), files[0]]);
    assert_eq!(open(&bytes).map(|work| words(&work)), Ok("x".to_owned()));
    assert!(matches!(open(&zip(&files)), Err(ReadError::Broken(why)) if why.contains(".opf")));
    // A chapter that is missing is told, the others are read.
    let work = open(&book(&opf(&["gone", "p"]), &files)).expect("it is read");
    assert_eq!(words(&work), "x");
    assert!(work.warnings.iter().any(|warning| warning.kind == WarningKind::Damaged));
    // A wrong or missing mimetype is no reason to refuse.
    let mut bytes = book(&opf(&["p"]), &files);
    let at = bytes.windows(8).position(|part| part == b"epub+zip").expect("the mimetype");
    bytes[at] = b'E';
    assert!(matches!(open(&bytes), Ok(_) | Err(ReadError::Broken(_))));
}

#[test]
fn ten_thousand_parts_are_many_but_not_slow() {
    let names: Vec<String> = (0..9_000).map(|at| format!("p{at}")).collect();
    let paths: Vec<String> = names.iter().map(|name| format!("a/{name}")).collect();
    let text = page("<p>x</p>");
    let files: Vec<(&str, &[u8])> =
        paths.iter().map(|path| (path.as_str(), text.as_bytes())).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let limit = Limits::default().chapters;
    let found = open(&book(&opf(&names), &files)).map(|_| ());
    assert_eq!(found, Err(ReadError::TooLarge(Limit::Chapters(limit))));
    let found = open(&book(&opf(&names[..4_000]), &files)).map(|work| work.chapters.len());
    assert_eq!(found, Ok(4_000));
    let names: Vec<String> = (0..10_001).map(|at| format!("x{at}")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let limit = Limits::default().zip_entries;
    let found = open(&zip(&many)).map(|_| ());
    assert_eq!(found, Err(ReadError::TooLarge(Limit::ZipEntries(limit))));
}

#[test]
fn locked_books_say_so_and_hidden_fonts_are_no_lock() {
    let encryption = |algorithm: &str| {
        format!(
            "<encryption><EncryptedData><EncryptionMethod Algorithm='{algorithm}'/>\
            <CipherData><CipherReference URI='a/p'/></CipherData></EncryptedData></encryption>"
        )
    };
    let text = page("<p>x</p>");
    let locked = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc");
    let fonts = encryption("http://www.idpf.org/2008/embedding");
    let files = |lock: &str| {
        let lock: (&str, &[u8]) = ("META-INF/encryption.xml", lock.as_bytes());
        book(&opf(&["p"]), &[("a/p", text.as_bytes()), lock])
    };
    assert_eq!(open(&files(&locked)).map(|_| ()), Err(ReadError::Encrypted));
    assert_eq!(open(&files(&fonts)).map(|work| words(&work)), Ok("x".to_owned()));
    // The flag of the zip itself.
    let mut bytes = book(&opf(&["p"]), &[("a/p", text.as_bytes())]);
    let headers: Vec<(usize, usize)> = bytes
        .windows(4)
        .enumerate()
        .filter_map(|(at, four)| match four {
            b"PK\x01\x02" => Some((at, 8)),
            b"PK\x03\x04" => Some((at, 6)),
            _ => None,
        })
        .collect();
    for (at, flag) in headers {
        bytes[at + flag] |= 1;
    }
    assert_eq!(open(&bytes).map(|_| ()), Err(ReadError::Encrypted));
}

#[test]
fn notes_that_call_each_other_end() {
    let call = |to: &str, id: &str| {
        format!("<a xmlns:epub='x' epub:type='noteref' href='{to}' id='{id}'>1</a>")
    };
    let p = page(&format!(
        "<p>one{}</p><aside id='n'>own {}</aside>",
        call("q#n", "r"),
        call("q#n", "s")
    ));
    let q = page(&format!(
        "<p>two{}</p><aside id='n'>other {}</aside>",
        call("p#n", "r"),
        call("p#n", "s")
    ));
    let files: [(&str, &[u8]); 2] = [("a/p", p.as_bytes()), ("a/q", q.as_bytes())];
    let work = open(&book(&opf(&["p", "q"]), &files)).expect("it is read");
    assert_eq!(words(&work), "one\ntwo");
    let many = page(&format!("<p>{}</p>", call("q#n", "r").repeat(20_000)));
    let files: [(&str, &[u8]); 2] = [("a/p", many.as_bytes()), ("a/q", q.as_bytes())];
    assert!(open(&book(&opf(&["p", "q"]), &files)).is_ok());
}
