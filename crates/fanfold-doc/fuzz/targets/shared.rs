//! What every target asks of a reader.

// What every target asks of a reader: it ends, it does not panic, and what it read prints and
// comes back the same.

use fanfold_doc::document::Document;
use fanfold_doc::imported::Imported;
use fanfold_doc::limits::Limits;
use fanfold_doc::read::{Input, read};

/// Limits that keep one run short.
pub fn limits() -> Limits {
    Limits {
        file_bytes: 1 << 20,
        text_bytes: 1 << 20,
        zip_entries: 64,
        zip_total_bytes: 4 << 20,
        nodes: 20_000,
        ..Limits::default()
    }
}

/// Reads the bytes under a name that leads to one reader.
pub fn check(bytes: &[u8], name: &str) {
    if let Ok(work) = read(&Input { bytes, name }, &limits()) {
        check_work(&work);
    }
}

fn check_work(work: &Imported) {
    let meta = &work.meta;
    let of_work = [&meta.summary, &meta.notes_before, &meta.disclaimer, &meta.notes_after];
    let of_chapter = work.chapters.iter().flat_map(|chapter| {
        [&chapter.summary, &chapter.notes_before, &chapter.body, &chapter.notes_after]
    });
    of_work.into_iter().chain(of_chapter).for_each(check_document);
}

fn check_document(document: &Document) {
    let html = document.to_html();
    let back = Document::from_printed(html.as_str()).expect("what we print can be read");
    assert_eq!(&back, document, "printed as {html}");
    for bad in ["<script", "<style", "javascript:", " onerror", " onload", "<iframe", "<object"] {
        assert!(!tags(html.as_str()).contains(bad), "{bad} in {html}");
    }
}

/// The tags alone: what stands between them is text and may say anything.
fn tags(html: &str) -> String {
    let tags = html.split('<').skip(1).map(|part| part.split('>').next().unwrap_or_default());
    let named = tags.map(|tag| {
        // Values of attributes that hold words may say anything too.
        let kept = tag.split(" alt=").next().unwrap_or_default();
        kept.split(" title=").next().unwrap_or_default().to_lowercase()
    });
    named.map(|tag| format!("<{tag}>")).collect()
}
